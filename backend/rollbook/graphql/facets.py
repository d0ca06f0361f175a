"""The facets of a list of members: the numbers beside each choice of a filter."""

from typing import Self

import strawberry

from rollbook.domain import facets
from rollbook.domain.memberships import Source
from rollbook.domain.roles import Role as DomainRole
from rollbook.graphql.enums import MemberSource, MemberStatus, Role
from rollbook.graphql.fields import ROWS

_COUNT = "How many members the list shows of it, or would show if the filter asked for it."


@strawberry.type(description="How many members of a list have a role.")
class RoleFacet:
    """One role and its number."""

    value: Role = strawberry.field(description="The role; inactive members have none.")
    count: int = strawberry.field(description=_COUNT)


@strawberry.type(description="How many members of a list have a status.")
class StatusFacet:
    """One status and its number."""

    value: MemberStatus = strawberry.field(description="The status.")
    count: int = strawberry.field(description=_COUNT)


@strawberry.type(description="How many members of a list have a source.")
class SourceFacet:
    """One source and its number."""

    value: MemberSource = strawberry.field(description="The source.")
    count: int = strawberry.field(description=_COUNT)


@strawberry.type(
    description="What a list of members consists of. Each facet counts under the search and all of the filter "
    "except its own part, so its numbers tell what another choice would show."
)
class MemberFacets:
    """Every value of each facet, in a fixed order, also those that nobody has."""

    role: list[RoleFacet] = strawberry.field(description="The number for each role.", metadata={ROWS: len(Role)})
    status: list[StatusFacet] = strawberry.field(
        description="The number for each status.", metadata={ROWS: len(MemberStatus)}
    )
    source: list[SourceFacet] = strawberry.field(
        description="The number for each source.", metadata={ROWS: len(MemberSource)}
    )

    @classmethod
    def of(cls, counted: facets.Facets) -> Self:
        """The facets as the API shows them."""
        return cls(
            role=[RoleFacet(value=role, count=counted.roles[DomainRole[role.name]]) for role in Role],
            status=[StatusFacet(value=s, count=counted.active[s is MemberStatus.ACTIVE]) for s in MemberStatus],
            source=[SourceFacet(value=s, count=counted.sources[Source[s.name]]) for s in MemberSource],
        )
