"""What reaches a mail server, and what is told when it does not."""

import asyncio
import email
import email.policy
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from rollbook.gateways.bundle import Mail, MailFailed
from rollbook.gateways.mail import SmtpMailer

from .certificates import a_certificate

FROM = "rollbook@example.com"
MAIL = Mail("ada@acme.test", "You are invited to Acme", "Grüße,\nopen https://rollbook.test/join#secret\n.\n\nbye\n")


class Box:
    """Takes what comes, or answers as a test tells it to."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.says = "250 OK"
        self.says_of_recipients = "250 OK"

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, to: str, options: list[str]) -> str:
        """Take a recipient."""
        if self.says_of_recipients.startswith("250"):
            envelope.rcpt_tos.append(to)
        return self.says_of_recipients

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take a message."""
        self.envelopes.append(envelope)
        return self.says

    def message(self) -> EmailMessage:
        """The one message that came."""
        (envelope,) = self.envelopes
        assert isinstance(envelope.content, bytes)
        return email.message_from_bytes(envelope.content, policy=email.policy.default)


@contextmanager
def a_mail_server(*, ssl_context: ssl.SSLContext | None = None, **options: Any) -> Iterator[tuple[Box, str]]:
    """A mail server on a loopback port: its box, and its host and port."""
    box = Box()
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=port, ssl_context=ssl_context, **options)
    controller.start()
    try:
        yield box, f"127.0.0.1:{port}"
    finally:
        controller.stop()


async def test_a_message_arrives_as_it_was_written():
    with a_mail_server() as (box, address):
        await SmtpMailer(f"smtp://{address}", FROM).send(MAIL)

    message = box.message()
    assert (box.envelopes[0].mail_from, box.envelopes[0].rcpt_tos) == (FROM, ["ada@acme.test"])
    assert (message["From"], message["To"], message["Subject"]) == (FROM, "ada@acme.test", "You are invited to Acme")
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"].endswith("@example.com>")
    assert message["Date"].datetime is not None
    assert message.get_content_type() == "text/plain"
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


async def test_letters_of_every_kind_arrive():
    with a_mail_server() as (box, address):
        await SmtpMailer(f"smtp://{address}", FROM).send(Mail("ada@acme.test", "Einladung für Zoë 🎉", "日本語\n"))

    message = box.message()
    assert message["Subject"] == "Einladung für Zoë 🎉"
    assert message.get_content().strip() == "日本語"


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: eve@evil.test", "Hello\nBcc: eve@evil.test", "Hello\r\n\r\nbody"])
async def test_a_subject_cannot_begin_another_header(subject):
    with a_mail_server() as (box, address):
        await SmtpMailer(f"smtp://{address}", FROM).send(Mail("ada@acme.test", subject, "text\n"))

    message = box.message()
    assert (message["Bcc"], box.envelopes[0].rcpt_tos) == (None, ["ada@acme.test"])
    assert message["Subject"].startswith("Hello ")
    assert message.get_content().strip() == "text"


async def test_a_text_cannot_end_the_message_and_begin_another():
    text = "one\r\n.\r\nMAIL FROM:<eve@evil.test>\r\n"
    with a_mail_server() as (box, address):
        await SmtpMailer(f"smtp://{address}", FROM).send(Mail("ada@acme.test", "Hello", text))

    assert "MAIL FROM:<eve@evil.test>" in box.message().get_content()


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "ada@acme.test\r\nBcc: eve@evil.test",
        "ada@acme.test\nRCPT TO:<eve@evil.test>",
        "eve,ada@acme.test",
        "eve;ada@acme.test",
        "<ada@acme.test>",
        "Ada <ada@acme.test>",
        "ada@acme.test>",
        "ada@acme.test,eve@evil.test",
        "ada@acme.test\0",
        '"ada@acme.test',
    ],
)
async def test_what_is_no_single_address_gets_no_mail(to):
    with a_mail_server() as (box, address):
        with pytest.raises(MailFailed, match="no address that mail can be sent to"):
            await SmtpMailer(f"smtp://{address}", FROM).send(Mail(to, "Hello", "text"))

        assert box.envelopes == []


async def test_user_name_and_password_are_shown_and_told_nobody():
    shown = []

    def authenticate(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        shown.append((data.login, data.password))
        return AuthResult(success=data.password == b"p@ss/word:1", handled=False)

    options = {"authenticator": authenticate, "auth_require_tls": False}
    with a_mail_server(**options) as (box, address):
        await SmtpMailer(f"smtp://us%40er:p%40ss%2Fword%3A1@{address}", FROM).send(MAIL)
        assert (len(box.envelopes), shown) == (1, [(b"us@er", b"p@ss/word:1")])

        with pytest.raises(MailFailed, match=r"does not accept the user name and password: 535\.") as refusal:
            await SmtpMailer(f"smtp://user:wrong-secret@{address}", FROM).send(MAIL)
        assert "wrong-secret" not in str(refusal.value)
        assert len(box.envelopes) == 1


async def test_a_refused_recipient_and_a_refused_message_are_told():
    with a_mail_server() as (box, address):
        box.says_of_recipients = "550 No such\tperson " + "x" * 400
        with pytest.raises(MailFailed, match=r"refuses the recipient: 550 No such person x+$") as refusal:
            await SmtpMailer(f"smtp://{address}", FROM).send(MAIL)
        assert len(str(refusal.value)) < 260

        box.says_of_recipients, box.says = "250 OK", "552 Too much"
        with pytest.raises(MailFailed, match=r"refuses the message: 552 Too much$"):
            await SmtpMailer(f"smtp://{address}", FROM).send(MAIL)


async def test_beyond_this_machine_nothing_is_sent_without_tls(monkeypatch):
    """The name is one of another machine, and leads to a server here that does not offer STARTTLS."""
    with a_mail_server() as (box, address):
        port = int(address.rpartition(":")[2])

        def elsewhere(self: asyncio.BaseEventLoop, protocol: Any, host: str, port: int, **options: Any) -> Any:
            assert host == "mail.example.com"
            return connect(self, protocol, "127.0.0.1", port, **options)

        loop = type(asyncio.get_running_loop())
        connect = loop.create_connection
        monkeypatch.setattr(loop, "create_connection", elsewhere)

        with pytest.raises(MailFailed, match="does not offer what is needed: STARTTLS"):
            await SmtpMailer(f"smtp://user:secret@mail.example.com:{port}", FROM).send(MAIL)

        assert box.envelopes == []


async def test_a_server_that_speaks_no_tls_gets_nothing_by_smtps():
    with a_mail_server() as (box, address):
        with pytest.raises(MailFailed):
            await SmtpMailer(f"smtps://{address}", FROM, seconds=2).send(MAIL)

        assert box.envelopes == []


async def test_starttls_is_used_where_it_is_offered_and_the_certificate_counts(tmp_path, monkeypatch):
    certificate, key = a_certificate(tmp_path, "127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with a_mail_server(tls_context=tls, require_starttls=True) as (box, address):
        with pytest.raises(MailFailed, match="its certificate is not valid"):
            await SmtpMailer(f"smtp://{address}", FROM).send(MAIL)
        assert box.envelopes == []

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        await SmtpMailer(f"smtp://{address}", FROM).send(MAIL)
        assert len(box.envelopes) == 1


async def test_smtps_speaks_tls_from_the_first_byte(tmp_path, monkeypatch):
    certificate, key = a_certificate(tmp_path, "127.0.0.1")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    with a_mail_server(ssl_context=tls) as (box, address):
        with pytest.raises(MailFailed, match="its certificate is not valid"):
            await SmtpMailer(f"smtps://{address}", FROM).send(MAIL)
        assert box.envelopes == []

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        await SmtpMailer(f"smtps://{address}", FROM).send(MAIL)
        assert len(box.envelopes) == 1


async def test_a_mail_server_that_is_not_there_or_silent_is_told():
    with pytest.raises(MailFailed, match="could not be reached"):
        await SmtpMailer("smtp://127.0.0.1:1", FROM).send(MAIL)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        mailer = SmtpMailer(f"smtp://127.0.0.1:{silent.getsockname()[1]}", FROM, seconds=0.3)
        with pytest.raises(MailFailed, match=r"did not answer within 0\.3 seconds"):
            await mailer.send(MAIL)


def test_the_password_is_in_no_repr():
    assert "secret" not in repr(SmtpMailer("smtp://user:secret@127.0.0.1", FROM))
