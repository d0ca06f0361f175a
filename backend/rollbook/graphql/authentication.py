"""From a request to the actor: by bearer token, else by session cookie."""

from starlette.requests import Request

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.tokens import SecretKind, TokenKind, kind_of
from rollbook.graphql.browser import Browser
from rollbook.graphql.requests import Refused
from rollbook.services import Services

_NO_CREDENTIAL = (
    "Sign in, or send an API token as Authorization: Bearer rollbook_api_…; "
    "one is made with: rollbook token create --kind api"
)
_SCIM_TOKEN = "A SCIM token works only with the SCIM endpoint. Send an API token, which begins with rollbook_api_."


async def authenticate(services: Services, browser: Browser, request: Request, request_id: str) -> Actor:
    """Who sends the request, with the authority that they have now. A bearer token counts before a cookie.

    Refuses with 401, and with 403 what a foreign page sends.
    """
    try:
        token = _bearer(request)
        if token is not None:
            if kind_of(token) is SecretKind.SCIM:
                raise Unauthenticated(_SCIM_TOKEN)
            return await services.tokens.authenticate(
                token, TokenKind.API, request_id=request_id, used_by=request.headers.get("user-agent")
            )
        secret = browser.session_secret(request)
        if secret is None:
            raise Unauthenticated(_NO_CREDENTIAL)
        browser.require_own_page(request)
        return await services.sessions.authenticate(secret, request_id=request_id)
    except Unauthenticated as refusal:
        raise Refused(401, refusal.code, refusal.message, {"WWW-Authenticate": "Bearer"}) from None


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
