"""/auth/passkeys: how people sign in with a passkey, and how they add one."""

from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response

from rollbook.domain.errors import InvalidValue, SignInRefused
from rollbook.domain.passkeys import CEREMONY_LIFETIME
from rollbook.domain.sso import SignInProblem
from rollbook.services.passkeys import Ceremony
from rollbook.sign_in.doors import SignInDoor, text_in
from rollbook.web.requests import JsonObject, Refused, json_response

TICKET = "passkey"
"""The name of the cookie by which a browser carries a ceremony until its authenticator has answered."""

_LIKE = '{"credential": {"id": "…", "rawId": "…", "type": "public-key", "response": {…}}}'
_LIKE_NEW = '{"credential": {"id": "…", "rawId": "…", "type": "public-key", "response": {…}}, "name": "…"}'
_NO_CEREMONY = "There is no question to a passkey open in this browser, or it was answered in another tab. Try again."


class _CeremonyDoor(SignInDoor):
    def begun(self, ceremony: Ceremony, request_id: str) -> Response:
        """The answer with what the page hands to the authenticator."""
        response = json_response({"options": orjson.loads(ceremony.options)}, request_id=request_id)
        self._browser.carry(response, TICKET, ceremony.ticket, CEREMONY_LIFETIME)
        return response


class PasskeyOptions(_CeremonyDoor):
    """Begins a sign-in with any passkey of this installation."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the options; 501 where browsers offer no passkeys at the address of this installation."""
        return self.begun(await self._services.passkeys.begin_sign_in(), request_id)


class PasskeySignIn(SignInDoor):
    """Signs in who has the passkey; also how a session shows anew who its member is."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the cookie; 401 for a passkey that lets nobody in, with the `problem` if the page explains it."""
        credential = _credential_in(body, like=_LIKE)
        ticket = self._browser.carried(request, TICKET)
        if ticket is None:
            raise SignInRefused(_NO_CEREMONY, problem=SignInProblem.ATTEMPT_EXPIRED)
        visitor = self._browser.visitor(request, request_id)
        with self._keeper.watching(request, str(credential.get("id"))):
            secret, _ = await self._services.passkeys.sign_in(ticket, _as_text(credential), visitor)
        response = self.entered(secret, request_id)
        self._browser.drop(response, TICKET)
        return response


class PasskeyRegistrationOptions(_CeremonyDoor):
    """Begins to add a passkey for who is signed in."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the options; 401 without a session, 403 if its member did not show a moment ago who they are."""
        actor = await self.signed_in(request, request_id)
        return self.begun(await self._services.passkeys.begin_registration(actor), request_id)


class PasskeyRegistration(SignInDoor):
    """Keeps the passkey that the authenticator made."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200; 400 names the `field` that is wrong, the credential or its name; 409 for one that is kept already."""
        credential = _credential_in(body, like=_LIKE_NEW)
        name = text_in(body, "name", like=_LIKE_NEW)
        actor = await self.signed_in(request, request_id)
        ticket = self._browser.carried(request, TICKET)
        if ticket is None:
            raise InvalidValue(_NO_CEREMONY, field="credential")
        await self._services.passkeys.register(actor, ticket, _as_text(credential), name=name)
        response = json_response({"ok": True}, request_id=request_id)
        self._browser.drop(response, TICKET)
        return response


def _credential_in(body: JsonObject, *, like: str) -> dict[str, Any]:
    """What the authenticator said, as the browser's `toJSON()` writes it. Refuses with 400."""
    credential = body.get("credential")
    if not isinstance(credential, dict):
        raise Refused(400, "BAD_REQUEST", f"The body should be {like}.")
    return credential


def _as_text(credential: dict[str, Any]) -> str:
    try:
        return orjson.dumps(credential).decode()
    except orjson.JSONEncodeError:  # it reads deeper nests than it writes
        raise InvalidValue("This is not the answer of a passkey.", field="credential") from None
