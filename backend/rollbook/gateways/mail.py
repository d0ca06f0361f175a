"""Sends mail through the mail server of the installation (RFC 5321)."""

import asyncio
import ipaddress
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

import aiosmtplib

from rollbook.domain.values import is_address
from rollbook.gateways.bundle import Mail, MailFailed

TIMEOUT_SECONDS = 10.0
"""So long handing over one message may take."""

_PORTS = {"smtp": 587, "smtps": 465}
_MAX_ANSWER = 200
_MAX_SUBJECT = 200


class SmtpMailer:
    """`Mailer` over SMTP. Beyond this machine it speaks TLS: from the start (smtps), or by STARTTLS, or not at all."""

    def __init__(self, url: str, sender: str, *, seconds: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(url)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS[parts.scheme]
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None
        self._tls_at_once = parts.scheme == "smtps"
        self._sender = sender
        self._seconds = seconds

    async def send(self, mail: Mail) -> None:
        """Hand the message to the mail server, to this one recipient."""
        message = _message(mail, self._sender)
        try:
            async with asyncio.timeout(self._seconds):
                async with self._connection() as connection:
                    await connection.send_message(message, sender=self._sender, recipients=[mail.to])
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailFailed(self._explained(error)) from error

    def _connection(self) -> aiosmtplib.SMTP:
        return aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            username=self._user,
            password=self._password,
            use_tls=self._tls_at_once,
            # None is "if it is offered": whoever sits between could take the offer away
            start_tls=False if self._tls_at_once else (None if _is_this_machine(self._host) else True),
            timeout=self._seconds,
        )

    def _explained(self, error: Exception) -> str:
        match error:
            case aiosmtplib.SMTPAuthenticationError():
                return f"The mail server does not accept the user name and password: {error.code}."
            case aiosmtplib.SMTPRecipientsRefused() if error.recipients:
                return f"The mail server refuses the recipient: {_answer(error.recipients[0])}"
            case aiosmtplib.SMTPSenderRefused():
                return f"The mail server refuses the sender: {_answer(error)}"
            case TimeoutError():
                return f"The mail server did not answer within {self._seconds:g} seconds."
            case aiosmtplib.SMTPResponseException():
                return f"The mail server refuses the message: {_answer(error)}"
            case aiosmtplib.SMTPException() if not isinstance(error, OSError):
                return "The mail server does not offer what is needed: STARTTLS, or signing in, or such an address."
            case _:
                return "The mail server could not be reached, or its certificate is not valid."


def _message(mail: Mail, sender: str) -> EmailMessage:
    """The message. A line break in a header would begin another header, so there can be none."""
    if not is_address(mail.to):
        raise MailFailed("The message has no address that mail can be sent to.")
    message = EmailMessage(policy=SMTP)
    try:
        # not parsed from text, in which a comma would make two recipients of one
        message["From"] = Address(addr_spec=sender)
        message["To"] = Address(addr_spec=mail.to)
    except (MessageError, ValueError, IndexError) as error:
        raise MailFailed("The message has no address that mail can be sent to.") from error
    visible = "".join(letter if letter.isprintable() else " " for letter in mail.subject)
    message["Subject"] = " ".join(visible.split())[:_MAX_SUBJECT]
    message["Date"] = formatdate(localtime=False)
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no automatic replies, please
    message.set_content(mail.text)
    return message


def _answer(error: aiosmtplib.SMTPResponseException) -> str:
    plain = " ".join("".join(letter if letter.isprintable() else " " for letter in error.message).split())
    return f"{error.code} {plain[:_MAX_ANSWER]}"


def _is_this_machine(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
