"""What is dangerous needs a sign-in of the last ten minutes from a session, and only its scope from a token."""

from datetime import timedelta

import pytest

from rollbook.domain.passkeys import Passkey
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SignInMethod
from rollbook.domain.tokens import TokenKind
from rollbook.domain.values import new_id
from rollbook.persistence import passkeys
from rollbook.services import Services
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.services.conftest import PEPPER, Clock
from tests.services.connections import ISSUER, SECRET, a_connection, inside, linked, passed
from tests.services.facts import opened
from tests.services.outside import Outside
from tests.services.rows import all_rows

from .client import OWN_PAGE, Client, global_id, member_id, with_token

ENTERED = {"provider": "OKTA", "issuer": ISSUER, "clientId": "0oa2", "clientSecret": SECRET}
DANGEROUS = {
    "addLoginDomain": {"domain": "acme.example"},
    "enforceSso": {"enforced": True},
    "generateApiToken": {"name": "Reports"},
    "generateScimToken": {"name": "Okta"},
    "inviteMember": {"email": "new.admin@acme.test", "role": "ADMIN"},
    "proveLoginDomain": {"loginDomainId": "domain"},
    "removeLoginDomain": {"loginDomainId": "domain"},
    "removePasskey": {"passkeyId": "passkey"},
    "removeSsoConnection": {},
    "resendInvitation": {"invitationId": "invitation"},
    "revokeToken": {"tokenId": "token"},
    "rotateToken": {"tokenId": "token"},
    "saveSsoConnection": ENTERED,
    "unlinkIdentity": {"memberId": "member"},
    "updateToken": {"tokenId": "token", "name": "Entra"},
}
"""By mutation what it is given; ids by the name of what they are of."""


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def database(settings):
    database = await opened(settings)
    yield database
    await database.close()


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock, base_url=BASE_URL, gateways=Outside().gateways())


@pytest.fixture
async def ids(services, acme, database, clock):
    """Something of everything that can be changed."""
    connection = await services.sso.save(acme.operator, a_connection())
    await passed(database, connection, clock())
    await linked(database, connection, acme.admin, clock())
    domain = await services.login_domains.add(acme.operator, "acme.test")
    token, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    invitation, _ = await services.invitations.create(
        acme.operator, "ivy@acme.test", Role.ADMIN, lifetime=timedelta(days=30)
    )
    passkey = Passkey(
        id=new_id(),
        organization_id=acme.organization.id,
        membership_id=acme.admin.id,
        name="Phone",
        credential_id=b"1",
        public_key=b"2",
        sign_count=0,
        transports=(),
        backed_up=False,
        created_at=clock(),
        last_used_at=None,
    )
    async with database.write() as tx:
        await passkeys.insert_passkey(tx, passkey)
    return {
        "domain": global_id("LoginDomain", domain.id),
        "invitation": global_id("Invitation", invitation.id),
        "member": member_id(acme.admin),
        "passkey": global_id("Passkey", passkey.id),
        "token": global_id("ScimToken", token.id),
    }


@pytest.fixture
async def browser(http, acme, database, clock):
    secret, _ = await inside(database, acme.admin, SignInMethod.PASSKEY, clock())
    return Client(http, **OWN_PAGE, Cookie=f"{SESSION_COOKIE}={secret}")


def given(mutation, ids):
    return {
        name: ids.get(value, value) if isinstance(value, str) else value for name, value in DANGEROUS[mutation].items()
    }


@pytest.mark.parametrize("mutation", DANGEROUS)
async def test_a_session_must_have_signed_in_within_ten_minutes(browser, ids, database, clock, mutation):
    clock.move(minutes=10, seconds=1)
    before = await all_rows(database)

    late = await browser.change(mutation, **given(mutation, ids))
    unchanged = await all_rows(database) == before
    clock.move(seconds=-1)
    in_time = await browser.change(mutation, **given(mutation, ids))

    assert (late["__typename"], late["code"], late["path"]) == ("SignInAgainError", "SIGN_IN_AGAIN", None)
    assert unchanged
    assert in_time["__typename"].endswith("Success")


@pytest.mark.parametrize("mutation", [name for name in DANGEROUS if name != "removePasskey"])
async def test_a_token_needs_its_scope_only(http, api_token, ids, clock, mutation):
    clock.move(days=30)

    answer = await with_token(http, api_token).change(mutation, **given(mutation, ids))

    assert answer["__typename"].endswith("Success")
