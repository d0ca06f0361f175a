"""Two things at once, over HTTP and through both doors: exactly one wins where only one can, and nobody gets lost."""

import asyncio
from collections import Counter

from tests.facades.driver import Refused


async def together(*work):
    """What came of it, all started at once."""
    async with asyncio.timeout(60):
        return await asyncio.gather(*work, return_exceptions=True)


def statuses(answers):
    return Counter(answer.status_code for answer in answers)


def kinds(outcomes):
    return Counter(outcome.kind if isinstance(outcome, Refused) else type(outcome).__name__ for outcome in outcomes)


async def ten_creations_give_one_201_and_nine_409(scim, domain="acme.test"):
    """The promise, wherever the server runs."""
    body = {"userName": f"bo@{domain}"}

    answers = await together(*(scim.send("POST", "/Users", body) for _ in range(10)))

    assert statuses(answers) == {201: 1, 409: 9}
    assert {a.json()["scimType"] for a in answers if a.status_code == 409} == {"uniqueness"}
    (made,) = (answer.json() for answer in answers if answer.status_code == 201)
    assert [person.id for person in await scim.search(f"bo@{domain}")] == [made["id"]]


async def one_hundred_additions_five_at_a_time_lose_nobody(scim, domain="acme.test"):
    """The promise, wherever the server runs."""
    free = asyncio.Semaphore(5)
    admins = await scim.in_group("Admins")

    async def created(at):
        async with free:
            return (await scim.create(f"u{at}@{domain}", f"User {at}")).id

    async def added(person_id):
        operation = {"op": "add", "path": "members", "value": [{"value": person_id}]}
        async with free:
            return await scim.send("PATCH", "/Groups/admins", {"Operations": [operation]})

    ids = await together(*(created(at) for at in range(100)))
    answers = await together(*(added(person_id) for person_id in ids))

    assert statuses(answers) == {204: 100}
    assert await scim.in_group("Admins") == sorted([*admins, *ids])


async def test_ten_creations_of_one_user_name(scim):
    await ten_creations_give_one_201_and_nine_409(scim)


async def test_one_hundred_pushes_to_one_group(scim):
    await one_hundred_additions_five_at_a_time_lose_nobody(scim)


async def test_one_person_created_through_both_doors_is_one_member(scim, graphql, acme):
    outcomes = await together(
        *(door.create("bo@acme.test", "Bo Ek") for _ in range(5) for door in (scim, graphql)),
    )

    assert kinds(outcomes) == {"Person": 1, "conflict": 9}
    assert len(await graphql.everyone()) == 2


async def test_of_two_admins_demoted_through_two_doors_one_stays(scim, graphql, acme):
    for at in range(3):
        bo = await graphql.create(f"b{at}@acme.test", "Bo Ek", role="admin")
        (last,) = [person_id for person_id in await scim.in_group("Admins") if person_id != bo.id]
        out = {"op": "remove", "path": f'members[value eq "{last}"]'}

        outcomes = await together(scim.patch("/Groups/admins", out), graphql.set_role(bo.id, "user"))

        assert kinds(outcomes)["last admin"] == 1
        assert len(await scim.in_group("Admins")) == 1


async def test_equal_requests_at_once_have_the_same_end(writer, reader):
    made = await writer.create("bo@acme.test", "Bo Ek")

    outcomes = await together(*(writer.deactivate(made.id) for _ in range(6)))

    assert {outcome.active for outcome in outcomes} == {False}
    assert await reader.get(made.id) == outcomes[0]


async def test_a_push_and_a_deactivation_at_once_are_both_kept(scim, graphql):
    for at in range(3):
        bo = await scim.create(f"b{at}@acme.test", "Bo Ek")
        push = {"op": "add", "path": "members", "value": [{"value": bo.id}]}

        await together(scim.patch("/Groups/admins", push), graphql.deactivate(bo.id))

        assert (await graphql.get(bo.id)).active is False
        assert (await scim.reactivate(bo.id)).role == "admin"
