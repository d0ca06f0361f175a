"""The audit trail: its events, the list of all of them, and the history of one member."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Self

import orjson
import strawberry
from strawberry import relay

from rollbook.domain import actors, audit
from rollbook.domain.audit import EventFilter, Occurrence
from rollbook.domain.criteria import Position
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.enums import AuditAction, AuditActorKind, AuditChannel
from rollbook.graphql.fields import resolved
from rollbook.graphql.inputs import given
from rollbook.graphql.pagination import After, Before, Cursors, First, Last, Paged

if TYPE_CHECKING:
    from rollbook.graphql.memberships import Member

SHOWN_MEMBERS = 20

USUAL_ROWS = 5
"""As how many the changes and targets of one event count: mostly there are fewer."""

_TOKENS = {actors.ActorKind.API_TOKEN: "ApiToken", actors.ActorKind.SCIM_TOKEN: "ScimToken"}


@strawberry.type(description="Who did something.")
class AuditActor:
    """The actor of an event as they were named then."""

    kind: AuditActorKind = strawberry.field(description="With what kind of credential they came.")
    name: str = strawberry.field(description="The name that the member, the token or the operator had then.")
    id: strawberry.ID | None = strawberry.field(
        description="The id of the member who was signed in, or of the token. Null for the operator."
    )


@strawberry.type(description="One field that an event changed.")
class AuditChange:
    """A field before and after, in JSON because it may hold anything."""

    field: str = strawberry.field(description="Which field: an attribute of the object, or of a SCIM profile.")
    before: str | None = strawberry.field(description="Its value before, as JSON text. Null: it had none.")
    after: str | None = strawberry.field(description="Its value after, as JSON text. Null: it has none.")


@strawberry.type(description="A member whom an event touched.")
class AuditTarget:
    """A membership, which may have ended since."""

    id: strawberry.ID = strawberry.field(description="The id of the member, also when the membership has ended.")
    gained: bool | None = strawberry.field(
        description="Where a group was changed: true if the member was added to it, false if removed from it."
    )
    membership_id: strawberry.Private[str]

    @resolved("The member as they are now. Null when the membership has ended, or you may not read members.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("rollbook.graphql.memberships")] | None:
        """Read for all events of a level at once."""
        from rollbook.graphql.memberships import find_member  # a member names their history, and it names members

        return await find_member(info.context, self.membership_id)


@strawberry.type(description="Something that was done in the organization: who did what, when, and through which door.")
class AuditEvent(relay.Node):
    """One event of the trail; it never changes."""

    id: relay.NodeID[str]
    occurred_at: datetime = strawberry.field(description="When it was done.")
    action: AuditAction = strawberry.field(description="What was done.")
    channel: AuditChannel = strawberry.field(description="The door through which it was done.")
    actor: AuditActor = strawberry.field(description="Who did it.")
    target: str = strawberry.field(
        description="What it was done to, in a word: a userName, the name of a token, a group."
    )
    request_id: str | None = strawberry.field(
        description="The id of the request that did it, which its answer's header X-Request-Id had. Null for none."
    )
    warning: str | None = strawberry.field(
        description="What an admin should know about it, such as that the last admin has left. Null for nothing."
    )
    event: strawberry.Private[audit.AuditEvent]

    @resolved(
        "What changed, field by field. Of a group, `members` counts: before who left, after who came.",
        rows=USUAL_ROWS,
    )
    def changes(self) -> list[AuditChange]:
        """The fields in the order of their names."""
        return [
            AuditChange(field=name, before=_json(before), after=_json(after))
            for name, (before, after) in sorted(self.event.changes.items())
        ]

    @resolved(
        f"The members whom it touched, the first {SHOWN_MEMBERS} of them. Without AUDIT_READ, only yourself.",
        rows=USUAL_ROWS,
    )
    async def targets(self, info: Info) -> list[AuditTarget]:
        """Read for all events of a level at once."""
        touches = await info.context.loaders.touches.load(self.event.id)
        return [
            AuditTarget(
                id=_global_id("Member", each.membership_id), gained=each.gained, membership_id=each.membership_id
            )
            for each in touches[:SHOWN_MEMBERS]
        ]

    @resolved(f"Whether it touched more members than the {SHOWN_MEMBERS} that targets shows.")
    async def has_more_targets(self, info: Info) -> bool:
        """Read together with the targets."""
        return len(await info.context.loaders.touches.load(self.event.id)) > SHOWN_MEMBERS

    @classmethod
    def of(cls, event: audit.AuditEvent) -> Self:
        """The event as the API shows it."""
        return cls(
            id=event.id,
            occurred_at=event.occurred_at,
            action=AuditAction[event.action.name],
            channel=AuditChannel[event.channel.name],
            actor=_actor(event),
            target=event.target,
            request_id=event.request_id,
            warning=event.warning,
            event=event,
        )


def _actor(event: audit.AuditEvent) -> AuditActor:
    kind = actors.ActorKind(event.actor_kind)
    named = [(_TOKENS.get(kind), event.actor_id), ("Member", event.actor_membership_id)]
    found = [_global_id(type_name, inner) for type_name, inner in named if type_name and inner]
    return AuditActor(kind=AuditActorKind[kind.name], name=event.actor_name, id=found[0] if found else None)


def _global_id(type_name: str, inner: str) -> strawberry.ID:
    return strawberry.ID(str(relay.GlobalID(type_name, inner)))


def _json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


@strawberry.type(description="An event in a list, with its place in it.")
class AuditEventEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: AuditEvent = strawberry.field(description="The event.")


@strawberry.type(description="One page of the audit trail, the newest events first.")
class AuditEventConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[audit.AuditEvent]]

    @resolved("The events of the page with their places.")
    async def edges(self) -> list[AuditEventEdge]:
        """The rows of the page."""
        return [AuditEventEdge(cursor=cursor, node=AuditEvent.of(row)) for cursor, row in await self.page.placed()]

    @resolved("The events of the page, for those who need no cursors of single events.")
    async def nodes(self) -> list[AuditEvent]:
        """The same rows without their edges."""
        return [AuditEvent.of(row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


@strawberry.type(description="An event in the history of a member, with its place in it.")
class MemberHistoryEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: AuditEvent = strawberry.field(description="The event.")
    gained: bool | None = strawberry.field(
        description="Where a group was changed: true if the member was added to it, false if removed from it."
    )


@strawberry.type(description="One page of what happened to a member, the newest events first.")
class MemberHistoryConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[Occurrence]]

    @resolved("The events of the page with their places.")
    async def edges(self) -> list[MemberHistoryEdge]:
        """The rows of the page."""
        return [
            MemberHistoryEdge(cursor=cursor, node=AuditEvent.of(row.event), gained=row.gained)
            for cursor, row in await self.page.placed()
        ]

    @resolved("The events of the page, for those who need no cursors of single events.")
    async def nodes(self) -> list[AuditEvent]:
        """The same rows without their edges."""
        return [AuditEvent.of(row.event) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


@strawberry.input(description="Which events a list shows. Every given condition must hold.")
class AuditEventFilter:
    """The conditions; one left out, empty or null sets none."""

    action: list[AuditAction] | None = strawberry.field(
        default=strawberry.UNSET, description="Events of one of these actions."
    )
    channel: list[AuditChannel] | None = strawberry.field(
        default=strawberry.UNSET, description="Events that came through one of these doors."
    )
    actor: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="What this member did while signed in, or what this token did."
    )
    member: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Events that touched this member, whose membership may have ended."
    )
    since: datetime | None = strawberry.field(
        default=strawberry.UNSET, description="Events at this moment or after it."
    )
    until: datetime | None = strawberry.field(default=strawberry.UNSET, description="Events before this moment.")


Filter = Annotated[
    AuditEventFilter | None, strawberry.argument(name="filter", description="Which events to show; by default all.")
]


def list_audit_events(
    info: Info,
    first: First = strawberry.UNSET,
    after: After = strawberry.UNSET,
    last: Last = strawberry.UNSET,
    before: Before = strawberry.UNSET,
    event_filter: Filter = strawberry.UNSET,
) -> AuditEventConnection:
    """The list that the arguments describe; nothing is read yet. Raises `InvalidValue`, `TooLarge`."""
    context = info.context
    cursors = _cursors(context)
    wanted = _wanted(given(event_filter) or AuditEventFilter())
    page = cursors.page(first, after, last, before)
    return AuditEventConnection(
        page=Paged(
            lambda: context.loaders.audit_pages.load((wanted, page)),
            lambda event: cursors.write(Position(event.id, event.id)),
        )
    )


def read_history(
    context: Context, membership_id: str, first: int | None, after: str | None, last: int | None, before: str | None
) -> MemberHistoryConnection:
    """The history of a member; nothing is read yet. Raises `InvalidValue`, `TooLarge`."""
    cursors = _cursors(context)
    page = cursors.page(first, after, last, before)
    return MemberHistoryConnection(
        page=Paged(
            lambda: context.loaders.histories.load((membership_id, page)),
            lambda row: cursors.write(Position(row.event.id, row.event.id)),
        )
    )


async def find_audit_event(context: Context, event_id: str) -> AuditEvent | None:
    """The event of this id, or None when there is none in the actor's organization."""
    event = await context.services.audit.find(context.actor, event_id)
    return None if event is None else AuditEvent.of(event)


def _cursors(context: Context) -> Cursors:
    return Cursors(context.services.seal, context.actor, "audit_events")


def _wanted(event_filter: AuditEventFilter) -> EventFilter:
    actor, member = given(event_filter.actor), given(event_filter.member)
    return EventFilter(
        actions=frozenset(audit.AuditAction[action.name] for action in given(event_filter.action) or ()),
        channels=frozenset(actors.Channel[channel.name] for channel in given(event_filter.channel) or ()),
        membership_id=None if member is None else ids.inner(member, "Member", argument="member"),
        since=given(event_filter.since),
        until=given(event_filter.until),
        **_acting(actor),
    )


def _acting(actor: str | None) -> dict[str, str]:
    if actor is None:
        return {}
    named = ids.read(actor, argument="actor")
    if named.type_name in _TOKENS.values():
        return {"actor_token_id": named.node_id}
    return {"actor_membership_id": ids.inner(actor, "Member", argument="actor")}
