"""Sessions through GraphQL: one's own, the organization's, and how they are ended from elsewhere."""

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Device, SignInMethod, Visitor
from rollbook.domain.tokens import TokenKind
from rollbook.services import Services
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.services.conftest import PEPPER, Clock
from tests.services.connections import inside
from tests.services.facts import opened

from .client import OWN_PAGE, Client, a_member, global_id, member_id, with_token

SESSION = "{ id method createdAt authenticatedAt lastSeenAt expiresAt userAgent address isCurrent member { email } }"
OWN = f"{{ viewer {{ authenticatedAt signedInRecently sessions {SESSION} }} }}"
LIST = f"""query($first: Int, $after: String) {{ organization {{ sessions(first: $first, after: $after) {{
  nodes {SESSION} edges {{ cursor node {{ id }} }} pageInfo {{ hasNextPage endCursor }}
}} }} }}"""
REVOKED = "...on RevokeSessionSuccess { sessionId }"
ALL_REVOKED = "...on RevokeMemberSessionsSuccess { memberId }"
OTHERS_REVOKED = "...on RevokeOtherSessionsSuccess { viewer { sessions { id } } }"
NODE = "query($id: ID!) { node(id: $id) { __typename id } }"
NOW = "2026-03-01T12:00:00.000Z"


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
async def bo(services, acme):
    return await a_member(services, acme, "bo@acme.test")


@pytest.fixture
def enter(http, services, acme, database, clock):
    """Signs somebody in: a browser with their session, and the session's id."""

    async def enter(member=acme.admin, method=SignInMethod.PASSKEY):
        secret, actor = await inside(database, member, method, clock())
        return Client(http, **OWN_PAGE, Cookie=f"{SESSION_COOKIE}={secret}"), global_id("Session", actor.session_id)

    return enter


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def ids(client):
    return [session["id"] for session in (await client.data(LIST))["organization"]["sessions"]["nodes"]]


async def test_one_sees_ones_own_sessions_and_which_is_this_one(http, services, acme, clock, enter, bo):
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    secret, _ = await services.sessions.redeem(link, Visitor(Device("Mozilla/5.0", "192.0.2.7")))
    clock.move(minutes=7)
    _, other = await enter()
    await enter(bo)

    mine = Client(http, **OWN_PAGE, Cookie=f"{SESSION_COOKIE}={secret}")
    viewer = (await mine.data(OWN))["viewer"]

    assert (viewer["authenticatedAt"], viewer["signedInRecently"]) == (NOW, True)
    assert [session["id"] == other for session in viewer["sessions"]] == [True, False]
    current = viewer["sessions"][1]
    assert current.pop("id")
    assert current == {
        "method": "LINK",
        "createdAt": NOW,
        "authenticatedAt": NOW,
        "lastSeenAt": NOW,
        "expiresAt": "2026-03-08T12:00:00.000Z",
        "userAgent": "Mozilla/5.0",
        "address": "192.0.2.7",
        "isCurrent": True,
        "member": {"email": "a@acme.test"},
    }
    later = viewer["sessions"][0]
    assert (later["method"], later["isCurrent"], later["userAgent"]) == ("PASSKEY", False, None)
    clock.move(minutes=3, seconds=1)
    assert (await mine.data(OWN))["viewer"]["signedInRecently"] is False


async def test_a_token_has_no_sessions_of_its_own(client, enter):
    await enter()

    viewer = (await client.data(OWN))["viewer"]
    others = await client.change("revokeOtherSessions")

    assert viewer == {"authenticatedAt": None, "signedInRecently": False, "sessions": None}
    assert others["__typename"] == "ForbiddenError"
    assert len(await ids(client)) == 1


async def test_the_organizations_sessions_are_read_page_by_page(client, clock, enter, bo, acme):
    made = []
    for member in (acme.admin, bo, acme.admin):
        made.append((await enter(member))[1])
        clock.move(seconds=1)

    first = (await client.data(LIST, first=2))["organization"]["sessions"]
    rest = (await client.data(LIST, first=2, after=first["pageInfo"]["endCursor"]))["organization"]["sessions"]

    assert [edge["node"]["id"] for edge in first["edges"]] == [made[2], made[1]]
    assert [session["member"]["email"] for session in first["nodes"]] == ["a@acme.test", "bo@acme.test"]
    assert first["pageInfo"]["hasNextPage"] is True
    assert [session["id"] for session in rest["nodes"]] == [made[0]]
    assert [session["isCurrent"] for session in first["nodes"]] == [False, False]


async def test_a_session_of_ones_own_is_ended_once_and_from_its_next_request_on(client, enter, services, acme):
    mine, _ = await enter()
    other, other_id = await enter()
    given = {"sessionId": other_id, "idempotencyKey": "k"}

    answers = [await mine.change("revokeSession", REVOKED, **given) for _ in "ab"]
    events = len(await services.audit.events(acme.operator))
    again = await mine.change("revokeSession", REVOKED, sessionId=other_id)

    assert [answer["sessionId"] for answer in (*answers, again)] == [other_id] * 3
    assert await other.codes(OWN) == ["UNAUTHENTICATED"]
    assert await mine.codes(OWN) == []
    assert len(await services.audit.events(acme.operator)) == events


async def test_who_ends_the_session_of_the_request_is_signed_out(enter):
    mine, mine_id = await enter()

    answer = await mine.change("revokeSession", REVOKED, sessionId=mine_id)

    assert answer["sessionId"] == mine_id
    assert await mine.codes(OWN) == ["UNAUTHENTICATED"]


async def test_an_admin_ends_anybodys_session_and_a_user_only_their_own(client, enter, bo):
    admins, admins_id = await enter()
    bos, bos_id = await enter(bo)

    refused = await bos.change("revokeSession", sessionId=admins_id)
    all_refused = await bos.change("revokeMemberSessions", memberId=member_id(bo))
    done = await admins.change("revokeSession", REVOKED, sessionId=bos_id)

    assert refused["__typename"] == "NotFoundError"
    assert all_refused["__typename"] == "RevokeMemberSessionsSuccess"
    assert done["sessionId"] == bos_id
    assert await bos.codes(OWN) == ["UNAUTHENTICATED"]
    assert await ids(client) == [admins_id]


async def test_all_sessions_of_a_member_are_ended(client, enter, bo):
    _, admins_id = await enter()
    for _ in "ab":
        await enter(bo)
    given = {"memberId": member_id(bo), "idempotencyKey": "k"}

    first = await client.change("revokeMemberSessions", ALL_REVOKED, **given)
    _, newer = await enter(bo)
    again = await client.change("revokeMemberSessions", ALL_REVOKED, **given)

    assert first["memberId"] == again["memberId"] == member_id(bo)
    assert await ids(client) == [newer, admins_id]


async def test_one_signs_out_everywhere_else(client, enter, bo):
    mine, mine_id = await enter()
    await enter()
    _, bos_id = await enter(bo)

    answers = [await mine.change("revokeOtherSessions", OTHERS_REVOKED, idempotencyKey="k") for _ in "ab"]

    assert [answer["viewer"]["sessions"] for answer in answers] == [[{"id": mine_id}]] * 2
    assert sorted(await ids(client)) == sorted([mine_id, bos_id])


async def test_a_session_is_a_node_for_who_may_see_it(client, enter, bo, services, globex, clock, database):
    _, admins_id = await enter()
    bos, bos_id = await enter(bo)
    _, theirs = await inside(database, globex.admin, SignInMethod.PASSKEY, clock())
    theirs_id = global_id("Session", theirs.session_id)

    assert await client.data(NODE, id=admins_id) == {"node": {"__typename": "Session", "id": admins_id}}
    assert await bos.data(NODE, id=bos_id) == {"node": {"__typename": "Session", "id": bos_id}}
    assert await bos.data(NODE, id=admins_id) == {"node": None}
    assert await client.data(NODE, id=theirs_id) == {"node": None}
    for mutation, given in (
        ("revokeSession", {"sessionId": theirs_id}),
        ("revokeSession", {"sessionId": global_id("Session", "x")}),
        ("revokeMemberSessions", {"memberId": member_id(globex.admin)}),
    ):
        assert (await client.change(mutation, **given))["__typename"] == "NotFoundError"
    wrong = await client.change("revokeSession", sessionId=global_id("Member", bo.id))
    assert (wrong["__typename"], wrong["path"]) == ("ValidationError", ["input", "sessionId"])
    assert len(await ids(client)) == 2
    assert (await services.sessions.get(globex.operator, theirs.session_id)).membership_id == globex.admin.id


async def test_who_may_not_read_all_about_members_sees_no_sessions_of_others(http, services, acme, enter, bo):
    bos, _ = await enter(bo)
    scopes = frozenset({Permission.SETTINGS_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Settings", scopes=scopes)
    query = "{ organization { sessions { nodes { id } } } }"

    assert await bos.codes(query) == ["FORBIDDEN"]
    assert await with_token(http, secret).codes(query) == ["FORBIDDEN"]
    assert [session["method"] for session in (await bos.data(OWN))["viewer"]["sessions"]] == ["PASSKEY"]


async def test_a_session_that_lapsed_or_whose_member_was_deactivated_is_in_no_list(
    client, clock, enter, services, acme
):
    cy = await a_member(services, acme, "cy@acme.test", role=Role.ADMIN)
    _, cys_id = await enter(cy)
    await enter()
    clock.move(hours=13)
    _, newest = await enter()

    assert await ids(client) == [newest]
    await services.memberships.update(acme.operator, acme.admin.id, lambda before: before.with_active(False))
    assert await ids(client) == []
    assert await client.data(NODE, id=cys_id) == {"node": None}
