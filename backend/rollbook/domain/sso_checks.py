"""Whether what an admin enters can be an SSO connection."""

import ipaddress
from dataclasses import replace
from urllib.parse import SplitResult, urlsplit

from rollbook.domain.errors import InvalidValue
from rollbook.domain.sso import ConnectionDraft

MAX_ISSUER = 2048
MAX_CLIENT_ID = 512
MAX_CLIENT_SECRET = 4096
_ENTRA = "login.microsoftonline.com"
_OF_ANY_TENANT = (["common"], ["consumers"], ["organizations"])
WELL_KNOWN = "/.well-known/openid-configuration"


def checked_draft(draft: ConnectionDraft) -> ConnectionDraft:
    """The draft without the spaces around what was pasted. Raises `InvalidValue`, whose text never has the secret."""
    tidied = tidied_draft(draft)
    _check_issuer(tidied.issuer)
    return tidied


def tidied_draft(draft: ConnectionDraft) -> ConnectionDraft:
    """The same for one that is only tried: its issuer may be anything, and the test says what is wrong with it."""
    return replace(
        draft,
        issuer=_tidied("issuer", "The issuer", draft.issuer, MAX_ISSUER),
        client_id=_tidied("clientId", "The client id", draft.client_id, MAX_CLIENT_ID),
        client_secret=None
        if draft.client_secret is None
        else _tidied("clientSecret", "The client secret", draft.client_secret, MAX_CLIENT_SECRET),
    )


def _tidied(field: str, name: str, value: str, longest: int) -> str:
    """The value as it was meant: what is copied from a page often has a line end or a space with it."""
    stripped = value.strip()
    if not stripped:
        raise InvalidValue(f"{name} is blank.", field=field)
    if len(stripped) > longest:
        raise InvalidValue(f"{name} has {len(stripped)} characters; at most {longest} are allowed.", field=field)
    if not (stripped.isascii() and stripped.isprintable()):
        raise InvalidValue(f"{name} may have printable ASCII characters only.", field=field)
    return stripped


def _check_issuer(issuer: str) -> None:
    """An issuer is an https URL without query and fragment (OpenID Connect Core, section 2)."""
    parts = _split(issuer)
    if issuer.endswith(WELL_KNOWN):
        raise _not_an_issuer(f"Enter the issuer without {WELL_KNOWN}.")
    if " " in issuer or not parts.hostname or parts.username is not None or parts.password is not None:
        raise _not_an_issuer("The issuer is a URL such as https://login.example.com")
    if "?" in issuer or "#" in issuer:
        raise _not_an_issuer("An issuer has no query and no fragment; enter what stands before the ? or the #.")
    if parts.hostname == _ENTRA and parts.path.split("/")[1:2] in _OF_ANY_TENANT:
        raise _not_an_issuer("Name your own directory: in the place of this word belongs the directory (tenant) ID.")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_this_machine(parts.hostname)):
        raise _not_an_issuer("An issuer begins with https://")


def _split(issuer: str) -> SplitResult:
    try:
        parts = urlsplit(issuer)
        _ = parts.port  # only the question finds that it is no number
    except ValueError:
        raise _not_an_issuer("The issuer is not a URL.") from None
    return parts


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _not_an_issuer(message: str) -> InvalidValue:
    return InvalidValue(message, field="issuer")
