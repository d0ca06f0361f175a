"""Passkeys: how a member's own are shown, and how one is removed. They are registered at the doors of /auth."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import passkeys
from rollbook.domain.actors import Actor
from rollbook.domain.errors import NotFound
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.user_errors import NotFoundError, Refusal, SignInAgainError


@strawberry.type(description="A passkey by which you sign in to this organization, and to no other.")
class Passkey(relay.Node):
    """A passkey of the viewer, without its public key."""

    id: relay.NodeID[str]
    name: str = strawberry.field(description="What you called it.")
    created_at: datetime = strawberry.field(description="When you registered it.")
    last_used_at: datetime | None = strawberry.field(description="When you last signed in with it; null: not yet.")
    backed_up: bool = strawberry.field(
        description="Whether its device keeps a copy of it elsewhere, so that it outlives the device."
    )

    @classmethod
    def of(cls, passkey: passkeys.Passkey) -> Self:
        """The passkey as the API shows it."""
        return cls(
            id=passkey.id,
            name=passkey.name,
            created_at=passkey.created_at,
            last_used_at=passkey.last_used_at,
            backed_up=passkey.backed_up,
        )


async def find_passkey(context: Context, passkey_id: str) -> Passkey:
    """The actor's passkey of this id; `NotFound`."""
    for each in await context.services.passkeys.list(context.actor):
        if each.id == passkey_id:
            return Passkey.of(each)
    raise NotFound("You have no such passkey.")


@strawberry.input(description="Which of your passkeys to remove.")
class RemovePasskeyInput:
    """A passkey."""

    passkey_id: strawberry.ID = strawberry.field(description="The id of the passkey.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The passkey opens nothing any more. Its device may go on offering it.")
class RemovePasskeySuccess:
    """Holds the id that is no passkey's any more."""

    passkey_id: strawberry.ID = strawberry.field(description="The id of the removed passkey.")


RemovePasskeyResult = Annotated[
    RemovePasskeySuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("RemovePasskeyResult", description="What came of removing a passkey."),
]


async def remove_passkey(
    info: Info, input: Annotated[RemovePasskeyInput, strawberry.argument(description="Which passkey.")]
) -> RemovePasskeyResult:
    """Make a passkey worthless."""
    passkey_id = ids.inner(input.passkey_id, "Passkey", argument="passkeyId")

    async def operation(actor: Actor) -> str:
        await info.context.services.passkeys.remove(actor, passkey_id)
        return passkey_id

    await at_most_once(info, input, operation, lambda removed: removed)
    return RemovePasskeySuccess(passkey_id=input.passkey_id)
