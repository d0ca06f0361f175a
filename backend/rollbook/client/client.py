"""The client: the generated operations over one HTTP connection, with errors that can be caught by their kind."""

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any, Protocol, TypeVar, cast

import httpx

from rollbook.client.errors import NotFound, Unreachable, VersionConflict, refused
from rollbook.client.generated.base_model import UNSET
from rollbook.client.generated.enums import JobStatus, TokenKind
from rollbook.client.generated.fragments import (
    ApiToken,
    AuditEvent,
    Invitation,
    Job,
    JobRow,
    Member,
    ScimToken,
    Session,
)
from rollbook.client.generated.input_types import AuditEventFilter, MemberFilter, MemberOrder
from rollbook.client.generated.operations import Operations

MOST_IN_A_PAGE = 200
MOST_WAITING_SECONDS = 60.0
POLL_SECONDS = 0.5

T_co = TypeVar("T_co", covariant=True)
T = TypeVar("T")

_MEDIA_TYPES = "application/graphql-response+json, application/json"
_NOTHING_DONE = frozenset({429, 503})
"""Statuses of requests that did nothing and may be repeated, changes too."""


class _PageInfo(Protocol):
    @property
    def has_next_page(self) -> bool: ...
    @property
    def end_cursor(self) -> str | None: ...


class _Connection(Protocol[T_co]):
    @property
    def nodes(self) -> Sequence[T_co]: ...
    @property
    def page_info(self) -> _PageInfo: ...


class Client(Operations):
    """Asks a Rollbook server as the owner of an API token. Use it in a `with` statement, from one thread at a time.

    Each inherited method is one operation of `operations/*.graphql`; it returns what came of it, or raises a
    `RollbookError`. A server that is busy, or limits the rate, is asked again when it says, `retries` times.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = 30.0,
        retries: int = 3,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {
            "Accept": _MEDIA_TYPES,
            "Authorization": f"Bearer {token}",
            "User-Agent": f"rollbook-client/{version('rollbook')}",
        }
        http_client = httpx.Client(headers=headers, timeout=timeout, transport=transport)
        # httpx takes most arguments by name only, which the generated protocol does not know
        super().__init__(url.rstrip("/") + "/graphql", headers, cast(Any, http_client))
        self._retries = retries

    def close(self) -> None:
        """Close the connections. The end of a `with` statement does it too."""
        self.http_client.close()

    def members(
        self,
        *,
        filter: MemberFilter | None = None,
        search: str | None = None,
        order_by: MemberOrder | None = None,
        as_of: datetime | None = None,
    ) -> Iterator[Member]:
        """All members whom the filter and the search leave, read page by page; by default the active ones.

        `as_of`: as they were at this moment, who left since too, in the order in which they became members.
        """
        wanted = (filter or UNSET, search or UNSET, order_by or UNSET, as_of or UNSET)
        return _all(lambda after: self.list_members(MOST_IN_A_PAGE, after, *wanted).members)

    def invitations(self) -> Iterator[Invitation]:
        """All invitations, the newest first, read page by page."""
        return _all(lambda after: self.list_invitations(MOST_IN_A_PAGE, after).invitations)

    def sessions(self) -> Iterator[Session]:
        """The browsers in which members are signed in, the newest session first, read page by page."""
        return _all(lambda after: self.list_sessions(MOST_IN_A_PAGE, after).sessions)

    def audit_events(self, *, filter: AuditEventFilter | None = None) -> Iterator[AuditEvent]:
        """All events of the audit trail that the filter leaves, the newest first, read page by page."""
        return _all(lambda after: self.list_audit_events(MOST_IN_A_PAGE, after, filter or UNSET).audit_events)

    def tokens(self, *, kind: TokenKind | None = None, include_ended: bool = False) -> list[ApiToken | ScimToken]:
        """The organization's tokens, the newest first; without the revoked and expired ones unless they are wanted."""
        tokens = self.list_tokens(kind or UNSET, include_ended).tokens or []
        return [token for token in tokens if isinstance(token, ApiToken | ScimToken)]

    def job(self, job_id: str) -> Job:
        """A job as it is now; raises `NotFound`."""
        job = self.get_job(job_id)
        if job is None:
            raise NotFound("NOT_FOUND", "There is no such job in your organization.")
        return job

    def job_rows(self, job_id: str, *, only_failed: bool = False) -> Iterator[JobRow]:
        """What came of the rows of a job, by their numbers, read page by page. No rows of a job that is not there."""

        def page(after: Any) -> _Connection[JobRow] | None:
            job = self.list_job_rows(job_id, MOST_IN_A_PAGE, after, only_failed)
            return None if job is None else job.rows

        return _all(page)

    def wait_for(self, job_id: str, progress: Callable[[Job], None] = lambda job: None) -> Job:
        """The job when it has ended; `progress` is told how far it is meanwhile. Raises `NotFound`."""
        while True:
            job = self.job(job_id)
            progress(job)
            if job.status not in {JobStatus.QUEUED, JobStatus.RUNNING}:
                return job
            time.sleep(POLL_SECONDS)

    def get_data(self, response: Any) -> dict[str, Any]:
        """The data of an answer; raises what it tells of instead. The generated methods call it."""
        body = _json_object(response)
        request_id = response.headers.get("x-request-id")
        for error in body.get("errors") or ():
            raise refused(str((error.get("extensions") or {}).get("code", "INTERNAL")), error, request_id)
        data = body.get("data")
        if not isinstance(data, dict):
            raise Unreachable(f"{self.url} answered {response.status_code} without data; it is no Rollbook.")
        for result in data.values():
            if isinstance(result, dict) and "code" in result and "message" in result:
                raise _refusal(result, request_id)
        return data

    def _execute_json(self, *args: Any, **kwargs: Any) -> Any:
        left = self._retries
        while True:
            try:
                response = cast(httpx.Response, super()._execute_json(*args, **kwargs))
            except httpx.HTTPError as error:
                raise Unreachable(f"{self.url} cannot be reached: {error}.") from error
            if left <= 0 or response.status_code not in _NOTHING_DONE:
                return response
            left -= 1
            time.sleep(_pause(response))


def _all(read: "Callable[[Any], _Connection[T] | None]") -> Iterator[T]:
    """Every row of a list; a list that may not be read has none."""
    after: Any = UNSET
    while (connection := read(after)) is not None:
        yield from connection.nodes
        if not connection.page_info.has_next_page:
            return
        after = connection.page_info.end_cursor


def _json_object(response: httpx.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        body = None
    if not isinstance(body, dict):
        raise Unreachable(f"{response.url} answered {response.status_code}, and not with JSON; it is no Rollbook.")
    return body


def _refusal(result: dict[str, Any], request_id: str | None) -> Exception:
    error = refused(str(result["code"]), result, request_id)
    if isinstance(error, VersionConflict) and result.get("current"):
        error.current = Member.model_validate(result["current"])
    return error


def _pause(response: httpx.Response) -> float:
    """How long the server wants not to be asked."""
    told = response.headers.get("retry-after", "")
    return min(float(told), MOST_WAITING_SECONDS) if told.isascii() and told.isdigit() else 1.0
