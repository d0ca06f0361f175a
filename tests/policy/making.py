"""Makes the world: through the services, so that it is no impossible one."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.groups import GroupChange
from rollbook.domain.jobs import BulkChange
from rollbook.domain.passkeys import Passkey
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.provisioning import ProvisioningOutcome
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY
from rollbook.domain.sso import ConnectionDraft, Provider, ProviderAnswer
from rollbook.domain.tokens import TokenKind
from rollbook.domain.values import new_id
from rollbook.persistence import passkeys
from rollbook.persistence.database import Database
from rollbook.persistence.sqlite import SqliteDatabase
from rollbook.services import Services
from rollbook.web.browser import Browser
from tests.builders import a_draft, a_session, equals
from tests.conftest import BASE_URL, AnOrganization, an_organization
from tests.entries import an_entry, keep
from tests.graphql.client import OWN_PAGE, global_id

from .outside import ISSUER, Outside
from .world import MOMENT, Clock, World, services_over

Headers = dict[str, str]
LIFETIME = timedelta(days=7)


async def build(path: Path) -> World:
    """The world, in a migrated database that nobody has used."""
    database, clock, outside = SqliteDatabase(path), Clock(), Outside()
    try:
        services = services_over(database, clock, outside)
        clock.moment = MOMENT - timedelta(days=2)
        acme = await an_organization(services, "acme", "a@acme.test")
        globex = await an_organization(services, "globex", "g@globex.test")
        credentials = await _short_lived(services, acme)
        clock.moment = MOMENT - timedelta(minutes=20)
        credentials["stale"] = _page(await a_session(services, acme.operator, "sue@acme.test"))
        clock.moment = MOMENT
        ids = await _one_of_everything(services, acme)
        ids |= await _single_sign_on(services, acme, outside)
        ids |= await _ways_of_the_member(services, database, acme)
        ids["request"] = await _refused_request(services, database, acme)
        credentials |= await _people(services, acme, globex)
        credentials |= await _tokens(services, acme, globex)
    finally:
        await database.close()
    return World(path, "acme", credentials, ids)


async def _one_of_everything(services: Services, acme: AnOrganization) -> dict[str, str]:
    _, secret = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    idp = await services.tokens.authenticate(secret, TokenKind.SCIM)
    bo = await services.memberships.create(idp, a_draft("bo@acme.test", "bo@acme.test", external_id="00u1"))
    cy = await services.memberships.create(idp, a_draft("cy@acme.test", "cy@acme.test", active=False))
    admin = await services.sessions.authenticate(await a_session(services, acme.operator, "a@acme.test"))
    invited, _ = await services.invitations.create(admin, "ivy@acme.test", Role.USER, lifetime=LIFETIME)
    of_admin, _ = await services.invitations.create(admin, "jon@acme.test", Role.ADMIN, lifetime=LIFETIME)
    _, accepted = await services.invitations.create(admin, "kim@acme.test", Role.ADMIN, lifetime=LIFETIME)
    _, kim = await services.invitations.accept(accepted)
    lou = await services.memberships.create(idp, a_draft("lou@acme.test"))
    await services.groups.change(idp, "users", GroupChange(remove=(lou.id,)))
    done = await services.jobs.change_members(admin, [bo.id], BulkChange.REACTIVATE)
    while await services.job_runner.turn():
        pass
    job = await services.jobs.change_members(admin, [bo.id], BulkChange.DEACTIVATE)
    (event,) = await services.audit.events(acme.operator, membership_id=cy.id)
    return {
        "organization": global_id("Organization", acme.organization.id),
        "admins": global_id("Group", f"{acme.organization.id}:admins"),
        "admin": global_id("Member", acme.admin.id),
        "bo": global_id("Member", bo.id),
        "cy": global_id("Member", cy.id),
        "kim": global_id("Member", kim.membership_id or ""),
        "lou": global_id("Member", lou.id),
        "user": global_id("User", bo.user_id),
        "invitation": global_id("Invitation", invited.id),
        "adminInvitation": global_id("Invitation", of_admin.id),
        "job": global_id("Job", job.id),
        "adminSession": global_id("Session", admin.session_id or ""),
        "doneJob": global_id("Job", done.id),
        "event": global_id("AuditEvent", event.id),
        **await _tokens_to_rotate(services, admin),
    }


async def _tokens_to_rotate(services: Services, admin: Actor) -> dict[str, str]:
    """Of each kind one, and the one from which it took over; and one that may do no more than to handle tokens."""
    narrow, _ = await services.tokens.issue(admin, TokenKind.API, "Narrow", scopes=frozenset({Permission.TOKENS_WRITE}))
    ids = {"narrowToken": global_id("ApiToken", narrow.id)}
    for kind, known_as in ((TokenKind.API, "apiToken"), (TokenKind.SCIM, "scimToken")):
        type_name = known_as[0].upper() + known_as[1:]
        before, _ = await services.tokens.issue(admin, kind, "Before")
        after, _ = await services.tokens.rotate(admin, before.id)
        ids |= {known_as: global_id(type_name, after.id), f"{known_as}Before": global_id(type_name, before.id)}
    return ids


async def _single_sign_on(services: Services, acme: AnOrganization, outside: Outside) -> dict[str, str]:
    """A proven domain and one that is not, and a connection through which an admin and a member have signed in."""
    admin = await services.sessions.authenticate(await a_session(services, acme.operator, "a@acme.test"))
    domain = await services.login_domains.add(admin, "acme.test")
    outside.texts = [domain.challenge]
    await services.login_domains.prove(admin, domain.id)
    unproven = await services.login_domains.add(admin, "acme.example")
    draft = ConnectionDraft(Provider.OTHER, ISSUER, "rollbook", client_secret="of the provider")
    connection = await services.sso.save(admin, draft)
    for email in ("a@acme.test", "bo@acme.test"):
        departure = await services.sign_in.start("acme")
        outside.email = email
        answer = ProviderAnswer(code="good once", state=outside.state, issuer=ISSUER)
        bo = (await services.sign_in.finish("acme", departure.attempt, answer, SOMEBODY)).actor
    return {
        "domain": global_id("LoginDomain", domain.id),
        "unproven": global_id("LoginDomain", unproven.id),
        "sessionOfBo": global_id("Session", bo.session_id or ""),
        "connection": global_id("SsoConnection", connection.id),
    }


async def _ways_of_the_member(services: Services, database: Database, acme: AnOrganization) -> dict[str, str]:
    """A browser of the member that they have open elsewhere, and a passkey, whose key is made up."""
    mo = await services.sessions.authenticate(await a_session(services, acme.operator, "mo@acme.test", Role.USER))
    assert mo.session_id is not None
    assert mo.membership_id is not None
    passkey = Passkey(
        new_id(), mo.organization_id, mo.membership_id, "Laptop", b"id", b"key", 0, (), False, MOMENT, None
    )
    async with database.write() as tx:
        await passkeys.insert_passkey(tx, passkey)
    return {
        "mo": global_id("Member", mo.membership_id),
        "passkey": global_id("Passkey", passkey.id),
        "session": global_id("Session", mo.session_id),
    }


async def _refused_request(services: Services, database: Database, acme: AnOrganization) -> str:
    """A request about a member, refused though it left an event, so that it has all that one can have."""
    (token,) = await services.tokens.list(acme.operator, TokenKind.SCIM, limit=1)
    (event, *_) = await services.audit.events(acme.operator, membership_id=acme.admin.id)
    entry = an_entry(
        acme.organization.id,
        method="PUT",
        status=409,
        outcome=ProvisioningOutcome.REFUSED,
        about="a@acme.test",
        membership_id=acme.admin.id,
        token_id=token.id,
        event_id=event.id,
        request_body='{"userName":"a@acme.test"}',
        response_body='{"status":"409"}',
        detail="The userName 'a@acme.test' belongs to another member of this organization.",
        notes=("emails was ignored.",),
    )
    await keep(database, entry)
    return global_id("ProvisioningRequest", entry.id)


async def _people(services: Services, acme: AnOrganization, globex: AnOrganization) -> dict[str, Headers]:
    return {
        "nobody": {},
        "admin": _page(await a_session(services, acme.operator, "a@acme.test")),
        "member": _page(await a_session(services, acme.operator, "mo@acme.test", Role.USER)),
        "other": _page(await a_session(services, globex.operator, "g@globex.test")),
        "ended": await _deactivated_admin(services, acme),
    }


async def _deactivated_admin(services: Services, acme: AnOrganization) -> Headers:
    """A page that an admin had open when the identity provider deactivated them."""
    page = _page(await a_session(services, acme.operator, "di@acme.test"))
    is_di = equals("userName", "di@acme.test")
    (di,) = (await services.memberships.search(acme.operator, is_di, offset=0, limit=1)).memberships
    _, secret = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Entra")
    idp = await services.tokens.authenticate(secret, TokenKind.SCIM)
    await services.memberships.update(idp, di.id, lambda before: before.with_active(False))
    return page


async def _tokens(services: Services, acme: AnOrganization, globex: AnOrganization) -> dict[str, Headers]:
    scopes = {_short(scope): await _bearer(services, acme, scopes=frozenset({scope})) for scope in sorted(API_SCOPES)}
    return scopes | {
        "every scope": await _bearer(services, acme),
        "scim": await _bearer(services, acme, TokenKind.SCIM),
        "foreign": await _bearer(services, globex, TokenKind.SCIM),
        "revoked": await _bearer(services, acme, revoked=True),
        "revoked scim": await _bearer(services, acme, TokenKind.SCIM, revoked=True),
    }


async def _short_lived(services: Services, acme: AnOrganization) -> dict[str, Headers]:
    day = timedelta(days=1)
    return {
        "expired": await _bearer(services, acme, lifetime=day),
        "expired scim": await _bearer(services, acme, TokenKind.SCIM, lifetime=day),
    }


def _short(scope: Permission) -> str:
    """A scope as the head of a table's column: a:r for audit:read."""
    return ":".join(word[0] for word in scope.split(":"))


async def _bearer(
    services: Services,
    organization: AnOrganization,
    kind: TokenKind = TokenKind.API,
    *,
    revoked: bool = False,
    **rest: Any,
) -> Headers:
    """The headers of whoever shows a new token; one of the API may do everything unless its scopes are named."""
    token, secret = await services.tokens.issue(
        organization.operator, kind, "Somebody's", **({"scopes": API_SCOPES} | rest)
    )
    if revoked:
        await services.tokens.revoke(organization.operator, token.id)
    return {"Authorization": f"Bearer {secret}"}


def _page(session_secret: str) -> Headers:
    """The headers that a page of this installation sends."""
    return OWN_PAGE | {"Cookie": f"{Browser(BASE_URL).cookie}={session_secret}"}
