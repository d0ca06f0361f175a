"""What every resolver is given: the services, the actor, and loaders that live for one operation."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import strawberry

from rollbook.domain.actors import Actor
from rollbook.graphql.cost import Bill
from rollbook.graphql.loaders import Loaders
from rollbook.services import Services


@dataclass(slots=True)
class Context:
    """One operation. It holds no database session: each resolver calls a service, which opens its own transaction.

    `reauthenticate` answers who the actor is by now. `last_event_id` is the place in a subscription: where its client
    wants to go on, and then where it has come to.
    """

    services: Services
    actor: Actor
    base_url: str
    request_id: str
    operation_name: str | None = None
    bill: Bill = field(default_factory=Bill)
    reauthenticate: Callable[[], Awaitable[Actor]] | None = None
    last_event_id: str | None = None
    loaders: Loaders = field(init=False)
    _changes: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(self.services, self.actor)

    async def begin_change(self) -> None:
        """Before a field of a mutation: the actor is who they are by now. Raises `Unauthenticated`."""
        if self._changes and self.reauthenticate is not None:
            self.actor = await self.reauthenticate()
            self.loaders = Loaders(self.services, self.actor)
        self._changes += 1


Info = strawberry.Info[Context, None]
"""What a resolver receives."""
