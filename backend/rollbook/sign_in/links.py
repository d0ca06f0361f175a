"""POST /auth/redeem and POST /auth/sign-out: how a browser gets its session cookie and how it loses it."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from rollbook.domain.errors import Unauthenticated
from rollbook.domain.lockout import Lockout
from rollbook.domain.tokens import SecretKind, kind_of
from rollbook.services import Services
from rollbook.web.browser import Browser
from rollbook.web.door import Door
from rollbook.web.requests import Refused, client_address, json_object, json_response


class _SignInDoor(Door):
    def __init__(self, services: Services, browser: Browser, lockout: Lockout) -> None:
        self._services = services
        self._browser = browser
        self._lockout = lockout

    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        """The error as one small object."""
        error = {"code": refused.code, "message": refused.message}
        return json_response({"error": error}, request_id=request_id, status=refused.status)


class Redeem(_SignInDoor):
    """Uses up the login link or the invitation that the page read from its own address, and starts a session."""

    async def answer(self, request: Request, request_id: str) -> Response:
        """200 with the cookie; 401 for a link that is used, old or unknown."""
        self._browser.require_own_page(request)
        token = (await json_object(request)).get("token")
        if not isinstance(token, str):
            raise Refused(400, "BAD_REQUEST", 'The body should be {"token": "rollbook_link_…"}.')
        visitor = self._browser.visitor(request, request_id)
        try:
            with self._lockout.watching(client_address(request), token):
                if kind_of(token) is SecretKind.INVITE:
                    secret, _ = await self._services.invitations.accept(token, visitor)
                else:
                    secret, _ = await self._services.sessions.redeem(token, visitor)
        except Unauthenticated as refusal:
            raise Refused(401, refusal.code, refusal.message) from None
        response = json_response({"ok": True}, request_id=request_id)
        self._browser.remember(response, secret)
        return response


class SignOut(_SignInDoor):
    """Ends the browser's session, if it has one, and clears the cookie."""

    async def answer(self, request: Request, request_id: str) -> Response:
        """200, whether or not there was a session."""
        self._browser.require_own_page(request)
        await json_object(request)
        secret = self._browser.session_secret(request)
        if secret is not None:
            with suppress(Unauthenticated):
                actor = await self._services.sessions.authenticate(secret, request_id=request_id)
                await self._services.sessions.end(actor)
        response = json_response({"ok": True}, request_id=request_id)
        self._browser.forget(response)
        return response
