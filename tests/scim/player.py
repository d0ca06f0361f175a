"""Plays a conversation against a SCIM server and says, for the first exchange that goes otherwise, what differed."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from . import invariants, matching, templates
from .conversation import Conversation, Exchange, Expectation, Request, Users, creation

ROOT = "/scim/v2"

HEADERS: Mapping[str, Mapping[str, str | None]] = {
    "entra": {"Accept": invariants.MEDIA_TYPE, "User-Agent": None},
    "okta": {
        "Accept": invariants.MEDIA_TYPE,
        "Accept-Charset": "utf-8",
        "User-Agent": "Okta SCIM Client 1.0.0",
    },
}
"""What a client sends with every request besides the token; other clients send nothing of their own."""

_ANSWER_LIMIT = 2000


class ConversationFailed(AssertionError):
    """An exchange was answered otherwise than expected."""


class Player:
    """One run of one conversation. `known` begins with the built-in names and grows by what is captured."""

    def __init__(
        self, http: httpx.AsyncClient, *, token: str, strict_token: str, admin_id: str, client: str = "okta"
    ) -> None:
        self._http = http
        self._headers = {"Authorization": "Bearer {{token}}", **HEADERS.get(client, {})}
        self.known: dict[str, Any] = {"token": token, "strict_token": strict_token, "admin_id": admin_id}

    async def play(self, conversation: Conversation) -> None:
        """Hold the whole conversation; raises `ConversationFailed` at the first wrong answer."""
        for step in conversation.given:
            if isinstance(step, Users):
                await self._create(step)
            else:
                await self.exchange(step)
        for exchange in conversation.exchanges:
            await self.exchange(exchange)

    async def exchange(self, exchange: Exchange) -> None:
        """Send one request, judge the answer, and remember what it captures."""
        request = self._request(exchange.request)
        began = time.perf_counter()
        answer = await self._http.send(request)
        took_ms = (time.perf_counter() - began) * 1000
        differences = list(self._differences(exchange, answer, took_ms))
        if differences:
            raise ConversationFailed(_report(exchange, request, answer, differences))

    async def _create(self, users: Users) -> None:
        names = [f"{users.name}_{n:04}" for n in range(1, users.count + 1)]
        for name in names:
            await self.exchange(creation(name))
        self.known[users.name] = [self.known.pop(name) for name in names]

    def _request(self, request: Request) -> httpx.Request:
        headers = dict(self._headers)
        content = request.text
        if request.body is not None:
            content = json.dumps(self._resolve(request.body))
        if content is not None:
            headers["Content-Type"] = f"{invariants.MEDIA_TYPE}; charset=utf-8"
        headers |= {name.title(): value for name, value in request.headers.items()}
        sent = {name: self._resolve(value) for name, value in headers.items() if value is not None}
        url = ROOT + self._resolve(request.path)
        built = self._http.build_request(request.method, url, content=content, headers=sent)
        for name, value in headers.items():
            if value is None:
                # httpx adds its own Accept and User-Agent otherwise
                built.headers.pop(name, None)
        return built

    def _differences(self, exchange: Exchange, answer: httpx.Response, took_ms: float) -> Iterator[str]:
        expect = exchange.expect
        if answer.status_code not in expect.status:
            yield f"status: expected {' or '.join(map(str, expect.status))}, got {answer.status_code}"
            return
        body = _json(answer)
        yield from invariants.broken(exchange.request.path, answer)
        # first, for what the same answer must say about what it gave
        yield from self._capture(expect, body)
        for name, pattern in expect.headers.items():
            yield from matching.mismatches(self._resolve(pattern), answer.headers.get(name), f"header {name}")
        if expect.body is not None:
            yield from matching.mismatches(self._resolve(expect.body), body)
        yield from (f"{path}: expected to be absent" for path in expect.absent if templates.find(path, body))
        if expect.within_ms is not None and took_ms > expect.within_ms:
            yield f"time: expected at most {expect.within_ms} ms, took {took_ms:.0f} ms"

    def _capture(self, expect: Expectation, body: Any) -> Iterator[str]:
        for name, path in expect.capture.items():
            found = templates.find(path, body)
            if not found:
                yield f"{path}: expected a value to remember as {name}, but it is absent"
            self.known[name] = found if templates.names_many(path) else next(iter(found), None)

    def _resolve(self, template: Any) -> Any:
        return templates.resolve(template, self.known)


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _report(exchange: Exchange, request: httpx.Request, answer: httpx.Response, differences: list[str]) -> str:
    text = answer.text if len(answer.text) <= _ANSWER_LIMIT else f"{answer.text[:_ANSWER_LIMIT]}…"
    lines = [f"- {difference}" for difference in differences]
    return "\n".join(
        [exchange.say, f"{request.method} {request.url}", *lines, f"answer: {answer.status_code} {text or '(no body)'}"]
    )
