"""POST /auth/setup: how the first admin of a new installation gets in."""

from starlette.requests import Request
from starlette.responses import Response

from rollbook.sign_in.doors import SignInDoor, text_in
from rollbook.web.requests import JsonObject

_LIKE = '{"token": "rollbook_setup_…", "name": "Acme", "handle": "acme", "email": "ada@acme.test"}'


class SetUp(SignInDoor):
    """Uses the set-up link up, which makes the first organization and signs its admin in."""

    async def open(self, body: JsonObject, request: Request, request_id: str) -> Response:
        """200 with the cookie; 401 for a link that is used, old or unknown; 400 names the `field` that is wrong."""
        token, name, handle, email = (text_in(body, each, like=_LIKE) for each in ("token", "name", "handle", "email"))
        visitor = self._browser.visitor(request, request_id)
        with self._keeper.watching(request, token):
            secret, _ = await self._services.setup.complete(
                token, handle=handle, name=name, admin_email=email, visitor=visitor
            )
        return self.entered(secret, request_id)
