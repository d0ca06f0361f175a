"""What is said between a browser and Rollbook besides GraphQL: its cookies, and proof against other sites."""

import posixpath
import re
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from starlette.requests import Request
from starlette.responses import Response

from rollbook.domain.sessions import SESSION_LIFETIME, Device, Visitor
from rollbook.settings import may_sign_in
from rollbook.web.requests import Refused, client_address

_DEFAULT_PORTS = {"http": 80, "https": 443}
_PLAIN = re.compile(r"[!-\[\]-~]+")
"""Printable ASCII without a backslash, which browsers take for a slash; pages write everything else percent-encoded."""

MAX_NEXT = 1024
"""How long a path may be that a sign-in leads to: it travels in a cookie."""


class Browser:
    """Knows the origin of the pages, and from it how cookies are called and guarded.

    `insecure_cookies`: whether people may sign in over plain http from beyond this machine.
    """

    def __init__(self, base_url: str, *, insecure_cookies: bool = False) -> None:
        self._origin = _origin(base_url)
        self._secure = base_url.startswith("https:")
        self._may_sign_in = may_sign_in(base_url, insecure_cookies=insecure_cookies)
        self.cookie = self.cookie_named("sid")

    def cookie_named(self, name: str) -> str:
        """How a cookie of ours is called here."""
        # the prefix makes browsers refuse the cookie from a subdomain or over plain http
        return f"__Host-{name}" if self._secure else name

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

    def require_own_link(self, request: Request) -> None:
        """Return if a person, or a page of this installation, asked for a file; otherwise refuse with 403.

        A link cannot send a header of its own. No other site can read the file, but neither shall one start it.
        """
        if request.headers.get("sec-fetch-site", "none") not in ("same-origin", "none"):
            raise Refused(403, "CSRF", f"A download with a session cookie must be asked from a page of {self._origin}.")

    def require_safe_cookies(self) -> None:
        """Return if a cookie given to a browser here cannot be read on its way; otherwise refuse with 403.

        To be asked before anything that works once is used up.
        """
        if not self._may_sign_in:
            raise Refused(
                403,
                "INSECURE",
                "Nobody can sign in over plain http from beyond this machine: whoever listens would be signed in too. "
                "The operator sets ROLLBOOK_BASE_URL to an https address, or ROLLBOOK_INSECURE_COOKIES=on.",
            )

    def path_here(self, text: str | None) -> str:
        """The path that a text names, if it is one of a page of this origin (an address or a path); otherwise "/"."""
        if not text or len(text) > MAX_NEXT or not _PLAIN.fullmatch(text):
            return "/"
        if not text.startswith("/"):
            if _origin(text) != self._origin or "@" in urlsplit(text).netloc:
                return "/"
            parts = urlsplit(text)
            text = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return text if _is_page(text) else "/"

    def remember(self, response: Response, secret: str) -> None:
        """Put the session into the browser."""
        self._set(response, self.cookie, secret, SESSION_LIFETIME)

    def forget(self, response: Response) -> None:
        """Take the session out of the browser."""
        self._delete(response, self.cookie)

    def carried(self, request: Request, name: str) -> str | None:
        """What the browser carries for us under this name, if anything."""
        return request.cookies.get(self.cookie_named(name))

    def carry(self, response: Response, name: str, content: str, lifetime: timedelta) -> None:
        """Let the browser carry something for us, which only we can read, and bring it back."""
        self._set(response, self.cookie_named(name), content, lifetime)

    def drop(self, response: Response, name: str) -> None:
        """Let the browser carry it no more."""
        self._delete(response, self.cookie_named(name))

    def _set(self, response: Response, cookie: str, value: str, lifetime: timedelta) -> None:
        response.set_cookie(
            cookie,
            value,
            max_age=int(lifetime.total_seconds()),
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _delete(self, response: Response, cookie: str) -> None:
        response.delete_cookie(cookie, path="/", secure=self._secure, httponly=True, samesite="lax")


def _is_page(text: str) -> bool:
    """Whether a text that begins with a slash leads to a page: neither to another host nor to a door at /auth.

    To be signed in by one door is no reason to be sent to the next. The path is judged in each way in which somebody
    may read it: browsers take dot segments away; servers and proxies decode what is percent-encoded, some of it twice.
    """
    if text.startswith("//"):  # begins another host
        return False
    return all(_is_path_of_a_page(path) for path in _readings(urlsplit(text).path))


def _readings(path: str) -> Iterator[str]:
    """The path as it is written, and decoded again and again until that changes nothing."""
    yield path
    while (decoded := unquote(path)) != path:
        yield (path := decoded)


def _is_path_of_a_page(path: str) -> bool:
    if "//" in path or "\\" in path or not path.isprintable():
        return False
    return posixpath.normpath(path).split("/")[1].lower() != "auth"


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
