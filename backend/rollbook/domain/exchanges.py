"""One request of a provisioning client while it is answered, and what of it goes into the provisioning log.

A write that changed something is entered by the operation itself, in its transaction (`services/recording.py`); what
else is worth keeping is entered when the answer is known (`services/provisioning.py`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import quote, unquote_plus

import orjson

from rollbook.domain.bodies import LEFT_OUT, MOST_SECRETS, Body, beginning, kept_of, without_secrets
from rollbook.domain.groups import DISPLAY_NAMES, GroupId
from rollbook.domain.immutable import immutable
from rollbook.domain.masking import masked_body, masked_query
from rollbook.domain.masking_texts import masked_path, masked_sentence
from rollbook.domain.memberships import Membership
from rollbook.domain.provisioning import NOT_KEPT, ProvisioningClient, ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.values import new_id, parse_id

_WRITES = frozenset({"DELETE", "PATCH", "POST", "PUT"})
_LONGEST = 1000
_NOBODY = Body("")


class Notes(Protocol):
    """Whoever reads a request, and keeps sentences about how."""

    @property
    def notes(self) -> Sequence[str]:
        """What was ignored, repaired or left out, in order."""


@immutable
class Answer:
    """What a request was answered at last. `membership_id` is who stood in the way of a refused write."""

    status: int
    code: str | None = None
    scim_type: str | None = None
    detail: str | None = None
    membership_id: str | None = None
    body: bytes | None = None


@dataclass(slots=True)
class Exchange:
    """A request on its way; whoever learns something about it says it here.

    `organization_id` and `token_id` are there once the token is known, be it good or not. `sent` is the document in
    the body, `body` what is kept of it. `status` and `render` say how a success will be answered: so the resource is
    rendered once, for the client and for the log. `member` is the resource that was answered.
    """

    method: str
    path: str
    query: str
    request_id: str
    user_agent: str | None
    occurred_at: datetime
    client: ProvisioningClient | None = None
    began: float = field(default_factory=perf_counter)
    organization_id: str | None = None
    token_id: str | None = None
    reading: Notes | None = None
    sent: Any = None
    body: Body = _NOBODY
    status: int = 200
    render: Callable[[Membership], bytes] | None = None
    left_out: Callable[[Sequence[str]], None] | None = None
    member: Membership | None = None
    is_kept: bool = False
    _rendered: tuple[Membership, bytes] | None = None

    def expect(self, status: int, render: Callable[[Membership], bytes] | None = None) -> None:
        """Say how a success will be answered."""
        self.status, self.render = status, render

    def comes_with(self, outer: "Exchange") -> None:
        """Take over who sends it from the request that it is a part of."""
        self.organization_id, self.token_id, self.user_agent = outer.organization_id, outer.token_id, outer.user_agent
        self.client = outer.client or client_of(outer.user_agent, outer.query)

    def rendered(self, member: Membership) -> bytes:
        """The resource as the answer shows it."""
        if self._rendered is not None and self._rendered[0] is member:
            return self._rendered[1]
        assert self.render is not None, "whoever asks for it has said how"
        self._rendered = (member, self.render(member))
        return self._rendered[1]

    def tell_left_out(self, membership_ids: Sequence[str]) -> None:
        """Say whom a change of a group could not find."""
        if membership_ids and self.left_out is not None:
            self.left_out(membership_ids)

    def keep(self) -> None:
        """Say that the entry of this write is committed."""
        self.is_kept = True

    def entry_of_write(self, event_id: str, member: Membership | None) -> ProvisioningRequest:
        """The entry of a write that has changed something, to be committed together with it."""
        body = self.rendered(member) if self.render is not None and member is not None else None
        return self._entry(Answer(self.status, body=body), ProvisioningOutcome.SUCCEEDED, member, event_id)

    def entry_of_answer(self, answer: Answer) -> ProvisioningRequest | None:
        """The entry of anything else that is kept: a refusal, a failure, a write without an effect, a read with notes.

        None where there is nothing to keep, or nobody to keep it for.
        """
        if self.organization_id is None:
            return None
        if answer.status >= 400:
            outcome = ProvisioningOutcome.FAILED if answer.status >= 500 else ProvisioningOutcome.REFUSED
            return self._entry(answer, outcome)
        if self.is_kept:
            return None
        if self._is_write:
            return self._entry(answer, ProvisioningOutcome.UNCHANGED, self.member)
        if self._notes:
            return self._entry(replace(answer, body=None), ProvisioningOutcome.SUCCEEDED, self.member)
        return None

    @property
    def member_in_path(self) -> str | None:
        """The id of the member whom the path names, whether or not there is one."""
        collection, _, name = self.path[1:].partition("/")
        return parse_id(name) if collection == "Users" else None

    @property
    def _is_write(self) -> bool:
        return self.method in _WRITES and not self.path.endswith("/.search") and self.path != "/Bulk"

    @property
    def _notes(self) -> Sequence[str]:
        return () if self.reading is None else self.reading.notes

    @property
    def _about(self) -> str:
        """Who or what the request is about, as far as it says so itself."""
        collection, _, name = self.path[1:].partition("/")
        if collection == "Groups":
            return DISPLAY_NAMES[GroupId(name)] if name in DISPLAY_NAMES else ""
        if collection != "Users" or not isinstance(self.sent, dict):
            return ""
        said = {name.lower(): value for name, value in self.sent.items() if isinstance(name, str)}
        texts = (said.get("username"), _address_in(said), said.get("externalid"))
        return next((text for text in texts if isinstance(text, str) and text.strip()), "")

    def _entry(
        self,
        answer: Answer,
        outcome: ProvisioningOutcome,
        member: Membership | None = None,
        event_id: str | None = None,
    ) -> ProvisioningRequest:
        assert self.organization_id is not None, "without a token that is known there is no entry"
        secrets = self.body.secrets
        query = _query_without_secrets(self.query) if self.query else None
        response = self._response(answer)
        entry = ProvisioningRequest(
            id=new_id(),
            organization_id=self.organization_id,
            token_id=self.token_id,
            occurred_at=self.occurred_at,
            method=_line(self.method, 20),
            path=_line(self.path, 500),
            status=answer.status,
            request_id=self.request_id,
            notes=tuple(_line(note, secrets=secrets) for note in self._notes),
            outcome=outcome,
            client=self.client or client_of(self.user_agent, self.query),
            user_agent=None if self.user_agent is None else _line(self.user_agent, 256),
            query=query,
            about=self._about_without(secrets) if member is None else _line(member.user_name, 256),
            membership_id=answer.membership_id if member is None else member.id,
            event_id=event_id,
            code=answer.code,
            scim_type=answer.scim_type,
            detail=None if answer.detail is None else _line(answer.detail, secrets=secrets),
            duration_microseconds=int((perf_counter() - self.began) * 1_000_000),
            shortened=self.body.shortened or response.shortened,
            request_body=self.body.text or None,
            response_body=response.text or None,
        )
        return _told_without_parts(entry) if self.body.hides or query != (self.query or None) else entry

    def _about_without(self, secrets: Sequence[str]) -> str:
        return LEFT_OUT if len(secrets) > MOST_SECRETS else _line(self._about, 256, secrets=secrets)

    def _response(self, answer: Answer) -> Body:
        """What is kept of the answer. A group's may name everybody, so that it is only told."""
        if self._is_write and self.path.startswith("/Groups/") and answer.status == 200:
            return Body(orjson.dumps({"id": self.path[8:], "members": LEFT_OUT}).decode(), shortened=True)
        return kept_of(answer.body, self.body.secrets) if answer.body else _NOBODY


def _told_without_parts(entry: ProvisioningRequest) -> ProvisioningRequest:
    """The entry of a request in which a secret was hidden: a refusal or a note may quote one word of it."""
    return replace(
        entry,
        notes=tuple(map(masked_sentence, entry.notes)),
        detail=None if entry.detail is None else masked_sentence(entry.detail),
        response_body=masked_body(entry.response_body) if entry.status >= 400 else entry.response_body,
    )


def masked(entry: ProvisioningRequest) -> ProvisioningRequest:
    """An entry that is about no member, as it is kept: nobody could ask for its personal values.

    Whom it was about is told all the same, in the one word in which an admin looks for them.
    """
    return replace(
        entry,
        path=masked_path(entry.path),
        notes=tuple(map(masked_sentence, entry.notes)),
        query=masked_query(entry.query),
        detail=None if entry.detail is None else masked_sentence(entry.detail),
        request_body=masked_body(entry.request_body),
        response_body=masked_body(entry.response_body),
    )


def left_out(organization_id: str, count: int, at: datetime) -> ProvisioningRequest:
    """The entry that tells how many were not kept, because too many came at once."""
    told = f"{count} more requests were answered at this moment than can be kept. No write that was made is among them."
    return ProvisioningRequest(
        id=new_id(),
        organization_id=organization_id,
        token_id=None,
        occurred_at=at,
        method=LEFT_OUT,
        path=f"{count} more",
        status=0,
        request_id=None,
        notes=(told,),
        outcome=ProvisioningOutcome.REFUSED,
        code=NOT_KEPT,
        detail=told,
    )


def client_of(user_agent: str | None, query: str) -> ProvisioningClient:
    """Whose product sends under this name, or with this query."""
    agent = (user_agent or "").lower()
    if "okta" in agent:  # O-02
        return ProvisioningClient.OKTA
    # Entra documents no name of its own; its flag in the tenant's URL is told by the address (E-03)
    if any(word in agent for word in ("entra", "azure", "microsoft")) or "aadoptscim" in query.lower():
        return ProvisioningClient.ENTRA
    return ProvisioningClient.OTHER


def _address_in(said: Mapping[str, Any]) -> Any:
    """The first e-mail address of a resource, whatever its shape is."""
    emails = said.get("emails")
    first = emails[0] if isinstance(emails, list) and emails else emails
    return first.get("value") if isinstance(first, dict) else first


def _line(text: str, longest: int = _LONGEST, *, secrets: Sequence[str] = ()) -> str:
    """A text in one line that can be kept: cut, and without secrets."""
    return _printable(beginning(text, longest, secrets), longest)


def _printable(text: str, longest: int) -> str:
    if not text.isprintable():
        text = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    return text if len(text) <= longest else text[: longest - 1] + LEFT_OUT


def _query_without_secrets(query: str) -> str:
    """The query as it was sent and in one line, unless it says a secret: then its parameters written anew."""
    read = query[: 4 * _LONGEST]
    said = unquote_plus(read)
    if without_secrets(said) != said:
        pairs = [pair.partition("=") for pair in read.split("&")]
        if len(read) < len(query) and len(pairs) > 1:
            pairs[-1] = ("", "", LEFT_OUT)  # a part of it, perhaps of a secret
        read = "&".join(f"{name}{equals}{_parameter_without_secrets(name, value)}" for name, equals, value in pairs)
    return _printable(read, _LONGEST)


def _parameter_without_secrets(name: str, value: str) -> str:
    said = f"{unquote_plus(name)}={unquote_plus(value)}"
    hidden = without_secrets(said)
    return value if hidden == said else quote(hidden.partition("=")[2])
