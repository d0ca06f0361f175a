"""How long an operation may take, and what is left of one that took too long."""

import asyncio
from dataclasses import replace

import pytest

from rollbook.domain.roles import Role
from rollbook.graphql.deadline import OutOfTime, within
from rollbook.graphql.loaders import Loaders
from rollbook.persistence import memberships
from rollbook.settings import UNLIMITED
from tests.conftest import client_of

from .client import a_member, member_id, with_token

SOON = 0.3
SET_ROLES = """mutation($first: SetMemberRoleInput!, $second: SetMemberRoleInput!) {
    first: setMemberRole(input: $first) { __typename }
    second: setMemberRole(input: $second) { __typename }
}"""


@pytest.fixture
async def hurried(services, api_token):
    """A client of a server that gives an operation a moment only."""
    async with client_of(services, traffic=replace(UNLIMITED, graphql_timeout_seconds=SOON)) as http:
        yield with_token(http, api_token)


async def role_of(services, acme, member):
    return (await services.memberships.get(acme.operator, member.id)).role


def admin(member):
    return {"memberId": member_id(member), "role": "ADMIN"}


async def test_a_change_that_waits_too_long_is_given_up_and_never_made(hurried, services, acme):
    bo = await a_member(services, acme, "bo@acme.test")

    async with services._database.write() as another:
        await memberships.load_for_update(another, acme.organization.id, bo.id)
        response = await hurried.send(SET_ROLES, first=admin(bo), second=admin(bo))

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (504, "TIMEOUT")
    assert "data" not in response.json()
    assert "Retry-After" not in response.headers
    assert error["message"].startswith("The operation took more than 0.3 s and was stopped.")
    assert await role_of(services, acme, bo) is Role.USER


async def test_what_was_given_up_stands_in_nobodys_way(hurried, services, acme):
    bo = await a_member(services, acme, "bo@acme.test")
    for _ in range(3):
        async with services._database.write() as another:
            await memberships.load_for_update(another, acme.organization.id, bo.id)
            assert (await hurried.send(SET_ROLES, first=admin(bo), second=admin(bo))).status_code == 504

    async with asyncio.timeout(5):
        await services.memberships.change_role(acme.operator, bo.id, Role.ADMIN)

    assert await role_of(services, acme, bo) is Role.ADMIN


@pytest.mark.parametrize("server", ["postgresql"], indirect=True)
async def test_fields_that_were_done_before_stay_done(hurried, services, acme):
    bo, cy = await a_member(services, acme, "bo@acme.test"), await a_member(services, acme, "cy@acme.test")

    async with services._database.write() as another:
        await memberships.load_for_update(another, acme.organization.id, cy.id)
        response = await hurried.send(SET_ROLES, first=admin(bo), second=admin(cy))

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (504, "TIMEOUT")
    assert "what was done is done: read what has changed" in error["message"]
    assert [await role_of(services, acme, each) for each in (bo, cy)] == [Role.ADMIN, Role.USER]


async def test_what_loaders_were_reading_ends_with_the_operation():
    began, ended = asyncio.Event(), asyncio.Event()

    class Memberships:
        async def by_ids(self, actor, ids):
            began.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.set()

    class Services:
        memberships = Memberships()

    async def operation():
        await Loaders(Services(), None).memberships.load("01a20f10-e03b-700e-9c78-d7d04dd9dc55")

    with pytest.raises(OutOfTime):
        await within(SOON, operation())

    assert (began.is_set(), ended.is_set()) == (True, True)


async def test_a_timeout_of_something_else_is_not_taken_for_the_deadline():
    async def impatient():
        raise TimeoutError("another")

    with pytest.raises(TimeoutError, match="another"):
        await within(60, impatient())
