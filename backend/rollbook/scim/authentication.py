"""From the Authorization header to the actor: which token, of which organization, read in which dialect."""

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.lockout import Lockout
from rollbook.domain.tokens import SecretKind, TokenKind, kind_of
from rollbook.scim.errors import unauthorized
from rollbook.scim.requests import Request
from rollbook.services import Services

_ADVICE = "Generate a SCIM token in Settings > Authentication and send it as: Authorization: Bearer rollbook_scim_…"
_LONGEST_USER_AGENT = 256

_WRONG_KIND = {
    SecretKind.API: f"This is an API token, which opens GraphQL only. A SCIM token is needed here. {_ADVICE}",
    SecretKind.INVITE: f"This is the secret of an invitation. A SCIM token is needed here. {_ADVICE}",
    SecretKind.LINK: f"This is the secret of a sign-in link. A SCIM token is needed here. {_ADVICE}",
    SecretKind.SESSION: f"This is the secret of a session. A SCIM token is needed here. {_ADVICE}",
}


async def authenticate(services: Services, request: Request, lockout: Lockout) -> Actor:
    """The actor whose token the request carries. Raises 401 with a text that says what to do.

    Raises `RateLimited` after too many wrong tokens from one address.
    """
    secret = _secret(request.header(b"authorization"))
    user_agent = request.header(b"user-agent")
    try:
        with lockout.watching(request.client, secret):
            return await services.tokens.authenticate(
                secret,
                TokenKind.SCIM,
                request_id=request.request_id,
                used_by=user_agent[:_LONGEST_USER_AGENT] if user_agent else None,
                exchange=request.exchange,
            )
    except Unauthenticated as refusal:
        found = kind_of(secret)
        if found is None:
            raise unauthorized(f"This is not a Rollbook token; perhaps a part of it is missing. {_ADVICE}") from None
        raise unauthorized(_WRONG_KIND.get(found, refusal.message)) from None


def _secret(header: str | None) -> str:
    """The token in the header: after the word Bearer, or alone, as Okta's header mode sends it (O-05, O-06)."""
    words = header.split() if header else []
    if not words or (len(words) == 1 and words[0].lower() == "bearer"):
        raise unauthorized(f"The request carries no token. {_ADVICE}")
    if len(words) == 1:
        return words[0]
    scheme, secret, *more = words
    if scheme.lower() != "bearer":
        raise unauthorized(f"The authorization scheme {scheme[:20]!r} is not supported here. {_ADVICE}")
    if more:
        raise unauthorized(f"The Authorization header has more than one word after Bearer. {_ADVICE}")
    return secret
