"""The headers by which a browser is told what a page of ours may do; they go with every answer that is not SCIM's."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

Header = tuple[bytes, bytes]

_ALWAYS: list[Header] = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),  # asked for again each time, so that a new version is seen at once
]

# for a year browsers ask this host over https only (RFC 6797); the domain's other hosts are not ours to decide about
_HTTPS_ONLY: Header = (b"strict-transport-security", b"max-age=31536000")


class Headers:
    """Adds the headers of an installation at this URL to every answer that does not say another thing itself."""

    def __init__(self, app: ASGIApp, base_url: str) -> None:
        self._app = app
        self._headers = [*_ALWAYS, _HTTPS_ONLY] if base_url.startswith("https:") else _ALWAYS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer as the application does, with the headers."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given: list[Header] = list(message.get("headers", ()))
                said = {name.lower() for name, _ in given}
                message["headers"] = [*given, *(header for header in self._headers if header[0] not in said)]
            await send(message)

        await self._app(scope, receive, send_with_headers)
