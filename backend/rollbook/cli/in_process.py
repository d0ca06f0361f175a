"""What carries the client's requests when there is no server: a call into this process."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import orjson
from anyio.from_thread import BlockingPortal

Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class InProcess(httpx.BaseTransport):
    """Hands the body of each request to `answer`, which runs on the portal's event loop."""

    def __init__(self, portal: BlockingPortal, answer: Answer) -> None:
        self._portal = portal
        self._answer = answer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The answer, as a server would have sent it."""
        body = self._portal.call(self._answer, orjson.loads(request.read()))
        return httpx.Response(200, headers={"Content-Type": "application/json"}, content=orjson.dumps(body))
