"""Facets of a listing of members: how many there are of each role, status and source."""

from collections import Counter
from collections.abc import Iterable, Mapping

from rollbook.domain.criteria import MemberFilter
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Source
from rollbook.domain.roles import Role


@immutable
class Tally:
    """How many members are alike in what a facet tells apart. `role` is the effective one, None for no access."""

    active: bool
    role: Role | None
    source: Source
    count: int


@immutable
class Facets:
    """By value: how many members a listing would show of it, with the listing's other conditions unchanged."""

    active: Mapping[bool, int]
    roles: Mapping[Role, int]
    sources: Mapping[Source, int]


def facets_of(tallies: Iterable[Tally], wanted: MemberFilter) -> Facets:
    """Each facet under the conditions of the other ones, not under its own; every value is there, maybe as 0."""
    active = Counter(dict.fromkeys((True, False), 0))
    roles = Counter(dict.fromkeys(Role, 0))
    sources = Counter(dict.fromkeys(Source, 0))
    for tally in tallies:
        is_active = not wanted.active or tally.active in wanted.active
        has_role = not wanted.roles or tally.role in wanted.roles
        is_of_source = not wanted.sources or tally.source in wanted.sources
        if has_role and is_of_source:
            active[tally.active] += tally.count
        if is_active and is_of_source and tally.role is not None:
            roles[tally.role] += tally.count
        if is_active and has_role:
            sources[tally.source] += tally.count
    return Facets(active, roles, sources)


def counted(tallies: Iterable[Tally], wanted: MemberFilter) -> int:
    """How many of the members a listing shows, by its conditions of status, role and source."""
    return sum(
        tally.count
        for tally in tallies
        if (not wanted.active or tally.active in wanted.active)
        and (not wanted.roles or tally.role in wanted.roles)
        and (not wanted.sources or tally.source in wanted.sources)
    )
