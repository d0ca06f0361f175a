"""Through whichever door access ends, each thing that let the member in is measured at the doors themselves."""

import asyncio
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from rollbook.app import app_over
from rollbook.domain.criteria import Page
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.jobs import JobStatus
from rollbook.domain.roles import Role
from tests.builders import a_session, every_member
from tests.conftest import BASE_URL, SESSION_COOKIE
from tests.facades.drivers.scim import CORE
from tests.graphql.live import watching

SECONDS = 5
"""Within so long a live stream has to end."""

VIEWER = {"query": "{ viewer { name } }"}
IMPORT = """mutation { importMembers(input: { csv: "email\\ngus@acme.test\\n" }) {
    ...on ImportMembersSuccess { job { id } } } }"""


def a_user(**other):
    return {"schemas": [CORE], "userName": "bo@acme.test", "displayName": "Bo Ek", "active": True} | other


async def scim_patch(scim, graphql, person_id):
    await scim.deactivate(person_id)


async def scim_patch_by_entra(scim, graphql, person_id):
    await scim.patch(f"/Users/{person_id}", {"op": "Replace", "path": "active", "value": "False"})


async def scim_put(scim, graphql, person_id):
    await scim.call("PUT", f"/Users/{person_id}", a_user(active=False))


async def scim_delete(scim, graphql, person_id):
    await scim.remove(person_id)


async def group_removal(scim, graphql, person_id):
    for group in ("admins", "users"):
        path = f'members[value eq "{person_id}"]'
        await scim.patch(f"/Groups/{group}", {"op": "remove", "path": path})


async def group_replacement(scim, graphql, person_id):
    for group in ("admins", "users"):
        left = [member for member in await scim.in_group(group) if member != person_id]
        members = [{"value": member} for member in left]
        await scim.patch(f"/Groups/{group}", {"op": "replace", "path": "members", "value": members})


async def graphql_deactivation(scim, graphql, person_id):
    await graphql.deactivate(person_id)


async def graphql_removal(scim, graphql, person_id):
    await graphql.remove(person_id)


DOORS = [
    scim_patch,
    scim_patch_by_entra,
    scim_put,
    scim_delete,
    group_removal,
    group_replacement,
    graphql_deactivation,
    graphql_removal,
]


@pytest.fixture(params=DOORS, ids=lambda door: door.__name__)
def end_access(request, scim, graphql):
    """The way in which a member loses their access."""
    return lambda person_id: request.param(scim, graphql, person_id)


@pytest.fixture
async def secret(services, acme):
    """The secret of Bo's session, who is an admin."""
    return await a_session(services, acme.operator, "bo@acme.test")


@pytest.fixture
async def bo(services, acme, secret):
    """The id of Bo's membership."""
    return (await every_member(services, acme.operator))[1].id


@pytest.fixture
def page(secret):
    """What the browser sends in which Bo is signed in."""
    return {"Origin": BASE_URL, "X-CSRF": "1", "Cookie": f"{SESSION_COOKIE}={secret}"}


async def let_in_again(scim, person_id):
    """Undo it, where the member still is one."""
    if (await scim.send("GET", f"/Users/{person_id}")).is_success:
        await scim.reactivate(person_id)
        await scim.set_role(person_id, "admin")


async def test_an_open_session_ends_and_does_not_come_back(http, scim, end_access, bo, page):
    before = await http.post("/graphql", json=VIEWER, headers=page)

    await end_access(bo)
    gone = await http.post("/graphql", json=VIEWER, headers=page)
    await let_in_again(scim, bo)
    back = await http.post("/graphql", json=VIEWER, headers=page)

    assert [answer.status_code for answer in (before, gone, back)] == [200, 401, 401]


@asynccontextmanager
async def a_live_stream(services, page):
    app = app_over(services, BASE_URL)
    async with watching(app, page) as stream:
        assert (await stream.event())["type"] == "STARTED"
        yield stream


async def test_an_open_live_stream_ends_within_five_seconds(services, end_access, bo, page):
    async with a_live_stream(services, page) as stream:
        await end_access(bo)

        async with asyncio.timeout(SECONDS):
            # theirs to see: the removal from the first of two groups, and what was held back by another test's
            # transaction since before they watched
            while (body := await stream.body()) is not None and "errors" not in body:
                assert body["data"]["organizationEvents"]["type"] in {"GROUP_MEMBERS_CHANGED", "AUDIT_RECORDED"}

    assert body is not None
    assert body["errors"][0]["extensions"]["code"] in {"UNAUTHENTICATED", "FORBIDDEN"}


async def test_what_was_begun_in_their_name_does_not_go_on(http, services, acme, scim, end_access, bo, page):
    answer = (await http.post("/graphql", json={"query": IMPORT}, headers=page)).json()
    assert answer["data"]["importMembers"]["job"]["id"]

    await end_access(bo)
    await let_in_again(scim, bo)
    while await services.job_runner.turn():
        pass

    (job,) = (await services.jobs.page(acme.operator, Page())).rows
    assert (job.done, job.status in {JobStatus.CANCELLED, JobStatus.FAILED}) == (0, True)
    assert "gus@acme.test" not in [member.user_name for member in await every_member(services, acme.operator)]


async def test_links_and_invitations_that_wait_let_nobody_in(http, services, acme, scim, end_access, bo):
    week = timedelta(days=7)
    link = await services.sessions.create_login_link(acme.operator, "bo@acme.test")
    emails = [{"value": "bo@acme.test", "primary": True}, {"value": "bo.ek@acme.test", "type": "home"}]
    await scim.call("PUT", f"/Users/{bo}", a_user(emails=emails))
    # invited under an address beside the one that counts
    _, invited = await services.invitations.create(acme.operator, "bo.ek@acme.test", Role.USER, lifetime=week)

    await end_access(bo)
    await let_in_again(scim, bo)

    own_page = {"Origin": BASE_URL, "X-CSRF": "1"}
    for token in (link, invited):
        answer = await http.post("/auth/redeem", json={"token": token}, headers=own_page)
        assert (answer.status_code, answer.headers.get("set-cookie")) == (401, None)
    for redeem in (services.sessions.redeem(link), services.invitations.accept(invited)):
        with pytest.raises(Unauthenticated):
            await redeem
