"""Takes secrets out of whatever is logged, whoever logs it: our own lines, the access log, tracebacks of libraries."""

import logging
import re
from collections.abc import Mapping
from typing import Any

_MASK = "…"

_NAMES = (
    "access_token|assertion|client_assertion|client_secret|code|code_verifier|id_token|id_token_hint|login_hint|nonce|"
    "refresh_token|session_state|state|(?:__Host-)?(?:passkey|sid|signin)"
)
"""The parameters and cookies that carry secrets of a sign-in, or somebody's address."""

_PATTERNS = (
    (re.compile(r"(rollbook_(?:api|invite|link|scim|session|setup)_)[0-9A-Za-z]+"), rf"\1{_MASK}"),
    (re.compile(rf"(?:(?<![\w.-])|(?<=%3[Ff])|(?<=%26))({_NAMES})(=|%3[Dd])[^\s&;,\"'#<>]+"), rf"\1\2{_MASK}"),
    # the header and the payload of every JSON Web Token begin so: {" in base64url
    (re.compile(r"\beyJ[\w-]+\.[\w-]+\.[\w-]*"), f"eyJ{_MASK}"),
    (re.compile(r"(://[^\s:/@?#]*):[^\s/@]+@"), rf"\1:{_MASK}@"),
)


def redacted(text: str) -> str:
    """The text without the secrets in it."""
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


class Redaction:
    """A factory of log records which masks what another one made.

    A filter would sit on one logger or handler, and miss what is logged through those that somebody adds later.
    """

    def __init__(self, factory: Any) -> None:
        self._factory = factory

    def __call__(self, *arguments: Any, **options: Any) -> logging.LogRecord:
        """The record, with its message, its arguments and its traceback masked."""
        record: logging.LogRecord = self._factory(*arguments, **options)
        # the access log takes its line apart again, so that arguments stay arguments
        if isinstance(record.args, Mapping):
            record.args = {name: _masked(value) for name, value in record.args.items()}
        elif record.args:
            record.args = tuple(_masked(value) for value in record.args)
        _mask_message(record)
        if record.exc_info and record.exc_info[0] is not None:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
        if record.stack_info:
            record.stack_info = redacted(record.stack_info)
        return record


def install() -> None:
    """Mask whatever this process logs from now on. Idempotent."""
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, Redaction):
        logging.setLogRecordFactory(Redaction(factory))


class _Masked:
    """An object of which only masked texts come out."""

    def __init__(self, content: object) -> None:
        self._content = content

    def __str__(self) -> str:
        return redacted(str(self._content))

    def __repr__(self) -> str:
        return redacted(repr(self._content))


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if value is None or isinstance(value, int | float):
        return value
    masked = _Masked(value)
    return value if (str(value), repr(value)) == (str(masked), repr(masked)) else masked


def _mask_message(record: logging.LogRecord) -> None:
    """Mask what the message says by itself, and a secret whose name is in it and whose content is an argument."""
    if not record.args:
        record.msg = _masked(record.msg)
        return
    try:
        whole = record.getMessage()
    except Exception:
        record.msg = _masked(record.msg)  # the handler will complain, and quote it
        return
    if redacted(whole) != whole:
        record.msg, record.args = redacted(whole), ()
