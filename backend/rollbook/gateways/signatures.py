"""The keys of a provider (RFC 7517), and the signatures that they vouch for (RFC 7515)."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import orjson
from joserfc import jws
from joserfc.errors import BadSignatureError, JoseError
from joserfc.jwa import JWSAlgModel
from joserfc.jwk import JWKRegistry, Key
from joserfc.jws import JWSRegistry

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.immutable import immutable

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
"""The signatures that are accepted; the last is the second last under its newer name (RFC 9864)."""

_KINDS = {"RS256": "RSA", "PS256": "RSA", "ES256": "EC", "EdDSA": "OKP", "Ed25519": "OKP"}
_CURVES = {"EC": "P-256", "OKP": "Ed25519"}
_PUBLIC = {"RSA": ("kty", "n", "e"), "EC": ("kty", "crv", "x", "y"), "OKP": ("kty", "crv", "x")}
_RSA_BITS = range(2048, 8192 + 1)  # NIST SP 800-131A from below; from above, so that one signature costs no seconds
_MOST_KEYS = 100


class _Signatures(JWSRegistry):
    # some providers put a chain of certificates there
    max_header_length = 16 * 1024

    def get_alg(self, name: str) -> JWSAlgModel:
        # the library warns of the older name, which most providers still use
        return super().get_alg("Ed25519" if name == "EdDSA" else name)


# a header parameter that is not understood has to be ignored (RFC 7515 section 4), unless it is critical: see `_header`
_REGISTRY = _Signatures(algorithms=ALGORITHMS, strict_check_header=False)


class UnknownKey(ProviderFailed):
    """The signature is by none of the keys that are known; the provider may have a new one."""


@immutable
class VerificationKey:
    """A public key that can verify one or two of ALGORITHMS."""

    kid: str | None
    algorithms: frozenset[str]
    key: Key


def read_keys(document: dict[str, Any]) -> tuple[VerificationKey, ...]:
    """The keys of a JWK set that can be used here; others are passed over (RFC 7517 section 5)."""
    entries = document.get("keys")
    if not isinstance(entries, list):
        raise ProviderFailed("The document of the provider's keys has no list of keys.")
    read = [_read_key(entry) for entry in entries[:_MOST_KEYS] if isinstance(entry, dict)]
    return tuple(key for key in read if key is not None)


def verify(token: str, keys: Sequence[VerificationKey]) -> tuple[str, dict[str, Any]]:
    """The algorithm and the claims of a token that one of the keys has signed. Raises `ProviderFailed`, `UnknownKey`.

    The algorithm is one of ALGORITHMS and of the key's kind: what a token says of itself is no reason to trust it.
    """
    header = _header(token)
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in ALGORITHMS:
        raise ProviderFailed(
            f"The ID token is signed with an algorithm that is not accepted; accepted are {', '.join(ALGORITHMS)}."
        )
    # without a kid any key of the kind may be the one (OpenID Connect Core, section 10.1)
    fitting = [key for key in keys if algorithm in key.algorithms and (kid is None or key.kid == kid)]
    for candidate in fitting:
        payload = _verified(token, candidate.key)
        if payload is not None:
            return algorithm, _claims(payload)
    if kid is None or not fitting:
        raise UnknownKey("The ID token is signed with a key that the provider does not publish.")
    raise ProviderFailed("The signature of the ID token is wrong.")


def _verified(token: str, key: Key) -> bytes | None:
    try:
        return jws.deserialize_compact(token, key, registry=_REGISTRY).payload
    except BadSignatureError:
        return None
    except (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise ProviderFailed("The ID token is not a signed token in compact form.") from error


def _header(token: str) -> dict[str, Any]:
    """The header, read apart from the library: what key it takes must be known before."""
    encoded = token.partition(".")[0]
    header = _json(_decoded(encoded))
    # no extension is understood here, so a token that insists on one is refused (RFC 7515 section 4.1.11)
    if header is None or "crit" in header or not isinstance(header.get("kid"), str | None):
        raise ProviderFailed("The ID token is not a signed token in compact form.")
    return header


def _claims(payload: bytes) -> dict[str, Any]:
    claims = _json(payload)
    if claims is None:
        raise ProviderFailed("The ID token has no JSON object in it.")
    return claims


def _json(content: bytes | None) -> dict[str, Any] | None:
    try:
        read = orjson.loads(content or b"")
    except orjson.JSONDecodeError:
        return None
    return read if isinstance(read, dict) else None


def _read_key(entry: dict[str, Any]) -> VerificationKey | None:
    kind, kid = entry.get("kty"), entry.get("kid")
    if not isinstance(kind, str) or kind not in _PUBLIC or not isinstance(kid, str | None):
        return None
    operations = entry.get("key_ops")
    if entry.get("use", "sig") != "sig" or (isinstance(operations, list) and "verify" not in operations):
        return None
    if entry.get("crv") != _CURVES.get(kind) or (kind == "RSA" and _bits(entry.get("n")) not in _RSA_BITS):
        return None
    meant = entry.get("alg") if isinstance(entry.get("alg"), str | None) else ""
    spellings = {"EdDSA", "Ed25519"} if meant in ("EdDSA", "Ed25519") else {meant}
    algorithms = frozenset(
        name for name, needed in _KINDS.items() if needed == kind and (meant is None or name in spellings)
    )
    # of what else is there nothing is taken: a private key that somebody published, or certificates
    public = {name: entry[name] for name in _PUBLIC[kind] if isinstance(entry.get(name), str)}
    try:
        key = JWKRegistry.import_key(public)
        _ = key.public_key
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return VerificationKey(kid, algorithms, key) if algorithms else None


def _bits(modulus: object) -> int:
    content = _decoded(modulus) if isinstance(modulus, str) else None
    return int.from_bytes(content or b"").bit_length()


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
