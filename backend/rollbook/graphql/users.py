"""The person behind a membership."""

from typing import Self

import strawberry
from strawberry import relay

from rollbook.domain import users
from rollbook.graphql.context import Context


@strawberry.type(
    description="One person, known to the whole installation; a membership is their place in one organization."
)
class User(relay.Node):
    """A user who is or was a member of the viewer's organization."""

    id: relay.NodeID[str]
    name: str = strawberry.field(description="The person's name.")
    email: str | None = strawberry.field(
        description="The address by which the person signs in. Null: nobody can sign in as them yet."
    )

    @classmethod
    def of(cls, user: users.User) -> Self:
        """The user as the API shows them."""
        return cls(id=user.id, name=user.name, email=user.email)


async def find_user(context: Context, user_id: str) -> User | None:
    """The user of this id, or None unless they are or were a member of the actor's organization."""
    user = await context.loaders.users.load(user_id)
    return None if user is None else User.of(user)
