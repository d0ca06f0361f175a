"""References between the operations of a bulk request, forwards and in a circle too (RFC 7644 section 3.7.2)."""

import itertools
import random

import pytest

from .bulk import change, creation, done, end, failures, members_of, message, perform, statuses
from .people import CORE, ENTERPRISE, ada, bare, created, member_ids, read


def managed_by(bulk_id):
    """What the enterprise extension says of who is managed by one whom the same request creates."""
    return {"manager": {"value": f"bulkId:{bulk_id}"}}


async def total(client):
    return (await read(client, "/Users?count=0"))["totalResults"]


async def test_a_group_is_given_members_whom_the_same_request_creates(scim, acme):
    results = await perform(
        scim,
        creation("a", bare("a1@x.test")),
        change(
            "/Groups/admins",
            {"op": "add", "path": "members", "value": [{"value": "bulkId:a"}, {"value": "bulkId:b"}]},
        ),
        creation("b", bare("b1@x.test")),
    )

    ids = [(await read(scim, f'/Users?filter=userName eq "{each}1@x.test"'))["Resources"][0]["id"] for each in "ab"]
    assert statuses(results) == ["201", "204", "201"]
    assert results[1]["location"] == f"{scim.base_url}Groups/admins"
    assert sorted(await member_ids(scim, "admins")) == sorted([acme.admin.id, *ids])


async def test_what_was_created_can_be_changed_and_ended_by_its_bulk_id(scim, acme):
    results = await perform(
        scim,
        end("/Users/bulkId:b"),
        creation("a", bare("a1@x.test")),
        change("/Users/bulkId:a", {"op": "add", "path": "title", "value": "Dr"}),
        creation("b", bare("b1@x.test")),
        change("/Groups/users", {"op": "remove", "path": 'members[value eq "bulkId:a"]'}),
    )

    assert statuses(results) == ["204", "201", "200", "201", "204"]
    assert results[0]["location"] == results[3]["location"]
    assert results[2]["location"] == results[1]["location"]
    user = await read(scim, results[1]["location"])
    assert user["title"] == "Dr"
    assert "groups" not in user
    assert (await scim.get(results[3]["location"])).status_code == 404


async def test_a_chain_of_references_is_followed_from_its_end(scim, acme):
    length = 50
    people = [creation(f"{n}", bare(f"{n}@x.test", **{ENTERPRISE: managed_by(n + 1)})) for n in range(length)]

    results = await perform(scim, *people, creation(f"{length}", bare("boss@x.test")))

    assert statuses(results) == ["201"] * (length + 1)
    assert {result["version"] for result in results} == {'W/"1"'}
    for subordinate, manager in itertools.pairwise(results):
        user = await read(scim, subordinate["location"])
        assert user[ENTERPRISE]["manager"]["value"] == manager["location"].rpartition("/")[2]


async def test_two_people_manage_each_other(scim, acme):
    def a_person(name, manager):
        manager_of = {"manager": {"value": f"bulkId:{manager}", "$ref": f"bulkId:{manager}"}, "department": "R&D"}
        return creation(name, bare(f"{name}@x.test", schemas=[CORE, ENTERPRISE], **{ENTERPRISE: manager_of}))

    results = await perform(scim, a_person("a1", "b1"), a_person("b1", "a1"))

    assert statuses(results) == ["201", "201"]
    assert [result["version"] for result in results] == ['W/"2"', 'W/"1"']
    for result, other in (results, reversed(results)):
        user = await read(scim, result["location"])
        assert user["meta"]["version"] == result["version"]
        assert user[ENTERPRISE] == {
            "department": "R&D",
            "manager": {"value": other["location"].rpartition("/")[2], "$ref": other["location"]},
        }


async def test_a_longer_circle_and_who_only_waits_for_it_are_resolved_in_the_strict_dialect_too(strict, acme):
    # outsider -> a1 -> b1 -> c1 -> a1, and the head manages themself
    managers = {"outsider": "a1", "a1": "b1", "b1": "c1", "c1": "a1", "head": "head"}
    people = [
        creation(name, bare(f"{name}@x.test", **{"schemas": [CORE, ENTERPRISE], ENTERPRISE: managed_by(boss)}))
        for name, boss in managers.items()
    ]

    results = await perform(strict, *people)

    ids = {result["bulkId"]: result["location"].rpartition("/")[2] for result in results}
    assert statuses(results) == ["201"] * 5
    assert [result["version"] for result in results] == [f'W/"{n}"' for n in (1, 2, 1, 1, 2)]
    for name, boss in managers.items():
        assert (await read(strict, f"/Users/{ids[name]}"))[ENTERPRISE] == {"manager": {"value": ids[boss]}}


async def test_a_circle_with_one_who_cannot_be_created_tells_what_the_other_lacks(scim, acme):
    await created(scim, bare("b1@x.test"))

    results = await perform(
        scim,
        creation("a", bare("a1@x.test", **{ENTERPRISE: managed_by("b")})),
        creation("b", bare("b1@x.test", **{ENTERPRISE: managed_by("a")})),
        change("/Users/bulkId:a", {"op": "add", "path": "title", "value": "Dr"}),
    )

    assert statuses(results) == ["409", "409", "200"]
    assert "location" not in results[1]
    assert results[0]["response"]["detail"] == (
        "Created, but not with all that refers to other operations: "
        "bulkId:b: the operation that should have created it failed."
    )
    user = await read(scim, results[0]["location"])
    assert (user["userName"], user["title"]) == ("a1@x.test", "Dr")
    assert ENTERPRISE not in user


async def test_a_reference_to_what_failed_or_is_unknown_fails_alone(scim, acme):
    await created(scim, ada())

    def add(bulk_id):
        return change("/Groups/admins", {"op": "add", "path": "members", "value": [{"value": f"bulkId:{bulk_id}"}]})

    results = await perform(
        scim,
        add("a"),
        creation("a", ada()),
        add("a"),
        add("b"),
        end("/Users/bulkId:b"),
        change("/Groups/users", {"op": "remove", "path": 'members[value eq "bulkId:b"]'}),
        creation("c", bare("c1@x.test")),
    )

    assert failures(results) == {
        0: ("409", None),
        1: ("409", "uniqueness"),
        2: ("409", None),
        3: ("400", "invalidValue"),
        4: ("400", "invalidValue"),
        5: ("400", "invalidValue"),
    }
    assert results[2]["response"]["detail"] == "bulkId:a: the operation that should have created it failed."
    assert results[3]["response"]["detail"] == "bulkId:b: no operation of this request creates it."
    assert await member_ids(scim, "admins") == [acme.admin.id]


async def test_bulk_ids_that_stand_twice_are_refused_with_all_that_refers_to_them(scim, acme):
    results = await perform(
        scim,
        creation("a", bare("a1@x.test")),
        creation("a", bare("a2@x.test")),
        change("/Groups/admins", {"op": "add", "path": "members", "value": [{"value": "bulkId:a"}]}),
        creation("b", bare("b1@x.test")),
    )

    assert failures(results) == {0: ("400", "invalidValue"), 1: ("400", "invalidValue"), 2: ("409", None)}
    assert await total(scim) == 2
    assert await member_ids(scim, "admins") == [acme.admin.id]


async def test_who_was_created_without_a_reference_is_told_when_the_request_ends_early(scim, acme):
    operations = [
        change("/Users/bulkId:a", {"op": "replace", "path": "nothing", "value": "x"}),
        creation("a", bare("a1@x.test", **{ENTERPRISE: managed_by("b")})),
        creation("b", bare("b1@x.test", **{ENTERPRISE: managed_by("a")})),
    ]

    results = done(await scim.post("/Bulk", json=message(*operations, failOnErrors=1)))

    assert failures(results) == {0: ("400", "invalidPath"), 1: ("409", None)}
    assert results[1]["response"]["detail"] == (
        "Created, but not with all that refers to other operations: "
        "the request was ended by failOnErrors before these were created."
    )
    assert (await read(scim, results[1]["location"]))["userName"] == "a1@x.test"
    assert await total(scim) == 2


async def test_of_circles_in_one_another_all_that_can_be_is_completed(scim, acme):
    results = await perform(
        scim,
        creation("a", bare("a1@x.test", **{ENTERPRISE: managed_by("b")})),
        creation("b", bare("b1@x.test", title="bulkId:c", **{ENTERPRISE: managed_by("a")})),
        creation("c", bare("c1@x.test", title="bulkId:b", active=5)),
        creation("d", bare("d1@x.test", title="bulkId:c")),
    )

    a, b = [each.get("location", "").rpartition("/")[2] for each in results[:2]]
    assert failures(results) == {1: ("409", None), 2: ("400", "invalidValue"), 3: ("409", None)}
    assert [("location" in result) for result in results] == [True, True, False, False]
    assert (await read(scim, f"/Users/{a}"))[ENTERPRISE]["manager"]["value"] == b
    assert (await read(scim, f"/Users/{b}"))[ENTERPRISE]["manager"]["value"] == a
    assert "title" not in await read(scim, f"/Users/{b}")
    assert await total(scim) == 3


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
@pytest.mark.parametrize("seed", range(25))
async def test_whatever_refers_to_whatever_each_result_says_what_is_there(scim, acme, seed):
    chance = random.Random(seed)
    names = [f"n{n}" for n in range(chance.randint(1, 12))]
    broken = {name for name in names if chance.random() < 0.15}
    refers_to = {name: chance.sample(names, min(len(names), chance.choice([0, 1, 1, 2, 3]))) for name in names}
    operations = [
        creation(
            name,
            bare(f"{name}@x.test", active=5 if name in broken else True, entitlements=members_of(*refers_to[name])),
        )
        for name in names
    ]
    entitle = {"op": "add", "path": "entitlements", "value": members_of(*set(names) - broken)}
    operations.insert(chance.randint(0, len(names)), change(f"/Users/{acme.admin.id}", entitle))

    results = await perform(scim, *operations)

    told = {result["bulkId"]: result for result in results if "bulkId" in result}
    ids = {name: result["location"].rpartition("/")[2] for name, result in told.items() if "location" in result}
    listed = (await read(scim, "/Users?count=100"))["Resources"]
    admin = listed.pop(0)
    assert list(told) == names
    entitled = {ids[name] for name in ids} if set(names) - broken == set(ids) else set()
    assert {each["value"] for each in admin.get("entitlements", [])} == entitled
    assert {user["userName"]: user["id"] for user in listed} == {f"{name}@x.test": ids[name] for name in ids}
    assert broken.isdisjoint(ids)
    for user in listed:
        name = user["userName"].removesuffix("@x.test")
        resolved = [each["value"] for each in user.get("entitlements", [])]
        if told[name]["status"] == "201":
            assert sorted(resolved) == sorted(ids[each] for each in refers_to[name])
            assert told[name]["version"] == user["meta"]["version"]
        else:
            assert not set(refers_to[name]) <= set(ids)
            assert resolved == []
