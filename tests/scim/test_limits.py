"""How much one request may ask for: limits differ by endpoint, and operations are counted apart from members."""

import json

import pytest

from rollbook.scim.group_change import MAX_OPERATIONS as MAX_GROUP_OPERATIONS
from rollbook.scim.patch import MAX_OPERATIONS as MAX_USER_OPERATIONS
from rollbook.scim.requests import GROUP_BODY, MAX_DEPTH, USER_BODY
from tests.builders import NOBODY

from .crowd import a_crowd
from .people import CORE, GROUP, PATCH, ada, bare, created, member_ids, patch, read, refusal

MANY = 100_000


def a_push(members):
    return {"schemas": [GROUP], "displayName": "Users", "members": [{"value": member} for member in members]}


@pytest.mark.slow(seconds=20)
async def test_a_group_takes_100_000_members_in_one_request(scim, services, settings, acme):
    crowd = await a_crowd(services, settings, acme, MANY)

    async def members():
        return await services.groups.count(acme.operator, "users")

    put = await scim.put("/Groups/users", json=a_push(crowd))
    assert (put.status_code, await members()) == (200, MANY)
    assert [each["value"] for each in put.json()["members"]] == crowd

    operation = {"op": "Remove", "path": "members", "value": [{"value": member} for member in crowd]}
    removed = await patch(scim, "/Groups/users", operation)
    assert (removed.status_code, await members()) == (204, 0)


@pytest.mark.slow(seconds=10)
async def test_a_group_takes_10_000_operations_in_one_request(scim, services, settings, acme):
    crowd = await a_crowd(services, settings, acme, 10_000)
    before = await read(scim, "/Groups/users")

    added = await patch(
        scim, "/Groups/users", *({"op": "add", "path": "members", "value": [{"value": each}]} for each in crowd)
    )
    assert (added.status_code, await services.groups.count(acme.operator, "users")) == (204, 10_001)

    removed = await patch(
        scim, "/Groups/users", *({"op": "remove", "path": f'members[value eq "{each}"]'} for each in crowd)
    )
    assert removed.status_code == 204
    assert (await read(scim, "/Groups/users"))["members"] == before["members"]


@pytest.mark.parametrize(
    ("path", "operation", "most"),
    [
        ("/Users/{id}", {"op": "replace", "path": "title", "value": "x"}, MAX_USER_OPERATIONS),
        ("/Groups/admins", {"op": "add", "path": "members", "value": []}, MAX_GROUP_OPERATIONS),
    ],
)
async def test_one_operation_too_many_is_413_and_nothing_is_done(scim, path, operation, most):
    user = await created(scim, ada(title="Dr"))
    path = path.format(id=user["id"])
    before = await read(scim, path)

    refused = await patch(scim, path, *[operation] * (most + 1))

    assert refusal(refused) == (413, None)
    assert refused.json()["detail"] == f"The request has {most + 1} operations; at most {most} are taken at once."
    assert await read(scim, path) == before
    assert (await patch(scim, path, *[operation] * most)).status_code in (200, 204)


@pytest.mark.parametrize(
    ("method", "path", "limit"),
    [
        ("POST", "/Users", USER_BODY),
        ("PUT", f"/Users/{NOBODY}", USER_BODY),
        ("PATCH", f"/Users/{NOBODY}", USER_BODY),
        ("POST", "/.search", USER_BODY),
        ("PUT", "/Groups/users", GROUP_BODY),
        ("PATCH", "/Groups/users", GROUP_BODY),
    ],
)
async def test_a_larger_body_than_the_address_takes_is_413(scim, acme, method, path, limit):
    async def just_too_much():
        yield b'{"x":"'
        for _ in range(limit // 65536):
            yield b"x" * 65536

    for headers, content in (({"Content-Length": str(limit + 1)}, b""), ({}, just_too_much())):
        answer = await scim.request(method, path, headers=headers, content=content)

        assert refusal(answer) == (413, None)
        assert answer.json()["detail"] == f"The body is larger than {limit} bytes, the most that this address takes."
    assert await member_ids(scim, "users") == [acme.admin.id]


def nested(depth):
    """A JSON object so many levels deep."""
    return '{"schemas":["' + CORE + '"],"userName":"ada","x":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 5_000, 200_000])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/Users"),
        ("PUT", "/Groups/users"),
        ("PATCH", "/Groups/users"),
        ("POST", "/Users/.search"),
        ("POST", "/Bulk"),
    ],
)
async def test_a_body_nested_too_deep_is_refused(scim, acme, method, path, depth):
    answer = await scim.request(method, path, content=nested(depth))

    assert refusal(answer) == (400, "invalidSyntax")
    assert (await read(scim, "/Users"))["totalResults"] == 1
    assert await member_ids(scim, "users") == [acme.admin.id]


async def test_a_body_may_be_as_deep_as_is_said(scim):
    assert (await scim.post("/Users", content=nested(MAX_DEPTH))).status_code == 201


@pytest.mark.parametrize("text", [r"\ud800", r"\udc00\ud800", "\\ud83d\\ud83d", b"\xed\xa0\x80", b"\xc0\x80", b"\xff"])
async def test_half_a_character_is_refused_wherever_it_stands(scim, acme, text):
    raw = text if isinstance(text, bytes) else text.encode()
    bodies = [json.dumps(body).encode().replace(b"HERE", raw) for body in (bare("HERE"), bare("ada", HERE="x"))]
    bodies.append(json.dumps(bare("ada", emails=[{"value": "HERE"}])).encode().replace(b"HERE", raw))
    operation = {"schemas": [PATCH], "Operations": [{"op": "add", "path": "members", "value": "HERE"}]}

    answers = [await scim.post("/Users", content=body) for body in bodies]
    answers.append(await scim.patch("/Groups/users", content=json.dumps(operation).encode().replace(b"HERE", raw)))

    assert [refusal(answer) for answer in answers] == [(400, "invalidSyntax")] * 4
    assert (await read(scim, "/Users"))["totalResults"] == 1
    assert await member_ids(scim, "users") == [acme.admin.id]


async def test_composed_and_decomposed_letters_are_the_same_key_and_come_back_as_sent(scim):
    decomposed, composed = "Ame\u0301lie", "am\u00e9lie"
    user = await created(scim, bare(decomposed))

    refused = await scim.post("/Users", json=bare(composed))

    assert refusal(refused) == (409, "uniqueness")
    found = await scim.get("/Users", params={"filter": f'userName eq "{composed}"'})
    assert [each["userName"] for each in found.json()["Resources"]] == [user["userName"]] == [decomposed]
