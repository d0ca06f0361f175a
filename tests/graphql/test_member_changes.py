"""What can be done with members through GraphQL; on a refusal nothing changes and no event is written."""

import asyncio

import pytest

from rollbook.domain.criteria import EVERYONE
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind

from .client import a_member, global_id, member_id, okta, with_token

CURRENT = "...on VersionConflictError { currentVersion current { id name role version } }"


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def bo(services, acme):
    return await a_member(services, acme, "bo@acme.test", name="Bo")


@pytest.fixture
async def provisioned(services, acme, scim_token):
    return await a_member(services, acme, "pat@acme.test", by=await okta(services, scim_token))


@pytest.fixture
def state(services, acme):
    """Everything that a change could leave behind."""

    async def state():
        members = await services.memberships.search(acme.operator, EVERYONE, offset=0, limit=100)
        return [(m, m.version) for m in members.memberships], len(await services.audit.events(acme.operator))

    return state


async def test_adding_a_person_makes_them_a_member(client, services, acme):
    answer = await client.change("addMember", email="ann@acme.test", name="Ann Lee", role="ADMIN")

    assert answer["__typename"] == "AddMemberSuccess"
    member_shown = answer["member"]
    assert member_shown.pop("id")
    assert member_shown == {
        "name": "Ann Lee",
        "email": "ann@acme.test",
        "role": "ADMIN",
        "status": "ACTIVE",
        "version": 1,
    }


async def test_a_person_is_added_as_user_unless_said_otherwise(client):
    answer = await client.change("addMember", email="ann.lee@acme.test")

    assert (answer["member"]["role"], answer["member"]["name"]) == ("USER", "Ann Lee")


async def test_adding_an_active_member_is_a_conflict(client, bo, state):
    before = await state()

    answer = await client.change("addMember", email="BO@acme.test")

    assert (answer["__typename"], answer["code"], answer["path"]) == ("ConflictError", "CONFLICT", ["input", "email"])
    assert await state() == before


async def test_adding_somebody_from_outside_is_refused_with_the_advice_to_invite(client, services, globex, state):
    await a_member(services, globex, "eve@globex.test")
    before = await state()

    answer = await client.change("addMember", email="eve@globex.test")

    assert answer["code"] == "CONFLICT"
    assert "invite" in answer["message"]
    assert await state() == before


async def test_adding_an_inactive_member_revives_them_under_their_id(client, bo):
    await client.change("deactivateMember", memberId=member_id(bo))

    answer = await client.change("addMember", email="bo@acme.test", name="Bo Again")

    assert (answer["member"]["id"], answer["member"]["status"]) == (member_id(bo), "ACTIVE")
    assert answer["member"]["name"] == "Bo Again"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"email": "nobody"}, ["input", "email"]),
        ({"email": ""}, ["input", "email"]),
        ({"email": "x" * 320 + "@acme.test"}, ["input", "email"]),
        ({"email": "ann@acme.test", "name": "\0"}, ["input", "name"]),
        ({"email": "ann@acme.test", "name": ""}, ["input", "name"]),
    ],
)
async def test_adding_what_cannot_be_kept_is_refused(client, state, given, path):
    before = await state()

    answer = await client.change("addMember", **given)

    assert (answer["__typename"], answer["code"], answer["path"]) == ("ValidationError", "VALIDATION", path)
    assert await state() == before


async def test_setting_a_role_grants_and_revokes_admin(client, bo):
    granted = await client.change("setMemberRole", memberId=member_id(bo), role="ADMIN")
    revoked = await client.change("setMemberRole", memberId=member_id(bo), role="USER", expectedVersion=2)

    assert [(a["member"]["role"], a["member"]["version"]) for a in (granted, revoked)] == [("ADMIN", 2), ("USER", 3)]


async def test_setting_the_role_that_a_member_has_changes_nothing(client, bo, state):
    before = await state()

    answer = await client.change("setMemberRole", memberId=member_id(bo), role="USER")

    assert answer["member"]["version"] == 1
    assert await state() == before


@pytest.mark.parametrize(
    ("mutation", "given"), [("setMemberRole", {"role": "USER"}), ("deactivateMember", {}), ("removeMember", {})]
)
async def test_the_last_admin_stays(client, acme, state, mutation, given):
    before = await state()

    answer = await client.change(mutation, memberId=member_id(acme.admin), **given)

    assert (answer["__typename"], answer["code"], answer["path"]) == ("LastAdminError", "LAST_ADMIN", None)
    assert "another member an admin" in answer["message"]
    assert await state() == before


async def test_updating_a_manual_member_changes_name_and_address(client, services, acme, bo):
    answer = await client.change("updateMember", memberId=member_id(bo), name="Bo Lee", email="bo.lee@acme.test")

    assert (answer["member"]["name"], answer["member"]["email"]) == ("Bo Lee", "bo.lee@acme.test")
    assert (await services.memberships.get(acme.operator, bo.id)).user_name == "bo.lee@acme.test"


async def test_what_is_left_out_of_an_update_stays(client, bo):
    answer = await client.change("updateMember", memberId=member_id(bo), name="Bo Lee")

    assert (answer["member"]["name"], answer["member"]["email"]) == ("Bo Lee", "bo@acme.test")


@pytest.mark.parametrize("field", ["name", "email"])
async def test_a_name_and_an_address_cannot_be_taken_away(client, bo, state, field):
    before = await state()

    answer = await client.change("updateMember", memberId=member_id(bo), **{field: None})

    assert (answer["code"], answer["path"]) == ("VALIDATION", ["input", field])
    assert await state() == before


async def test_an_address_that_another_member_has_is_a_conflict(client, bo, state):
    before = await state()

    answer = await client.change("updateMember", memberId=member_id(bo), email="a@acme.test")

    assert (answer["__typename"], answer["path"]) == ("ConflictError", ["input", "email"])
    assert await state() == before


async def test_the_profile_of_a_provisioned_member_is_read_only(client, provisioned, state):
    before = await state()

    answer = await client.change("updateMember", memberId=member_id(provisioned), name="Somebody Else")

    assert (answer["__typename"], answer["code"]) == ("ManagedBySourceError", "MANAGED_BY_SOURCE")
    assert await state() == before


async def test_role_and_status_of_a_provisioned_member_change_here(client, provisioned):
    raised = await client.change("setMemberRole", memberId=member_id(provisioned), role="ADMIN")
    stopped = await client.change("deactivateMember", memberId=member_id(provisioned))
    removed = await client.change("removeMember", memberId=member_id(provisioned))

    assert raised["member"]["role"] == "ADMIN"
    assert stopped["member"]["status"] == "INACTIVE"
    assert removed["__typename"] == "RemoveMemberSuccess"


async def test_a_reactivated_member_has_their_grants_again(client, bo):
    await client.change("setMemberRole", memberId=member_id(bo), role="ADMIN")
    inactive = await client.change("deactivateMember", memberId=member_id(bo))

    active = await client.change("reactivateMember", memberId=member_id(bo))

    assert (inactive["member"]["role"], active["member"]["role"]) == (None, "ADMIN")
    assert active["member"]["id"] == member_id(bo)


async def test_a_removed_member_is_not_found_any_more(client, bo):
    answer = await client.change("removeMember", "...on RemoveMemberSuccess { memberId }", memberId=member_id(bo))

    assert answer["memberId"] == member_id(bo)
    assert await client.data("query($id: ID!) { member(id: $id) { id } }", id=member_id(bo)) == {"member": None}
    again = await client.change("removeMember", memberId=member_id(bo))
    assert (again["__typename"], again["code"]) == ("NotFoundError", "NOT_FOUND")


CHANGES = [
    ("setMemberRole", {"role": "ADMIN"}),
    ("updateMember", {"name": "X"}),
    ("deactivateMember", {}),
    ("reactivateMember", {}),
    ("removeMember", {}),
]


@pytest.mark.parametrize(("mutation", "given"), CHANGES)
async def test_a_change_of_another_version_shows_the_current_state(client, bo, state, mutation, given):
    await client.change("updateMember", memberId=member_id(bo), name="Bo Lee")
    before = await state()

    answer = await client.change(mutation, CURRENT, memberId=member_id(bo), expectedVersion=1, **given)

    assert answer.pop("message")
    assert answer == {
        "__typename": "VersionConflictError",
        "code": "VERSION_CONFLICT",
        "path": None,
        "currentVersion": 2,
        "current": {"id": member_id(bo), "name": "Bo Lee", "role": "USER", "version": 2},
    }
    assert await state() == before


@pytest.mark.parametrize(("mutation", "given"), CHANGES)
async def test_a_member_of_another_organization_is_not_found(client, globex, services, mutation, given):
    foreign = member_id(globex.admin)

    answer = await client.change(mutation, memberId=foreign, **given)

    assert (answer["__typename"], answer["code"]) == ("NotFoundError", "NOT_FOUND")
    assert await services.memberships.get(globex.operator, globex.admin.id) == globex.admin


@pytest.mark.parametrize(("mutation", "given"), CHANGES)
@pytest.mark.parametrize("wrong", ["", "nonsense", global_id("User", "x"), "TWVtYmVy"])
async def test_what_is_no_members_id_is_refused(client, mutation, given, wrong):
    answer = await client.change(mutation, memberId=wrong, **given)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", "memberId"])


@pytest.mark.parametrize(("mutation", "given"), [("addMember", {"email": "ann@acme.test"})])
async def test_a_token_without_the_scope_may_not_change_members(http, services, acme, state, mutation, given):
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader")
    before = await state()

    answer = await with_token(http, secret).change(mutation, **given)

    assert (answer["__typename"], answer["code"]) == ("ForbiddenError", "FORBIDDEN")
    assert "members:write" in answer["message"]
    assert await state() == before


async def test_adding_an_admin_needs_the_right_to_grant_roles(http, services, acme, state):
    scopes = frozenset({Permission.MEMBERS_READ, Permission.MEMBERS_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Import", scopes=scopes)
    before = await state()

    answer = await with_token(http, secret).change("addMember", email="ann@acme.test", role="ADMIN")

    assert answer["code"] == "FORBIDDEN"
    assert await state() == before


async def test_a_token_that_may_write_but_not_read_is_told_the_version_only(http, services, acme, bo):
    scopes = frozenset({Permission.ROLES_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Roles", scopes=scopes)

    answer = await with_token(http, secret).change(
        "setMemberRole", CURRENT, memberId=member_id(bo), role="ADMIN", expectedVersion=9
    )

    assert (answer["currentVersion"], answer["current"]) == (1, None)


async def test_changes_of_one_operation_run_one_after_another_and_each_for_itself(client, services, acme, bo):
    data = await client.data(
        """mutation($id: ID!) {
          raised: setMemberRole(input: {memberId: $id, role: ADMIN}) {
            ...on SetMemberRoleSuccess { member { version } }
          }
          refused: addMember(input: {email: "bo@acme.test"}) { __typename }
          stale: setMemberRole(input: {memberId: $id, role: USER, expectedVersion: 1}) { __typename }
          renamed: updateMember(input: {memberId: $id, name: "Bo Lee", expectedVersion: 2}) {
            ...on UpdateMemberSuccess { member { name version user { name } groups { memberCount } } }
          }
        }""",
        id=member_id(bo),
    )

    assert data == {
        "raised": {"member": {"version": 2}},
        "refused": {"__typename": "ConflictError"},
        "stale": {"__typename": "VersionConflictError"},
        "renamed": {
            "member": {
                "name": "Bo Lee",
                "version": 3,
                "user": {"name": "Bo Lee"},
                "groups": [{"memberCount": 2}, {"memberCount": 2}],
            }
        },
    }
    assert (await services.memberships.get(acme.operator, bo.id)).role is Role.ADMIN


async def test_of_two_admins_who_are_demoted_at_once_one_stays(client, services, acme):
    other = await a_member(services, acme, "bo@acme.test", role=Role.ADMIN)

    answers = await asyncio.gather(
        *(client.change("setMemberRole", memberId=member_id(admin), role="USER") for admin in (acme.admin, other))
    )

    assert sorted(answer["__typename"] for answer in answers) == ["LastAdminError", "SetMemberRoleSuccess"]


async def test_of_ten_equal_additions_at_once_one_succeeds(client, services, acme):
    answers = await asyncio.gather(*(client.change("addMember", email="ann@acme.test") for _ in range(10)))

    assert sorted(answer["__typename"] for answer in answers) == ["AddMemberSuccess"] + ["ConflictError"] * 9
    listed = await services.memberships.search(acme.operator, EVERYONE, offset=0, limit=10)
    assert sorted(member.email for member in listed.memberships) == ["a@acme.test", "ann@acme.test"]
