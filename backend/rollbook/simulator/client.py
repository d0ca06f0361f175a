"""Sends requests to a SCIM service provider as Okta does, and has every answer judged."""

import asyncio
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from rollbook.simulator.exchange import Answer, Check, Exchange, Failure

# O-02, O-03: a GET carries a content type too, and a write is plain JSON
_AGENT = "Okta SCIM Client 1.0.0"
_READ = {
    "Accept": "application/scim+json",
    "Accept-Charset": "utf-8",
    "Content-Type": "application/scim+json; charset=utf-8",
}
_WRITE = {"Accept": "application/scim+json; charset=utf-8", "Content-Type": "application/json"}

_PATIENCE = 5
_LONGEST_WAIT = 60.0


class ServerUnreachable(Exception):
    """No answer came. The text names the address and the reason."""


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


class ProvisioningClient:
    """A provisioning client. ``step`` names the part of the conversation to which the next exchanges belong."""

    def __init__(self, http: httpx.AsyncClient, base: str, token: str, record: Callable[[Exchange], None]) -> None:
        self.step = ""
        self._http = http
        self._base = base_url(base)
        self._record = record
        self._identity = {"User-Agent": _AGENT, "Authorization": f"Bearer {token}"}

    async def get(
        self, path: str, fact: str, purpose: str, *checks: Check, authorization: str | None = None
    ) -> Answer | None:
        """The answer to a GET, or None when a check failed. Raises ServerUnreachable."""
        headers = self._identity | _READ | ({"Authorization": authorization} if authorization else {})
        return await self._exchange("GET", path, fact, purpose, checks, headers=headers)

    async def send(self, method: str, path: str, body: Any, fact: str, purpose: str, *checks: Check) -> Answer | None:
        """The answer to a write, or None when a check failed. Raises ServerUnreachable."""
        return await self._exchange(method, path, fact, purpose, checks, headers=self._identity | _WRITE, json=body)

    async def _exchange(
        self, method: str, path: str, fact: str, purpose: str, checks: tuple[Check, ...], **content: Any
    ) -> Answer | None:
        request = self._http.build_request(method, self._base + path, **content)
        started = time.perf_counter()

        def judged(status: int | None, failure: Failure | None) -> None:
            elapsed = (time.perf_counter() - started) * 1000
            self._record(Exchange(self.step, fact, purpose, method, path, status, elapsed, failure))

        try:
            response = await self._patiently(request)
        except httpx.RequestError as error:
            reason = str(error) or type(error).__name__
            judged(None, Failure("an answer", f"none: {reason}", "Check the address, and that the server runs."))
            raise ServerUnreachable(f"{self._base} does not answer: {reason}") from error
        try:
            answer = Answer(response.status_code, response.json())
        except ValueError:
            answer = Answer(response.status_code)
        failure = next((failure for check in checks if (failure := check(answer))), None)
        judged(answer.status, failure)
        return None if failure else answer

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


def users_by_name(user_name: str) -> str:
    """The path of Okta's existence check, percent-encoded as it sends it (O-30)."""
    escaped = user_name.replace("\\", "\\\\").replace('"', '\\"')
    return "/Users?filter=" + quote(f'userName eq "{escaped}"', safe="") + "&startIndex=1&count=100"
