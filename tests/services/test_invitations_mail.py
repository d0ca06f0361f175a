"""Invitations by mail: the link reaches the invited person alone, and a mail that fails takes nothing back."""

import asyncio
import email
import email.policy
import logging
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP

from rollbook.domain.errors import Forbidden
from rollbook.domain.invitations import Delivery, MailOutcome
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import SecretKind, mint
from rollbook.gateways.bundle import Gateways, MailFailed
from rollbook.gateways.closed import closed_gateways
from rollbook.gateways.mail import SmtpMailer
from rollbook.services import Services
from rollbook.services.invitation_mail import invitation_mail
from tests.builders import a_tool, signed_in
from tests.conftest import BASE_URL
from tests.services.conftest import PEPPER
from tests.services.rows import all_rows

WEEK = timedelta(days=7)


class Post:
    """A mailer that keeps what it is handed, or fails."""

    def __init__(self):
        self.mails = []
        self.failure = None

    async def send(self, mail):
        """Keep the mail."""
        if self.failure is not None:
            raise self.failure
        self.mails.append(mail)


class Inbox:
    """What a mail server does with the messages that it takes."""

    def __init__(self):
        self.envelopes = []

    async def handle_RCPT(self, server, session, envelope, address, options):
        """Take every recipient but one."""
        if address.startswith("nobody"):
            return f"550 no mailbox {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        """Take the message."""
        self.envelopes.append(envelope)
        return "250 OK"


@pytest.fixture
def post():
    return Post()


@pytest.fixture
def services_with(database, clock):
    def made(mailer):
        closed = closed_gateways()
        ways = Gateways(openid=closed.openid, resolver=closed.resolver, mailer=mailer)
        return Services(database, PEPPER, clock, base_url=BASE_URL, gateways=ways)

    return made


@pytest.fixture
async def services(services_with, post):
    return services_with(post)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


@pytest.fixture
async def mail_server():
    """A mail server on this machine: its URL, and what came to it."""
    inbox = Inbox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(inbox, hostname="mail.test", loop=loop), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    yield f"smtp://127.0.0.1:{port}", inbox
    server.close()
    await server.wait_closed()


async def invite(services, actor, address="bo@acme.test", **rest):
    return await services.invitations.create(actor, address, Role.USER, lifetime=WEEK, **rest)


async def test_the_mail_says_who_invites_where_to_until_when_and_by_which_link(services, admin, post):
    _, secret = await invite(services, admin, name="Bo Ek")

    delivery = await services.invitations.mail(admin, secret)

    assert delivery == Delivery(MailOutcome.SENT)
    (mail,) = post.mails
    assert (mail.to, mail.subject) == ("bo@acme.test", "You are invited to join Acme on Rollbook")
    assert "Hello Bo Ek," in mail.text
    assert f"{admin.name} invites you to join Acme on Rollbook." in mail.text
    assert f"\n{BASE_URL}/sign-in#{secret}\n" in mail.text
    assert "until 8 March 2026, 12:00 UTC" in mail.text


async def test_the_link_in_the_mail_lets_the_person_in(services, services_with, acme, admin, mail_server):
    url, inbox = mail_server
    services = services_with(SmtpMailer(url, "rollbook@acme.test"))
    _, secret = await invite(services, admin)

    assert (await services.invitations.mail(admin, secret)).outcome is MailOutcome.SENT

    (envelope,) = inbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("rollbook@acme.test", ["bo@acme.test"])
    message = email.message_from_bytes(envelope.content, policy=email.policy.default)
    (found,) = re.findall(r"https://rollbook\.test/sign-in#(\S+)", message.get_content())
    _, actor = await services.invitations.accept(found)
    assert actor.name == "Bo"


async def test_a_mail_that_fails_leaves_the_link_as_it_was(services_with, acme, admin, mail_server, database):
    url, inbox = mail_server
    services = services_with(SmtpMailer(url, "rollbook@acme.test"))
    _, secret = await invite(services, admin, "nobody@acme.test")
    before = await all_rows(database)

    delivery = await services.invitations.mail(admin, secret)

    assert delivery.outcome is MailOutcome.FAILED
    assert "refuses the recipient" in delivery.problem
    assert (inbox.envelopes, await all_rows(database)) == ([], before)
    await services.invitations.accept(secret)


async def test_the_log_of_a_failure_names_neither_the_person_nor_the_link(services, admin, post, caplog):
    post.failure = MailFailed("550 no mailbox bo@acme.test")
    invitation, secret = await invite(services, admin)

    with caplog.at_level(logging.WARNING):
        delivery = await services.invitations.mail(admin, secret)

    assert delivery == Delivery(MailOutcome.FAILED, "550 no mailbox bo@acme.test")
    assert invitation.id in caplog.text
    assert "bo@acme.test" not in caplog.text
    assert secret not in caplog.text


async def test_without_a_mail_server_nothing_is_sent_and_the_answer_says_so(services_with, admin):
    services = services_with(None)
    _, secret = await invite(services, admin)

    assert await services.invitations.mail(admin, secret) == Delivery(MailOutcome.NOT_CONFIGURED)


async def test_making_an_invitation_sends_nothing_by_itself(services, admin, post):
    invitation, _ = await invite(services, admin)
    await services.invitations.resend(admin, invitation.id, lifetime=WEEK)

    assert post.mails == []


async def test_a_link_that_ended_meanwhile_is_not_mailed(services, acme, admin, post, clock):
    resent, old = await invite(services, admin)
    _, new = await services.invitations.resend(admin, resent.id, lifetime=WEEK)
    revoked, dead = await invite(services, admin, "cy@acme.test")
    await services.invitations.revoke(admin, revoked.id)
    _, used = await invite(services, admin, "dee@acme.test")
    await services.invitations.accept(used)

    for secret in (old, dead, used, mint(SecretKind.INVITE), ""):
        delivery = await services.invitations.mail(admin, secret)
        assert (delivery.outcome, "not mailed" in delivery.problem) == (MailOutcome.FAILED, True)
    clock.move(days=7)
    assert (await services.invitations.mail(admin, new)).outcome is MailOutcome.FAILED

    assert post.mails == []


async def test_another_organizations_invitation_is_not_mailed(services, globex, admin, post):
    _, secret = await invite(services, globex.operator)

    assert (await services.invitations.mail(admin, secret)).outcome is MailOutcome.FAILED
    assert post.mails == []


async def test_who_may_not_invite_may_not_mail(services, acme, admin, post):
    _, secret = await invite(services, admin)
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))

    for actor in (user, reader):
        with pytest.raises(Forbidden):
            await services.invitations.mail(actor, secret)

    assert post.mails == []


async def test_a_name_cannot_pass_for_a_part_of_the_message(services, admin):
    invitation, _ = await invite(services, admin)
    sly = replace(invitation, name="Bo\n\nhttps://evil.test/1", invited_by="Ann\r\nBcc: x@evil.test")

    mail = invitation_mail(sly, "Acme\u2028https://evil.test/2 " * 9, "https://rollbook.test/sign-in#x")

    assert "Hello Bo https://evil.test/1," in mail.text
    assert "\nBcc" not in mail.text
    assert [line for line in mail.text.splitlines() if line.startswith("http")] == ["https://rollbook.test/sign-in#x"]
    assert len(mail.subject) < 100
    assert mail.subject.isprintable()
