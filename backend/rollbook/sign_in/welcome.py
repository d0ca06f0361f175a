"""POST /auth/welcome: what the sign-in page tells whom it does not know yet."""

from typing import ClassVar

from starlette.requests import Request
from starlette.responses import Response

from rollbook.sign_in.doors import SignInDoor, text_in
from rollbook.web.requests import JsonObject, json_response


class Welcome(SignInDoor):
    """Tells whether anybody has set the installation up, and which organization a link invites to."""

    gives_cookies: ClassVar[bool] = False

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200, whether or not there is a link, and whether or not it is good: only its use will tell."""
        token = text_in(body, "token", like='{"token": "rollbook_invite_…"}') if body.get("token") else ""
        welcome = {
            "isSetUp": await self._services.setup.is_done(),
            "organization": await self._services.invitations.organization_of(token),
        }
        return json_response(welcome, request_id=request_id)
