"""Erasing a person: nothing tells who they were any more, and everything else is as it was."""

from dataclasses import replace
from datetime import timedelta

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.bodies import kept
from rollbook.domain.erasure import ERASED
from rollbook.domain.errors import InvalidValue, LastAdmin, NotFound, Unauthenticated
from rollbook.domain.exchanges import Answer, Exchange
from rollbook.domain.groups import GroupChange
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Device, SignInMethod, Visitor
from rollbook.domain.tokens import TokenKind
from rollbook.persistence import erasing_log
from rollbook.services import Services
from tests.builders import NOBODY, a_draft, a_session, every_member, okta, signed_in
from tests.entries import an_entry, keep
from tests.log import log, note
from tests.services.conftest import PEPPER
from tests.services.connections import a_connection, a_passkey, inside, linked
from tests.services.rows import all_rows, mentions, without

WORDS = ("lovelace", "ada@", "ada.old", "byron", "00u-ada", "555-0100", "Ockham")
"""By what Ada could be recognized."""


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


def ada(**rest):
    profile = {
        "displayName": "Ada Lovelace",
        "phoneNumbers": [{"value": "555-0100"}],
        "addresses": [{"locality": "Ockham"}],
    }
    return a_draft("ada@acme.test", "ada.old@acme.test", external_id="00u-ada", **profile | rest)


async def a_life(services, acme, globex):
    """Ada was provisioned in acme, acted as its admin, was renamed; in globex she is a member by hand."""
    idp = await okta(services, acme.operator)
    member = await services.memberships.create(idp, ada())
    await services.groups.change(idp, "admins", GroupChange(add=(member.id,)))
    secret = await a_session(services, acme.operator, "ada@acme.test")
    actor = await services.sessions.authenticate(secret)
    bo = await services.memberships.create(actor, a_draft("bo@acme.test"))
    await services.memberships.change_role(actor, bo.id, Role.ADMIN)
    token, _ = await services.tokens.issue(actor, TokenKind.API, "Tools")
    await services.tokens.revoke(actor, token.id)
    await note(services, idp, f"/Users/{member.id}", "nickName: ignored")
    await note(services, idp, '/Users?filter=userName eq "Ada@acme.test"')
    await note(services, idp, "/Groups")
    renamed = ada(displayName="Ada Byron")
    await services.memberships.update(
        idp, member.id, lambda before: replace(before, profile=renamed.profile, name="Ada Byron")
    )
    await services.memberships.create(globex.operator, a_draft("ada.old@acme.test", displayName="A. Lovelace"))
    await services.sessions.create_login_link(globex.operator, "ada.old@acme.test")
    await services.memberships.create(globex.operator, a_draft("cy@globex.test"))
    return member, secret


async def test_nothing_tells_who_they_were(services, acme, globex, database):
    member, _ = await a_life(services, acme, globex)
    assert mentions(await all_rows(database), *WORDS) != []

    erased = await services.erasure.erase(member.user_id)

    rows = await all_rows(database)
    assert mentions(rows, *WORDS) == []
    assert erased.user_id == member.user_id
    assert erased.organizations == ("acme", "globex")
    (user,) = [row for row in rows["users"] if row["id"] == member.user_id]
    assert (user["email"], user["email_key"], user["name"]) == (None, None, "")
    memberships = [row for row in rows["memberships"] if row["user_id"] == member.user_id]
    assert [(row["user_name"], row["profile"], row["active"], row["admin_granted"]) for row in memberships] == [
        ("", "{}", False, False)
    ] * 2
    assert all(row["ended_at"] for row in memberships)
    assert [request.path for request in await log(services, acme)] == ["/Groups", "/U•••"]


async def test_what_happened_stays_told(services, acme, globex):
    member, _ = await a_life(services, acme, globex)
    before = await services.audit.events(acme.operator)

    await services.erasure.erase("ADA.OLD@acme.test")

    erased, *after = await services.audit.events(acme.operator)
    assert [(event.id, event.action, event.occurred_at, event.actor_kind) for event in after] == [
        (event.id, event.action, event.occurred_at, event.actor_kind) for event in before
    ]
    told = {(event.action, event.target): (event.actor_name, event.changes) for event in after}
    created = told[AuditAction.MEMBERSHIP_CREATED, ERASED][1]
    assert (created["name"], created["userName"], created["active"]) == ((None, ERASED), (None, ERASED), (None, True))
    assert created["profile.phoneNumbers"] == (None, ERASED)
    assert told[AuditAction.MEMBERSHIP_CREATED, "bo@acme.test"][0] == ERASED
    assert told[AuditAction.TOKEN_CREATED, "Tools"][0] == ERASED
    assert told[AuditAction.GROUP_MEMBERS_CHANGED, "admins"] == ("Okta", {"members": (0, 1)})
    assert (erased.action, erased.target, erased.actor_name) == (AuditAction.USER_ERASED, member.user_id, "operator")
    assert await services.audit.events(acme.operator, membership_id=member.id, limit=1) == [erased]


async def test_they_are_locked_out_at_once_and_can_come_as_somebody_new(services, acme, globex):
    member, secret = await a_life(services, acme, globex)

    await services.erasure.erase(member.user_id)

    with pytest.raises(Unauthenticated):
        await services.sessions.authenticate(secret)
    assert [each.user_name for each in await every_member(services, acme.operator)] == ["a@acme.test", "bo@acme.test"]
    again = await services.memberships.create(await okta(services, acme.operator), ada())
    assert again.user_id != member.user_id


async def test_by_what_they_signed_in_is_gone(services, acme, database, clock):
    member = await services.memberships.create(acme.operator, ada())
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    connection = await services.sso.save(acme.operator, a_connection())
    await linked(database, connection, member, clock(), "00u-ada")
    await services.sso.unlink(acme.operator, member.id)
    await linked(database, connection, member, clock(), "00u-ada")
    await linked(database, connection, bo, clock(), "00u-bo")
    await a_passkey(database, member, clock(), "Lovelace's phone")
    await a_passkey(database, bo, clock(), "Bo's phone")
    browser = Visitor(Device("Lovelace/1.0", "192.0.2.7"))
    await inside(database, member, SignInMethod.SSO, clock(), browser)
    await inside(database, bo, SignInMethod.SSO, clock())
    assert ("audit_events", "changes") in mentions(await all_rows(database), "00u-ada")

    erased = await services.erasure.erase(member.user_id)

    rows = await all_rows(database)
    assert mentions(rows, *WORDS, "192.0.2.7") == []
    assert {name: erased.rows[name] for name in ("sessions", "sso_identities", "passkeys")} == {
        "sessions": 1,
        "sso_identities": 1,
        "passkeys": 1,
    }
    for table in ("sessions", "sso_identities", "passkeys"):
        assert [row["membership_id"] for row in rows[table]] == [bo.id]


async def test_nobody_else_is_touched(services, acme, globex, database):
    member, _ = await a_life(services, acme, globex)
    initech = await services.organizations.create("initech", "Initech", "ada@initech.test")
    operator = await services.organizations.operator("initech")
    await services.memberships.create(operator, a_draft("namesake@initech.test", displayName="Ada Lovelace"))
    await signed_in(services, operator, "namesake@initech.test")
    before = await all_rows(database)

    await services.erasure.erase(member.user_id)

    after = await all_rows(database)
    for organization in (acme.organization, globex.organization):
        before, after = without(before, organization.id), without(after, organization.id)
    others = [
        {**rows, "users": [row for row in rows["users"] if row["id"] != member.user_id]} for rows in (before, after)
    ]
    assert others[0] == others[1]
    assert {row["organization_id"] for row in after["memberships"]} == {initech.id}


async def test_a_rehearsal_counts_and_changes_nothing(services, acme, globex, database):
    member, _ = await a_life(services, acme, globex)
    before = await all_rows(database)

    told = await services.erasure.erase("ada.old@acme.test", rehearse=True)

    assert await all_rows(database) == before
    assert await services.erasure.erase(member.user_id) == told
    assert told.rows == {
        "audit_events": 10,
        "login_links": 2,
        "membership_emails": 2,
        "memberships": 2,
        "provisioning_requests": 1,
        "sessions": 1,
        "tokens": 2,
        "users": 1,
    }


async def test_erasing_twice_is_erasing_once(services, acme, globex, database):
    member, _ = await a_life(services, acme, globex)
    await services.erasure.erase(member.user_id)
    before = await all_rows(database)

    again = await services.erasure.erase(member.user_id)

    assert again.rows == {}
    assert await all_rows(database) == before


async def test_the_last_active_admin_is_erased_only_by_force(services, acme, globex, database):
    bo = await services.memberships.create(globex.operator, a_draft("a@acme.test"))
    before = await all_rows(database)

    with pytest.raises(LastAdmin, match="last active admin of acme"):
        await services.erasure.erase("a@acme.test")
    assert await all_rows(database) == before
    with pytest.raises(LastAdmin):
        await services.erasure.erase("a@acme.test", rehearse=True)

    await services.erasure.erase("a@acme.test", force=True)

    warnings = [(await services.audit.events(each.operator, limit=1))[0].warning for each in (acme, globex)]
    assert warnings[0] is not None
    assert "rollbook admin login-link" in warnings[0]
    assert warnings[1] is None
    assert bo.user_id == acme.admin.user_id
    assert await every_member(services, acme.operator) == []


async def test_who_is_not_there_is_not_found_and_an_address_known_elsewhere_is_told(services, acme, database):
    bo = await services.memberships.create(acme.operator, a_draft("bo", "bo@acme.test"))
    await services.memberships.create(acme.operator, a_draft("cy", "cy@acme.test"))
    before = await all_rows(database)

    for who in (NOBODY, "nobody@acme.test", "", "\0"):
        with pytest.raises(NotFound):
            await services.erasure.erase(who)
    assert await all_rows(database) == before
    assert (await services.erasure.erase("bo@acme.test")).user_id == bo.user_id


async def test_the_log_loses_whoever_is_erased_however_they_are_spelled_and_nobody_else(
    services, acme, database, monkeypatch
):
    """Read in short stretches, so that the log is longer than one of them."""
    monkeypatch.setattr(erasing_log, "STRETCH", 3)
    idp = await okta(services, acme.operator)
    gone = await services.memberships.create(
        idp, a_draft("ÖZIL@strauß.test", displayName="Miller", external_id="100001")
    )
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", displayName="Bo Miller"))
    at, of_bo = acme.organization.id, {"membership_id": bo.id, "about": "bo@acme.test"}
    theirs = [
        an_entry(at, minutes=1, path=f"/Users/{gone.id}", membership_id=gone.id),
        an_entry(at, minutes=2, about="O\u0308ZIL@STRAUSS.test"),
        an_entry(at, minutes=3, detail="The userName 'Özil@Strauß.test' belongs to another.", **of_bo),
        an_entry(at, minutes=4, query="filter=userName+eq+%22%C3%B6zil%40strauss.test%22", **of_bo),
        an_entry(at, minutes=5, request_body='{"userName":"özil@strauß.test"}', **of_bo),
        an_entry(at, minutes=6, about="100001"),
    ]
    others = [
        an_entry(at, minutes=7, request_body='{"displayName":"Bo Miller","externalId":"1000012"}', **of_bo),
        an_entry(at, minutes=8, request_body='{"userName":"x.özil@strauß.test"}', **of_bo),
        an_entry(at, minutes=9, membership_id=bo.id, about="miller"),
        an_entry(at, minutes=10, path="/Groups/users", about="Users"),
    ]
    await keep(database, *theirs, *others)

    erased = await services.erasure.erase(gone.user_id)
    # what comes for them afterwards must not bring them back
    exchange = Exchange("PUT", f"/Users/{gone.id}", "filter=Miller", "r1", None, services.clock())
    exchange.organization_id, exchange.sent = at, {"userName": "özil@strauß.test"}
    exchange.body = kept({"userName": "özil@strauß.test"})
    services.provisioning.note(exchange, Answer(404, detail="There is no member 'özil@strauß.test'."))
    late, *left = await log(services, acme)

    assert erased.rows["provisioning_requests"] == len(theirs)
    assert [each.id for each in reversed(left)] == [each.id for each in others]
    assert (late.membership_id, late.about, late.request_body) == (None, "", '{"userName":"ö•••@strauß.test"}')
    assert "zil" not in f"{late.detail}{late.query}"
    assert {table for table, _ in mentions(await all_rows(database), "Özil@strauß")} == {"provisioning_requests"}


async def test_they_are_gone_from_invitations_and_from_jobs(services, acme, globex, database):
    member = await services.memberships.create(acme.operator, ada())
    await services.memberships.remove(acme.operator, member.id)
    await services.invitations.create(
        globex.operator, "Ada.Old@acme.test", Role.USER, name="Ada Lovelace", lifetime=timedelta(days=1)
    )
    await services.jobs.import_members(globex.operator, "email,name\nada.old@acme.test,Ada Lovelace\n")
    before = await all_rows(database)

    with pytest.raises(InvalidValue, match="not finished yet"):
        await services.erasure.erase(member.user_id)
    assert await all_rows(database) == before

    while await services.job_runner.turn():
        pass
    erased = await services.erasure.erase(member.user_id)

    assert mentions(await all_rows(database), *WORDS) == []
    assert erased.organizations == ("acme", "globex")
    assert (erased.rows["invitations"], erased.rows["job_rows"]) == (1, 1)
