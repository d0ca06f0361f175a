"""What is refused because of its value: every text names the attribute, what came, and what would be right (O-31)."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from rollbook.scim.attributes import Attribute, AttributeType, Mutability, Schema
from rollbook.scim.schemas import ENTERPRISE_SCHEMA, USER_SCHEMA
from tests.log import with_notes

from .people import CORE, ENTERPRISE, GROUP, ada, bare, created, patch, read, refusal

TEXT = [(5, "the number 5"), (-1.5, "the number -1.5"), (True, "the boolean true"), (["x"], "an array")]
NO_TEXT = [*TEXT, ({"a": 1}, "an object")]
NO_BOOLEAN = [("yes", 'the string "yes"'), (1, "the number 1"), ([True], "an array"), ({"a": 1}, "an object")]
NO_OBJECT = [(5, "the number 5"), (False, "the boolean false"), ([{}, {}], "an array")]
NO_ARRAY = [(5, "the number 5"), (True, "the boolean true")]


@dataclass(frozen=True)
class Place:
    """An attribute of a User or a part of it; `whole` puts a value there in a resource, `path` leads there."""

    schema: Schema
    attribute: Attribute
    sub: Attribute | None = None

    def __str__(self) -> str:
        return self.attribute.name if self.sub is None else f"{self.attribute.name}.{self.sub.name}"

    @property
    def path(self) -> str:
        return str(self) if self.schema is USER_SCHEMA else f"{self.schema.id}:{self}"

    def whole(self, value: Any) -> dict[str, Any]:
        if self.sub is not None:
            value = {self.sub.name: value}
            value = [value] if self.attribute.multi_valued else value
        value = {self.attribute.name: value}
        return value if self.schema is USER_SCHEMA else {self.schema.id: value}

    def wrong(self) -> Iterator[tuple[Any, str, str]]:
        """Values that cannot stand there, each with how a text calls it and what would be right."""
        attribute = self.sub or self.attribute
        if attribute.multi_valued:
            yield from ((value, came, "must be an array") for value, came in NO_ARRAY)
            yield from (([value], came, "must be an object with sub-attributes") for value, came in NO_OBJECT)
        elif attribute.is_complex:
            yield from ((value, came, "must be an object with sub-attributes") for value, came in NO_OBJECT)
        elif attribute.type is AttributeType.BOOLEAN:
            yield from ((value, came, "must be true or false") for value, came in NO_BOOLEAN)
        else:
            yield from ((value, came, "must be a string") for value, came in NO_TEXT)


def places() -> Iterator[Place]:
    for schema in (USER_SCHEMA, ENTERPRISE_SCHEMA):
        for attribute in schema.attributes:
            if attribute.mutability in (Mutability.READ_WRITE, Mutability.WRITE_ONLY):
                yield Place(schema, attribute)
                yield from (Place(schema, attribute, sub) for sub in attribute.sub_attributes)


@pytest.fixture
def server():
    """SQLite alone: nothing here depends on the database."""
    return None


@pytest.fixture(params=["lenient", "held to the letter"])
def client(request: pytest.FixtureRequest, scim: httpx.AsyncClient, strict: httpx.AsyncClient) -> httpx.AsyncClient:
    return scim if request.param == "lenient" else strict


def detail(answer: httpx.Response) -> str:
    return answer.json()["detail"]


@pytest.mark.parametrize("place", [*places()], ids=str)
async def test_a_wrong_type_is_refused_wherever_it_comes(client, place):
    user = await created(client, bare("ada@x.test"))
    address = f"/Users/{user['id']}"

    for value, came, right in place.wrong():
        body = bare("grace@x.test") | place.whole(value)
        answers = [
            await client.post("/Users", json=body),
            await client.put(address, json=body),
            await patch(client, address, {"op": "replace", "path": place.path, "value": value}),
            await patch(client, address, {"op": "add", "value": place.whole(value)}),
        ]

        assert [refusal(answer) for answer in answers] == [(400, "invalidValue")] * 4, value
        for text in map(detail, answers):
            assert place.attribute.name in text
            assert place.sub is None or place.sub.name in text
            assert f"{right}; it is {came}" in text
    assert await read(client, address) == user
    assert (await read(client, "/Users"))["totalResults"] == 2


@pytest.mark.parametrize(
    ("attribute", "value", "said"),
    [
        ("emails", "a@x.test", 'emails must be an array; it is the string "a@x.test". Put its values into [ ].'),
        ("emails", {}, "emails must be an array; it is an object. Put its values into [ ]."),
        ("roles", ["admin"], 'roles[0] must be an object with sub-attributes; it is the string "admin".'),
        ("active", "True", 'active must be true or false; it is the string "True".'),
        (
            "x509Certificates",
            [{"value": "a certificate"}],
            'x509Certificates[0].value must be base64; it is the string "a certificate".',
        ),
        (
            "emails",
            [{"value": "a", "primary": True}, {"value": "b", "primary": True}],
            "emails has 2 primary values; at most one can be.",
        ),
    ],
)
async def test_what_leniency_repairs_is_said_to_the_letter(scim, strict, attribute, value, said):
    body = bare("ada@x.test", **{attribute: value})

    refused = await strict.post("/Users", json=body)

    assert refusal(refused) == (400, "invalidValue")
    assert detail(refused) == said
    assert (await read(strict, "/Users"))["totalResults"] == 1
    assert (await scim.post("/Users", json=body)).status_code == 201


@pytest.mark.parametrize("binary", ["", "MIIB", "MII=", "MQ==", "MQ", "-_8", "+/8="])
async def test_both_alphabets_of_base64_are_binary(strict, binary):
    user = await created(strict, bare("ada@x.test", x509Certificates=[{"value": binary}]))

    assert user["x509Certificates"] == [{"value": binary}]


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ({}, "userName is required and came without a value; send the name by which"),
        ({"userName": None}, "userName is required and came without a value; send the name by which"),
        ({"userName": " \t"}, "userName is blank; it must have a character that is not a space."),
        ({"userName": "a\nb"}, "userName holds U+000A, a control character or lone surrogate; send it without."),
        ({"userName": "a\x85b"}, "userName holds U+0085, a control character or lone surrogate; send it without."),
        ({"userName": "x" * 257}, "userName has 257 characters; at most 256 are allowed."),
        ({"externalId": "x" * 257}, "externalId has 257 characters; at most 256 are allowed."),
        (
            {"emails": [{"value": "x" * 311 + "@acme.test"}]},
            "emails.value has 321 characters; at most 320 are allowed.",
        ),
        ({"title": "a\0b"}, "title holds the character U+0000, which no attribute can keep; leave it out."),
        (
            {"emails": [{"value": "a"}, {"value": "\0"}]},
            "emails[1].value holds the character U+0000, which no attribute can keep; leave it out.",
        ),
        ({"ti\0tle": 1}, "The name ti\N{REPLACEMENT CHARACTER}tle holds the character U+0000, which no"),
        ({"emails": [{"value": "a"}] * 1001}, "emails has 1001 values; at most 1000 are kept."),
    ],
)
async def test_a_value_that_cannot_be_kept_is_refused(client, missing, said):
    user = await created(client, ada())
    body = {"schemas": [CORE], **({} if "userName" in missing or not missing else {"userName": "grace"}), **missing}

    answers = [await client.post("/Users", json=body), await client.put(f"/Users/{user['id']}", json=body)]

    assert [refusal(answer) for answer in answers] == [(400, "invalidValue")] * 2
    assert [detail(answer).startswith(said) for answer in answers] == [True, True], detail(answers[0])
    assert await read(client, f"/Users/{user['id']}") == user
    assert (await read(client, "/Users"))["totalResults"] == 2


@pytest.mark.parametrize("op", ["remove", "replace"])
async def test_what_is_required_cannot_be_removed(client, op):
    user = await created(client, ada())

    for name in ("userName", "active"):
        operation = {"op": op, "path": name} | ({"value": None} if op == "replace" else {})
        answer = await patch(client, f"/Users/{user['id']}", operation)

        assert refusal(answer) == (400, "mutability")
        assert detail(answer) == f"{name} cannot be removed; send the value that it shall have."
    assert await read(client, f"/Users/{user['id']}") == user


@pytest.mark.parametrize("value", ["school", "WORK", "a type nobody has heard of"])
async def test_canonical_values_are_suggestions_in_both_dialects(client, services, acme, value):
    """RFC 7643 section 7 calls them suggested, and section 4.1.2 lets clients define more."""
    user = await created(client, bare("ada@x.test", emails=[{"value": "a@x.test", "type": value}]))

    assert user["emails"] == [{"value": "a@x.test", "type": value}]
    assert await with_notes(services, acme) == []


@pytest.mark.parametrize(
    ("attribute", "other"),
    [
        ("userName", {"userName": "ADA@X.TEST", "externalId": "2", "emails": [{"value": "b@x.test"}]}),
        ("externalId", {"userName": "b@x.test", "emails": [{"value": "b@x.test"}]}),
        ("emails.value", {"userName": "b", "externalId": "2"}),
    ],
)
async def test_what_another_member_has_is_refused_with_its_name(client, attribute, other):
    await created(client, ada())
    body = ada(**other)
    said = body["emails"][0]["value"] if attribute == "emails.value" else body[attribute]

    answer = await client.post("/Users", json=body)

    assert refusal(answer) == (409, "uniqueness")
    assert detail(answer) == (
        f"An active member of this organization has the {attribute} '{said}' already (userName 'ada@x.test')."
    )
    assert (await read(client, "/Users"))["totalResults"] == 2


@pytest.mark.parametrize(
    ("path", "value", "came"),
    [
        ("id", "mine", 'the string "mine"'),
        ("groups", [{"value": "admins"}], "an array"),
        ("meta.created", "2020-01-01T00:00:00Z", 'the string "2020-01-01T00:00:00Z"'),
        ("meta", {"resourceType": "Group"}, "an object"),
    ],
)
async def test_what_only_rollbook_writes_is_refused_where_a_path_aims_at_it(client, path, value, came):
    user = await created(client, ada())

    answer = await patch(client, f"/Users/{user['id']}", {"op": "replace", "path": path, "value": value})

    assert refusal(answer) == (400, "mutability")
    assert detail(answer) == f"{path} is read-only and cannot become {came}; leave it out or send it as it is."
    assert await read(client, f"/Users/{user['id']}") == user


@pytest.mark.parametrize("path", ["id", "groups", "meta.created"])
async def test_what_only_rollbook_writes_cannot_be_removed(client, path):
    user = await created(client, ada())

    answer = await patch(client, f"/Users/{user['id']}", {"op": "remove", "path": path})

    assert refusal(answer) == (400, "mutability")
    assert detail(answer) == f"{path} is read-only and cannot be removed; leave it out or send it as it is."
    assert await read(client, f"/Users/{user['id']}") == user


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"dispalyName": "Ada"}, "User has no attribute dispalyName; did you mean displayName?"),
        ({"favouriteColour": "red"}, "User has no attribute favouriteColour; leave it out."),
        ({"urn:custom:User": {}}, "User has no attribute urn:custom:User; leave it out."),
        ({ENTERPRISE: {"departement": "R"}}, "has no attribute {}:departement; did you mean department?"),
        ({"name": {"firstName": "Ada"}}, "name has no attribute name.firstName; leave it out."),
        ({"emails": [{"vaule": "a@x.test"}]}, "emails has no attribute emails.vaule; did you mean value?"),
        ({"schemas": "x"}, 'schemas must be an array with {core}; it is the string "x".'),
        ({"schemas": []}, "schemas must be an array with {core}; it is empty."),
        ({"schemas": None}, "schemas must be an array with {core}; it is missing."),
        ({"schemas": [ENTERPRISE]}, "schemas must be an array with {core}; it is an array without it."),
        ({"schemas": [CORE, "urn:custom:User"]}, "schemas names urn:custom:User, which is no schema of this resource."),
    ],
)
async def test_what_no_schema_has_is_refused_in_the_strict_dialect_and_left_out_in_the_other(scim, strict, sent, said):
    body = bare("ada@x.test") | sent

    answer = await strict.post("/Users", json=body)

    assert refusal(answer) == (400, "invalidSyntax")
    assert said.format(ENTERPRISE, core=CORE) in detail(answer)
    assert (await read(strict, "/Users"))["totalResults"] == 1
    user = await created(scim, body)
    assert not sent.keys() & user.keys() - {"schemas", ENTERPRISE, "name", "emails"}


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (5, "Operation 1 must be an object; it is the number 5."),
        ({}, "Operation 1: op must be add, remove or replace; it is missing."),
        ({"op": None}, "Operation 1: op must be add, remove or replace; it is null."),
        ({"op": "move"}, 'Operation 1: op must be add, remove or replace; it is the string "move".'),
        ({"op": ""}, 'Operation 1: op must be add, remove or replace; it is the string "".'),
        ({"op": "add", "path": 5, "value": 1}, "Operation 1: path must be a string; it is the number 5."),
    ],
)
async def test_an_operation_of_the_wrong_form_is_refused(client, operation, said):
    user = await created(client, ada())

    answer = await patch(client, f"/Users/{user['id']}", operation)

    assert refusal(answer) == (400, "invalidSyntax")
    assert detail(answer) == said
    assert await read(client, f"/Users/{user['id']}") == user


@pytest.mark.parametrize(
    ("members", "said"),
    [
        (5, "members must be an array; it is the number 5."),
        ([5], "members[0] must be an object whose value is a User's id; it is the number 5."),
        ([{}], "members[0].value must be a User's id, a string; it is null."),
        ([{"value": True}], "members[0].value must be a User's id, a string; it is the boolean true."),
        ([{"value": ""}], 'members[0].value must be a User\'s id, a string; it is the string "".'),
    ],
)
async def test_a_member_that_is_none_is_refused(client, members, said):
    user = await created(client, ada())
    body = {"schemas": [GROUP], "displayName": "Users", "members": members}

    answers = [
        await client.put("/Groups/users", json=body),
        await patch(client, "/Groups/users", {"op": "add", "path": "members", "value": members}),
        await patch(client, "/Groups/users", {"op": "replace", "value": {"members": members}}),
    ]

    assert [refusal(answer) for answer in answers] == [(400, "invalidValue")] * 3
    assert {detail(answer) for answer in answers} == {said}
    assert [each["value"] for each in user["groups"]] == ["users"]
    assert await read(client, f"/Users/{user['id']}") == user


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"displayName": "Ops"}, 'The name of Users cannot be changed; displayName came as the string "Ops".'),
        ({"externalId": "8aa"}, 'externalId is read-only; externalId came as the string "8aa".'),
        ({"id": "admins"}, 'id is read-only; id came as the string "admins".'),
    ],
)
async def test_what_never_changes_of_a_group_is_refused_in_the_strict_dialect(scim, strict, sent, said):
    body = {"schemas": [GROUP], "displayName": "Users", "members": [], **sent}
    before = await read(strict, "/Groups/users")

    answer = await strict.put("/Groups/users", json=body)

    assert refusal(answer) == (400, "mutability")
    assert detail(answer) == f"{said} Leave it out or send it as it is."
    assert await read(strict, "/Groups/users") == before
    assert (await scim.put("/Groups/users", json=body)).status_code == 200
