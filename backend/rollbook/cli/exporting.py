"""Files that the command line writes: the downloads of a server, or the same from the local database."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from rollbook.cli.api import asking_services
from rollbook.cli.failures import Refused
from rollbook.settings import Remote

if TYPE_CHECKING:
    from rollbook.domain.audit import EventFilter


@contextmanager
def audit_pieces(organization: str | None, format: str, wanted: Mapping[str, Any]) -> Iterator[Iterator[str]]:
    """The text of an export of the audit trail, piece by piece. Raises what refuses, in words for the command line."""
    remote = Remote.read()
    if remote is not None:
        with _downloaded(remote, organization, f"audit.{format}", wanted) as pieces:
            yield pieces
        return
    yield _local(organization, format, wanted)


@contextmanager
def written(output: Path | None) -> Iterator[TextIO]:
    """Where to write; a file that could not be written to its end is taken away again."""
    if output is None:
        yield sys.stdout
        return
    try:
        file = output.open("x", encoding="utf-8", newline="")
    except FileExistsError:
        raise Refused(f"{output} is there already. Name another file.") from None
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}.") from None
    try:
        with file:
            yield file
    except BaseException:
        output.unlink(missing_ok=True)
        raise


@contextmanager
def _downloaded(
    remote: Remote, organization: str | None, name: str, wanted: Mapping[str, Any]
) -> Iterator[Iterator[str]]:
    import httpx

    from rollbook.client import Client

    if organization is not None:
        with Client(remote.url, remote.token) as client:
            handle = client.viewer().organization.handle
        if handle != organization:
            raise Refused(f"The token in ROLLBOOK_API_TOKEN belongs to {handle}, not to {organization}.")
    parameters = {key: value.isoformat() if hasattr(value, "isoformat") else value for key, value in wanted.items()}
    given = {key: value for key, value in parameters.items() if value}
    address = f"{remote.url.rstrip('/')}/exports/{name}"
    try:
        with (
            httpx.Client(headers={"Authorization": f"Bearer {remote.token}"}, timeout=60) as http,
            http.stream("GET", address, params=given) as answer,
        ):
            if answer.is_error:
                raise Refused(_reason(answer))
            yield answer.iter_text()
    except httpx.HTTPError as error:
        raise Refused(f"The server at {remote.url} did not send the whole file: {error}.") from None


def _reason(answer: Any) -> str:
    try:
        answer.read()
        return str(answer.json()["error"]["message"])
    except (ValueError, KeyError, TypeError):
        return f"The server answered {answer.status_code}."


def _local(organization: str | None, format: str, wanted: Mapping[str, Any]) -> Iterator[str]:
    from rollbook.exports import events, tables
    from rollbook.exports.downloads import SHOWN_MEMBERS

    with asking_services(organization) as (portal, services, operator):

        async def again() -> Any:
            return operator

        pages = services.audit.export(operator, _filter(wanted), again)
        if format == "csv":
            yield tables.head(events.COLUMNS)
        render = events.table if format == "csv" else events.ndjson
        while (page := portal.call(anext, pages, None)) is not None:
            yield from render(events.EventLine.of(event, touches, SHOWN_MEMBERS) for event, touches in page)


def _filter(wanted: Mapping[str, Any]) -> "EventFilter":
    from rollbook.domain.audit import AuditAction, EventFilter

    actions = frozenset(AuditAction[name] for name in wanted["action"])
    return EventFilter(actions=actions, since=wanted["since"], until=wanted["until"])
