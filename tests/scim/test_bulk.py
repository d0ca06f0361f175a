"""POST /Bulk (RFC 7644 section 3.7), over the whole server: each operation is done as if it came alone."""

import asyncio
import time

import pytest

from rollbook.domain.tokens import TokenKind
from tests.log import with_notes

from .bulk import change, creation, done, end, failures, members_of, message, perform, statuses
from .conftest import scim_client
from .people import PATCH, ada, bare, created, member_ids, read, refusal


async def total(client):
    return (await read(client, "/Users?count=0"))["totalResults"]


async def test_operations_of_each_kind_are_done_and_told_in_their_order(scim, acme):
    kept, leaver = await created(scim, ada()), await created(scim, bare("leaver@x.test"))
    replacement = ada(title="Countess")

    results = await perform(
        scim,
        creation("new", bare("new@x.test")),
        {"method": "PUT", "path": f"/Users/{kept['id']}", "data": replacement},
        change(f"/Users/{kept['id']}", {"op": "add", "path": "nickName", "value": "A"}, bulkId="nick"),
        end(f"/Users/{leaver['id']}"),
    )

    new = await read(scim, '/Users?filter=userName eq "new@x.test"')
    location = f"{scim.base_url}Users/"
    assert results == [
        {
            "method": "POST",
            "status": "201",
            "bulkId": "new",
            "location": new["Resources"][0]["meta"]["location"],
            "version": 'W/"1"',
        },
        {"method": "PUT", "status": "200", "location": location + kept["id"], "version": 'W/"2"'},
        {"method": "PATCH", "status": "200", "bulkId": "nick", "location": location + kept["id"], "version": 'W/"3"'},
        {"method": "DELETE", "status": "204", "location": location + leaver["id"]},
    ]
    user = await read(scim, f"/Users/{kept['id']}")
    assert (user["title"], user["nickName"]) == ("Countess", "A")
    assert refusal(await scim.get(f"/Users/{leaver['id']}")) == (404, None)


async def test_every_operation_is_one_event_of_the_same_request(scim, services, acme):
    before = len(await services.audit.events(acme.operator))

    answer = await scim.post("/Bulk", json=message(*(creation(f"{n}", bare(f"{n}@x.test")) for n in range(3))))

    events = (await services.audit.events(acme.operator))[:-before]
    assert len(events) == 3
    assert {event.request_id for event in events} == {answer.headers["x-request-id"]}


async def test_one_failure_among_many_is_told_and_the_others_are_done(scim, acme):
    user = await created(scim, ada())

    results = await perform(
        scim,
        creation("1", bare("one@x.test")),
        creation("2", bare("ada@x.test")),
        creation("3", bare("three@x.test", title=5)),
        end("/Users/nobody"),
        change(f"/Users/{user['id']}", {"op": "replace", "path": "nothing", "value": "x"}),
        creation("4", {"schemas": [PATCH]}),
        creation("5", bare("nul\0@x.test")),
        creation("6", bare("six@x.test")),
    )

    assert failures(results) == {
        1: ("409", "uniqueness"),
        2: ("400", "invalidValue"),
        3: ("404", None),
        4: ("400", "invalidPath"),
        5: ("400", "invalidValue"),
        6: ("400", "invalidValue"),
    }
    assert [("location" in result) for result in results] == [True, False, False, True, True, False, False, True]
    assert results[3]["location"] == f"{scim.base_url}Users/nobody"
    assert all(("response" in result) is (result["status"] >= "400") for result in results)
    assert await total(scim) == 4
    assert await read(scim, f"/Users/{user['id']}") == user


@pytest.mark.parametrize(("accepted", "tried"), [(1, 2), (2, 4), (3, 5), (100, 5)])
async def test_after_so_many_errors_nothing_more_is_tried(scim, acme, accepted, tried):
    operations = [
        creation("1", bare("1@x.test")),
        end("/Users/nobody"),
        creation("2", bare("2@x.test")),
        end("/Users/nobody"),
        creation("3", bare("3@x.test")),
    ]

    answer = await scim.post("/Bulk", json=message(*operations, failOnErrors=accepted))

    results = done(answer)
    assert statuses(results) == ["201", "404", "201", "404", "201"][:tried]
    assert await total(scim) == 1 + statuses(results).count("201")


async def test_a_version_is_compared_as_if_match_is(scim, acme):
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"

    results = await perform(
        scim,
        change(path, {"op": "add", "path": "title", "value": "Dr"}, version='W/"1"'),
        change(path, {"op": "add", "path": "title", "value": "Prof"}, version='W/"1"'),
        {"method": "PUT", "path": path, "version": 'W/"nonsense"', "data": ada()},
        end(path, version='W/"1"'),
        end(path, version='W/"2"'),
    )

    assert statuses(results) == ["200", "412", "412", "412", "204"]


async def test_the_strict_dialect_holds_for_every_operation_and_the_message(strict, services, acme):
    user = await created(strict, ada())
    leniently = {"op": "Replace", "path": "active", "value": "False"}

    bare_message = await strict.post("/Bulk", json={"Operations": [end(f"/Users/{user['id']}")]})
    results = await perform(strict, change(f"/Users/{user['id']}", leniently), creation("a", bare("a1@x.test", x=1)))

    assert refusal(bare_message) == (400, "invalidSyntax")
    assert failures(results) == {0: ("400", "invalidSyntax"), 1: ("400", "invalidSyntax")}
    assert await read(strict, f"/Users/{user['id']}") == user
    assert await with_notes(services, acme) == []


async def test_leniencies_are_kept_under_the_path_of_their_operation(scim, services, acme):
    user = await created(scim, ada())

    answer = await scim.post(
        "/Bulk",
        json=message(
            change(f"/Users/{user['id']}", {"op": "Replace", "path": "title", "value": "Dr"}),
            creation("a", bare("a1@x.test", colour="red")),
            creation("b", bare("ada@x.test", colour="red")),
            creation("c", bare("c1@x.test")),
        ),
    )

    requests = await with_notes(services, acme)
    kept = {(each.method, each.path, each.status, each.notes) for each in requests}
    colour = ("colour was ignored: User has no such attribute.",)
    assert statuses(done(answer)) == ["200", "201", "409", "201"]
    assert len(requests) == 3
    assert kept == {
        ("PATCH", f"/Users/{user['id']}", 200, ("The operation Replace was read in lower case.",)),
        ("POST", "/Users", 201, colour),
        ("POST", "/Users", 409, colour),
    }
    assert {each.request_id for each in requests} == {answer.headers["x-request-id"]}


async def test_a_thousand_operations_are_done_in_time(scim, acme):
    operations = [creation(f"{n}", bare(f"{n}@x.test")) for n in range(999)]
    everyone = [{"value": f"bulkId:{n}"} for n in range(999)]

    started = time.perf_counter()
    results = await perform(
        scim, change("/Groups/admins", {"op": "add", "path": "members", "value": everyone}), *operations
    )
    took = time.perf_counter() - started

    assert statuses(results) == ["204"] + ["201"] * 999
    assert await total(scim) == 1000
    assert len(await member_ids(scim, "admins")) == 1000
    assert took < 30


async def test_another_organization_is_out_of_reach(scim, services, acme, globex):
    _, secret = await services.tokens.issue(globex.operator, TokenKind.SCIM, "Other")
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"

    async with scim_client(services, secret) as other:
        results = await perform(
            other,
            change(path, {"op": "add", "path": "title", "value": "x"}),
            {"method": "PUT", "path": path, "data": ada()},
            end(path),
            change("/Groups/admins", {"op": "add", "path": "members", "value": [{"value": user["id"]}]}),
            creation("a", ada()),
        )

        assert failures(results) == {0: ("404", None), 1: ("404", None), 2: ("404", None), 4: ("409", "uniqueness")}
        assert await member_ids(other, "admins") == [globex.admin.id]
    assert await read(scim, path) == user


async def test_of_two_requests_that_create_the_same_people_each_person_is_created_once(scim, acme):
    people = [creation(f"{n}", bare(f"{n}@x.test")) for n in range(40)]

    first, second = await asyncio.gather(perform(scim, *people), perform(scim, *reversed(people)))

    outcomes = [sorted(pair) for pair in zip(statuses(first), reversed(statuses(second)), strict=True)]
    assert outcomes == [["201", "409"]] * 40
    assert await total(scim) == 41


async def test_a_changed_group_is_told_with_its_new_version(scim, acme):
    user = await created(scim, ada())
    adding = {"op": "add", "path": "members", "value": [{"value": user["id"]}]}
    before = (await scim.get("/Groups/admins")).headers["etag"]

    results = await perform(
        scim, change("/Groups/admins", adding, version=before), change("/Groups/admins", adding, version=before)
    )

    after = (await scim.get("/Groups/admins")).headers["etag"]
    assert (statuses(results), before != after) == (["204", "412"], True)
    assert [result.get("version") for result in results] == [after, None]


async def test_the_last_admin_is_not_demoted_by_an_operation_among_others(scim, acme):
    ids = [{"value": acme.admin.id}]

    results = await perform(
        scim,
        creation("a", bare("a1@x.test")),
        change("/Groups/admins", {"op": "remove", "path": f'members[value eq "{acme.admin.id}"]'}),
        {"method": "PUT", "path": "/Groups/admins", "data": {"displayName": "Admins", "members": members_of("a")}},
        {"method": "PUT", "path": "/Groups/users", "data": {"displayName": "Users", "members": ids}},
    )

    user = results[0]["location"].rpartition("/")[2]
    assert statuses(results) == ["201", "409", "200", "200"]
    assert await member_ids(scim, "admins") == [user]
    assert await member_ids(scim, "users") == [acme.admin.id]
