"""Tokens: the secrets by which provisioning clients and tools act for an organization."""

import hashlib
import hmac
import re
import secrets
import zlib
from datetime import datetime, timedelta
from enum import StrEnum
from functools import lru_cache

from rollbook.domain.errors import InvalidValue
from rollbook.domain.immutable import immutable
from rollbook.domain.policy import API_SCOPES, Permission

_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = 43  # base62 digits that hold 256 bits
_CHECK = 6  # base62 digits of the CRC-32 of the body
MAX_NAME = 64
MAX_LIFETIME = timedelta(days=3650)
MAX_OVERLAP = timedelta(hours=720)
OVERLAP = timedelta(hours=24)
"""How long a replaced token works on beside the new one, unless its owner says otherwise."""


class TokenKind(StrEnum):
    """Which door a token opens; it is refused at every other."""

    API = "api"
    SCIM = "scim"


class Dialect(StrEnum):
    """How a SCIM token's requests are read: `auto` repairs what identity providers get wrong, `strict` refuses it."""

    AUTO = "auto"
    STRICT = "strict"


class TokenStatus(StrEnum):
    """What can be said of a token at a moment."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


@immutable
class Token:
    """A token as it is listed. The secret is not here: it is shown once, and kept only as a keyed digest.

    `replaces_id` is the token that this one was made to take over from; `replaced_by_id` the one that takes over.
    `created_by_membership_id` is the member who made it while signed in, if one did.
    """

    id: str
    organization_id: str
    kind: TokenKind
    name: str
    hint: str
    dialect: Dialect
    scopes: frozenset[Permission]
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    first_used_at: datetime | None
    last_used_at: datetime | None
    last_used_by: str | None
    revoked_at: datetime | None
    revoked_by: str | None
    replaces_id: str | None = None
    replaced_by_id: str | None = None
    created_by_membership_id: str | None = None

    def status(self, at: datetime) -> TokenStatus:
        """What the token is at that moment; only an active one opens its door."""
        if self.revoked_at is not None:
            return TokenStatus.REVOKED
        expired = self.expires_at is not None and self.expires_at <= at
        return TokenStatus.EXPIRED if expired else TokenStatus.ACTIVE

    def is_live(self, at: datetime) -> bool:
        """Whether the token opens its door at that moment."""
        return self.status(at) is TokenStatus.ACTIVE

    @property
    def lifetime(self) -> timedelta | None:
        """How long the token was made to work, or None: without an end."""
        return None if self.expires_at is None else self.expires_at - self.created_at


class SecretKind(StrEnum):
    """What a Rollbook secret is for; the second word of its text."""

    API = "api"
    INVITE = "invite"
    LINK = "link"
    SCIM = "scim"
    SESSION = "session"
    SETUP = "setup"


def mint(kind: SecretKind) -> str:
    """A new secret: `rollbook_<kind>_`, 256 random bits and their CRC-32, in base62."""
    body = _base62(int.from_bytes(secrets.token_bytes(32), "big"), _BODY)
    return f"rollbook_{kind}_{body}{_base62(zlib.crc32(body.encode()), _CHECK)}"


_KINDS = {str(kind): kind for kind in SecretKind}
_SHAPE = re.compile(r"rollbook_([a-z]+)_([0-9A-Za-z]{43})([0-9A-Za-z]{6})", re.ASCII)


def kind_of(secret: str) -> SecretKind | None:
    """The kind of a well-formed secret, or None: garbage and typing errors die here, before any database work."""
    match = _SHAPE.fullmatch(secret)
    if match is None or _base62(zlib.crc32(match[2].encode()), _CHECK) != match[3]:
        return None
    return _KINDS.get(match[1])


def digest(pepper: bytes, kind: SecretKind, secret: str) -> bytes:
    """What is kept of a secret: a keyed hash, in its kind's own domain. 256 random bits need no slow hash."""
    keyed = _keyed(pepper).copy()
    keyed.update(kind.encode() + b"\0" + secret.encode())
    return keyed.digest()


@lru_cache(8)
def _keyed(pepper: bytes) -> hmac.HMAC:
    """The hash before it is told anything: each request needs one, and to make it takes longer than to use it."""
    return hmac.new(pepper, digestmod=hashlib.sha256)


def hint_of(secret: str) -> str:
    """What may be shown of a secret afterwards: its prefix and its last four characters."""
    prefix, _, _ = secret.rpartition("_")
    return f"{prefix}_…{secret[-4:]}"


def checked_name(name: str) -> str:
    """The token's name without outer spaces, or `InvalidValue`."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidValue(f"A token's name has 1 to {MAX_NAME} printable characters.", field="name")
    return trimmed


def parse_scopes(text: str) -> frozenset[Permission]:
    """The scopes in a comma-separated list; `all` stands for every one. `InvalidValue` names an unknown one."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    if words == ["all"]:
        return API_SCOPES
    known = {str(scope) for scope in API_SCOPES}
    for word in words:
        if word not in known:
            raise InvalidValue(f"{word!r} is not a scope. The scopes are: {', '.join(sorted(known))}.", field="scopes")
    return frozenset(Permission(word) for word in words)


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _ALPHABET[digit] + digits
    return digits.rjust(width, "0")
