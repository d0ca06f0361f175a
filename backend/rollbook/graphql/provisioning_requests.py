"""The provisioning log: what clients of SCIM sent, what came of it, and why it failed."""

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import explaining, provisioning
from rollbook.domain.masking import masked_query
from rollbook.domain.masking_texts import masked_path, masked_sentence
from rollbook.domain.policy import Permission, may, require
from rollbook.domain.replaying import curl
from rollbook.graphql.audit_events import AuditEvent
from rollbook.graphql.context import Context, Info
from rollbook.graphql.fields import resolved
from rollbook.graphql.log_enums import PersonalValues, ProvisioningClient, ProvisioningOutcome
from rollbook.graphql.pagination import Paged
from rollbook.graphql.tokens import ScimToken, Token, shown
from rollbook.services.provisioning_log import Bodies

if TYPE_CHECKING:
    from rollbook.graphql.memberships import Member

Personal = Annotated[
    PersonalValues,
    strawberry.argument(
        description="Whether a person's values are shown. They are masked all the same where memberId is null."
    ),
]


@strawberry.type(description="Why a provisioning request failed, in three sentences for an admin.")
class ProvisioningExplanation:
    """Worked out from the entry, so that an old entry is explained by what is known today."""

    what: str = strawberry.field(description="What happened.")
    why: str = strawberry.field(description="Why it happened.")
    remedy: str = strawberry.field(description="What to do about it, and where: at the identity provider or here.")


@strawberry.type(description="A request that a provisioning client sent, and what it was answered.")
class ProvisioningRequest(relay.Node):
    """One entry of the log; it never changes."""

    id: relay.NodeID[str]
    occurred_at: datetime = strawberry.field(description="When it came.")
    client: ProvisioningClient = strawberry.field(description="Whose product sent it.")
    client_name: str = strawberry.field(description="What the client calls itself, as far as it is known.")
    user_agent: str | None = strawberry.field(description="The client's User-Agent; null: it sent none.")
    method: str = strawberry.field(description="The method, such as PATCH.")
    path: str = strawberry.field(
        description="The address below the SCIM base URL, such as /Users. What is neither an id nor SCIM's is masked."
    )
    query: str | None = strawberry.field(
        description="The query of the address, with a person's values masked; null: it had none."
    )
    about: str = strawberry.field(description="Whom or what it was about, in a word: a userName, a group. Or empty.")
    member_id: strawberry.ID | None = strawberry.field(
        description="The id of the member whom it was about, also when the membership has ended. Null: no single one."
    )
    outcome: ProvisioningOutcome = strawberry.field(description="What came of it.")
    status: int = strawberry.field(description="The HTTP status of the answer.")
    scim_type: str | None = strawberry.field(description="SCIM's word for the refusal, such as uniqueness; or null.")
    code: str | None = strawberry.field(description="The code of the refusal, such as LAST_ADMIN; or null.")
    duration_ms: float = strawberry.field(description="How long it took, in milliseconds.")
    request_id: str | None = strawberry.field(
        description="The id of the request, which its answer's header X-Request-Id had."
    )
    is_shortened: bool = strawberry.field(description="Whether a part of a body is left out, because it was long.")
    entry: strawberry.Private[provisioning.ProvisioningRequest]

    @resolved(
        "What the client was told of the refusal, with a person's values masked. Null: it was none, and, with an "
        "error, if you may not read the values that you ask for."
    )
    def detail(self, info: Info, personal_values: Personal = PersonalValues.MASKED) -> str | None:
        """Told from the entry alone."""
        return self._told(info.context, personal_values).detail

    @resolved("What was ignored, repaired or left out, in plain words and with a person's values masked.")
    def notes(self) -> list[str]:
        """Told from the entry alone."""
        return [masked_sentence(note) for note in self.entry.notes]

    @resolved("The token that it came with. Null if you may not read tokens, and if the token is gone.")
    async def token(self, info: Info) -> ScimToken | None:
        """Read for all entries of a level at once."""
        if self.entry.token_id is None or not may(info.context.actor, Permission.TOKENS_WRITE):
            return None
        token = await info.context.loaders.tokens.load(self.entry.token_id)
        found: Token | None = None if token is None else shown(info.context, token)
        return found if isinstance(found, ScimToken) else None

    @resolved("The member as they are now. Null when the membership has ended, or you may not read members.")
    async def member(self, info: Info) -> Annotated["Member", strawberry.lazy("rollbook.graphql.memberships")] | None:
        """Read for all entries of a level at once."""
        from rollbook.graphql.memberships import find_member  # a member names what was sent about them, and it them

        if self.entry.membership_id is None or not may(info.context.actor, Permission.DIRECTORY_READ):
            return None
        return await find_member(info.context, self.entry.membership_id)

    @resolved("What it left in the audit trail; null: nothing, because it changed nothing.")
    async def audit_event(self, info: Info) -> AuditEvent | None:
        """Read for all entries of a level at once."""
        if self.entry.event_id is None:
            return None
        event = await info.context.loaders.log_events.load(self.entry.event_id)
        return None if event is None else AuditEvent.of(event)

    @resolved(
        "The body that was sent, as JSON text without secrets. What was no JSON is told by its size: not JSON, 512 "
        "bytes. Null: it had none, or it was not read."
    )
    async def request_body(self, info: Info, personal_values: Personal = PersonalValues.MASKED) -> str | None:
        """Read for all entries of a level at once."""
        return (await self._bodies(info.context, personal_values))[0]

    @resolved(
        "The body of the answer, as JSON text without secrets; … stands where it was too long to keep. Null: it had "
        "none, or it was a list."
    )
    async def response_body(self, info: Info, personal_values: Personal = PersonalValues.MASKED) -> str | None:
        """Read for all entries of a level at once."""
        return (await self._bodies(info.context, personal_values))[1]

    @resolved(
        "A command that sends it again, with curl, and the token from the variable ROLLBOOK_TOKEN. "
        "Null for what was no request, and, with an error, if you may not read the values that you ask for."
    )
    async def curl(self, info: Info, personal_values: Personal = PersonalValues.MASKED) -> str | None:
        """Written from what is kept; what it leaves out stands above it."""
        if self.entry.code == provisioning.NOT_KEPT:
            return None
        context = info.context
        sent, _ = await self._bodies(context, personal_values)
        in_clear = personal_values is PersonalValues.SHOWN and self.entry.membership_id is not None
        query = self.entry.query if in_clear else masked_query(self.entry.query)
        return curl(replace(self.entry, path=self.path), f"{context.base_url}/scim/v2", sent, query)

    @resolved(
        "Why it failed and what to do about it. Null: it did not fail, and, with an error, if you may not read the "
        "values that you ask for."
    )
    def explanation(
        self, info: Info, personal_values: Personal = PersonalValues.MASKED
    ) -> ProvisioningExplanation | None:
        """Told from the entry alone."""
        told = explaining.explain(self._told(info.context, personal_values))
        return None if told is None else ProvisioningExplanation(what=told.what, why=told.why, remedy=told.remedy)

    def _told(self, context: Context, personal_values: PersonalValues) -> provisioning.ProvisioningRequest:
        """The entry as its texts may be told. Raises `Forbidden`."""
        if personal_values is PersonalValues.SHOWN:
            require(context.actor, Permission.MEMBERS_READ)
        if personal_values is PersonalValues.SHOWN and self.entry.membership_id is not None:
            return self.entry
        detail = None if self.entry.detail is None else masked_sentence(self.entry.detail)
        return replace(self.entry, path=self.path, detail=detail)

    async def _bodies(self, context: Context, personal_values: PersonalValues) -> Bodies:
        in_clear = personal_values is PersonalValues.SHOWN
        return await context.loaders.log_bodies.load((self.entry.id, in_clear))

    @classmethod
    def of(cls, entry: provisioning.ProvisioningRequest) -> Self:
        """The entry as the API shows it."""
        member = entry.membership_id
        return cls(
            id=entry.id,
            occurred_at=entry.occurred_at,
            client=ProvisioningClient[entry.client.name],
            client_name=entry.client_name,
            user_agent=entry.user_agent,
            method=entry.method,
            path=masked_path(entry.path),
            query=masked_query(entry.query),
            about=entry.about,
            member_id=None if member is None else strawberry.ID(str(relay.GlobalID("Member", member))),
            outcome=ProvisioningOutcome[entry.outcome.name],
            status=entry.status,
            scim_type=entry.scim_type,
            code=entry.code,
            duration_ms=entry.duration_microseconds / 1000,
            request_id=entry.request_id,
            is_shortened=entry.shortened,
            entry=entry,
        )


@strawberry.type(description="A provisioning request in a list, with its place in it.")
class ProvisioningRequestEdge:
    """One row of a page."""

    cursor: str = strawberry.field(description="The place in the list, good for after and before.")
    node: ProvisioningRequest = strawberry.field(description="The request.")


@strawberry.type(description="One page of the provisioning log, the newest requests first.")
class ProvisioningRequestConnection:
    """Reads its page when a field of it is asked for."""

    page: strawberry.Private[Paged[provisioning.ProvisioningRequest]]

    @resolved("The requests of the page with their places.")
    async def edges(self) -> list[ProvisioningRequestEdge]:
        """The rows of the page."""
        return [
            ProvisioningRequestEdge(cursor=cursor, node=ProvisioningRequest.of(row))
            for cursor, row in await self.page.placed()
        ]

    @resolved("The requests of the page, for those who need no cursors of single ones.")
    async def nodes(self) -> list[ProvisioningRequest]:
        """The same rows without their edges."""
        return [ProvisioningRequest.of(row) for row in await self.page.rows()]

    @resolved("Where the page lies in the list.")
    async def page_info(self) -> relay.PageInfo:
        """Whether there is more, and from where to go on."""
        return await self.page.info()


async def find_provisioning_request(context: Context, request_id: str) -> ProvisioningRequest | None:
    """The entry of this id, or None when there is none in the actor's organization."""
    entry = await context.services.provisioning_log.find(context.actor, request_id)
    return None if entry is None else ProvisioningRequest.of(entry)
