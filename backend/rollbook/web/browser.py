"""What is said between a browser and Rollbook besides GraphQL: the session cookie, and proof against other sites."""

from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from rollbook.domain.sessions import SESSION_LIFETIME, Device, Visitor
from rollbook.web.requests import Refused, client_address

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Browser:
    """Knows the origin of the pages, and from it how the cookie is called and guarded."""

    def __init__(self, base_url: str) -> None:
        self._origin = _origin(base_url)
        self._secure = base_url.startswith("https:")
        # the prefix makes browsers refuse the cookie from a subdomain or over plain http
        self.cookie = "__Host-sid" if self._secure else "sid"

    def session_secret(self, request: Request) -> str | None:
        """The secret in the session cookie, if there is one."""
        return request.cookies.get(self.cookie)

    def visitor(self, request: Request, request_id: str) -> Visitor:
        """The browser in front of a sign-in door."""
        device = Device(request.headers.get("user-agent"), client_address(request))
        return Visitor(device, self.session_secret(request), request_id)

    def require_own_page(self, request: Request) -> None:
        """Return if a page of this installation sent the request; otherwise refuse with 403.

        A browser attaches the cookie whichever site asks. Only our own page can send this header without asking the
        server first, and the browser itself says where the request comes from.
        """
        if request.headers.get("x-csrf") != "1":
            raise Refused(403, "CSRF", "A request with a session cookie needs the header X-CSRF: 1.")
        if request.headers.get("sec-fetch-site") == "same-origin":
            return
        if _origin(request.headers.get("origin", "")) != self._origin:
            raise Refused(403, "CSRF", f"A request with a session cookie must come from a page of {self._origin}.")

    def remember(self, response: Response, secret: str) -> None:
        """Put the session into the browser."""
        lifetime = int(SESSION_LIFETIME.total_seconds())
        response.set_cookie(
            self.cookie, secret, max_age=lifetime, path="/", secure=self._secure, httponly=True, samesite="lax"
        )

    def forget(self, response: Response) -> None:
        """Take the session out of the browser."""
        response.delete_cookie(self.cookie, path="/", secure=self._secure, httponly=True, samesite="lax")


def _origin(url: str) -> str | None:
    """The origin as browsers write it, or None for what is not a web address."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        return None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = port is None or port == _DEFAULT_PORTS[parts.scheme]
    return f"{parts.scheme}://{host}" if default else f"{parts.scheme}://{host}:{port}"
