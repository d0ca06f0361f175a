"""Loaders: what the fields of one level ask for is read in one service call."""

from collections.abc import Awaitable, Callable, Hashable, Sequence
from datetime import datetime
from functools import partial
from typing import Generic, TypeVar

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


def _known_shape(ids: Sequence[str]) -> list[str]:
    return sorted({text for text in ids if parse_id(text)})


class Reads:
    """What loaders read with: each method answers many keys in their order.

    It knows nothing of the loaders, so that both are gone with the operation, without the garbage collector.
    """

    def __init__(self, services: Services, actor: Actor) -> None:
        self._services = services
        self._actor = actor

    async def memberships(self, ids: list[str]) -> list[Membership | None]:
        """Memberships by id; None for others."""
        found = await self._services.memberships.by_ids(self._actor, _known_shape(ids))
        return [found.get(membership_id) for membership_id in ids]

    async def tokens(self, ids: list[str]) -> list[Token | None]:
        """Tokens by id; None for others."""
        found = await self._services.tokens.by_ids(self._actor, _known_shape(ids))
        return [found.get(token_id) for token_id in ids]

    async def users(self, ids: list[str]) -> list[User | None]:
        """Users by id; None for others."""
        found = await self._services.memberships.users(self._actor, _known_shape(ids))
        return [found.get(user_id) for user_id in ids]

    async def identities(self, membership_ids: list[str]) -> list[SsoIdentity | None]:
        """By membership: who the member is at the identity provider."""
        found = await self._services.sso.identities_of(self._actor, _known_shape(membership_ids))
        return [found.get(membership_id) for membership_id in membership_ids]

    async def session_counts(self, membership_ids: list[str]) -> list[int]:
        """By membership: in how many browsers they are signed in."""
        found = await self._services.sessions.counts_of(self._actor, _known_shape(membership_ids))
        return [found.get(membership_id, 0) for membership_id in membership_ids]

    async def last_provisioning(self, membership_ids: list[str]) -> list[AuditEvent | None]:
        """By membership: the newest event of the identity provider."""
        found = await self._services.audit.last_provisioning(self._actor, _known_shape(membership_ids))
        return [found.get(membership_id) for membership_id in membership_ids]

    async def touches(self, event_ids: list[str]) -> list[Sequence[Touch]]:
        """By event: the memberships that it touched."""
        found = await self._services.audit.touches(self._actor, _known_shape(event_ids))
        return [found.get(event_id, ()) for event_id in event_ids]

    async def histories(self, asked: list[tuple[str, Page]]) -> list[Slice[Occurrence]]:
        """By membership and page: what was done to the member."""
        found: dict[tuple[str, Page], Slice[Occurrence]] = {}
        for page in dict.fromkeys(page for _, page in asked):  # one, unless the document asks under several names
            of_page = _known_shape([membership_id for membership_id, wanted in asked if wanted == page])
            read = await self._services.audit.histories(self._actor, of_page, page)
            found |= {(membership_id, page): history for membership_id, history in read.items()}
        return [found[each] for each in asked]

    async def log_bodies(self, asked: list[tuple[str, bool]]) -> list[Bodies | DomainError]:
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

    async def log_events(self, event_ids: list[str]) -> list[AuditEvent | None]:
        """Audit events by id, for those who read the log."""
        found = await self._services.provisioning_log.events(self._actor, _known_shape(event_ids))
        return [found.get(event_id) for event_id in event_ids]

    async def member_requests(self, asked: list[tuple[str, Page]]) -> list[Slice[ProvisioningRequest]]:
        """By membership and page: the log's entries about the member."""
        found: dict[tuple[str, Page], Slice[ProvisioningRequest]] = {}
        for page in dict.fromkeys(page for _, page in asked):
            of_page = _known_shape([membership_id for membership_id, wanted in asked if wanted == page])
            read = await self._services.provisioning_log.of_members(self._actor, of_page, page)
            found |= {(membership_id, page): requests for membership_id, requests in read.items()}
        return [found[each] for each in asked]

    async def log_page(self, of: tuple[ProvisioningFilter, Page]) -> Slice[ProvisioningRequest]:
        """One page of the provisioning log."""
        return await self._services.provisioning_log.page(self._actor, *of)

    async def audit_page(self, of: tuple[EventFilter, Page]) -> Slice[AuditEvent]:
        """One page of the audit trail."""
        return await self._services.audit.page(self._actor, *of)

    async def group_size(self, group: GroupId) -> int:
        """How many members a group has."""
        return await self._services.groups.count(self._actor, group)

    async def member_count(self, of: MemberFilter) -> int:
        """How many members a list has."""
        return await self._services.memberships.count(self._actor, of)

    async def facets(self, of: MemberFilter) -> Facets:
        """The numbers beside a list of members."""
        return await self._services.memberships.facets(self._actor, of)

    async def member_page(self, of: tuple[MemberFilter, Order, Page]) -> Slice[Membership]:
        """One page of members."""
        return await self._services.memberships.page(self._actor, *of)

    async def past_numbers(self, of: tuple[MemberFilter, datetime]) -> tuple[int, Facets]:
        """The numbers beside a list of members as it was."""
        return await self._services.access_history.numbers(self._actor, *of)

    async def past_page(self, of: tuple[MemberFilter, datetime, Page]) -> Slice[Membership]:
        """One page of members as they were."""
        return await self._services.access_history.page(self._actor, *of)


ReadMany = Callable[[Reads, list[Key]], Awaitable[Sequence[Value | BaseException]]]


class _Loader(Generic[Key, Value]):
    """A loader of an operation, made when a field first asks for it: most operations need one or two."""

    def __init__(self, read: ReadMany[Key, Value]) -> None:
        self._read = read

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loaders: "Loaders", owner: type) -> DataLoader[Key, Value]:
        load = stops_in_time(partial(self._read, loaders.reads))
        made: DataLoader[Key, Value] = DataLoader(load, max_batch_size=MAX_BATCH, cache=False)
        loaders.__dict__[self._name] = made  # from here on it is found before this
        return made


def _each(read: Callable[[Reads, Key], Awaitable[Value]]) -> ReadMany[Key, Value]:
    """Of things that are read one by one: each of them once for a level, in however many places it is asked for."""

    async def read_all(reads: Reads, keys: list[Key]) -> list[Value | BaseException]:
        found: dict[Key, Value | BaseException] = {key: await read(reads, key) for key in dict.fromkeys(keys)}
        return [found[key] for key in keys]

    return read_all


class Loaders:
    """The loaders of one operation. They batch and do not remember, so a mutation never leaves them stale."""

    memberships: _Loader[str, Membership | None] = _Loader(Reads.memberships)
    tokens: _Loader[str, Token | None] = _Loader(Reads.tokens)
    users: _Loader[str, User | None] = _Loader(Reads.users)
    identities: _Loader[str, SsoIdentity | None] = _Loader(Reads.identities)
    session_counts: _Loader[str, int] = _Loader(Reads.session_counts)
    last_provisioning: _Loader[str, AuditEvent | None] = _Loader(Reads.last_provisioning)
    touches: _Loader[str, Sequence[Touch]] = _Loader(Reads.touches)
    histories: _Loader[tuple[str, Page], Slice[Occurrence]] = _Loader(Reads.histories)
    log_bodies: _Loader[tuple[str, bool], Bodies] = _Loader(Reads.log_bodies)
    log_events: _Loader[str, AuditEvent | None] = _Loader(Reads.log_events)
    member_requests: _Loader[tuple[str, Page], Slice[ProvisioningRequest]] = _Loader(Reads.member_requests)
    log_pages: _Loader[tuple[ProvisioningFilter, Page], Slice[ProvisioningRequest]] = _Loader(_each(Reads.log_page))
    audit_pages: _Loader[tuple[EventFilter, Page], Slice[AuditEvent]] = _Loader(_each(Reads.audit_page))
    group_sizes: _Loader[GroupId, int] = _Loader(_each(Reads.group_size))
    member_counts: _Loader[MemberFilter, int] = _Loader(_each(Reads.member_count))
    member_facets: _Loader[MemberFilter, Facets] = _Loader(_each(Reads.facets))
    member_pages: _Loader[tuple[MemberFilter, Order, Page], Slice[Membership]] = _Loader(_each(Reads.member_page))
    past_member_numbers: _Loader[tuple[MemberFilter, datetime], tuple[int, Facets]] = _Loader(_each(Reads.past_numbers))
    past_member_pages: _Loader[tuple[MemberFilter, datetime, Page], Slice[Membership]] = _Loader(_each(Reads.past_page))

    def __init__(self, services: Services, actor: Actor) -> None:
        self.reads = Reads(services, actor)
