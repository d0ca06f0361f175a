"""Names of domains: as people write them, as e-mail addresses hold them, and as DNS and the database know them."""

import ipaddress
import secrets

import idna

from rollbook.domain.errors import InvalidValue
from rollbook.domain.values import key

MAX_LOGIN_DOMAINS = 100
"""How many one organization may list."""

_CHALLENGE_BYTES = 24
_LONGEST = 253 - len("_rollbook-challenge.")  # RFC 1035 section 2.3.4: the name of the record must fit
_HINT = "Enter a domain such as example.com, without @ and https://"


def checked_domain(text: str) -> str:
    """The domain in lower case and in its ASCII form (RFC 5891). Raises `InvalidValue`."""
    written = text.strip().removesuffix(".")
    if any(character in written for character in "@/:*?# "):
        raise InvalidValue(f"{text.strip()[:100]!r} is not a domain. {_HINT}.", field="domain")
    domain = ascii_domain(written)
    if domain is None:
        raise InvalidValue(f"{text.strip()[:100]!r} is not a domain. {_HINT}.", field="domain")
    if "." not in domain:
        raise InvalidValue(f"{domain!r} is a whole top-level domain or a name without one. {_HINT}.", field="domain")
    if _is_address(domain):
        raise InvalidValue(f"{domain!r} is an address, not a domain. {_HINT}.", field="domain")
    return domain


def ascii_domain(text: str) -> str | None:
    """The ASCII form of a domain, in lower case, or None if it has none."""
    if not text or len(text) > 4 * _LONGEST:
        return None
    try:
        domain = idna.encode(text, uts46=True, std3_rules=True).decode("ascii").lower()
    except UnicodeError:
        return None
    return domain if len(domain) <= _LONGEST and not domain.endswith(".") else None


def domain_of(email: str) -> str | None:
    """The domain of an address as it is listed, or None if it cannot be one that is proven.

    Addresses are compared by their `key`, to which letters can be equal that DNS tells apart (ß and ss). Such an
    address would be claimed by the wrong domain, so it is nobody's.
    """
    local, at, written = email.rpartition("@")
    if not local or not at:
        return None
    domain = ascii_domain(written)
    _, _, compared = key(email).rpartition("@")
    return domain if domain is not None and domain == ascii_domain(compared) else None


def new_challenge() -> str:
    """A text for a TXT record, which nobody can guess."""
    return f"rollbook-verification={secrets.token_urlsafe(_CHALLENGE_BYTES)}"


def _is_address(domain: str) -> bool:
    """No top-level domain is a number, so whatever ends with one is an address, or a mistyped one."""
    try:
        ipaddress.ip_address(domain)
    except ValueError:
        return domain.rpartition(".")[2].isdigit()
    return True
