"""Loaders: what the fields of one level ask for is read in one service call."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

from strawberry.dataloader import DataLoader

from rollbook.domain.actors import Actor
from rollbook.domain.groups import GroupId
from rollbook.domain.memberships import Membership
from rollbook.domain.users import User
from rollbook.domain.values import parse_id
from rollbook.services import Services

MAX_BATCH = 500

Key = TypeVar("Key")
Value = TypeVar("Value")


class Loaders:
    """The loaders of one operation. They batch and do not remember, so a mutation never leaves them stale."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor
        self.memberships: DataLoader[str, Membership | None] = _batching(self._memberships)
        self.users: DataLoader[str, User | None] = _batching(self._users)
        self.group_sizes: DataLoader[GroupId, int] = _batching(self._group_sizes)

    async def _memberships(self, ids: list[str]) -> list[Membership | None]:
        found = await self._services.memberships.by_ids(self._actor, _known_shape(ids))
        return [found.get(membership_id) for membership_id in ids]

    async def _users(self, ids: list[str]) -> list[User | None]:
        found = await self._services.memberships.users(self._actor, _known_shape(ids))
        return [found.get(user_id) for user_id in ids]

    async def _group_sizes(self, ids: list[GroupId]) -> list[int]:
        sizes: Mapping[GroupId, int] = {
            group_id: await self._services.groups.count(self._actor, group_id) for group_id in sorted(set(ids))
        }
        return [sizes[group_id] for group_id in ids]


def _known_shape(ids: Sequence[str]) -> list[str]:
    return sorted({text for text in ids if parse_id(text)})


def _batching(load: Callable[[list[Key]], Awaitable[Sequence[Value]]]) -> DataLoader[Key, Value]:
    return DataLoader(load, max_batch_size=MAX_BATCH, cache=False)
