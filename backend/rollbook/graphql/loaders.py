"""Loaders: what the fields of one level ask for is read in one service call."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import datetime
from typing import TypeVar

from strawberry.dataloader import DataLoader

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditEvent, EventFilter, Occurrence, Touch
from rollbook.domain.criteria import MemberFilter, Order, Page, Slice
from rollbook.domain.errors import DomainError
from rollbook.domain.facets import Facets
from rollbook.domain.groups import GroupId
from rollbook.domain.memberships import Membership
from rollbook.domain.provisioning import ProvisioningFilter, ProvisioningRequest
from rollbook.domain.sso import SsoIdentity
from rollbook.domain.tokens import Token
from rollbook.domain.users import User
from rollbook.domain.values import parse_id
from rollbook.graphql.deadline import stops_in_time
from rollbook.services import Services
from rollbook.services.provisioning_log import Bodies

MAX_BATCH = 500

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Loaders:
    """The loaders of one operation. They batch and do not remember, so a mutation never leaves them stale."""

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor
        self.memberships: DataLoader[str, Membership | None] = _batching(self._memberships)
        self.tokens: DataLoader[str, Token | None] = _batching(self._tokens)
        self.users: DataLoader[str, User | None] = _batching(self._users)
        self.identities: DataLoader[str, SsoIdentity | None] = _batching(self._identities)
        self.session_counts: DataLoader[str, int] = _batching(self._session_counts)
        self.last_provisioning: DataLoader[str, AuditEvent | None] = _batching(self._last_provisioning)
        self.touches: DataLoader[str, Sequence[Touch]] = _batching(self._touches)
        self.histories: DataLoader[tuple[str, Page], Slice[Occurrence]] = _batching(self._histories)
        self.log_bodies: DataLoader[tuple[str, bool], Bodies] = _batching(self._log_bodies)
        self.log_events: DataLoader[str, AuditEvent | None] = _batching(self._log_events)
        self.member_requests: DataLoader[tuple[str, Page], Slice[ProvisioningRequest]] = _batching(
            self._member_requests
        )
        self.log_pages: DataLoader[tuple[ProvisioningFilter, Page], Slice[ProvisioningRequest]] = _each(
            lambda of: services.provisioning_log.page(actor, *of)
        )
        # the same list may be asked for in many places of a level, such as below each member's group
        self.audit_pages: DataLoader[tuple[EventFilter, Page], Slice[AuditEvent]] = _each(
            lambda of: services.audit.page(actor, *of)
        )
        self.group_sizes: DataLoader[GroupId, int] = _each(lambda group: services.groups.count(actor, group))
        self.member_counts: DataLoader[MemberFilter, int] = _each(lambda of: services.memberships.count(actor, of))
        self.member_facets: DataLoader[MemberFilter, Facets] = _each(lambda of: services.memberships.facets(actor, of))
        self.member_pages: DataLoader[tuple[MemberFilter, Order, Page], Slice[Membership]] = _each(
            lambda of: services.memberships.page(actor, *of)
        )
        self.past_member_numbers: DataLoader[tuple[MemberFilter, datetime], tuple[int, Facets]] = _each(
            lambda of: services.access_history.numbers(actor, *of)
        )
        self.past_member_pages: DataLoader[tuple[MemberFilter, datetime, Page], Slice[Membership]] = _each(
            lambda of: services.access_history.page(actor, *of)
        )

    async def _memberships(self, ids: list[str]) -> list[Membership | None]:
        found = await self._services.memberships.by_ids(self._actor, _known_shape(ids))
        return [found.get(membership_id) for membership_id in ids]

    async def _tokens(self, ids: list[str]) -> list[Token | None]:
        found = await self._services.tokens.by_ids(self._actor, _known_shape(ids))
        return [found.get(token_id) for token_id in ids]

    async def _users(self, ids: list[str]) -> list[User | None]:
        found = await self._services.memberships.users(self._actor, _known_shape(ids))
        return [found.get(user_id) for user_id in ids]

    async def _identities(self, membership_ids: list[str]) -> list[SsoIdentity | None]:
        found = await self._services.sso.identities_of(self._actor, _known_shape(membership_ids))
        return [found.get(membership_id) for membership_id in membership_ids]

    async def _session_counts(self, membership_ids: list[str]) -> list[int]:
        found = await self._services.sessions.counts_of(self._actor, _known_shape(membership_ids))
        return [found.get(membership_id, 0) for membership_id in membership_ids]

    async def _last_provisioning(self, membership_ids: list[str]) -> list[AuditEvent | None]:
        found = await self._services.audit.last_provisioning(self._actor, _known_shape(membership_ids))
        return [found.get(membership_id) for membership_id in membership_ids]

    async def _touches(self, event_ids: list[str]) -> list[Sequence[Touch]]:
        found = await self._services.audit.touches(self._actor, _known_shape(event_ids))
        return [found.get(event_id, ()) for event_id in event_ids]

    async def _histories(self, asked: list[tuple[str, Page]]) -> list[Slice[Occurrence]]:
        found: dict[tuple[str, Page], Slice[Occurrence]] = {}
        for page in dict.fromkeys(page for _, page in asked):  # one, unless the document asks under several names
            of_page = _known_shape([membership_id for membership_id, wanted in asked if wanted == page])
            read = await self._services.audit.histories(self._actor, of_page, page)
            found |= {(membership_id, page): history for membership_id, history in read.items()}
        return [found[each] for each in asked]

    async def _log_bodies(self, asked: list[tuple[str, bool]]) -> list[Bodies | DomainError]:
        """Who may not read what they ask for in clear is refused that, and gets what is masked beside it."""
        log = self._services.provisioning_log
        masked = await log.bodies(self._actor, sorted({request_id for request_id, _ in asked}))
        of_members = sorted({request_id for request_id, in_clear in asked if in_clear})
        try:
            clear = await log.bodies_of_members(self._actor, of_members) if of_members else {}
        except DomainError as refusal:
            return [refusal if in_clear else masked.get(request_id, (None, None)) for request_id, in_clear in asked]
        return [
            (clear.get(request_id) if in_clear else None) or masked.get(request_id, (None, None))
            for request_id, in_clear in asked
        ]

    async def _log_events(self, event_ids: list[str]) -> list[AuditEvent | None]:
        found = await self._services.provisioning_log.events(self._actor, _known_shape(event_ids))
        return [found.get(event_id) for event_id in event_ids]

    async def _member_requests(self, asked: list[tuple[str, Page]]) -> list[Slice[ProvisioningRequest]]:
        found: dict[tuple[str, Page], Slice[ProvisioningRequest]] = {}
        for page in dict.fromkeys(page for _, page in asked):
            of_page = _known_shape([membership_id for membership_id, wanted in asked if wanted == page])
            read = await self._services.provisioning_log.of_members(self._actor, of_page, page)
            found |= {(membership_id, page): requests for membership_id, requests in read.items()}
        return [found[each] for each in asked]


def _known_shape(ids: Sequence[str]) -> list[str]:
    return sorted({text for text in ids if parse_id(text)})


def _batching(load: Callable[[list[Key]], Awaitable[Sequence[Value | BaseException]]]) -> DataLoader[Key, Value]:
    return DataLoader(stops_in_time(load), max_batch_size=MAX_BATCH, cache=False)


def _each(load: Callable[[Key], Awaitable[Value]]) -> DataLoader[Key, Value]:
    """A loader of things that are read one by one, each of them once for a level."""

    async def load_all(keys: list[Key]) -> list[Value]:
        loaded = {key: await load(key) for key in dict.fromkeys(keys)}
        return [loaded[key] for key in keys]

    return _batching(load_all)
