"""What every resolver is given: the services, the actor, and loaders that live for one operation."""

from dataclasses import dataclass, field

import strawberry

from rollbook.domain.actors import Actor
from rollbook.graphql.loaders import Loaders
from rollbook.services import Services


@dataclass(slots=True)
class Context:
    """One operation. It holds no database session: each resolver calls a service, which opens its own transaction."""

    services: Services
    actor: Actor
    base_url: str
    request_id: str
    operation_name: str | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        self.loaders = Loaders(self.services, self.actor)


Info = strawberry.Info[Context, None]
"""What a resolver receives."""
