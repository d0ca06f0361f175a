"""Each field of a mutation acts with the authority that its actor has when it begins, not when the request came."""

import pytest

from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind

from .client import a_member, member_id, signed_in, with_token


def set_role(name, member, role):
    return f"""{name}: setMemberRole(input: {{memberId: "{member_id(member)}", role: {role}}}) {{
        __typename ...on UserError {{ code }} ...on SetMemberRoleSuccess {{ member {{ role }} }}
    }}"""


async def roles(services, acme, *members):
    return [(await services.memberships.get(acme.operator, each.id)).role for each in members]


@pytest.fixture
async def bo(services, acme):
    return await a_member(services, acme, "bo@acme.test", role=Role.ADMIN)


@pytest.fixture
async def cy(services, acme):
    return await a_member(services, acme, "cy@acme.test")


async def test_an_admin_who_gives_up_being_one_can_do_nothing_more_in_the_same_request(http, services, acme, bo, cy):
    client = await signed_in(http, services, acme, "bo@acme.test")

    data = await client.data(f"mutation {{ {set_role('first', bo, 'USER')} {set_role('second', cy, 'ADMIN')} }}")

    assert data == {
        "first": {"__typename": "SetMemberRoleSuccess", "member": {"role": "USER"}},
        "second": {"__typename": "ForbiddenError", "code": "FORBIDDEN"},
    }
    assert await roles(services, acme, bo, cy) == [Role.USER, Role.USER]


async def test_what_a_field_answers_is_read_with_its_own_authority(http, services, acme, bo, cy):
    client = await signed_in(http, services, acme, "bo@acme.test")
    again = f"""second: setMemberRole(input: {{memberId: "{member_id(bo)}", role: USER}}) {{ __typename }}"""

    data = await client.data(f"mutation {{ {set_role('first', bo, 'USER')} {again} }}")

    assert data["second"] == {"__typename": "ForbiddenError"}


async def test_who_takes_away_their_own_access_is_signed_out_for_the_next_field(http, services, acme, bo, cy):
    client = await signed_in(http, services, acme, "bo@acme.test")
    leave = f'first: deactivateMember(input: {{memberId: "{member_id(bo)}"}}) {{ __typename }}'

    answer = (await client.send(f"mutation {{ {leave} {set_role('second', cy, 'ADMIN')} }}")).json()

    (error,) = answer["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["second"], "UNAUTHENTICATED")
    assert await roles(services, acme, cy) == [Role.USER]


async def test_a_session_that_was_signed_out_does_nothing_more(http, services, acme, bo, cy):
    client = await signed_in(http, services, acme, "bo@acme.test")

    answer = (await client.send(f"mutation {{ signOut {{ signedOut }} {set_role('second', cy, 'ADMIN')} }}")).json()

    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await roles(services, acme, cy) == [Role.USER]


async def test_a_token_that_keeps_its_scopes_goes_on(http, services, acme, bo, cy):
    scopes = frozenset({Permission.MEMBERS_READ, Permission.MEMBERS_WRITE, Permission.ROLES_WRITE})
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Tools", scopes=scopes)

    data = await with_token(http, secret).data(
        f"mutation {{ {set_role('first', bo, 'USER')} {set_role('second', cy, 'ADMIN')} }}"
    )

    assert [each["member"]["role"] for each in data.values()] == ["USER", "ADMIN"]
