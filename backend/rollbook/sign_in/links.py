"""POST /auth/redeem and POST /auth/sign-out: how a browser gets its session cookie and how it loses it."""

from contextlib import suppress

from starlette.requests import Request
from starlette.responses import Response

from rollbook.domain.actors import Actor
from rollbook.domain.errors import SignInRefused, Unauthenticated
from rollbook.domain.sessions import Visitor
from rollbook.domain.sso import SignInProblem
from rollbook.domain.tokens import SecretKind, kind_of
from rollbook.services.joining import NO_INVITATION
from rollbook.services.signing_out import WayOut
from rollbook.sign_in.doors import SignInDoor, text_in
from rollbook.web.requests import JsonObject, json_response

_INVITATION = f"rollbook_{SecretKind.INVITE}_"


class Redeem(SignInDoor):
    """Uses up the login link or the invitation that the page read from its own address, and starts a session."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the cookie, or with the URL of the provider by which the invitation must be accepted; 401 for a
        link that is used, old or unknown.
        """
        token = text_in(body, "token", like='{"token": "rollbook_link_…"}')
        visitor = self._browser.visitor(request, request_id)
        with self._keeper.watching(request, token):
            if kind_of(token) is SecretKind.INVITE:
                return await self._join(token, visitor, request_id)
            if token.startswith(_INVITATION):
                raise Unauthenticated(NO_INVITATION)  # one that was copied in part
            secret, _ = await self._services.sessions.redeem(token, visitor)
        return self.entered(secret, request_id)

    async def _join(self, token: str, visitor: Visitor, request_id: str) -> Response:
        try:
            secret, _ = await self._services.invitations.accept(token, visitor)
        except SignInRefused as refusal:
            if refusal.problem != SignInProblem.SSO_REQUIRED:
                raise
        else:
            return self.entered(secret, request_id)
        return self.departed(await self._services.sign_in.start_joining(token), request_id)


class SignOut(SignInDoor):
    """Ends the browser's session, if it has one, and clears the cookie."""

    gives_cookies = False
    is_counted = False  # whoever shares an address with many must be able to leave

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200, whether or not there was a session. `providerUrl` is where who came through SSO can sign out too."""
        secret = self._browser.session_secret(request)
        provider_url: str | None = None
        if secret is not None:
            with suppress(Unauthenticated):
                actor = await self._services.sessions.authenticate(secret, request_id=request_id)
                provider_url = await self._end(actor)
        response = json_response({"ok": True, "providerUrl": provider_url}, request_id=request_id)
        self._browser.forget(response)
        return response

    async def _end(self, actor: Actor) -> str | None:
        """End the session, and only then ask the provider, which may be slow, for its URL."""
        way_out: WayOut | None = None
        try:
            way_out = await self._services.sign_in.way_out(actor)  # what it takes is kept with the session
        finally:
            await self._services.sessions.end(actor)
        return None if way_out is None else await way_out.url()
