"""What a bulk request may be: its form, its limits, and what cannot stand in it (RFC 7644 sections 3.7.3 and 3.7.4)."""

import json
import logging

import httpx
import pytest

from rollbook.scim.application import scim_application
from rollbook.scim.bulk_message import MAX_OPERATIONS, MAX_PAYLOAD

from .bulk import REQUEST, change, creation, done, end, failures, message, perform, statuses
from .chance import Chance
from .people import CORE, ada, bare, created, read, refusal


@pytest.fixture
def server():
    """SQLite alone: nothing here depends on the database."""
    return None


async def nobody_came(client):
    return (await read(client, "/Users?count=0"))["totalResults"] == 1


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "Operations must be an array with at least one operation; it is missing."),
        ({"Operations": []}, "Operations must be an array with at least one operation; it is empty."),
        ({"Operations": {"method": "POST"}}, "Operations must be an array with at least one operation; it is an obj"),
        ({"Operations": [end("/Users/7"), "DELETE"]}, 'Operation 2 must be an object; it is the string "DELETE".'),
        ({"Operations": [None]}, "Operation 1 must be an object; it is null."),
    ],
)
async def test_a_message_of_another_form_is_refused_as_a_whole(scim, body, told):
    answer = await scim.post("/Bulk", json={"schemas": [REQUEST], **body})

    assert refusal(answer) == (400, "invalidSyntax")
    assert answer.json()["detail"].startswith(told)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"Operations":[{"path":"\\ud800"}]}', b"[" * 100_000])
async def test_a_body_that_is_no_json_object_is_refused(scim, content):
    assert refusal(await scim.post("/Bulk", content=content)) == (400, "invalidSyntax")


@pytest.mark.parametrize("value", [0, -1, "1", 1.5, True, [], {}])
async def test_a_number_of_errors_that_is_none_is_refused_and_nothing_is_done(scim, value):
    answer = await scim.post("/Bulk", json=message(creation("a", bare("a1@x.test")), failOnErrors=value))

    assert refusal(answer) == (400, "invalidValue")
    assert await nobody_came(scim)


async def test_names_have_no_case_and_schemas_may_be_missing(scim):
    # as other messages of provisioning clients come
    operation = {"METHOD": "POST", "Path": "Users", "bulkid": "a", "Data": bare("a1@x.test"), "extra": 1}

    answer = await scim.post("/Bulk", json={"operations": [operation], "FailOnErrors": None})

    assert statuses(done(answer)) == ["201"]


@pytest.mark.parametrize(
    ("operation", "scim_type", "told"),
    [
        ({"path": "/Users/7"}, "invalidSyntax", "method is missing"),
        ({"method": 5, "path": "/Users/7"}, "invalidSyntax", "method must be a string; it is the number 5."),
        ({"method": "DELETE"}, "invalidSyntax", "path is missing"),
        ({"method": "DELETE", "path": "/"}, "invalidSyntax", "path is missing"),
        ({"method": "DELETE", "path": ["/Users"]}, "invalidSyntax", "path must be a string; it is an array."),
        ({"method": "DELETE", "path": "/Users/7", "version": 1}, "invalidSyntax", "version must be a string"),
        ({"method": "POST", "path": "/Users", "data": ada()}, "invalidSyntax", "bulkId is missing"),
        ({"method": "POST", "path": "/Users", "bulkId": "", "data": ada()}, "invalidSyntax", "bulkId is missing"),
        ({"method": "POST", "path": "/Users", "bulkId": 1, "data": ada()}, "invalidSyntax", "bulkId must be a string"),
        ({"method": "POST", "path": "/Users", "bulkId": "a"}, "invalidSyntax", "data is missing; a POST needs"),
        ({"method": "PUT", "path": "/Users/7", "data": None}, "invalidSyntax", "data is missing; a PUT needs"),
        ({"method": "PATCH", "path": "/Users/7"}, "invalidSyntax", "data is missing; a PATCH needs"),
        ({"method": "PATCH", "path": "/Users/7", "data": [1]}, "invalidSyntax", "The body must be a JSON object"),
        ({"method": "GET", "path": "/Users"}, "invalidValue", "The method GET cannot stand in a bulk request"),
        ({"method": "HEAD", "path": "/Users"}, "invalidValue", "The method HEAD cannot stand in a bulk request"),
        ({"method": "delete", "path": "/Users/7"}, "invalidValue", "The method delete cannot stand in a bulk request"),
        (creation("a", {}) | {"path": "/Bulk"}, "invalidValue", "/Bulk cannot stand in a bulk request"),
        (creation("a", {}) | {"path": "//Bulk/?x=1"}, "invalidValue", "//Bulk/ cannot stand in a bulk request"),
        (creation("a", {}) | {"path": "/.search"}, "invalidValue", "/.search cannot stand in a bulk request"),
        (creation("a", {}) | {"path": "/Users/.search"}, "invalidValue", "/Users/.search cannot stand in a bulk"),
        (creation("a", {}) | {"path": "/%42ulk"}, "invalidValue", "/Bulk cannot stand in a bulk request"),
    ],
)
async def test_an_operation_that_cannot_be_tried_fails_alone(scim, operation, scim_type, told):
    failed, fine = await perform(scim, operation, creation("fine", bare("fine@x.test")))

    assert failures([failed]) == {0: ("400", scim_type)}
    assert failed["response"]["detail"].startswith(told)
    assert fine["status"] == "201"


@pytest.mark.parametrize(
    ("operation", "status"),
    [
        (creation("a", ada()) | {"path": "/Users/7"}, "405"),
        (creation("a", {}) | {"path": "/Groups"}, "501"),
        (creation("a", {}) | {"path": "/scim/v2/Users"}, "404"),
        (end("/Groups/users"), "501"),
        (end("/Users"), "405"),
        (end("/Schemas/x"), "405"),
        (end("/Users/7/x"), "404"),
        (end("/Users/%00"), "404"),
        (end("/Users/%FF%2F"), "404"),
    ],
)
async def test_an_address_answers_as_it_answers_a_single_request(scim, operation, status):
    (result,) = await perform(scim, operation)

    assert result["status"] == status


async def test_a_query_in_a_path_is_read_as_in_a_single_request(scim):
    operation = creation("a", ada()) | {"path": "/Users?attributes=userName"}
    unreadable = creation("b", bare("b1@x.test")) | {"path": "/Users?attributes=é"}

    results = await perform(scim, operation, unreadable)

    assert failures(results) == {1: ("400", "invalidValue")}
    assert results[0]["status"] == "201"


async def test_more_operations_than_are_advertised_are_refused_and_none_is_done(scim):
    operations = [creation(f"{n}", bare(f"{n}@x.test")) for n in range(MAX_OPERATIONS + 1)]

    answer = await scim.post("/Bulk", json=message(*operations))

    assert refusal(answer) == (413, None)
    assert answer.json()["detail"] == (
        "The request has 1001 operations; at most 1000 (maxOperations) are taken at once."
    )
    assert await nobody_came(scim)


async def test_a_larger_body_than_is_advertised_is_refused_whether_its_length_is_said_or_not(scim):
    body = json.dumps(message(creation("a", bare("a1@x.test", title="x" * MAX_PAYLOAD)))).encode()

    async def unannounced():
        yield body[: MAX_PAYLOAD - 100]
        yield body[MAX_PAYLOAD - 100 :]

    for content in (body, unannounced()):
        answer = await scim.post("/Bulk", content=content)

        assert refusal(answer) == (413, None)
        assert str(MAX_PAYLOAD) in answer.json()["detail"]
    assert await nobody_came(scim)


async def test_a_body_as_large_as_is_advertised_is_taken(scim):
    def of(filler):
        return json.dumps(message(creation("a", bare("a1@x.test")), padding=filler)).encode()

    body = of("x" * (MAX_PAYLOAD - len(of(""))))

    assert len(body) == MAX_PAYLOAD
    assert statuses(done(await scim.post("/Bulk", content=body))) == ["201"]


async def test_the_body_of_one_operation_is_limited_as_alone(scim):
    results = await perform(
        scim, creation("a", bare("a1@x.test", title="x" * 1024 * 1024)), creation("b", bare("b1@x.test"))
    )

    assert failures(results) == {0: ("413", None)}


async def test_a_text_that_only_looks_like_a_reference_is_left_alone(scim):
    texts = {"title": "see bulkId:a", "nickName": "bulkid:a", "displayName": '"bulkId:a"', "profileUrl": "/x/bulkId:a"}

    (result,) = await perform(scim, creation("a", bare("a1@x.test", **texts)))

    user = await read(scim, result["location"])
    assert {name: user[name] for name in texts} == texts


async def test_other_methods_than_post_are_405(scim):
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        answer = await scim.request(method, "/Bulk")

        assert refusal(answer) == (405, None)
        assert answer.headers["allow"] == "POST"


async def test_a_fault_in_one_operation_is_told_as_500_and_the_others_are_done(services, scim, scim_token, caplog):
    user = await created(scim, ada())

    class Broken:
        provisioning, tokens, groups, seal = services.provisioning, services.tokens, services.groups, services.seal
        clock = staticmethod(services.clock)

        class memberships:
            update = None
            create = services.memberships.create
            get = services.memberships.get

    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(scim_application(Broken(), "http://x"), raise_app_exceptions=False),
        base_url="http://x",
        headers={"Authorization": f"Bearer {scim_token}"},
    )
    with caplog.at_level(logging.ERROR):
        answer = await client.post(
            "/Bulk",
            json=message(
                change(f"/Users/{user['id']}", {"op": "add", "path": "title", "value": "x"}),
                creation("a", {"schemas": [CORE], "userName": "a1@x.test"}),
            ),
        )

    request_id = answer.headers["x-request-id"]
    results = done(answer)
    assert failures(results) == {0: ("500", None)}
    assert request_id in results[0]["response"]["detail"]
    assert request_id in caplog.text
    assert results[1]["status"] == "201"


async def test_operations_made_at_random_end_as_they_end_alone(scim, acme):
    chance = Chance(4)
    alone, together = await created(scim, bare("alone@x.test")), await created(scim, bare("together@y.test"))

    for _ in range(20):
        operations = [
            chance.choice(
                [
                    creation(f"{n}", chance.resource()),
                    change("/Users/{user}") | {"data": chance.patch()},
                    {"method": "PUT", "path": "/Users/{user}", "data": chance.resource()},
                ]
            )
            for n in range(8)
        ]
        sent = json.dumps(operations)
        answers = []
        for each in json.loads(sent.replace("{user}", alone["id"])):
            answers.append(await scim.request(each["method"], each["path"], content=json.dumps(each["data"])))
        # the same for people of another domain, whose names are still free
        results = await perform(scim, *json.loads(sent.replace("{user}", together["id"]).replace("@x.test", "@y.test")))

        assert statuses(results) == [str(answer.status_code) for answer in answers]
        assert [result.get("response", {}).get("scimType") for result in results] == [
            answer.json().get("scimType") for answer in answers
        ]
