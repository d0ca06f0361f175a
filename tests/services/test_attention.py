"""What needs attention: every rule begins and ends when it should, and tells only what may be known."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rollbook.domain.actors import ActorKind
from rollbook.domain.attention import AttentionKind
from rollbook.domain.errors import Forbidden
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission
from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome
from rollbook.domain.roles import Role
from rollbook.domain.tokens import TokenKind
from rollbook.domain.values import first_id
from rollbook.persistence import attention
from rollbook.services import Services
from tests.builders import a_draft, a_tool, signed_in
from tests.entries import an_entry, keep
from tests.services.conftest import PEPPER
from tests.services.test_audit_plans import plan

K = AttentionKind
P = ProvisioningOutcome
MONTH = timedelta(days=30)
BY_OUTCOME = (
    "provisioning_requests USING COVERING INDEX ix_provisioning_requests_outcome (organization_id=? AND outcome"
)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
def entered(database, services, acme, clock):
    """Puts entries into the log of acme: of refused writes by Okta, unless they say otherwise."""

    async def enter(*entries):
        usual = {"method": "POST", "path": "/Users", "status": 409, "outcome": P.REFUSED, "detail": "x"}
        usual |= {"client": ProvisioningClient.OKTA}
        for entry in entries:
            clock.move(seconds=1)
            made = an_entry(acme.organization.id, **usual | entry)
            made = replace(made, id=first_id(clock.moment), occurred_at=clock.moment)
            await keep(database, made)

    return enter


async def told(services, actor):
    """What there is to see to, as kind, urgency and the token's name."""
    items = await services.attention.items(actor)
    return [(item.kind, item.is_urgent, item.token and item.token.name) for item in items]


async def message(services, actor):
    (item,) = await services.attention.items(actor)
    return item.message


async def used(services, clock, secret, kind=TokenKind.SCIM):
    await services.tokens.authenticate(secret, kind)
    await services.tokens.keep_uses()
    clock.move(minutes=1)


async def test_admins_are_missed_where_there_is_none_or_one_among_several(services, acme):
    assert await told(services, acme.operator) == []

    await services.memberships.create(acme.operator, MembershipDraft("bo@acme.test"))
    assert await told(services, acme.operator) == [(K.ONLY_ONE_ADMIN, False, None)]

    cy = await services.memberships.create(acme.operator, a_draft("cy@acme.test", grants=frozenset(Role)))
    assert await told(services, acme.operator) == []

    (_, secret) = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    idp = await services.tokens.authenticate(secret, TokenKind.SCIM)
    for leaver in (cy.id, acme.admin.id):
        await services.memberships.update(idp, leaver, lambda before: before.with_active(False))
    assert await told(services, acme.operator) == [(K.NO_ACTIVE_ADMIN, True, None)]
    assert "rollbook admin login-link" in (await services.attention.items(acme.operator))[0].remedy


async def test_a_push_fails_until_a_later_one_for_the_same_person_is_done(services, acme, entered, clock):
    operator = acme.operator
    kept = await services.memberships.create(operator, a_draft("kay@acme.test", grants=frozenset(Role)))
    conflict = {"about": "Zoë@acme.test", "membership_id": kept.id}
    renamed = {"about": "kay@acme.test", "membership_id": kept.id, "path": f"/Users/{kept.id}", "method": "PATCH"}
    group = {"about": "Admins", "path": "/Groups/admins", "method": "PATCH", "status": 400}
    done = {"status": 200, "outcome": P.SUCCEEDED}

    await entered(conflict, conflict, renamed, group)
    (item,) = await services.attention.items(operator)
    assert item.message == "What Okta sent about Admins, kay@acme.test and Zoë@acme.test did not go through."
    assert (item.kind, item.count, item.token) == (K.PUSHES_FAILING, 3, None)
    assert item.since == clock.moment - timedelta(seconds=3)

    # what succeeds for who stood in the way makes nobody else good; reading is no success
    await entered(renamed | done, group | {"status": 200, "outcome": P.UNCHANGED}, conflict | done | {"method": "GET"})
    assert await message(services, operator) == "What Okta sent about Zoë@acme.test did not go through."

    zoe = await services.memberships.create(operator, a_draft("zoë@ACME.test"))
    await entered(conflict | done | {"membership_id": zoe.id, "status": 201})
    assert await told(services, operator) == []

    await entered(renamed, {"status": 404, "method": "GET"}, {"status": 401}, {"path": "/Users/.search", "status": 400})
    assert await message(services, operator) == "What Okta sent about kay@acme.test did not go through."
    clock.move(hours=24)
    assert await told(services, operator) == []


async def test_many_failures_are_told_by_client_and_with_one_remedy_if_there_is_one(services, acme, entered):
    token, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    group = {"path": "/Groups", "status": 501, "outcome": P.FAILED, "token_id": token.id}
    group |= {"detail": "Groups cannot be created.", "code": "NOT_SUPPORTED"}
    people = [{"about": f"p{number}@acme.test", "client": ProvisioningClient.ENTRA} for number in range(6)]

    await entered(group, *people, people[0] | {"detail": "y", "status": 400})

    found = await services.attention.items(acme.operator)
    assert sorted((item.message, item.count, item.token and item.token.name) for item in found) == [
        (
            "What Microsoft Entra ID sent about p0@acme.test, p5@acme.test, p4@acme.test and 3 more "
            "did not go through.",
            6,
            None,
        ),
        ("What Okta sent about a new group did not go through.", 1, "Okta"),
    ]
    assert all(len(item.remedy) > 20 for item in found)


async def test_a_token_is_told_of_before_it_expires_and_after(services, acme, clock):
    issue = services.tokens.issue
    token, secret = await issue(acme.operator, TokenKind.SCIM, "Okta", lifetime=timedelta(days=60))
    await used(services, clock, secret)
    assert await told(services, acme.operator) == []

    clock.move(days=30)
    assert await told(services, acme.operator) == [(K.TOKEN_EXPIRES, False, "Okta")]
    assert await message(services, acme.operator) == 'The token "Okta" expires in 29 days, on 30 April 2026.'

    clock.move(days=23)
    await used(services, clock, secret)
    assert await told(services, acme.operator) == [(K.TOKEN_EXPIRES, True, "Okta")]

    successor, new_secret = await services.tokens.rotate(acme.operator, token.id)
    assert [item.message.partition(", on")[0] for item in await services.attention.items(acme.operator)] == [
        'The token "Okta" expires in 1 day'
    ]
    await used(services, clock, new_secret)
    assert await told(services, acme.operator) == []

    clock.move(days=59)
    await used(services, clock, new_secret)
    clock.move(days=2)
    assert await told(services, acme.operator) == [(K.TOKEN_EXPIRED, True, "Okta")]
    (item,) = await services.attention.items(acme.operator)
    assert (item.token.id, item.since) == (successor.id, successor.expires_at)

    clock.move(days=30)
    assert await told(services, acme.operator) == []


async def test_a_token_that_ended_and_is_still_shown_is_told_of_until_another_takes_over(
    services, acme, entered, clock
):
    expired, secret = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Old", lifetime=timedelta(days=1))
    revoked, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Lost")
    await used(services, clock, secret)
    await services.tokens.revoke(acme.operator, revoked.id)
    clock.move(days=2)
    refused = {"status": 401, "method": "GET"}

    await entered(refused | {"token_id": expired.id}, *[refused | {"token_id": revoked.id}] * 2)

    found = await services.attention.items(acme.operator)
    assert [(item.kind, item.message, item.count) for item in found] == [
        (K.TOKEN_EXPIRED, 'The token "Old" expired on 2 March 2026 and is still in use: 1 request was refused.', 1),
        (
            K.PUSHES_FAILING,
            'The token "Lost" was revoked on 1 March 2026 and is still in use: 2 requests were refused.',
            2,
        ),
    ]
    _, of_a_tool = await services.tokens.issue(acme.operator, TokenKind.API, "Report")
    _, new_secret = await services.tokens.issue(acme.operator, TokenKind.SCIM, "New")
    clock.move(hours=1)
    await used(services, clock, of_a_tool, TokenKind.API)
    assert [item.kind for item in await services.attention.items(acme.operator)] == [item.kind for item in found]
    await used(services, clock, new_secret)
    assert await told(services, acme.operator) == []


async def test_a_token_without_use_or_without_its_maker_is_told_of(services, acme, clock):
    bo = await signed_in(services, acme.operator, "bo@acme.test")
    _, secret = await services.tokens.issue(bo, TokenKind.API, "Report")
    await used(services, clock, secret, TokenKind.API)
    await services.tokens.issue(bo, TokenKind.SCIM, "Spare", lifetime=timedelta(days=10))

    clock.move(days=8)
    assert await told(services, acme.operator) == [(K.TOKEN_UNUSED, False, "Spare")]
    assert await message(services, acme.operator) == (
        'The token "Spare" was generated 8 days ago and has never been used.'
    )
    await services.memberships.update(acme.operator, bo.membership_id, lambda before: before.with_active(False))
    assert await told(services, acme.operator) == [
        (K.TOKEN_MAKER_LEFT, False, "Spare"),
        (K.TOKEN_MAKER_LEFT, False, "Report"),
        (K.TOKEN_UNUSED, False, "Spare"),
    ]
    await services.memberships.remove(acme.operator, bo.membership_id)
    clock.move(days=90)
    found = await services.attention.items(acme.operator)
    assert [(item.kind, item.since) for item in found] == [
        (K.TOKEN_MAKER_LEFT, clock.moment - timedelta(days=90)),
        (K.TOKEN_UNUSED, found[1].token.last_used_at),
    ]


async def test_everybody_is_told_only_what_they_may_know(services, acme, globex, entered, clock):
    await services.memberships.create(acme.operator, MembershipDraft("bo@acme.test"))
    token, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    await services.tokens.revoke(acme.operator, token.id)
    await entered({"about": "zoe", "token_id": token.id}, {"status": 401, "token_id": token.id})

    async def seen_with(*scopes):
        return await told(services, await a_tool(services, acme.operator, frozenset(scopes)))

    assert await told(services, acme.operator) == [
        (K.PUSHES_FAILING, True, "Okta"),
        (K.PUSHES_FAILING, True, "Okta"),
        (K.ONLY_ONE_ADMIN, False, None),
    ]
    assert await seen_with(Permission.AUDIT_READ) == [(K.PUSHES_FAILING, True, None)]
    assert await seen_with(Permission.MEMBERS_READ) == [(K.ONLY_ONE_ADMIN, False, None)]
    assert await seen_with(Permission.TOKENS_WRITE) == []
    assert await told(services, await signed_in(services, acme.operator, "bo@acme.test", Role.USER)) == []
    assert await told(services, globex.operator) == []
    with pytest.raises(Forbidden):
        await services.attention.items(replace(acme.operator, kind=ActorKind.SCIM_TOKEN))


def test_a_long_log_is_read_by_its_indexes(sqlite_template):
    failing = plan(sqlite_template, attention._FAILING)
    refused = plan(sqlite_template, attention._REFUSED_TOKENS)
    groups = plan(sqlite_template, attention._LAST_DONE_OF_GROUPS)
    done = plan(sqlite_template, attention._LAST_DONE)
    known = plan(sqlite_template, attention._WITH_KEYS)

    assert [sum(BY_OUTCOME in step for step in steps) for steps in (failing, refused, groups)] == [2, 1, 2]
    for steps in (failing, refused, groups):
        by_id = (
            "provisioning_requests USING INDEX sqlite_autoindex_provisioning_requests_1 (organization_id=? AND id=?)"
        )
        assert by_id in steps
    assert any(
        "ix_provisioning_requests_membership_id (organization_id=? AND membership_id=? AND id>" in s for s in done
    )
    assert [s.split()[3] for s in known if s.startswith("memberships")] == [
        "uq_memberships_user_name_key",
        "uq_memberships_email_key",
    ]
    assert any("ix_memberships_by_admin_granted" in step for step in plan(sqlite_template, attention._TWO_ADMINS))
