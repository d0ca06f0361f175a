"""An authenticator in software: it makes passkeys and answers for them, also as no honest one would."""

import hashlib
import json
import os
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

_PRESENT, _VERIFIED, _MAY_BE_BACKED_UP, _BACKED_UP, _HAS_KEY = 0x01, 0x04, 0x08, 0x10, 0x40
_ES256, _EDDSA, _RS256 = -7, -8, -257

PrivateKey = ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey | rsa.RSAPrivateKey


@dataclass
class Key:
    """A passkey with its private half, and the count that its authenticator keeps of its uses."""

    private: PrivateKey
    credential_id: bytes
    handle: bytes
    count: int = 0


@dataclass
class Authenticator:
    """Answers the options of a page at `base_url`, as the browser writes it (`toJSON()`).

    `counts`: whether it counts the uses of its keys; those in phones and browsers do not.
    """

    base_url: str
    algorithm: int = _ES256
    counts: bool = True
    backed_up: bool = False
    keys: list[Key] = field(default_factory=list)

    def create(self, options: dict[str, Any], **otherwise: Any) -> dict[str, Any]:
        """Make a passkey. `otherwise`: what it says instead of the truth."""
        key = Key(_new_key(self.algorithm), os.urandom(16), base64url_to_bytes(options["user"]["id"]))
        self.keys.append(key)
        return self.created(key, options, **otherwise)

    def created(
        self, key: Key, options: dict[str, Any], *, algorithm: int | None = None, **otherwise: Any
    ) -> dict[str, Any]:
        """What it says of a key as one that it has just made."""
        public = encode_cbor(_cose(key.private, algorithm or self.algorithm))
        length = len(key.credential_id).to_bytes(2, "big")
        data = self._data(key, options["rp"]["id"], **_of_data(otherwise)) + bytes(16) + length
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": _with_flag(data, _HAS_KEY) + key.credential_id + public,
        }
        client = self._client("webauthn.create", options, **_of_client(otherwise))
        return _credential(
            key,
            {
                "clientDataJSON": bytes_to_base64url(client),
                "attestationObject": bytes_to_base64url(encode_cbor(attestation)),
                "transports": ["internal", "hybrid", "pigeon"],
            },
        )

    def get(self, options: dict[str, Any], key: Key | None = None, **otherwise: Any) -> dict[str, Any]:
        """Answer with a passkey, the first if none is named. `otherwise`: what it says instead of the truth."""
        key = key or self.keys[0]
        if self.counts and "count" not in otherwise:
            key.count += 1
        data = self._data(key, options["rpId"], **_of_data(otherwise))
        client = self._client("webauthn.get", options, **_of_client(otherwise))
        signer = otherwise.get("signer", key.private)
        handle = otherwise.get("handle", key.handle)
        response = {
            "clientDataJSON": bytes_to_base64url(client),
            "authenticatorData": bytes_to_base64url(data),
            "signature": bytes_to_base64url(_signature(signer, data + hashlib.sha256(client).digest())),
        }
        return _credential(key, response if handle is None else response | {"userHandle": bytes_to_base64url(handle)})

    def _data(
        self, key: Key, rp_id: str, *, verified: bool = True, present: bool = True, count: int | None = None
    ) -> bytes:
        flags = present * _PRESENT | verified * _VERIFIED | self.backed_up * (_MAY_BE_BACKED_UP | _BACKED_UP)
        shown = key.count if count is None else count
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + shown.to_bytes(4, "big")

    def _client(self, kind: str, options: dict[str, Any], **otherwise: Any) -> bytes:
        parts = urlsplit(self.base_url)
        told = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": f"{parts.scheme}://{parts.netloc}",
            "crossOrigin": False,
        }
        return json.dumps(told | otherwise).encode()


def _of_data(otherwise: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in otherwise.items() if name in {"count", "present", "verified"}}


def _of_client(otherwise: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in otherwise.items() if name in {"challenge", "crossOrigin", "origin", "type"}}


def _credential(key: Key, response: dict[str, Any]) -> dict[str, Any]:
    name = bytes_to_base64url(key.credential_id)
    return {
        "id": name,
        "rawId": name,
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {},
        "response": response,
    }


def _with_flag(data: bytes, flag: int) -> bytes:
    return data[:32] + bytes([data[32] | flag]) + data[33:]


def _new_key(algorithm: int) -> PrivateKey:
    if algorithm == _EDDSA:
        return ed25519.Ed25519PrivateKey.generate()
    if algorithm == _RS256:
        return rsa.generate_private_key(65537, 2048)
    return ec.generate_private_key(ec.SECP256R1())


def _cose(private: PrivateKey, algorithm: int) -> dict[int, Any]:
    """The public half as COSE has it (RFC 9053)."""
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return {1: 1, 3: algorithm, -1: 6, -2: private.public_key().public_bytes_raw()}
    if isinstance(private, rsa.RSAPrivateKey):
        numbers = private.public_key().public_numbers()
        return {1: 3, 3: algorithm, -1: numbers.n.to_bytes(256, "big"), -2: numbers.e.to_bytes(3, "big")}
    point = private.public_key().public_numbers()
    return {1: 2, 3: algorithm, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}


def _signature(private: PrivateKey, content: bytes) -> bytes:
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(content)
    if isinstance(private, rsa.RSAPrivateKey):
        return private.sign(content, padding.PKCS1v15(), SHA256())
    return private.sign(content, ec.ECDSA(SHA256()))
