"""Sends requests to a SCIM service provider as an identity provider does, and has every answer judged."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx

from rollbook.domain.immutable import immutable
from rollbook.simulator.exchange import Answer, Check, Exchange, Failure

_PATIENCE = 5
_LONGEST_WAIT = 60.0


class ServerUnreachable(Exception):
    """No answer came. The text names the address and the reason."""


@immutable
class Manner:
    """How an identity provider sends: its headers, and a flag that it puts into the query of every request."""

    reading: Mapping[str, str]
    writing: Mapping[str, str]
    flag: str = ""


def base_url(text: str) -> str:
    """A SCIM base URL without its trailing slash. Raises ValueError, saying what is wrong with it."""
    parts = urlsplit(text.strip())
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{text!r} is not an absolute http or https address, such as https://example.com/scim/v2.")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError(f"{text!r} must be a plain address, without user name, query or fragment.")
    try:
        httpx.URL(parts.geturl())
    except httpx.InvalidURL as error:
        raise ValueError(f"{text!r} is not an address: {error}.") from error
    return parts.geturl().rstrip("/")


@asynccontextmanager
async def provisioning_client(
    base: str,
    token: str,
    manner: Manner,
    record: Callable[[Exchange], None],
    *,
    connections: int,
    transport: httpx.AsyncBaseTransport | None = None,
) -> AsyncIterator["ProvisioningClient"]:
    """A client with so many connections to the server at this base URL. Raises ValueError for an unusable one."""
    base = base_url(base)
    limits = httpx.Limits(max_connections=connections)
    # the wait for a free connection has no limit: it ends when another request has its answer
    timeout = httpx.Timeout(30, pool=None)
    async with httpx.AsyncClient(transport=transport, limits=limits, timeout=timeout) as http:
        yield ProvisioningClient(http, base, token, manner, record)


class ProvisioningClient:
    """A provisioning client. ``step`` names the part of the conversation to which the next exchanges belong."""

    def __init__(
        self, http: httpx.AsyncClient, base: str, token: str, manner: Manner, record: Callable[[Exchange], None]
    ) -> None:
        self.step = ""
        self.base = base
        self._http = http
        self._manner = manner
        self._record = record
        self._authorization = f"Bearer {token}"

    async def get(
        self, path: str, fact: str, purpose: str, *checks: Check, authorization: str | None = None
    ) -> Answer | None:
        """The answer to a GET, or None when a check failed. Raises ServerUnreachable."""
        headers = {**self._manner.reading, "Authorization": authorization or self._authorization}
        return await self._exchange("GET", path, fact, purpose, checks, headers=headers)

    async def send(self, method: str, path: str, body: Any, fact: str, purpose: str, *checks: Check) -> Answer | None:
        """The answer to a write, or None when a check failed. Raises ServerUnreachable."""
        headers = {**self._manner.writing, "Authorization": self._authorization}
        return await self._exchange(method, path, fact, purpose, checks, headers=headers, json=body)

    async def _exchange(
        self, method: str, path: str, fact: str, purpose: str, checks: tuple[Check, ...], **content: Any
    ) -> Answer | None:
        request = self._http.build_request(method, self._address(path), **content)
        started = time.perf_counter()

        def judged(status: int | None, failure: Failure | None) -> None:
            elapsed = (time.perf_counter() - started) * 1000
            self._record(Exchange(self.step, fact, purpose, method, path, status, elapsed, failure))

        try:
            response = await self._patiently(request)
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            judged(None, Failure("an answer", f"none: {reason}", "Check the address, and that the server runs."))
            raise ServerUnreachable(f"{self.base} does not answer: {reason}") from error
        media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        try:
            answer = Answer(response.status_code, response.json(), media_type)
        except ValueError:
            answer = Answer(response.status_code, None, media_type)
        failure = next((failure for check in checks if (failure := check(answer))), None)
        judged(answer.status, failure)
        return None if failure else answer

    def _address(self, path: str) -> str:
        """Where to send to; the flag stands first in the query (E-03)."""
        where, _, query = path.partition("?")
        whole = "&".join(part for part in (self._manner.flag, query) if part)
        return f"{self.base}{where}?{whole}" if whole else f"{self.base}{where}"

    async def _patiently(self, request: httpx.Request) -> httpx.Response:
        """The response, after as many repetitions as a busy server asks for (O-71: 429 with Retry-After)."""
        response = await self._http.send(request)
        for _ in range(_PATIENCE):
            wait = response.headers.get("Retry-After", "")
            if response.status_code != 429 or not wait.isdecimal():
                break
            await asyncio.sleep(min(float(wait), _LONGEST_WAIT))
            response = await self._http.send(request)
        return response
