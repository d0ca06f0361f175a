"""`idempotencyKey`: a mutation that is sent again is not done again, and answers as it did."""

import asyncio

import pytest

from rollbook.domain.criteria import EVERYONE
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import TokenKind

from .client import a_member, member_id, with_token


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def bo(services, acme):
    return await a_member(services, acme, "bo@acme.test", name="Bo")


@pytest.fixture
def state(services, acme):
    """Everything that a change could leave behind."""

    async def state():
        members = await services.memberships.search(acme.operator, EVERYONE, offset=0, limit=100)
        return [(m, m.version) for m in members.memberships], len(await services.audit.events(acme.operator))

    return state


CALLS = [
    ("setMemberRole", {"role": "ADMIN", "expectedVersion": 1}),
    ("setMemberRole", {"role": "USER"}),
    ("updateMember", {"name": "Bo Lee", "expectedVersion": 1}),
    ("updateMember", {"email": "bo.lee@acme.test"}),
    ("deactivateMember", {"expectedVersion": 1}),
    ("reactivateMember", {}),
    ("removeMember", {"expectedVersion": 1}),
]


@pytest.mark.parametrize(("mutation", "given"), CALLS)
async def test_a_repeated_change_is_done_once_and_answered_as_before(client, bo, state, mutation, given):
    first = await client.change(mutation, memberId=member_id(bo), idempotencyKey="k1", **given)
    before = await state()

    again = await client.change(mutation, memberId=member_id(bo), idempotencyKey="k1", **given)

    assert first["__typename"].endswith("Success")
    assert again == first
    assert await state() == before


async def test_a_repeated_addition_is_done_once_and_answered_as_before(client, state):
    first = await client.change("addMember", email="ann@acme.test", idempotencyKey="k1")
    before = await state()

    again = await client.change("addMember", email="ann@acme.test", idempotencyKey="k1")

    assert again == first
    assert await state() == before


async def test_a_repetition_answers_the_present_state(client, bo):
    await client.change("setMemberRole", memberId=member_id(bo), role="ADMIN", idempotencyKey="k1")
    await client.change("setMemberRole", memberId=member_id(bo), role="USER")

    again = await client.change("setMemberRole", memberId=member_id(bo), role="ADMIN", idempotencyKey="k1")

    assert (again["member"]["role"], again["member"]["version"]) == ("USER", 3)


@pytest.mark.parametrize(
    ("mutation", "given"),
    [("updateMember", {"name": "Bo Ek"}), ("updateMember", {"email": "bo@acme.test"}), ("deactivateMember", {})],
)
async def test_a_key_with_another_input_or_mutation_is_refused(client, bo, state, mutation, given):
    await client.change("updateMember", memberId=member_id(bo), name="Bo Lee", idempotencyKey="k1")
    before = await state()

    answer = await client.change(mutation, memberId=member_id(bo), idempotencyKey="k1", **given)

    assert (answer["__typename"], answer["code"], answer["path"]) == ("IdempotencyError", "KEY_REUSED", None)
    assert await state() == before


async def test_what_was_left_out_and_what_is_null_are_two_inputs(client, bo):
    await client.change("updateMember", memberId=member_id(bo), name="Bo Lee", idempotencyKey="k1")

    answer = await client.change("updateMember", memberId=member_id(bo), name="Bo Lee", email=None, idempotencyKey="k1")

    assert answer["code"] in {"KEY_REUSED", "VALIDATION"}


@pytest.mark.parametrize("key", ["", "x" * 129, "\0", "é"])
async def test_a_key_that_cannot_be_kept_is_refused(client, state, key):
    before = await state()

    answer = await client.change("addMember", email="ann@acme.test", idempotencyKey=key)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", "idempotencyKey"])
    assert await state() == before


async def test_a_null_key_is_no_key(client):
    answers = [await client.change("addMember", email="ann@acme.test", idempotencyKey=None) for _ in range(2)]

    assert [answer["__typename"] for answer in answers] == ["AddMemberSuccess", "ConflictError"]


async def test_ten_equal_calls_at_once_are_one_change_and_all_succeed(client, bo, state):
    await client.change("deactivateMember", memberId=member_id(bo))
    _, events = await state()

    answers = await asyncio.gather(
        *(
            client.change("reactivateMember", memberId=member_id(bo), expectedVersion=2, idempotencyKey="k1")
            for _ in range(10)
        )
    )

    assert answers == [answers[0]] * 10
    assert answers[0]["member"]["version"] == 3
    assert (await state())[1] == events + 1


async def test_a_token_that_may_not_read_is_answered_again_too(http, services, acme, bo):
    scopes = frozenset({Permission.ROLES_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Roles", scopes=scopes)
    writer = with_token(http, secret)

    answers = [
        await writer.change("setMemberRole", memberId=member_id(bo), role="ADMIN", idempotencyKey="k1") for _ in "ab"
    ]

    assert answers[0]["member"]["version"] == 2
    assert answers[1] == answers[0]
