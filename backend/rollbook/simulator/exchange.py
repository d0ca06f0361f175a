"""One request and its answer, and how it is judged."""

import json
from collections.abc import Callable
from typing import Any

from rollbook.domain.immutable import immutable


@immutable
class Failure:
    """Why a check failed: what an identity provider needs, what the server did, and what to do about it."""

    expected: str
    came: str
    remedy: str


@immutable
class Answer:
    """What the server answered. ``body`` is the decoded JSON, or None when there was none to decode."""

    status: int
    body: Any = None
    media_type: str = ""

    @property
    def resource(self) -> dict[str, Any]:
        """The body as a JSON object; empty when it is none."""
        return self.body if isinstance(self.body, dict) else {}

    def described(self) -> str:
        """The status and the server's own explanation, for a person to read."""
        detail = self.resource.get("detail")
        return f"{self.status}, {shown(detail)}" if detail else f"{self.status}"


Check = Callable[[Answer], Failure | None]
"""Judges an answer: None when it is what an identity provider needs."""


@immutable
class Exchange:
    """A request that was sent, what came of it, and the verdict. ``status`` is None when no answer came."""

    step: str
    fact: str
    purpose: str
    method: str
    path: str
    status: int | None
    milliseconds: float
    failure: Failure | None = None


def shown(value: Any, limit: int = 200) -> str:
    """A value from outside as one short line of JSON, so that nothing in it can steer a terminal."""
    text = json.dumps(value, ensure_ascii=False)
    text = "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
