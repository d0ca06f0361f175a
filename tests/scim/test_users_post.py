"""POST /Users (RFC 7644 section 3.3)."""

import asyncio

import pytest

from tests.log import with_notes

from .people import CORE, ENTERPRISE, ada, bare, created, member_ids, read, refusal


async def test_a_new_user_is_answered_in_full(scim):
    answer = await scim.post("/Users", json=ada())

    user = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == user["meta"]["location"] == f"{scim.base_url}Users/{user['id']}"
    assert answer.headers["etag"] == user["meta"]["version"] == 'W/"1"'
    assert {name: user[name] for name in ada()} == ada()
    assert user["meta"]["resourceType"] == "User"
    assert user["meta"]["created"] == user["meta"]["lastModified"]
    assert [group["value"] for group in user["groups"]] == ["users"]
    assert await read(scim, f"/Users/{user['id']}") == user


async def test_every_attribute_comes_back_as_it_was_sent(scim):
    # E-31
    sent = ada(
        schemas=[CORE, ENTERPRISE],
        nickName=" Addie ",
        profileUrl="https://x.test/Ada",
        title="Countess",
        userType="Employee",
        preferredLanguage="en-GB, fr;q=0.8",
        locale="en-GB",
        timezone="Europe/London",
        phoneNumbers=[{"value": "+44 (0)20 7946 0000", "type": "WORK"}, {"value": "tel:+44-20", "type": "mobile"}],
        ims=[{"value": "ada", "type": "xmpp"}],
        photos=[{"value": "https://x.test/p.jpg", "type": "photo"}],
        addresses=[{"streetAddress": "12 St James's Square\nLondon", "country": "GB", "type": "home", "primary": True}],
        entitlements=[{"value": "analytical-engine"}],
        roles=[{"value": "Mathematician", "display": "M", "type": "t", "primary": True}],
        x509Certificates=[{"value": "MIIB"}],
    )
    sent["name"] = {"formatted": "Ada, Countess", "familyName": "L", "givenName": "A", "middleName": "K"}
    sent[ENTERPRISE] = {
        "employeeNumber": "0042",
        "costCenter": "1",
        "organization": "O",
        "division": "D",
        "department": "R&D",
        "manager": {"value": "9", "$ref": "../Users/9", "displayName": "Boss"},
    }

    user = await created(scim, sent)

    assert {name: user[name] for name in sent} == sent


async def test_names_of_attributes_have_no_case(scim):
    sent = {"SCHEMAS": [CORE], "USERNAME": "ada", "Emails": [{"Value": "a@x.test", "TYPE": "work"}], "Active": False}

    user = await created(scim, sent)

    assert (user["userName"], user["active"]) == ("ada", False)
    assert user["emails"] == [{"value": "a@x.test", "type": "work"}]
    assert "USERNAME" not in user


@pytest.mark.parametrize("user_name", [None, "", "   ", 5, ["ada"], {"value": "ada"}, True, "a\x07b", "x" * 257])
async def test_a_user_needs_a_user_name(scim, user_name):
    body = bare("x", userName=user_name)

    answer = await scim.post("/Users", json=body)

    assert refusal(answer) == (400, "invalidValue")
    assert "userName" in answer.json()["detail"]
    assert (await read(scim, "/Users"))["totalResults"] == 1


@pytest.mark.parametrize(
    ("attribute", "value", "detail"),
    [
        ("active", "yes", 'active must be true or false; it is the string "yes".'),
        ("active", 1, "active must be true or false; it is the number 1."),
        ("title", 5, "title must be a string; it is the number 5. Put it in double quotes."),
        ("title", {"a": 1}, "title must be a string; it is an object."),
        ("name", "Ada", 'name must be an object with sub-attributes; it is the string "Ada".'),
        ("emails", 5, "emails must be an array; it is the number 5. Put its values into [ ]."),
        ("emails", [{"value": 5}], "emails[0].value must be a string; it is the number 5. Put it in double quotes."),
        ("emails", [[1]], "emails[0] must be an object with sub-attributes; it is an array."),
        (ENTERPRISE, "x", f'{ENTERPRISE} must be an object with the extension\'s attributes; it is the string "x".'),
    ],
)
async def test_a_wrong_type_is_refused_with_what_would_be_right(scim, attribute, value, detail):
    # O-44
    answer = await scim.post("/Users", json=bare("ada", **{attribute: value}))

    assert refusal(answer) == (400, "invalidValue")
    assert answer.json()["detail"] == detail
    assert (await read(scim, "/Users"))["totalResults"] == 1


async def test_a_password_is_taken_and_never_given_back(scim, services, acme):
    user = await created(scim, ada(password="correct horse"))

    assert "password" not in user
    assert "password" not in await read(scim, f"/Users/{user['id']}?attributes=password")
    assert "correct horse" not in str(await services.audit.events(acme.operator))


async def test_what_only_rollbook_writes_is_ignored_and_noted(scim, services, acme):
    user = await created(scim, ada(id="mine", groups=[{"value": "admins"}], meta={"resourceType": "User"}))

    assert user["id"] != "mine"
    assert await member_ids(scim, "admins") == [acme.admin.id]
    (request,) = await with_notes(services, acme)
    assert request.notes == ("id was ignored: it is read-only.", "groups was ignored: it is read-only.")


@pytest.mark.parametrize("sent", [{"id": "mine"}, {"groups": [{"value": "admins"}]}, {"meta": {"created": "2020"}}])
async def test_the_strict_dialect_refuses_what_only_rollbook_writes(strict, sent):
    answer = await strict.post("/Users", json=ada(**sent))

    assert refusal(answer) == (400, "mutability")
    assert (await read(strict, "/Users"))["totalResults"] == 1


@pytest.mark.parametrize(
    "body",
    [
        {"userName": "ada"},
        {"schemas": [], "userName": "ada"},
        {"schemas": "x", "userName": "ada"},
        bare("ada", schemas=[CORE, "urn:custom:User"]),
        bare("ada", dispalyName="Ada"),
        bare("ada", emails=[{"value": "a@x.test", "extra": "x"}]),
        bare("ada", department="R&D"),
    ],
)
async def test_the_strict_dialect_refuses_what_no_schema_has_and_the_lenient_one_takes_it(scim, strict, body):
    # S-02, E-30, E-35
    assert refusal(await strict.post("/Users", json=body)) == (400, "invalidSyntax")
    assert (await read(strict, "/Users"))["totalResults"] == 1

    assert (await scim.post("/Users", json=body)).status_code == 201


@pytest.mark.parametrize(
    ("roles", "groups"),
    [
        ([{"value": "admin"}], ["admins", "users"]),
        ([{"value": "Users"}], ["users"]),
        ([{"value": "billing"}], ["users"]),
        ([], ["users"]),
    ],
)
async def test_known_roles_are_granted_and_all_are_given_back(scim, roles, groups):
    user = await created(scim, ada(roles=roles))

    assert [group["value"] for group in user["groups"]] == groups
    assert user.get("roles", []) == roles


async def test_a_second_user_of_the_same_name_is_refused_without_a_trace(scim, services, acme):
    user = await created(scim, ada())
    events = await services.audit.events(acme.operator)

    answer = await scim.post("/Users", json=ada(userName="ADA@X.TEST", externalId="other"))

    assert refusal(answer) == (409, "uniqueness")
    assert await read(scim, f"/Users/{user['id']}") == user
    assert await services.audit.events(acme.operator) == events


async def test_of_ten_equal_creates_exactly_one_wins(scim):
    answers = await asyncio.gather(*(scim.post("/Users", json=ada()) for _ in range(10)))

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert (await read(scim, "/Users"))["totalResults"] == 2


async def test_the_answer_shows_only_what_was_asked_for(scim):
    answer = await scim.post("/Users?attributes=userName", json=ada())

    assert answer.json() == {"schemas": [CORE], "id": answer.json()["id"], "userName": "ada@x.test"}


async def test_a_legacy_client_names_the_schemas_of_scim_1(scim):
    #
    legacy = "urn:scim:schemas:extension:enterprise:2.0"
    body = bare("ada", schemas=["urn:scim:schemas:core:2.0", legacy], **{legacy: {"department": "R&D"}})

    user = await created(scim, body)

    assert user[ENTERPRISE] == {"department": "R&D"}
