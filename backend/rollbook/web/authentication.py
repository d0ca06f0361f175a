"""From a request to the actor: by bearer token, else by session cookie."""

from collections.abc import Callable

from starlette.requests import Request

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.lockout import Lockout
from rollbook.domain.tokens import SecretKind, TokenKind, kind_of
from rollbook.services import Services
from rollbook.web.browser import Browser
from rollbook.web.requests import Refused, client_address

_NO_CREDENTIAL = (
    "Sign in, or send an API token as Authorization: Bearer rollbook_api_…; "
    "one is made with: rollbook tokens create --kind api"
)
_SCIM_TOKEN = "A SCIM token works only with the SCIM endpoint. Send an API token, which begins with rollbook_api_."


async def authenticate(
    services: Services,
    browser: Browser,
    lockout: Lockout,
    request: Request,
    request_id: str,
    *,
    require_own: Callable[[Request], None],
    by_hand: bool = True,
) -> Actor:
    """Who sends the request, with the authority that they have now. A bearer token counts before a cookie.

    `require_own` refuses with 403 what a foreign page sends with the cookie. `by_hand`: somebody is there, which keeps
    their session from becoming idle. Refuses with 401, and raises `RateLimited` after too many wrong credentials.
    """
    address = client_address(request)
    try:
        token = _bearer(request)
        if token is not None:
            if kind_of(token) is SecretKind.SCIM:
                raise Unauthenticated(_SCIM_TOKEN)
            with lockout.watching(address, token):
                return await services.tokens.authenticate(
                    token, TokenKind.API, request_id=request_id, used_by=request.headers.get("user-agent")
                )
        secret = browser.session_secret(request)
        if secret is None:
            raise Unauthenticated(_NO_CREDENTIAL)
        require_own(request)
        with lockout.watching(address, secret):
            return await services.sessions.authenticate(secret, request_id=request_id, counts_as_use=by_hand)
    except Unauthenticated as refusal:
        raise Refused(401, refusal.code, refusal.message, {"WWW-Authenticate": "Bearer"}) from None


async def reauthenticate(services: Services, browser: Browser, request: Request, request_id: str) -> Actor:
    """Who sent a request that is still being answered, with the authority that they have by now.

    Raises `Unauthenticated`. What was let in by its credential is not shut out because others guess.
    """
    token = _bearer(request)
    if token is not None:
        used_by = request.headers.get("user-agent")
        return await services.tokens.authenticate(token, TokenKind.API, request_id=request_id, used_by=used_by)
    secret = browser.session_secret(request) or ""
    return await services.sessions.authenticate(secret, request_id=request_id, counts_as_use=False)


def _bearer(request: Request) -> str | None:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None
