"""Seals texts that clients hold for Rollbook, so that a changed or made-up one is recognised."""

import base64
import hashlib
import hmac

_SIGNATURE = 16  # bytes


class Seal:
    """Signs texts with a key of the installation. What is sealed can be read by its holder, but not changed."""

    def __init__(self, key: bytes) -> None:
        self._key = hashlib.sha256(b"rollbook seal\0" + key).digest()

    def close(self, purpose: str, content: bytes) -> str:
        """The content as URL-safe text. `purpose` says what for and whose: under another one it does not open."""
        return base64.urlsafe_b64encode(self._signature(purpose, content) + content).decode().rstrip("=")

    def open(self, purpose: str, text: str) -> bytes | None:
        """The content of a sealed text, or None if it was not sealed here for this purpose."""
        try:
            sealed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError:
            return None
        signature, content = sealed[:_SIGNATURE], sealed[_SIGNATURE:]
        return content if hmac.compare_digest(signature, self._signature(purpose, content)) else None

    def fingerprint(self, purpose: str, content: bytes) -> bytes:
        """A digest by which to know the content again, and from which nobody can find it out without the key."""
        return hmac.digest(self._key, b"fingerprint\0" + purpose.encode() + b"\0" + content, hashlib.sha256)

    def _signature(self, purpose: str, content: bytes) -> bytes:
        return hmac.digest(self._key, purpose.encode() + b"\0" + content, hashlib.sha256)[:_SIGNATURE]
