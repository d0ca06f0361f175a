"""PATCH /Users/{id} (RFC 7644 section 3.5.2), over the whole server."""

import asyncio

import pytest

from tests.log import with_notes

from .people import ENTERPRISE, ada, created, member_ids, patch, read, refusal


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


async def test_a_change_is_answered_in_full_with_its_new_version(scim):
    user = await created(scim, ada())

    answer = await patch(scim, f"/Users/{user['id']}", replace("title", "Dr"))

    changed = answer.json()
    assert (answer.status_code, answer.headers["etag"]) == (200, 'W/"2"')
    assert changed["meta"]["version"] == 'W/"2"'
    assert {**changed, "meta": user["meta"]} == {**user, "title": "Dr"}
    assert await read(scim, f"/Users/{user['id']}") == changed


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "replace", "value": {"active": False}},
        replace("active", False),
        {"op": "Replace", "path": "active", "value": "False"},
        {"op": "replace", "value": {"active": "false"}},
        {"op": "add", "path": "ACTIVE", "value": False},
    ],
)
async def test_a_deactivated_user_loses_the_groups_and_keeps_id_and_profile(scim, operation):
    # O-35, E-41
    user = await created(scim, ada())

    off = (await patch(scim, f"/Users/{user['id']}", operation)).json()
    on = (await patch(scim, f"/Users/{user['id']}", replace("active", True))).json()

    assert off == {**{k: v for k, v in user.items() if k != "groups"}, "active": False, "meta": off["meta"]}
    assert {**on, "meta": user["meta"]} == user


async def test_all_operations_are_done_or_none(scim, services, acme):
    user = await created(scim, ada())
    events = await services.audit.events(acme.operator)

    answer = await patch(
        scim, f"/Users/{user['id']}", replace("title", "Dr"), replace("active", False), replace("nothing", "x")
    )

    assert refusal(answer) == (400, "invalidPath")
    assert await read(scim, f"/Users/{user['id']}") == user
    assert await services.audit.events(acme.operator) == events


async def test_a_change_of_nothing_leaves_no_version_and_no_event(scim, services, acme):
    user = await created(scim, ada())
    events = await services.audit.events(acme.operator)

    answer = await patch(scim, f"/Users/{user['id']}", replace("displayName", "Ada Lovelace"), replace("active", True))

    assert (answer.status_code, answer.json()) == (200, user)
    assert await services.audit.events(acme.operator) == events


async def test_a_renamed_user_is_found_under_the_new_name_only(scim):
    # E-48
    user = await created(scim, ada())

    await patch(scim, f"/Users/{user['id']}", replace("userName", "countess@x.test"), replace("externalId", "00u2"))

    for text, total in [
        ('userName eq "countess@x.test"', 1),
        ('userName eq "ada@x.test"', 0),
        ('externalId eq "00u2"', 1),
        ('externalId eq "00u1"', 0),
    ]:
        found = (await scim.get("/Users", params={"filter": text})).json()
        assert found["totalResults"] == total, text


async def test_an_email_is_changed_by_its_type(scim):
    # E-43, E-60
    user = await created(scim, ada())

    answer = await patch(
        scim,
        f"/Users/{user['id']}",
        replace('emails[type eq "work"].value', "new@x.test"),
        replace('emails[type eq "home"].value', "home@x.test"),
    )

    assert answer.json()["emails"] == [
        {"primary": True, "value": "new@x.test", "type": "work"},
        {"type": "home", "value": "home@x.test"},
    ]


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "add", "path": "emails", "value": [{"value": "new@x.test", "type": "home", "primary": True}]},
        {"op": "add", "value": {"emails": [{"value": "new@x.test", "type": "home", "primary": True}]}},
        replace('emails[type eq "home"].primary', True),
        replace('emails[type eq "home"]', {"value": "new@x.test", "type": "home", "primary": True}),
    ],
)
async def test_one_value_at_most_is_primary(strict, operation):
    # RFC 7644 section 3.5.2
    emails = [{"value": "ada@x.test", "type": "work", "primary": True}, {"value": "new@x.test", "type": "home"}]
    user = await created(strict, ada(emails=emails))

    answer = await patch(strict, f"/Users/{user['id']}", operation)

    assert answer.json()["emails"] == [{**emails[0], "primary": False}, {**emails[1], "primary": True}]
    found = await strict.get("/Users", params={"filter": 'emails[primary eq true].value eq "new@x.test"'})
    assert found.json()["totalResults"] == 1


async def test_the_enterprise_attributes_come_and_go(scim):
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"

    there = (await patch(scim, path, {"op": "add", "path": f"{ENTERPRISE}:department", "value": "R&D"})).json()
    gone = (await patch(scim, path, {"op": "remove", "path": f"{ENTERPRISE}:department"})).json()

    assert there[ENTERPRISE] == {"department": "R&D"}
    assert there["schemas"] == [*user["schemas"], ENTERPRISE]
    assert {**gone, "meta": user["meta"]} == user


REFUSED = [
    (replace("id", "other"), 400, "mutability"),
    (replace("groups", [{"value": "admins"}]), 400, "mutability"),
    ({"op": "remove", "path": "groups"}, 400, "mutability"),
    (replace("meta.created", "2020-01-01T00:00:00Z"), 400, "mutability"),
    ({"op": "remove", "path": "userName"}, 400, "mutability"),
    (replace("userName", "bob@x.test"), 409, "uniqueness"),
    (replace("externalId", "00u-bob"), 409, "uniqueness"),
    (replace('emails[type eq "work"].value', "bob@x.test"), 409, "uniqueness"),
    (replace("userName", "x" * 300), 400, "invalidValue"),
    (replace("userName", "a\x01b"), 400, "invalidValue"),
    (replace("active", "maybe"), 400, "invalidValue"),
    ({"op": "remove"}, 400, "noTarget"),
    (replace('emails[type ne "work"].value', "x@x.test"), 400, "noTarget"),
    (replace("nothing", "x"), 400, "invalidPath"),
    (replace("emails[", "x"), 400, "invalidPath"),
    (replace('userName[type eq "x"]', "x"), 400, "invalidPath"),
    (replace('emails[nothing eq "x"].value', "x"), 400, "invalidFilter"),
    ({"op": "remove", "path": 'emails[primary gt "x"]'}, 400, "invalidFilter"),
    ({"op": "move", "path": "title", "value": "x"}, 400, "invalidSyntax"),
    ({"op": "replace", "path": "title"}, 400, "invalidValue"),
    ("replace", 400, "invalidSyntax"),
]
"""By operation: the status and scimType of the refusal (RFC 7644 table 9)."""


async def test_what_cannot_be_changed_is_refused_and_stays(scim):
    await created(scim, ada(userName="bob@x.test", externalId="00u-bob", emails=[{"value": "bob@x.test"}]))
    user = await created(scim, ada())

    for operation, status, scim_type in REFUSED:
        answer = await patch(scim, f"/Users/{user['id']}", operation)

        assert refusal(answer) == (status, scim_type), operation
        assert await read(scim, f"/Users/{user['id']}") == user, operation


@pytest.mark.parametrize("path", ["id", None])
async def test_the_own_id_may_come_along(strict, path):
    # O-53
    user = await created(strict, ada())
    value = user["id"] if path else {"id": user["id"], "title": "Dr"}

    answer = await patch(
        strict, f"/Users/{user['id']}", replace(path, value) if path else {"op": "add", "value": value}
    )

    assert answer.status_code == 200


async def test_a_password_is_taken_and_dropped(scim, services, acme):
    user = await created(scim, ada())

    answer = await patch(scim, f"/Users/{user['id']}", {"op": "replace", "value": {"password": "secret word"}})

    assert (answer.status_code, answer.json()) == (200, user)
    (request,) = await with_notes(services, acme)
    assert request.notes == ("password was dropped: Rollbook does not keep it.",)


async def test_roles_are_granted_by_a_patch(scim, acme):
    # E-52
    user = await created(scim, ada())
    value = [{"value": '{"id":"7","value":"Admin","displayName":"Admin"}'}]

    answer = await patch(scim, f"/Users/{user['id']}", {"op": "Add", "path": "roles", "value": value})

    assert answer.json()["roles"] == value
    assert await member_ids(scim, "admins") == [acme.admin.id, user["id"]]


async def test_a_name_that_was_made_up_is_patched_as_the_client_sees_it(scim, acme):
    # O-12: the other half of the name stays, so that Okta's test finds both
    path = f"/Users/{acme.admin.id}"

    renamed = (await patch(scim, path, replace("name.familyName", "Lovelace"))).json()
    titled = (await patch(scim, path, replace("title", "Dr"))).json()

    assert renamed["name"] == {"familyName": "Lovelace", "givenName": "A"}
    assert titled["name"] == renamed["name"]


async def test_what_was_made_up_is_not_kept_by_another_change(scim, services, acme):
    await patch(scim, f"/Users/{acme.admin.id}", replace("title", "Dr"))

    membership = await services.memberships.get(acme.operator, acme.admin.id)
    assert membership.profile.attributes == {"title": "Dr"}


async def test_changes_at_the_same_time_are_all_kept(scim):
    user = await created(scim, ada())
    names = ["title", "nickName", "userType", "locale", "timezone", "preferredLanguage"]

    await asyncio.gather(*(patch(scim, f"/Users/{user['id']}", replace(name, name)) for name in names))

    after = await read(scim, f"/Users/{user['id']}")
    assert [after[name] for name in names] == names
    assert after["meta"]["version"] == 'W/"7"'


@pytest.mark.parametrize(("tag", "status"), [('W/"1"', 200), ("*", 200), ('W/"2"', 412), ("nonsense", 412)])
async def test_if_match_guards_against_changes_in_between(scim, tag, status):
    user = await created(scim, ada())

    answer = await patch(scim, f"/Users/{user['id']}", replace("title", "Dr"), headers={"If-Match": tag})

    assert answer.status_code == status
    assert ("title" in await read(scim, f"/Users/{user['id']}")) is (status == 200)


async def test_a_profile_cannot_grow_without_end(scim):
    user = await created(scim, ada())
    path = f"/Users/{user['id']}"

    first = await patch(scim, path, replace("title", "x" * 900_000))
    second = await patch(scim, path, replace("nickName", "y" * 900_000))

    assert first.status_code == 200
    assert refusal(second) == (413, None)
    assert await read(scim, path) == first.json()
