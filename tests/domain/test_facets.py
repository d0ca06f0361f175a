"""Facets: each one counted under the conditions of the others, and not under its own."""

import pytest

from rollbook.domain.criteria import MemberFilter
from rollbook.domain.facets import Facets, Tally, facets_of
from rollbook.domain.memberships import Source
from rollbook.domain.roles import Role

ANY = MemberFilter(active=frozenset())
TALLIES = [
    Tally(True, Role.ADMIN, Source.MANUAL, 1),
    Tally(True, Role.USER, Source.MANUAL, 10),
    Tally(True, Role.USER, Source.SCIM, 100),
    Tally(True, None, Source.SCIM, 1000),
    Tally(False, None, Source.SCIM, 10_000),
]


def told(facets):
    return (
        [facets.active[active] for active in (True, False)],
        [facets.roles[role] for role in (Role.ADMIN, Role.USER)],
        [facets.sources[source] for source in (Source.MANUAL, Source.SCIM, Source.SSO)],
    )


@pytest.mark.parametrize(
    ("wanted", "active", "roles", "sources"),
    [
        (ANY, [1111, 10_000], [1, 110], [11, 11_100, 0]),
        (MemberFilter(), [1111, 10_000], [1, 110], [11, 1100, 0]),
        (MemberFilter(active=frozenset({False})), [1111, 10_000], [0, 0], [0, 10_000, 0]),
        (MemberFilter(roles=frozenset({Role.USER})), [110, 0], [1, 110], [10, 100, 0]),
        (MemberFilter(sources=frozenset({Source.SCIM})), [1100, 10_000], [0, 100], [11, 1100, 0]),
        (
            MemberFilter(active=frozenset(), roles=frozenset(Role), sources=frozenset({Source.MANUAL})),
            [11, 0],
            [1, 10],
            [11, 100, 0],
        ),
    ],
)
def test_a_facet_counts_under_the_conditions_of_the_other_ones(wanted, active, roles, sources):
    assert told(facets_of(TALLIES, wanted)) == (active, roles, sources)


def test_nobody_is_counted_as_nobody_of_every_value():
    assert facets_of([], ANY) == Facets({True: 0, False: 0}, dict.fromkeys(Role, 0), dict.fromkeys(Source, 0))
