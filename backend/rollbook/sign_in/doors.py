"""What the doors at /auth have in common: those that a page asks, and those that a browser is sent to."""

import logging
from abc import abstractmethod
from typing import ClassVar
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from rollbook.domain.actors import Actor
from rollbook.domain.errors import NotFound, ProviderFailed, SignInRefused, Unauthenticated
from rollbook.domain.sso import ATTEMPT_LIFETIME, Departure, SignInProblem
from rollbook.services import Services
from rollbook.sign_in.keeping import Doorkeeper
from rollbook.web.browser import Browser
from rollbook.web.door import Door
from rollbook.web.requests import JsonObject, Refused, error_response, json_object, json_response

ATTEMPT = "signin"
"""The name of the cookie by which a browser carries its sign-in through a provider."""

_MOST_TEXT = 4096
_MOST_HANDLE = 64  # one more than a handle has, so that what is cut off makes none of what is none
_log = logging.getLogger("rollbook.web")
_NOT_SIGNED_IN = "You are not signed in, or your session has ended. Sign in again."


class SignInDoor(Door):
    """A door that our own page asks by POST, with one JSON object.

    `gives_cookies`: what it answers signs in, so it is open on a safe connection only. `is_counted`: an address may ask
    it so often in a minute.
    """

    gives_cookies: ClassVar[bool] = True
    is_counted: ClassVar[bool] = True

    def __init__(self, services: Services, browser: Browser, keeper: Doorkeeper) -> None:
        self._services = services
        self._browser = browser
        self._keeper = keeper

    @abstractmethod
    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """The answer. May raise `Refused` and domain errors."""

    async def answer(self, request: Request, request_id: str) -> Response:
        """What `open` answers, once the page, the connection and the rate are as they should be."""
        self._browser.require_own_page(request)
        if self.gives_cookies:
            self._browser.require_safe_cookies()
        if self.is_counted:
            self._keeper.admit(request, type(self).__name__)
        return await self.open(await json_object(request), request, request_id)

    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """The error as one small object."""
        return error_response(refused, request_id)

    async def signed_in(self, request: Request, request_id: str) -> Actor:
        """Who is signed in in the browser. Raises `Unauthenticated`."""
        secret = self._browser.session_secret(request)
        if secret is None:
            raise Unauthenticated(_NOT_SIGNED_IN)
        with self._keeper.watching(request, secret):
            return await self._services.sessions.authenticate(secret, request_id=request_id)

    def entered(self, secret: str, request_id: str) -> Response:
        """The answer to who is signed in now, with the session for their browser."""
        response = json_response({"ok": True}, request_id=request_id)
        self._browser.remember(response, secret)
        return response

    def departed(self, departure: Departure, request_id: str) -> Response:
        """The answer that sends the page to a provider."""
        response = json_response({"url": departure.url}, request_id=request_id)
        self._browser.carry(response, ATTEMPT, departure.attempt, ATTEMPT_LIFETIME)
        return response


class PageDoor(Door):
    """A door that browsers are sent to. A refusal of a person leads to the sign-in page, which explains it.

    `ends_attempt`: an attempt that was refused here is over.
    """

    ends_attempt: ClassVar[bool] = False

    def __init__(self, services: Services, browser: Browser, keeper: Doorkeeper) -> None:
        self._services = services
        self._browser = browser
        self._keeper = keeper

    @abstractmethod
    async def open(self, handle: str, request: Request, request_id: str) -> Response:
        """The answer. May raise `Refused` and domain errors."""

    async def answer(self, request: Request, request_id: str) -> Response:
        """What `open` answers, or the way to the sign-in page with the problem."""
        self._browser.require_safe_cookies()
        self._keeper.admit(request, type(self).__name__)
        handle: str = request.path_params["handle"][:_MOST_HANDLE].lower()
        try:
            return await self.open(handle, request, request_id)
        except (SignInRefused, Unauthenticated, ProviderFailed, NotFound) as error:
            problem = _problem(error)
            _log.warning("A sign-in to %r ended: %s; request %s: %s", handle, problem, request_id, error.message)
            response = self._turned_away(problem, handle, request_id)
            # an answer that came too late may be of one tab, and the cookie of another, which is still on its way
            if self.ends_attempt and problem != SignInProblem.ATTEMPT_EXPIRED:
                self._browser.drop(response, ATTEMPT)
            return response

    def _turned_away(self, problem: str, handle: str, request_id: str) -> Response:
        query = urlencode({"problem": problem, "organization": handle, "request": request_id})
        return self.onward(f"/sign-in?{query}", request_id)

    def onward(self, url: str, request_id: str) -> Response:
        """The way to another page; a POST becomes a GET (RFC 9110 section 15.4.4)."""
        response = RedirectResponse(url, 303, headers={"Cache-Control": "no-store"})
        response.headers["X-Request-Id"] = request_id
        return response

    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """What a person can read without a page around it."""
        text = f"{refused.message}\n\nRequest id: {request_id}\n"
        headers = {"Cache-Control": "no-store", "X-Request-Id": request_id}
        return PlainTextResponse(text, refused.status, headers=headers)


def text_in(body: JsonObject, name: str, *, like: str, most: int = _MOST_TEXT) -> str:
    """The text of that name in the body; `like` shows what the body should be. Refuses with 400."""
    text = body.get(name)
    if not isinstance(text, str) or len(text) > most:
        raise Refused(400, "BAD_REQUEST", f"The body should be {like}.")
    return text


def _problem(error: SignInRefused | Unauthenticated | ProviderFailed | NotFound) -> str:
    if isinstance(error, SignInRefused):
        return error.problem
    if isinstance(error, ProviderFailed):
        return SignInProblem.PROVIDER_FAILED
    if isinstance(error, NotFound):
        return SignInProblem.NO_SSO
    return SignInProblem.ATTEMPT_EXPIRED
