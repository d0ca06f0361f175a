"""Encrypts what the database must keep and nobody may read there: secrets of others, and what browsers carry for us."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE = 12  # bytes, as NIST SP 800-38D recommends for random nonces


class Vault:
    """AES-256-GCM under a key that is derived from the secret of the installation (RFC 5869)."""

    def __init__(self, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"rollbook vault").derive(secret)
        self._cipher = AESGCM(key)

    def close(self, purpose: str, content: bytes) -> bytes:
        """The content, encrypted. `purpose` says what for and whose: under another one it does not open."""
        nonce = os.urandom(_NONCE)
        return nonce + self._cipher.encrypt(nonce, content, purpose.encode())

    def open(self, purpose: str, sealed: bytes) -> bytes | None:
        """The content, or None if it was not encrypted here for this purpose, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], purpose.encode())
        except (InvalidTag, ValueError):
            return None
