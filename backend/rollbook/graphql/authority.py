"""Every field of a mutation acts with the authority that its actor has at that moment."""

from collections.abc import Awaitable, Callable
from typing import Any

from strawberry.extensions import FieldExtension
from strawberry.types import get_object_definition

from rollbook.graphql.context import Info


class PresentAuthority(FieldExtension):
    """Reads who the actor is anew before each field but the first, for which the request itself was authenticated.

    The field before may have demoted them, signed them out or revoked their token.
    """

    async def resolve_async(
        self, next_: Callable[..., Awaitable[Any]], source: Any, info: Info, **arguments: Any
    ) -> Any:
        """What the field answers. Raises `Unauthenticated`."""
        await info.context.begin_change()
        return await next_(source, info, **arguments)


def with_present_authority(mutation: type) -> type:
    """The type whose fields are mutations, each of which reads its actor's authority."""
    for field in get_object_definition(mutation, strict=True).fields:
        field.extensions = [PresentAuthority(), *field.extensions]
    return mutation
