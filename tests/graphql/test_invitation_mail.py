"""The e-mail that brings an invitation's link: what the answer tells of it, and that the link is never lost with it."""

import asyncio
from dataclasses import replace

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.tokens import TokenKind
from rollbook.gateways.bundle import Mail, MailFailed
from rollbook.gateways.closed import closed_gateways
from rollbook.graphql import invitations
from rollbook.services.opening import open_services
from tests.conftest import BASE_URL

from .client import OWN_PAGE, with_token

SENT = "{ link mail mailProblem invitation { id status } }"


class Postbox:
    """Takes every mail; `refusing` it refuses, `stuck` it never answers."""

    def __init__(self):
        self.mails: list[Mail] = []
        self.refusing = False
        self.stuck = False

    async def send(self, mail):
        """Take the mail."""
        if self.stuck:
            await asyncio.Event().wait()
        if self.refusing:
            raise MailFailed("mail.acme.test refused the message: 550 no such mailbox.")
        self.mails.append(mail)


@pytest.fixture
def postbox():
    return Postbox()


@pytest.fixture
async def services(settings, postbox):
    async with open_services(settings, replace(closed_gateways(), mailer=postbox)) as opened:
        yield opened


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def invite(client, **given):
    return await client.change("inviteMember", f"...on InviteMemberSuccess {SENT}", email="bo@acme.test", **given)


async def resend(client, first, **given):
    given |= {"invitationId": first["invitation"]["id"]}
    return await client.change("resendInvitation", f"...on ResendInvitationSuccess {SENT}", **given)


async def test_the_link_is_mailed_unless_it_is_told_not_to(client, postbox):
    mailed = await invite(client)
    resent = await resend(client, mailed)
    silent = await resend(client, mailed, sendEmail=False)

    told = [(answer["mail"], answer["mailProblem"]) for answer in (mailed, resent, silent)]
    assert told == [("SENT", None), ("SENT", None), ("NOT_ASKED", None)]
    assert [mail.to for mail in postbox.mails] == ["bo@acme.test"] * 2
    for answer, mail in zip((mailed, resent), postbox.mails, strict=True):
        assert answer["link"].startswith(f"{BASE_URL}/sign-in#rollbook_invite_")
        assert answer["link"] in mail.text
        assert silent["link"] not in mail.text


async def test_a_repeated_invitation_is_not_mailed_again(client, postbox):
    first = await invite(client, idempotencyKey="k")
    again = await invite(client, idempotencyKey="k")

    assert again == first | {"link": None, "mail": None}
    assert len(postbox.mails) == 1


async def test_a_mail_that_is_refused_leaves_the_link_to_be_handed_over(client, http, postbox):
    postbox.refusing = True

    answer = await invite(client)
    joined = await http.post("/auth/redeem", json={"token": answer["link"].partition("#")[2]}, headers=OWN_PAGE)

    assert answer["mail"] == "FAILED"
    assert answer["mailProblem"] == "mail.acme.test refused the message: 550 no such mailbox."
    assert joined.status_code == 200


async def test_a_mail_server_that_does_not_answer_costs_no_link(client, postbox, monkeypatch):
    monkeypatch.setattr(invitations, "MAIL_SECONDS", 0.01)
    postbox.stuck = True

    answer = await invite(client)

    assert answer["mail"] == "FAILED"
    assert answer["mailProblem"].startswith("The mail server did not answer within")
    assert (answer["link"] is None, answer["invitation"]["status"]) == (False, "PENDING")


async def test_who_may_not_invite_mails_nobody(http, services, acme, postbox):
    scopes = frozenset({Permission.MEMBERS_READ})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader", scopes=scopes)

    answer = await invite(with_token(http, secret))

    assert answer["__typename"] == "ForbiddenError"
    assert postbox.mails == []
