"""What the claims of an ID token must be before they count (OpenID Connect Core, section 3.1.3.7)."""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from joserfc.errors import ClaimError, ExpiredTokenError
from joserfc.jwt import JWTClaimsRegistry

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import Authorization, Claims, RelyingParty
from rollbook.domain.values import is_address, is_storable

LEEWAY = timedelta(seconds=60)
"""So far the provider's clock may be off."""

ENTRA_HOST = "login.microsoftonline.com"

_CHECKED = ("iss", "aud", "exp", "iat", "nbf", "sub", "nonce")
_OF_ADDRESS = ("email", "email_verified", "xms_edov")
_MAX_SUBJECT = 255  # section 2
_MAX_ADDRESS = 254  # RFC 5321 section 4.5.3.1.3, without the brackets
_MAX_NAME = 256


def check_claims(claims: Mapping[str, Any], party: RelyingParty, authorization: Authorization, at: datetime) -> None:
    """Check who issued a token, for whom, when, and in answer to which question. Raises `ProviderFailed`."""
    registry = JWTClaimsRegistry(
        now=int(at.timestamp()),
        leeway=int(LEEWAY.total_seconds()),
        iss={"essential": True, "value": party.issuer},
        aud={"essential": True, "value": party.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": authorization.nonce},
    )
    try:
        registry.validate({name: claims[name] for name in _CHECKED if name in claims})
    except ExpiredTokenError as error:
        raise ProviderFailed(
            "The ID token has expired. Is the clock of the provider, or of this server, wrong?"
        ) from error
    except ClaimError as error:
        raise _wrong(error.claim) from error
    if not isinstance(claims["nonce"], str):
        raise _wrong("nonce")
    # who else the token is for may have it, so it has to say that it was given to us
    shared = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if (shared or "azp" in claims) and claims.get("azp") != party.client_id:
        raise _wrong("azp")
    # a token that is older than the question cannot be its answer
    if claims["iat"] < (authorization.started_at - LEEWAY).timestamp():
        raise _wrong("iat")
    subject = claims["sub"]
    if not subject.strip() or len(subject) > _MAX_SUBJECT or not is_storable(subject):
        raise _wrong("sub")


def check_access_token(claims: Mapping[str, Any], algorithm: str, access_token: str | None) -> None:
    """Check that the access token belongs to the ID token, if that says so (section 3.1.3.6). `ProviderFailed`."""
    if "at_hash" not in claims:
        return
    digest = hashlib.sha512 if algorithm in {"EdDSA", "Ed25519"} else hashlib.sha256
    whole = digest((access_token or "").encode()).digest()
    half = base64.urlsafe_b64encode(whole[: len(whole) // 2]).rstrip(b"=")
    given = claims["at_hash"]
    if access_token is None or not isinstance(given, str) or not hmac.compare_digest(given.encode(), half):
        raise _wrong("at_hash")


def authenticated_at(claims: Mapping[str, Any], at: datetime) -> datetime | None:
    """When the person signed in at the provider, or None if it does not say. Raises `ProviderFailed`."""
    told = claims.get("auth_time")
    if told is None:
        return None
    if isinstance(told, bool) or not isinstance(told, int | float):
        raise _wrong("auth_time")
    # one of the future would stay recent for longer than it should; and nothing compares with what is no number
    if not 0 <= told <= (at + LEEWAY).timestamp():
        raise _wrong("auth_time")
    return min(datetime.fromtimestamp(told, UTC), at)


def claims_of(
    id_token: str, claims: Mapping[str, Any], person: Mapping[str, Any], signed_in_at: datetime | None
) -> Claims:
    """What is said of a person: who it is by the ID token, the rest by `person`, which is that and userinfo."""
    address = person.get("email")
    usable = isinstance(address, str) and len(address) <= _MAX_ADDRESS and is_storable(address) and is_address(address)
    return Claims(
        issuer=claims["iss"],
        subject=claims["sub"],
        email=address if usable else None,
        email_verified=usable and _is_verified(claims["iss"], person),
        name=_text(person, "name"),
        given_name=_text(person, "given_name"),
        family_name=_text(person, "family_name"),
        authenticated_at=signed_in_at,
        id_token=id_token,
    )


def says_enough(claims: Mapping[str, Any]) -> bool:
    """Whether the ID token tells all that is to be known of the address, so that userinfo need not be asked.

    The ID token of an Okta organization has the address without `email_verified`, which only userinfo tells; that of
    Entra has `xms_edov` at most, which userinfo never tells.
    """
    is_entra = urlsplit(claims["iss"]).hostname == ENTRA_HOST
    return bool(claims.get("email")) and (is_entra or "email_verified" in claims)


def together(claims: Mapping[str, Any], userinfo: Mapping[str, Any]) -> dict[str, Any]:
    """What the two say of a person. An address and whether it is verified belong together: one tells both."""
    teller = userinfo if userinfo.get("email") else claims
    return {**claims, **userinfo, **{name: teller.get(name) for name in _OF_ADDRESS}}


def _is_verified(issuer: str, person: Mapping[str, Any]) -> bool:
    # Entra has no email_verified. xms_edov tells that the owner of the address's domain is who keeps the directory;
    # anybody else may call a claim of theirs that, so it counts from there only
    if urlsplit(issuer).hostname == ENTRA_HOST and person.get("xms_edov") is not None:
        return person["xms_edov"] in (True, 1, "1", "true", "True")
    verified = person.get("email_verified")
    return verified is True or verified == "true"  # so in the userinfo of Amazon Cognito


def _text(person: Mapping[str, Any], name: str) -> str | None:
    value = person.get(name)
    if not isinstance(value, str) or not value.strip() or not is_storable(value):
        return None
    return " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())[:_MAX_NAME] or None


def _wrong(claim: str) -> ProviderFailed:
    return ProviderFailed(f"The ID token is not valid: its claim {claim!r} is missing, or not what it has to be.")
