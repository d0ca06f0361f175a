"""/.well-known/security.txt: whom to tell of a hole in this installation (RFC 9116)."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from rollbook.domain.values import Clock

PATH = "/.well-known/security.txt"

_VALID = timedelta(days=180)
"""It should be less than a year (RFC 9116 section 2.5.5). As it is written anew for each reader, it never runs out."""


class SecurityTxt:
    """Answers with the contact that the operator has set, or that there is none."""

    def __init__(self, contact: str | None, base_url: str, clock: Clock) -> None:
        self._contact = contact
        self._base_url = base_url
        self._clock = clock

    async def answer(self, request: Request) -> Response:
        """200 with the text, or 404."""
        if self._contact is None:
            return PlainTextResponse("This installation names no security contact.\n", 404)
        expires = (self._clock() + _VALID).replace(hour=0, minute=0, second=0, microsecond=0)
        lines = [f"Contact: {self._contact}", f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}", "Preferred-Languages: en"]
        if self._base_url.startswith("https:"):
            lines.append(f"Canonical: {self._base_url}{PATH}")
        return PlainTextResponse("".join(f"{line}\n" for line in lines))
