"""Every command of every service: how it succeeds, is refused and changes nothing in a world made for it."""

from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

from rollbook.domain.audit import AuditAction
from rollbook.domain.groups import GroupChange
from rollbook.domain.jobs import BulkChange
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY
from rollbook.domain.tokens import TokenKind
from tests.authenticator import Authenticator
from tests.builders import NOBODY, a_draft, a_session, a_tool, okta, signed_in
from tests.conftest import BASE_URL
from tests.services import sso_commands
from tests.services.passkeys import entered, registered


async def a_world(services, acme):
    """An organization in which every command has something to do, something to refuse, and something done already."""
    operator = acme.operator
    idp = await okta(services, operator)
    session = await services.sessions.authenticate(await a_session(services, operator, "a@acme.test"))
    ended = await services.sessions.authenticate(await a_session(services, operator, "a@acme.test"))
    await services.sessions.end(ended)
    used = await services.sessions.create_login_link(operator, "a@acme.test")
    await services.sessions.redeem(used)
    token, _ = await services.tokens.issue(operator, TokenKind.SCIM, "Entra")
    revoked, _ = await services.tokens.issue(operator, TokenKind.SCIM, "Old")
    await services.tokens.revoke(operator, revoked.id)
    pending, _ = await services.invitations.create(session, "ivy@acme.test", Role.USER, lifetime=WEEK)
    _, invited = await services.invitations.create(session, "kim@acme.test", Role.USER, lifetime=WEEK)
    uninvited, _ = await services.invitations.create(session, "jo@acme.test", Role.USER, lifetime=WEEK)
    await services.invitations.revoke(session, uninvited.id)
    job, cancelled = [await services.jobs.import_members(session, CSV) for _ in range(2)]
    await services.jobs.cancel(session, cancelled.id)
    phone = Authenticator(BASE_URL)
    await registered(services, session, phone)
    return SimpleNamespace(
        phone=phone,
        lost=await registered(services, session, Authenticator(BASE_URL), name="Lost"),
        pending=pending,
        invited=invited,
        uninvited=uninvited,
        job=job,
        cancelled=cancelled,
        bo=await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1")),
        cy=await services.memberships.create(idp, a_draft("cy@acme.test", active=False)),
        admin=acme.admin,
        operator=operator,
        idp=idp,
        session=session,
        ended=ended,
        link=await services.sessions.create_login_link(operator, "a@acme.test"),
        used=used,
        token=token,
        revoked=revoked,
        user=await signed_in(services, operator, "eve@acme.test", Role.USER),
        reader=await a_tool(services, operator, frozenset({Permission.MEMBERS_READ})),
    )


def deactivated(before):
    return before.with_active(False)


A = AuditAction
CSV = "email\ngus@acme.test\n"
WEEK = timedelta(days=7)
COMMANDS = sso_commands.WITH_AN_EVENT | {
    "groups.change": (
        A.GROUP_MEMBERS_CHANGED,
        lambda s, w: s.groups.change(w.idp, "admins", GroupChange(add=(w.bo.id,))),
        lambda s, w: s.groups.change(w.idp, "admins", GroupChange(replace=())),
        lambda s, w: s.groups.change(w.idp, "users", GroupChange(add=(w.bo.id,))),
    ),
    "invitations.accept": (
        A.INVITATION_ACCEPTED,
        lambda s, w: s.invitations.accept(w.invited),
        lambda s, w: s.invitations.accept(w.used),
        None,
    ),
    "invitations.create": (
        A.INVITATION_CREATED,
        lambda s, w: s.invitations.create(w.session, "fay@acme.test", Role.USER, lifetime=WEEK),
        lambda s, w: s.invitations.create(w.session, "bo@acme.test", Role.USER, lifetime=WEEK),
        None,
    ),
    "invitations.resend": (
        A.INVITATION_RESENT,
        lambda s, w: s.invitations.resend(w.session, w.pending.id, lifetime=WEEK),
        lambda s, w: s.invitations.resend(w.session, NOBODY, lifetime=WEEK),
        None,
    ),
    "invitations.revoke": (
        A.INVITATION_REVOKED,
        lambda s, w: s.invitations.revoke(w.session, w.pending.id),
        lambda s, w: s.invitations.revoke(w.session, NOBODY),
        lambda s, w: s.invitations.revoke(w.session, w.uninvited.id),
    ),
    "jobs.cancel": (
        A.JOB_CANCELLED,
        lambda s, w: s.jobs.cancel(w.session, w.job.id),
        lambda s, w: s.jobs.cancel(w.session, NOBODY),
        lambda s, w: s.jobs.cancel(w.session, w.cancelled.id),
    ),
    "jobs.change_members": (
        A.JOB_CREATED,
        lambda s, w: s.jobs.change_members(w.session, [w.bo.id], BulkChange.REMOVE),
        lambda s, w: s.jobs.change_members(w.session, [], BulkChange.REMOVE),
        None,
    ),
    "jobs.import_members": (
        A.JOB_CREATED,
        lambda s, w: s.jobs.import_members(w.session, CSV),
        lambda s, w: s.jobs.import_members(w.session, ""),
        None,
    ),
    "memberships.create": (
        A.MEMBERSHIP_CREATED,
        lambda s, w: s.memberships.create(w.idp, a_draft("dee@acme.test")),
        lambda s, w: s.memberships.create(w.idp, a_draft("bo@acme.test")),
        None,
    ),
    "memberships.create again": (
        A.MEMBERSHIP_REVIVED,
        lambda s, w: s.memberships.create(w.idp, a_draft("cy@acme.test")),
        lambda s, w: s.memberships.create(w.idp, a_draft("cy@acme.test", external_id="00u1")),
        None,
    ),
    "memberships.update": (
        A.MEMBERSHIP_UPDATED,
        lambda s, w: s.memberships.update(w.idp, w.bo.id, deactivated),
        lambda s, w: s.memberships.update(w.idp, w.bo.id, lambda before: replace(before, user_name="")),
        lambda s, w: s.memberships.update(w.idp, w.cy.id, deactivated),
    ),
    "memberships.change_role": (
        A.MEMBERSHIP_UPDATED,
        lambda s, w: s.memberships.change_role(w.session, w.bo.id, Role.ADMIN),
        lambda s, w: s.memberships.change_role(w.session, w.admin.id, Role.USER),
        lambda s, w: s.memberships.change_role(w.session, w.bo.id, Role.USER),
    ),
    "memberships.remove": (
        A.MEMBERSHIP_REMOVED,
        lambda s, w: s.memberships.remove(w.idp, w.bo.id),
        lambda s, w: s.memberships.remove(w.session, w.admin.id),
        None,
    ),
    "organizations.create": (
        A.ORGANIZATION_CREATED,
        lambda s, w: s.organizations.create("initech", "Initech", "i@initech.test"),
        lambda s, w: s.organizations.create("acme", "Initech", "i@initech.test"),
        None,
    ),
    "organizations.leave": (
        A.MEMBERSHIP_REMOVED,
        lambda s, w: s.organizations.leave(w.user),
        lambda s, w: s.organizations.leave(w.session),
        None,
    ),
    "organizations.update": (
        A.ORGANIZATION_UPDATED,
        lambda s, w: s.organizations.update(w.session, lambda before: replace(before, name="Other")),
        lambda s, w: s.organizations.update(w.session, lambda before: replace(before, name="")),
        lambda s, w: s.organizations.update(w.session, lambda before: before),
    ),
    "passkeys.register": (
        A.PASSKEY_REGISTERED,
        lambda s, w: registered(s, w.session, Authenticator(BASE_URL), name="Laptop"),
        lambda s, w: s.passkeys.register(w.session, "", "", name="Laptop"),
        None,
    ),
    "passkeys.remove": (
        A.PASSKEY_REMOVED,
        lambda s, w: s.passkeys.remove(w.session, w.lost.id),
        lambda s, w: s.passkeys.remove(w.session, NOBODY),
        None,
    ),
    "passkeys.sign_in": (
        A.SESSION_STARTED,
        lambda s, w: entered(s, w.phone),
        lambda s, w: s.passkeys.sign_in("", "", SOMEBODY),
        None,
    ),
    "sessions.create_login_link": (
        A.LOGIN_LINK_CREATED,
        lambda s, w: s.sessions.create_login_link(w.operator, "a@acme.test"),
        lambda s, w: s.sessions.create_login_link(w.operator, "nobody"),
        None,
    ),
    "sessions.end": (
        A.SESSION_ENDED,
        lambda s, w: s.sessions.end(w.session),
        lambda s, w: s.sessions.end(w.idp),
        lambda s, w: s.sessions.end(w.ended),
    ),
    "sessions.redeem": (
        A.SESSION_STARTED,
        lambda s, w: s.sessions.redeem(w.link),
        lambda s, w: s.sessions.redeem(w.used),
        None,
    ),
    "sessions.revoke": (
        A.SESSION_REVOKED,
        lambda s, w: s.sessions.revoke(w.session, w.user.session_id),
        lambda s, w: s.sessions.revoke(w.user, w.session.session_id),
        lambda s, w: s.sessions.revoke(w.session, w.ended.session_id),
    ),
    "sessions.revoke_all_of": (
        A.SESSION_REVOKED,
        lambda s, w: s.sessions.revoke_all_of(w.session, w.admin.id),
        lambda s, w: s.sessions.revoke_all_of(w.user, w.admin.id),
        lambda s, w: s.sessions.revoke_all_of(w.session, w.bo.id),
    ),
    "sessions.revoke_others": (
        A.SESSION_REVOKED,
        lambda s, w: s.sessions.revoke_others(w.session),
        lambda s, w: s.sessions.revoke_others(w.idp),
        lambda s, w: s.sessions.revoke_others(w.user),
    ),
    "tokens.issue": (
        A.TOKEN_CREATED,
        lambda s, w: s.tokens.issue(w.session, TokenKind.API, "Tools", scopes=API_SCOPES),
        lambda s, w: s.tokens.issue(w.reader, TokenKind.API, "Tools"),
        None,
    ),
    "tokens.rotate": (
        A.TOKEN_ROTATED,
        lambda s, w: s.tokens.rotate(w.session, w.token.id),
        lambda s, w: s.tokens.rotate(w.session, w.revoked.id),
        None,
    ),
    "tokens.update": (
        A.TOKEN_UPDATED,
        lambda s, w: s.tokens.update(w.session, w.token.id, name="Other"),
        lambda s, w: s.tokens.update(w.session, w.revoked.id, name="Other"),
        lambda s, w: s.tokens.update(w.session, w.token.id, name=w.token.name),
    ),
    "tokens.revoke": (
        A.TOKEN_REVOKED,
        lambda s, w: s.tokens.revoke(w.session, w.token.id),
        lambda s, w: s.tokens.revoke(w.session, NOBODY),
        lambda s, w: s.tokens.revoke(w.session, w.revoked.id),
    ),
}
"""By command: what it writes into the trail, a call that succeeds, one that is refused, one that changes nothing."""

WITHOUT_AN_EVENT = sso_commands.WITHOUT_AN_EVENT | {
    "ready": "asks only whether the database answers",
    "access_history.numbers": "reads",
    "access_history.page": "reads",
    "access_history.review": "reads",
    "attention.items": "reads",
    "audit.events": "reads",
    "audit.export": "reads",
    "audit.find": "reads",
    "audit.histories": "reads",
    "audit.last_provisioning": "reads",
    "audit.page": "reads",
    "audit.touches": "reads",
    "erasure.erase": "rewrites what the other events tell; test_erasure",
    "groups.count": "reads",
    "groups.get": "reads",
    "groups.list": "reads",
    "groups.members": "reads",
    "idempotency.forget": "forgets keys",
    "idempotency.run": "the operation that it runs has the event",
    "live.events": "reads",
    "live.job": "reads",
    "invitations.get": "reads",
    "invitations.mail": "sends what another command made",
    "invitations.organization_of": "reads",
    "invitations.page": "reads",
    "job_runner.run": "the operation of each row has the event",
    "job_runner.stop": "touches no data",
    "job_runner.turn": "the operation of each row has the event",
    "job_runner.wake": "touches no data",
    "jobs.get": "reads",
    "jobs.page": "reads",
    "jobs.rows": "reads",
    "memberships.by_ids": "reads",
    "memberships.count": "reads",
    "memberships.current": "reads",
    "memberships.facets": "reads",
    "memberships.get": "reads",
    "memberships.page": "reads",
    "memberships.search": "reads",
    "memberships.users": "reads",
    "organizations.contents": "reads",
    "organizations.delete": "deletes the trail too",
    "organizations.get": "reads",
    "organizations.list": "reads",
    "organizations.operator": "reads",
    "organizations.settings": "reads",
    "passkeys.begin_registration": "writes nothing",
    "passkeys.begin_sign_in": "writes nothing",
    "passkeys.list": "reads",
    "provisioning.forget": "forgets what was kept long enough",
    "provisioning.keep_noted": "writes down what requests did",
    "provisioning.note": "writes nothing",
    "provisioning_log.bodies": "reads",
    "provisioning_log.bodies_of_members": "reads",
    "provisioning_log.events": "reads",
    "provisioning_log.find": "reads",
    "provisioning_log.of_members": "reads",
    "provisioning_log.page": "reads",
    "provisioning_log.results": "reads",
    "series.memberships": "reads",
    "series.provisioning": "reads",
    "sessions.authenticate": "reads, and remembers the use",
    "sessions.counts_of": "reads",
    "sessions.forget": "ends what has lapsed by itself",
    "sessions.get": "reads",
    "sessions.is_elsewhere": "reads",
    "sessions.keep_uses": "writes down what requests did",
    "sessions.list": "reads",
    "sessions.page": "reads",
    "setup.is_done": "reads",
    "sign_in.find": "reads",
    "sign_in.finish": "needs a provider; test_sign_in, test_sign_in_again",
    "sign_in.start": "writes nothing",
    "sign_in.start_again": "writes nothing",
    "sign_in.start_joining": "writes nothing",
    "sign_in.start_linking": "writes nothing",
    "sign_in.way_out": "reads",
    "tokens.authenticate": "reads, and remembers the use",
    "tokens.by_id": "reads",
    "tokens.by_ids": "reads",
    "tokens.keep_uses": "writes down what requests did",
    "tokens.list": "reads",
}
