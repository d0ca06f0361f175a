"""Tokens: made once, shown once, for one door, and closed at once in every process."""

from datetime import timedelta

import pytest

from rollbook.domain.actors import ActorKind, Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Forbidden, InvalidValue, NotFound, Unauthenticated
from rollbook.domain.policy import API_SCOPES, DEFAULT_API_SCOPES, Permission
from rollbook.domain.roles import Role
from rollbook.domain.tokens import Dialect, SecretKind, Token, TokenKind, mint
from rollbook.services import Services
from tests.builders import NOBODY, a_tool, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.facts import everything_in, opened


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


async def issued(services, acme, kind=TokenKind.SCIM, **rest):
    return await services.tokens.issue(acme.operator, kind, "Okta", **rest)


async def test_a_token_is_made_with_a_secret_that_is_shown_once(services, acme, clock):
    token, secret = await services.tokens.issue(acme.operator, TokenKind.SCIM, "  Okta ")

    assert token == Token(
        id=token.id,
        organization_id=acme.organization.id,
        kind=TokenKind.SCIM,
        name="Okta",
        hint=f"rollbook_scim_…{secret[-4:]}",
        dialect=Dialect.AUTO,
        scopes=frozenset(),
        created_by="operator",
        created_at=clock.moment,
        expires_at=None,
        first_used_at=None,
        last_used_at=None,
        last_used_by=None,
        revoked_at=None,
        revoked_by=None,
    )
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == [token]
    assert await services.tokens.by_id(acme.operator, token.id) == token


async def test_the_secret_is_nowhere_in_the_database(services, acme, database):
    _, secret = await issued(services, acme)
    random = secret.rpartition("_")[2]

    kept = await everything_in(database, "tokens", "audit_events")

    assert random not in kept
    assert random.encode().hex() not in kept
    assert "rollbook_scim_…" in kept


async def test_a_scim_token_opens_the_scim_door(services, acme):
    token, secret = await issued(services, acme, dialect=Dialect.STRICT)

    actor = await services.tokens.authenticate(secret, TokenKind.SCIM, request_id="r1")

    assert (actor.kind, actor.channel, actor.organization_id) == (
        ActorKind.SCIM_TOKEN,
        Channel.SCIM,
        acme.organization.id,
    )
    assert (actor.id, actor.name, actor.strict, actor.scopes, actor.request_id) == (
        token.id,
        "Okta",
        True,
        frozenset(),
        "r1",
    )


async def test_an_api_token_opens_graphql_with_its_scopes(services, acme):
    token, secret = await issued(services, acme, TokenKind.API, scopes=frozenset({Permission.AUDIT_READ}))

    actor = await services.tokens.authenticate(secret, TokenKind.API)

    assert (actor.kind, actor.channel, actor.id) == (ActorKind.API_TOKEN, Channel.GRAPHQL, token.id)
    assert (actor.scopes, actor.strict) == ({"audit:read"}, False)


async def test_an_api_token_reads_members_unless_told_otherwise(services, acme):
    token, _ = await issued(services, acme, TokenKind.API)

    assert token.scopes == DEFAULT_API_SCOPES == {Permission.MEMBERS_READ}


async def test_a_token_is_refused_at_the_other_door_with_a_text_that_says_so(services, acme):
    _, scim = await issued(services, acme)
    _, api = await issued(services, acme, TokenKind.API)

    for secret, door, says in ((scim, TokenKind.API, "rollbook_api_"), (api, TokenKind.SCIM, "rollbook_scim_")):
        with pytest.raises(Unauthenticated) as refusal:
            await services.tokens.authenticate(secret, door)
        assert says in refusal.value.message
        assert secret not in refusal.value.message


async def test_an_unknown_and_a_malformed_secret_are_refused_with_one_text(services, acme):
    secrets = ("", "x", "rollbook_scim_", mint(SecretKind.SCIM), mint(SecretKind.SCIM)[:-1] + "~")
    told = set()
    for secret in secrets:
        with pytest.raises(Unauthenticated) as refusal:
            await services.tokens.authenticate(secret, TokenKind.SCIM)
        told.add(refusal.value.message)

    assert len(told) == 1


async def test_a_session_secret_is_no_token(services, acme):
    link = await services.sessions.create_login_link(acme.operator, "a@acme.test")
    session, _ = await services.sessions.redeem(link)

    for kind in TokenKind:
        for secret in (link, session):
            with pytest.raises(Unauthenticated):
                await services.tokens.authenticate(secret, kind)


async def test_a_mistyped_secret_costs_no_database_work(services, acme, database):
    _, secret = await issued(services, acme)
    mistyped = secret[:-1] + ("0" if secret[-1] != "0" else "1")
    await database.close()

    with pytest.raises(Unauthenticated):
        await services.tokens.authenticate(mistyped, TokenKind.SCIM)


async def test_a_token_of_other_secrets_is_unknown(services, acme, database):
    _, secret = await issued(services, acme)

    with pytest.raises(Unauthenticated):
        await Services(database, b"another pepper").tokens.authenticate(secret, TokenKind.SCIM)


async def test_a_token_expires_at_its_moment(services, acme, clock):
    token, secret = await issued(services, acme, lifetime=timedelta(days=1))
    clock.move(hours=23, minutes=59)
    await services.tokens.authenticate(secret, TokenKind.SCIM)
    clock.move(minutes=1)

    with pytest.raises(Unauthenticated) as refusal:
        await services.tokens.authenticate(secret, TokenKind.SCIM)

    assert "'Okta' has expired" in refusal.value.message
    assert token.expires_at == clock.moment
    assert [listed.id for listed in await services.tokens.list(acme.operator, TokenKind.SCIM)] == [token.id]


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(days=-1), timedelta(days=3651)])
async def test_a_lifetime_that_makes_no_sense_is_refused(services, acme, lifetime):
    with pytest.raises(InvalidValue) as refusal:
        await issued(services, acme, lifetime=lifetime)

    assert refusal.value.field == "expiresInDays"
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == []


async def test_a_revoked_token_is_refused_everywhere_at_once(services, acme, settings, clock):
    token, secret = await issued(services, acme)
    database = await opened(settings)
    elsewhere = Services(database, PEPPER, clock)
    assert (await elsewhere.tokens.authenticate(secret, TokenKind.SCIM)).id == token.id

    revoked = await services.tokens.revoke(acme.operator, token.id)

    for process in (elsewhere, services):
        with pytest.raises(Unauthenticated) as refusal:
            await process.tokens.authenticate(secret, TokenKind.SCIM)
        assert "'Okta' was revoked" in refusal.value.message
    assert (revoked.revoked_at, revoked.revoked_by) == (clock.moment, "operator")
    assert await services.tokens.by_id(acme.operator, token.id) == revoked
    await database.close()


async def test_revoking_twice_is_revoking_once(services, acme, clock):
    token, _ = await issued(services, acme)
    first = await services.tokens.revoke(acme.operator, token.id)
    events = await services.audit.events(acme.operator)
    clock.move(days=1)

    assert await services.tokens.revoke(acme.operator, token.id) == first
    assert await services.audit.events(acme.operator) == events


@pytest.mark.parametrize("token_id", [NOBODY, "nobody", "\0"])
async def test_a_token_that_is_not_there_is_not_found(services, acme, token_id):
    for work in (services.tokens.revoke(acme.operator, token_id), services.tokens.by_id(acme.operator, token_id)):
        with pytest.raises(NotFound):
            await work


async def test_tokens_are_listed_by_kind_the_newest_first(services, acme):
    first, _ = await issued(services, acme)
    api, _ = await issued(services, acme, TokenKind.API)
    second, _ = await issued(services, acme)
    revoked = await services.tokens.revoke(acme.operator, first.id)

    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == [second, revoked]
    assert await services.tokens.list(acme.operator, TokenKind.API) == [api]


async def test_the_use_of_a_token_is_noted_without_a_write_by_the_request(services, acme, clock):
    token, secret = await issued(services, acme)
    clock.move(hours=1)
    used_at = clock.moment

    await services.tokens.authenticate(secret, TokenKind.SCIM, used_by="Okta SCIM Client 1.0.0")
    before = await services.tokens.by_id(acme.operator, token.id)
    await services.tokens.keep_uses()
    after = await services.tokens.by_id(acme.operator, token.id)

    assert before == token
    assert (after.first_used_at, after.last_used_at, after.last_used_by) == (
        used_at,
        used_at,
        "Okta SCIM Client 1.0.0",
    )


async def test_the_last_use_is_exact_to_a_minute_and_the_first_stays(services, acme, clock):
    token, secret = await issued(services, acme)
    first = clock.moment
    kept = []
    for seconds in (0, 59, 1, 3600):
        clock.move(seconds=seconds)
        await services.tokens.authenticate(secret, TokenKind.SCIM, used_by=f"after {seconds}")
        await services.tokens.keep_uses()
        kept.append(await services.tokens.by_id(acme.operator, token.id))

    assert [(k.last_used_at - first).total_seconds() for k in kept] == [0, 0, 60, 3660]
    assert [k.last_used_by for k in kept] == ["after 0", "after 0", "after 1", "after 3600"]
    assert {k.first_used_at for k in kept} == {first}


async def test_a_refused_use_is_not_noted(services, acme):
    token, secret = await issued(services, acme)
    revoked = await services.tokens.revoke(acme.operator, token.id)

    with pytest.raises(Unauthenticated):
        await services.tokens.authenticate(secret, TokenKind.SCIM, used_by="Okta")
    await services.tokens.keep_uses()

    assert await services.tokens.by_id(acme.operator, token.id) == revoked


async def test_who_used_a_token_may_be_long_odd_or_unknown(services, acme, clock):
    token, secret = await issued(services, acme)
    kept = []
    for used_by in ("x" * 5000, None, "bell\a \xff"):
        clock.move(hours=1)
        await services.tokens.authenticate(secret, TokenKind.SCIM, used_by=used_by)
        await services.tokens.keep_uses()
        kept.append((await services.tokens.by_id(acme.operator, token.id)).last_used_by)

    assert kept == ["x" * 256, None, "bell\a \xff"]


async def test_making_and_revoking_are_one_event_each(services, acme):
    token, _ = await issued(services, acme, TokenKind.API, scopes=API_SCOPES, lifetime=timedelta(days=30))
    await services.tokens.revoke(acme.operator, token.id)

    revoked, created, _ = await services.audit.events(acme.operator)

    assert (created.action, created.target, created.changes) == (
        AuditAction.TOKEN_CREATED,
        "Okta",
        {
            "kind": (None, "api"),
            "hint": (None, token.hint),
            "scopes": (None, sorted(API_SCOPES)),
            "expires_at": (None, "2026-03-31T12:00:00+00:00"),
        },
    )
    assert (revoked.action, revoked.target, revoked.changes) == (
        AuditAction.TOKEN_REVOKED,
        "Okta",
        {"hint": (token.hint, None)},
    )


async def test_tokens_are_the_business_of_those_who_may(services, acme):
    token, _ = await issued(services, acme)
    idp = await okta(services, acme.operator)
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    listed = await services.tokens.list(acme.operator, TokenKind.SCIM)

    for actor in (idp, reader, user):
        for work in (
            services.tokens.issue(actor, TokenKind.SCIM, "More"),
            services.tokens.list(actor, TokenKind.SCIM),
            services.tokens.by_id(actor, token.id),
            services.tokens.revoke(actor, token.id),
        ):
            with pytest.raises(Forbidden):
                await work
    assert await services.tokens.list(acme.operator, TokenKind.SCIM) == listed


async def test_nobody_gives_more_than_they_hold(services, acme):
    held = frozenset({Permission.TOKENS_WRITE, Permission.MEMBERS_READ, Permission.MEMBERS_WRITE})
    tool = await a_tool(services, acme.operator, held)
    admin = await signed_in(services, acme.operator, "a@acme.test")

    given, _ = await services.tokens.issue(tool, TokenKind.API, "Less", scopes=frozenset({Permission.MEMBERS_WRITE}))
    by_admin, _ = await services.tokens.issue(admin, TokenKind.API, "All", scopes=API_SCOPES)
    with pytest.raises(Forbidden) as more:
        await services.tokens.issue(tool, TokenKind.API, "More", scopes=API_SCOPES)
    with pytest.raises(Forbidden) as scim:
        await services.tokens.issue(tool, TokenKind.SCIM, "Okta")

    assert (given.scopes, by_admin.scopes) == ({Permission.MEMBERS_WRITE}, API_SCOPES)
    assert "missing here: audit:read, roles:write, settings:write" in more.value.message
    assert "missing here: roles:write" in scim.value.message


async def test_a_token_outlives_the_admin_who_made_it(services, acme):
    admin = await signed_in(services, acme.operator, "b@acme.test")
    token, secret = await services.tokens.issue(admin, TokenKind.SCIM, "Okta")

    await services.memberships.remove(acme.operator, admin.membership_id)

    assert (await services.tokens.authenticate(secret, TokenKind.SCIM)).id == token.id
    assert token.created_by == admin.name
