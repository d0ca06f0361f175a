"""Passkeys through GraphQL: a member's own, and no one else's."""

import pytest

from rollbook.domain.passkeys import Passkey
from rollbook.domain.sessions import SignInMethod
from rollbook.domain.values import new_id
from rollbook.persistence import passkeys
from rollbook.services import Services
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.services.conftest import PEPPER, Clock
from tests.services.connections import inside
from tests.services.facts import opened

from .client import OWN_PAGE, Client, a_member, global_id, with_token

LIST = "{ viewer { passkeys { id name createdAt lastUsedAt backedUp } } }"
REMOVED = "...on RemovePasskeySuccess { passkeyId }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"


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
    return Services(database, PEPPER, clock, base_url=BASE_URL)


@pytest.fixture
def enter(http, database, clock):
    async def enter(member):
        secret, _ = await inside(database, member, SignInMethod.PASSKEY, clock())
        return Client(http, **OWN_PAGE, Cookie=f"{SESSION_COOKIE}={secret}")

    return enter


@pytest.fixture
def keep(database, clock):
    """Keeps a passkey of a member, as a registration does; answers its global id."""

    async def keep(member, name):
        passkey = Passkey(
            id=new_id(),
            organization_id=member.organization_id,
            membership_id=member.id,
            name=name,
            credential_id=name.encode(),
            public_key=b"public",
            sign_count=0,
            transports=("internal",),
            backed_up=True,
            created_at=clock(),
            last_used_at=None,
        )
        async with database.write() as tx:
            await passkeys.insert_passkey(tx, passkey)
        return global_id("Passkey", passkey.id)

    return keep


async def test_one_sees_ones_own_passkeys_the_newest_first(services, acme, clock, enter, keep):
    bo = await a_member(services, acme, "bo@acme.test")
    older = await keep(acme.admin, "Phone")
    await keep(bo, "Key of Bo")
    clock.move(minutes=1)
    newer = await keep(acme.admin, "Laptop")

    shown = (await (await enter(acme.admin)).data(LIST))["viewer"]["passkeys"]

    assert [passkey["id"] for passkey in shown] == [newer, older]
    assert shown[1] == {
        "id": older,
        "name": "Phone",
        "createdAt": "2026-03-01T12:00:00.000Z",
        "lastUsedAt": None,
        "backedUp": True,
    }


async def test_a_passkey_is_removed_once(acme, enter, keep):
    mine = await enter(acme.admin)
    removed, kept = await keep(acme.admin, "Phone"), await keep(acme.admin, "Laptop")
    given = {"passkeyId": removed, "idempotencyKey": "k"}

    answers = [await mine.change("removePasskey", REMOVED, **given) for _ in "ab"]
    unknown = await mine.change("removePasskey", passkeyId=removed)

    assert [answer["passkeyId"] for answer in answers] == [removed] * 2
    assert unknown["__typename"] == "NotFoundError"
    assert [passkey["id"] for passkey in (await mine.data(LIST))["viewer"]["passkeys"]] == [kept]


async def test_the_passkey_of_somebody_else_is_not_there_not_even_for_an_admin(services, acme, globex, enter, keep):
    bo = await a_member(services, acme, "bo@acme.test")
    theirs, others = await keep(bo, "Key of Bo"), await keep(globex.admin, "Key of Gus")
    admin = await enter(acme.admin)

    for passkey in (theirs, others, global_id("Passkey", "x")):
        assert (await admin.change("removePasskey", passkeyId=passkey))["__typename"] == "NotFoundError"
        assert await admin.data(NODE, id=passkey) == {"node": None}
    wrong = await admin.change("removePasskey", passkeyId=global_id("Session", "x"))

    assert (wrong["__typename"], wrong["path"]) == ("ValidationError", ["input", "passkeyId"])
    bos = await enter(bo)
    assert await bos.data(NODE, id=theirs) == {"node": {"__typename": "Passkey", "id": theirs}}
    assert [passkey["id"] for passkey in (await bos.data(LIST))["viewer"]["passkeys"]] == [theirs]


async def test_a_token_has_no_passkeys(http, api_token, acme, keep):
    tool = with_token(http, api_token)
    passkey = await keep(acme.admin, "Phone")

    assert await tool.data(LIST) == {"viewer": {"passkeys": None}}
    assert await tool.codes(NODE, id=passkey) == ["FORBIDDEN"]
    assert (await tool.change("removePasskey", passkeyId=passkey))["__typename"] == "ForbiddenError"
