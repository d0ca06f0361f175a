"""The schema: every query and mutation in one list, and the text in which it is published."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Annotated

import strawberry
from graphql import GraphQLError, build_schema, lexicographic_sort_schema, print_schema
from strawberry import relay
from strawberry.extensions import MaxTokensLimiter, ParserCache, ValidationCache
from strawberry.schema.config import StrawberryConfig
from strawberry.types.execution import ExecutionContext

from rollbook.domain.errors import NotFound
from rollbook.domain.values import rfc3339
from rollbook.graphql import ids, member_changes, tokens, viewer
from rollbook.graphql.context import Context, Info
from rollbook.graphql.errors import HANDLERS
from rollbook.graphql.fields import resolved
from rollbook.graphql.groups import find_group
from rollbook.graphql.limits import MAX_TOKENS, OperationLimits
from rollbook.graphql.memberships import Member, find_member
from rollbook.graphql.organizations import Organization, find_organization, read_organization
from rollbook.graphql.tokens import find_scim_token
from rollbook.graphql.users import find_user

_CACHED_DOCUMENTS = 256

_FIND: Mapping[str, Callable[[Context, str], Awaitable[relay.Node | None]]] = {
    "Group": find_group,
    "Member": find_member,
    "Organization": find_organization,
    "ScimToken": find_scim_token,
    "User": find_user,
}
"""How an object of each type is found by its inner id, in the actor's organization only."""


@strawberry.type(description="What can be read.")
class Query:
    """The root of every query."""

    @resolved("Who you are to this API.")
    def viewer(self, info: Info) -> viewer.Viewer:
        """The actor."""
        return viewer.Viewer.of(info.context.actor)

    @resolved("The organization in which you act.")
    async def organization(self, info: Info) -> Organization:
        """The actor's organization."""
        return await read_organization(info.context)

    @resolved("One member; null if there is none of this id in your organization.")
    async def member(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the member.")]
    ) -> Member | None:
        """Found by global id."""
        return await find_member(info.context, ids.inner(id, "Member", argument="id"))

    @resolved("Any object by its id; null if there is none of this id in your organization.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="The id of the object.")]
    ) -> relay.Node | None:
        """Found by global id, which names the type."""
        global_id = ids.read(id, argument="id")
        find = _FIND.get(global_id.type_name)
        if find is None:
            raise ids.InvalidId("id names a type of object that this API does not have.", field="id")
        try:
            return await find(info.context, global_id.node_id)
        except NotFound:
            return None


@strawberry.type(
    description="What can be changed. Each answers with a union: success, or a refusal that is a UserError."
)
class Mutation:
    """The root of every mutation; the fields of one operation run one after another, each in its own transaction."""

    add_member = strawberry.mutation(
        resolver=member_changes.add_member,
        description="Adds a person by e-mail: creates the member, or gives an inactive one access again. "
        "An address that belongs to an account outside the organization is refused.",
    )
    set_member_role = strawberry.mutation(
        resolver=member_changes.set_member_role,
        description="Sets what a member may do. For a provisioned member the identity provider may change it again.",
    )
    update_member = strawberry.mutation(
        resolver=member_changes.update_member,
        description="Changes the name or the e-mail of a member. Of a provisioned member they change in the provider.",
    )
    deactivate_member = strawberry.mutation(
        resolver=member_changes.deactivate_member,
        description="Takes a member's access away at once and keeps the membership, its id and its grants.",
    )
    reactivate_member = strawberry.mutation(
        resolver=member_changes.reactivate_member,
        description="Gives an inactive member access again, with the grants that they kept.",
    )
    remove_member = strawberry.mutation(
        resolver=member_changes.remove_member,
        description="Ends a membership for good: out of every list, its id never used again. The person stays.",
    )
    generate_scim_token = strawberry.mutation(
        resolver=tokens.generate_scim_token,
        description="Generates a token for an identity provider. The answer is the only place that shows its secret.",
    )
    revoke_scim_token = strawberry.mutation(
        resolver=tokens.revoke_scim_token,
        description="Revokes a token: it fails from its next request on. The members stay.",
    )
    sign_out = strawberry.mutation(
        resolver=viewer.sign_out,
        description="Ends the session of this request. A page should use POST /auth/sign-out, which clears the cookie.",
    )


class _Schema(strawberry.Schema):
    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing here: `errors.safe_errors` logs what is a bug, and only that."""


def _date_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


schema = _Schema(
    query=Query,
    mutation=Mutation,
    exception_handlers=HANDLERS,
    extensions=[
        lambda: MaxTokensLimiter(MAX_TOKENS),
        lambda: ParserCache(_CACHED_DOCUMENTS),
        OperationLimits,
        lambda: ValidationCache(_CACHED_DOCUMENTS),
    ],
    # never sort_schema: in this Strawberry it breaks every enum and union at run time
    config=StrawberryConfig(
        scalar_map={
            datetime: strawberry.scalar(
                name="DateTime",
                description="A moment as RFC 3339 text in UTC with milliseconds, e.g. 2026-11-24T09:30:00.000Z.",
                serialize=rfc3339,
                parse_value=_date_time,
            )
        }
    ),
)


def sdl() -> str:
    """The schema in SDL, sorted, with descriptions; what `schema.graphql` holds."""
    # read back before it is sorted: the sorter cannot take the enums that Strawberry makes
    return print_schema(lexicographic_sort_schema(build_schema(schema.as_str()))) + "\n"
