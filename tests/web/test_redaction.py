"""What is logged has no secret in it, whoever logs it and however it is formatted."""

import io
import logging
from collections.abc import Iterator

import pytest
from uvicorn.logging import AccessFormatter

from rollbook.domain.tokens import SecretKind, mint
from rollbook.web import redaction
from rollbook.web.redaction import redacted

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


@pytest.fixture
def installed() -> Iterator[None]:
    """Redaction, and afterwards what was there before."""
    before = logging.getLogRecordFactory()
    redaction.install()
    yield
    logging.setLogRecordFactory(before)


@pytest.fixture
def log(installed: None) -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger of somebody else, with a handler that knows nothing of us, and what it wrote."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logger = logging.getLogger("somebody.else")
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield logger, written
    logger.removeHandler(handler)


@pytest.mark.parametrize("kind", SecretKind)
def test_every_kind_of_our_own_secrets_is_masked(kind):
    assert redacted(f"got {mint(kind)}.") == f"got rollbook_{kind}_…."


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (
            "GET /auth/sso/acme/callback?code=abc-123&state=x.y~z&iss=https%3A%2F%2Fidp.test",
            "GET /auth/sso/acme/callback?code=…&state=…&iss=https%3A%2F%2Fidp.test",
        ),
        ("/logout?id_token_hint=abc&client_id=c", "/logout?id_token_hint=…&client_id=c"),
        ("/start?login_hint=ada%40acme.test", "/start?login_hint=…"),
        ("next=%2Fx%3Fcode%3Dabc", "next=%2Fx%3Fcode%3D…"),
        ("Cookie: a=1; __Host-sid=secret; signin=secret; __Host-passkey=secret", None),
        (f"the token {JWT} is old", "the token eyJ… is old"),
        ("smtps://mailer:pass%word@mail.test:465", "smtps://mailer:…@mail.test:465"),
        ("postgresql://u:p@db/rollbook?host=x", "postgresql://u:…@db/rollbook?host=x"),
        (
            "status_code=200 barcode=7 https://acme.test:8000/a@b",
            "status_code=200 barcode=7 https://acme.test:8000/a@b",
        ),
    ],
)
def test_what_carries_a_sign_in_is_masked_and_the_rest_is_not(text, masked):
    expected = masked or "Cookie: a=1; __Host-sid=…; signin=…; __Host-passkey=…"

    assert redacted(text) == expected
    assert redacted(expected) == expected


def test_a_message_and_its_arguments_are_masked_whoever_logs(log):
    logger, written = log
    secret = mint(SecretKind.API)

    logger.info("plain %s", secret)
    logger.info("a name here, the content there: code=%s", "abc123")
    logger.info("by name: %(token)s", {"token": secret})
    logger.info("an error: %s %r", ValueError(secret), [secret])
    logger.info(ValueError(f"as message {secret}"))
    logger.info("%d %s %.1f %s", 7, True, 0.5, None)

    assert written.getvalue().splitlines() == [
        "plain rollbook_api_…",
        "a name here, the content there: code=…",
        "by name: rollbook_api_…",
        "an error: rollbook_api_… ['rollbook_api_…']",
        "as message rollbook_api_…",
        "7 True 0.5 None",
    ]


def test_a_traceback_is_masked(log):
    logger, written = log
    secret = mint(SecretKind.SCIM)

    try:
        raise ValueError(f"no such token: {secret}")
    except ValueError:
        logger.exception("failed", stack_info=True)

    assert "ValueError: no such token: rollbook_scim_…" in written.getvalue()
    assert secret not in written.getvalue()


def test_the_access_log_can_still_take_its_line_apart(installed):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(AccessFormatter("%(client_addr)s|%(request_line)s|%(status_code)s", use_colors=False))
    logger = logging.getLogger("uvicorn.access")
    record = logger.makeRecord(
        logger.name,
        logging.INFO,
        __file__,
        1,
        '%s - "%s %s HTTP/%s" %d',
        ("192.0.2.7:5000", "GET", "/auth/sso/acme/callback?code=abc&state=def", "1.1", 303),
        None,
    )

    handler.handle(record)

    line = "192.0.2.7:5000|GET /auth/sso/acme/callback?code=…&state=… HTTP/1.1|303 See Other\n"
    assert written.getvalue() == line


def test_a_mistake_in_a_message_stays_the_callers(installed):
    record = logging.getLogger("x").makeRecord("x", logging.INFO, __file__, 1, "%s %s", ("one",), None)

    with pytest.raises(TypeError, match="not enough arguments"):
        record.getMessage()


def test_installing_twice_is_installing_once(installed):
    once = logging.getLogRecordFactory()

    redaction.install()

    assert logging.getLogRecordFactory() is once
