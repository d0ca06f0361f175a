"""Tokens that are replaced, renamed and given other rights, each within what the changer holds."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, NotFound, TooLarge, Unauthenticated
from rollbook.domain.organizations import OrganizationSettings
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.tokens import Dialect, TokenKind
from rollbook.services import Services
from rollbook.services.granting import MOST_LIVE
from tests.builders import NOBODY, a_tool
from tests.services.conftest import PEPPER

HOUR = timedelta(hours=1)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


async def issued(services, acme, kind=TokenKind.SCIM, **rest):
    return await services.tokens.issue(acme.operator, kind, "Okta", **rest)


async def everything(services, acme):
    return await services.tokens.list(acme.operator), await services.audit.events(acme.operator)


async def test_a_rotated_token_has_a_successor_with_the_same_rights(services, acme, clock):
    old, old_secret = await issued(services, acme, dialect=Dialect.STRICT, lifetime=timedelta(days=90))
    await services.tokens.authenticate(old_secret, TokenKind.SCIM, used_by="Okta")
    await services.tokens.keep_uses()
    clock.move(days=80)

    new, secret = await services.tokens.rotate(acme.operator, old.id)

    assert new == replace(
        old,
        id=new.id,
        hint=f"rollbook_scim_…{secret[-4:]}",
        created_at=clock.moment,
        expires_at=clock.moment + timedelta(days=90),
        replaces_id=old.id,
    )
    listed = await services.tokens.list(acme.operator, TokenKind.SCIM)
    assert [(token.id, token.replaces_id, token.replaced_by_id) for token in listed] == [
        (new.id, old.id, None),
        (old.id, None, new.id),
    ]


async def test_both_tokens_work_until_the_overlap_is_over(services, acme, clock):
    old, old_secret = await issued(services, acme)
    new, secret = await services.tokens.rotate(acme.operator, old.id, overlap=3 * HOUR)

    clock.move(hours=2, minutes=59)
    ids = [(await services.tokens.authenticate(each, TokenKind.SCIM)).id for each in (old_secret, secret)]
    clock.move(minutes=1)

    assert ids == [old.id, new.id]
    with pytest.raises(Unauthenticated, match="has expired"):
        await services.tokens.authenticate(old_secret, TokenKind.SCIM)
    assert (await services.tokens.authenticate(secret, TokenKind.SCIM)).id == new.id
    assert (await services.tokens.by_id(acme.operator, old.id)).expires_at == clock.moment


async def test_without_an_overlap_the_old_token_is_revoked_at_once(services, acme, clock):
    old, old_secret = await issued(services, acme, TokenKind.API, scopes=API_SCOPES)

    new, secret = await services.tokens.rotate(acme.operator, old.id, overlap=0 * HOUR)

    with pytest.raises(Unauthenticated, match="was revoked"):
        await services.tokens.authenticate(old_secret, TokenKind.API)
    assert (await services.tokens.authenticate(secret, TokenKind.API)).scopes == {str(scope) for scope in API_SCOPES}
    kept = await services.tokens.by_id(acme.operator, old.id)
    assert (kept.revoked_at, kept.revoked_by, kept.expires_at) == (clock.moment, "operator", None)
    assert new.expires_at is None


async def test_an_overlap_makes_no_token_live_longer(services, acme):
    old, _ = await issued(services, acme, lifetime=2 * HOUR)

    await services.tokens.rotate(acme.operator, old.id)

    assert (await services.tokens.by_id(acme.operator, old.id)).expires_at == old.expires_at


@pytest.mark.parametrize("hours", [-1, 721])
async def test_an_overlap_that_makes_no_sense_is_refused(services, acme, hours):
    old, _ = await issued(services, acme)
    before = await everything(services, acme)

    with pytest.raises(InvalidValue) as refusal:
        await services.tokens.rotate(acme.operator, old.id, overlap=hours * HOUR)

    assert refusal.value.field == "overlapHours"
    assert await everything(services, acme) == before


async def test_a_token_has_one_successor_and_an_ended_one_has_none(services, acme, clock):
    rotated, _ = await issued(services, acme)
    await services.tokens.rotate(acme.operator, rotated.id)
    revoked, _ = await issued(services, acme)
    await services.tokens.revoke(acme.operator, revoked.id)
    expired, _ = await issued(services, acme, lifetime=HOUR)
    clock.move(hours=1)
    before = await everything(services, acme)

    told = []
    for token in (rotated, revoked, expired):
        with pytest.raises(InvalidValue) as refusal:
            await services.tokens.rotate(acme.operator, token.id)
        told.append((refusal.value.field, refusal.value.message))

    assert told == [
        ("tokenId", "The token 'Okta' has a successor already. Rotate that one, or generate a new token."),
        ("tokenId", "The token 'Okta' was revoked. Generate a new one."),
        ("tokenId", "The token 'Okta' has expired. Generate a new one."),
    ]
    assert await everything(services, acme) == before


async def test_two_rotations_at_once_make_one_successor(services, acme):
    old, _ = await issued(services, acme)

    outcomes = await asyncio.gather(
        *(services.tokens.rotate(acme.operator, old.id) for _ in range(2)), return_exceptions=True
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["InvalidValue", "tuple"]
    assert len(await services.tokens.list(acme.operator)) == 2


async def test_what_is_changed_of_a_token_is_its_name_and_rights(services, acme):
    scim, scim_secret = await issued(services, acme)
    api, api_secret = await issued(services, acme, TokenKind.API)

    strict = await services.tokens.update(acme.operator, scim.id, name=" Dev ", dialect=Dialect.STRICT)
    wider = await services.tokens.update(acme.operator, api.id, scopes=API_SCOPES)

    assert strict == replace(scim, name="Dev", dialect=Dialect.STRICT)
    assert wider == replace(api, scopes=API_SCOPES)
    assert await services.tokens.list(acme.operator) == [wider, strict]
    assert (await services.tokens.authenticate(scim_secret, TokenKind.SCIM)).strict is True
    assert (await services.tokens.authenticate(api_secret, TokenKind.API)).scopes == {str(each) for each in API_SCOPES}


async def test_what_cannot_be_changed_of_a_token_is_refused(services, acme):
    scim, _ = await issued(services, acme)
    api, _ = await issued(services, acme, TokenKind.API)
    revoked, _ = await issued(services, acme)
    await services.tokens.revoke(acme.operator, revoked.id)
    before = await everything(services, acme)

    fields = []
    for token, change in (
        (scim, {"scopes": API_SCOPES}),
        (api, {"dialect": Dialect.STRICT}),
        (api, {"scopes": frozenset()}),
        (api, {"scopes": frozenset({Permission.OPERATE})}),
        (api, {"name": " "}),
        (revoked, {"name": "Other"}),
    ):
        with pytest.raises(InvalidValue) as refusal:
            await services.tokens.update(acme.operator, token.id, **change)
        fields.append(refusal.value.field)

    assert fields == ["scopes", "dialect", "scopes", "scopes", "name", "tokenId"]
    assert await everything(services, acme) == before


async def test_nobody_widens_or_takes_over_more_than_they_hold(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.TOKENS_WRITE, Permission.MEMBERS_READ}))
    wide, _ = await issued(services, acme, TokenKind.API, scopes=frozenset({Permission.AUDIT_READ}))
    scim, _ = await issued(services, acme)
    before = await everything(services, acme)

    for work in (
        services.tokens.update(tool, wide.id, scopes=frozenset({Permission.AUDIT_READ, Permission.ROLES_WRITE})),
        services.tokens.rotate(tool, wide.id),
        services.tokens.rotate(tool, scim.id),
    ):
        with pytest.raises(Forbidden):
            await work
    assert await everything(services, acme) == before

    allowed = frozenset({Permission.AUDIT_READ, Permission.MEMBERS_READ})
    assert (await services.tokens.update(tool, wide.id, scopes=allowed)).scopes == allowed
    narrowed = frozenset({Permission.MEMBERS_READ})
    assert (await services.tokens.update(tool, wide.id, scopes=narrowed)).scopes == narrowed


async def test_another_organizations_token_is_not_found(services, acme, globex):
    foreign, _ = await issued(services, globex)

    for token_id in (foreign.id, NOBODY, "nobody"):
        for work in (
            services.tokens.rotate(acme.operator, token_id),
            services.tokens.update(acme.operator, token_id, name="Mine"),
        ):
            with pytest.raises(NotFound):
                await work
    assert await services.tokens.by_ids(acme.operator, [foreign.id, NOBODY, "nobody"]) == {}
    assert await services.tokens.list(globex.operator) == [foreign]


async def test_rotating_and_updating_are_one_event_each(services, acme):
    old, _ = await issued(services, acme, TokenKind.API)
    new, _ = await services.tokens.rotate(acme.operator, old.id)
    await services.tokens.update(acme.operator, new.id, name="Reports", scopes=frozenset({Permission.AUDIT_READ}))

    updated, rotated, *_ = await services.audit.events(acme.operator)

    assert (rotated.action, rotated.target, rotated.changes) == (
        AuditAction.TOKEN_ROTATED,
        "Okta",
        {"hint": (old.hint, new.hint), "old_works_until": (None, "2026-03-02T12:00:00+00:00")},
    )
    assert (updated.action, updated.target, updated.changes) == (
        AuditAction.TOKEN_UPDATED,
        "Reports",
        {"name": ("Okta", "Reports"), "scopes": (["members:read"], ["audit:read"])},
    )


async def test_the_organization_limits_how_long_a_new_token_lives(services, acme):
    old, _ = await issued(services, acme)
    endless, _ = await issued(services, acme)
    await services.organizations.update(
        acme.operator, lambda before: replace(before, settings=OrganizationSettings(token_max_lifetime_days=30))
    )
    before = await everything(services, acme)

    for lifetime in (None, timedelta(days=31)):
        with pytest.raises(InvalidValue) as refusal:
            await issued(services, acme, lifetime=lifetime)
        assert refusal.value.field == "expiresInDays"
        assert "30 days" in refusal.value.message
    assert await everything(services, acme) == before

    allowed, _ = await issued(services, acme, lifetime=timedelta(days=30))
    successor, _ = await services.tokens.rotate(acme.operator, old.id)
    assert allowed.lifetime == successor.lifetime == timedelta(days=30)
    assert (await services.tokens.by_id(acme.operator, endless.id)).expires_at is None


async def test_those_that_work_can_be_listed_alone(services, acme, clock):
    revoked, _ = await issued(services, acme)
    await services.tokens.revoke(acme.operator, revoked.id)
    await issued(services, acme, lifetime=HOUR)
    api, _ = await issued(services, acme, TokenKind.API)
    scim, _ = await issued(services, acme, lifetime=2 * HOUR)
    clock.move(hours=1)

    assert await services.tokens.list(acme.operator, include_ended=False) == [scim, api]
    assert await services.tokens.list(acme.operator, TokenKind.API, include_ended=False) == [api]
    assert len(await services.tokens.list(acme.operator)) == 4


async def test_so_many_tokens_work_at_once_and_no_more(services, acme):
    made = [(await issued(services, acme))[0] for _ in range(MOST_LIVE)]

    for work in (issued(services, acme), services.tokens.rotate(acme.operator, made[0].id)):
        with pytest.raises(TooLarge) as refusal:
            await work
        assert refusal.value.limit == MOST_LIVE
    await services.tokens.revoke(acme.operator, made[0].id)
    await issued(services, acme)

    assert len(await services.tokens.list(acme.operator, include_ended=False)) == MOST_LIVE
