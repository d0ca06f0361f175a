"""PUT /Users/{id}: a true replace (RFC 7644 section 3.5.1)."""

import pytest

from tests.log import with_notes

from .people import CORE, ENTERPRISE, ada, bare, created, member_ids, patch, read, refusal


async def put(client, user, **changes):
    """The answer to a PUT of a user that was read before, modified (O-33)."""
    return await client.put(f"/Users/{user['id']}", json={**user, **changes})


async def test_the_object_we_returned_changes_nothing(scim, services, acme):
    user = await created(scim, ada(roles=[{"value": "admin"}], **{ENTERPRISE: {"department": "R&D"}}))
    events = await services.audit.events(acme.operator)

    answer = await put(scim, user)

    assert (answer.status_code, answer.json(), answer.headers["etag"]) == (200, user, 'W/"1"')
    assert await services.audit.events(acme.operator) == events
    assert await with_notes(services, acme) == []


async def test_the_profile_becomes_what_was_sent_and_nothing_else(scim):
    user = await created(scim, ada(title="Countess", nickName="Addie", **{ENTERPRISE: {"department": "R&D"}}))

    answer = await scim.put(f"/Users/{user['id']}", json=bare("ada2@x.test", title="Dr"))

    replaced = answer.json()
    assert replaced["userName"] == "ada2@x.test"
    assert replaced["title"] == "Dr"
    assert replaced["schemas"] == [CORE]
    assert {"nickName", "displayName", "externalId", ENTERPRISE}.isdisjoint(replaced)
    assert replaced["meta"]["version"] == answer.headers["etag"] == 'W/"2"'
    assert await read(scim, f"/Users/{user['id']}") == replaced


@pytest.mark.parametrize("active", [True, False])
async def test_without_active_the_status_stays_as_it_is(scim, active):
    user = await created(scim, ada(active=active))

    answer = await scim.put(f"/Users/{user['id']}", json=bare("ada@x.test"))

    assert answer.json()["active"] is active


async def test_active_false_takes_access_and_true_gives_it_back_under_the_same_id(scim):
    # O-36, O-37
    user = await created(scim, ada())

    off = (await put(scim, user, active=False)).json()
    on = (await put(scim, off, active=True)).json()

    assert (off["id"], off["active"], off.get("groups")) == (user["id"], False, None)
    assert (on["id"], on["active"], on["groups"]) == (user["id"], True, user["groups"])


@pytest.mark.parametrize("changes", [{"userName": None}, {"userName": ""}, {"userName": 5}, {"emails": 5}])
async def test_what_is_not_valid_changes_nothing(scim, changes):
    user = await created(scim, ada())

    answer = await put(scim, user, **changes)

    assert refusal(answer) == (400, "invalidValue")
    assert await read(scim, f"/Users/{user['id']}") == user


async def test_a_name_that_somebody_else_has_is_refused(scim):
    await created(scim, bare("bob@x.test"))
    user = await created(scim, ada())

    answer = await put(scim, user, userName="BOB@x.test")

    assert refusal(answer) == (409, "uniqueness")
    assert await read(scim, f"/Users/{user['id']}") == user


async def test_what_only_rollbook_writes_is_ignored_and_noted(scim, services, acme):
    user = await created(scim, ada())

    answer = await put(scim, user, id="other", groups=[{"value": "admins"}], meta={"resourceType": "Group"})

    assert (answer.status_code, answer.json()) == (200, user)
    (request,) = await with_notes(services, acme)
    assert request.notes == (
        "id was ignored: it is read-only.",
        "groups was ignored: it is read-only.",
        "meta was ignored: it is read-only.",
    )


async def test_an_echo_that_is_out_of_date_is_still_an_echo(strict):
    user = await created(strict, ada())
    await patch(strict, f"/Users/{user['id']}", {"op": "replace", "path": "title", "value": "Dr"})

    answer = await put(strict, user)

    assert answer.status_code == 200
    assert "title" not in answer.json()


async def test_the_strict_dialect_refuses_what_only_rollbook_writes(strict):
    user = await created(strict, ada())

    answer = await put(strict, user, groups=[{"value": "admins"}])

    assert refusal(answer) == (400, "mutability")
    assert await read(strict, f"/Users/{user['id']}") == user


async def test_an_echo_of_roles_does_not_promote_again_who_was_demoted_in_rollbook(scim, services, acme):
    # O-33
    user = await created(scim, ada(roles=[{"value": "admin"}]))
    await services.memberships.change_role(acme.operator, user["id"], "user")

    answer = await put(scim, await read(scim, f"/Users/{user['id']}"), title="Dr")

    assert answer.json()["title"] == "Dr"
    assert await member_ids(scim, "admins") == [acme.admin.id]


@pytest.mark.parametrize(
    ("roles", "admins"),
    [
        ([{"value": "Admin"}], 2),
        ([{"value": "billing"}, {"value": "admins"}], 2),
        ([{"value": "billing"}], 1),
        ([], 1),
    ],
)
async def test_other_roles_are_a_statement(scim, roles, admins):
    user = await created(scim, ada())

    answer = await put(scim, user, roles=roles)

    assert answer.json().get("roles", []) == roles
    assert len(await member_ids(scim, "admins")) == admins


async def test_a_put_without_roles_demotes_nobody(scim, acme):
    user = await created(scim, ada(roles=[{"value": "admin"}]))

    answer = await scim.put(f"/Users/{user['id']}", json=ada())

    assert "roles" not in answer.json()
    assert await member_ids(scim, "admins") == [acme.admin.id, user["id"]]


async def test_a_member_who_was_there_before_is_adopted(scim, services, acme):
    admin = await read(scim, f"/Users/{acme.admin.id}")

    answer = await put(scim, admin, externalId="00u9")

    membership = await services.memberships.get(acme.operator, acme.admin.id)
    assert answer.status_code == 200
    assert (membership.source, membership.external_id) == ("scim", "00u9")
    assert await member_ids(scim, "admins") == [acme.admin.id]


@pytest.mark.parametrize(
    ("tag", "status"), [('W/"1"', 200), ('"1"', 200), ("*", 200), ('W/"7", W/"1"', 200), ('W/"2"', 412), ('"x"', 412)]
)
async def test_if_match_guards_against_changes_in_between(scim, tag, status):
    user = await created(scim, ada())

    answer = await scim.put(f"/Users/{user['id']}", json={**user, "title": "Dr"}, headers={"If-Match": tag})

    assert answer.status_code == status
    assert ("title" in await read(scim, f"/Users/{user['id']}")) is (status == 200)
    if status == 412:
        assert refusal(answer) == (412, None)


async def test_a_trailing_question_mark_is_nothing(scim):
    #
    user = await created(scim, ada())

    answer = await scim.put(f"{scim.base_url}Users/{user['id']}?", json={**user, "title": "Dr"})

    assert answer.json()["title"] == "Dr"
