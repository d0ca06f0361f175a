"""The commands about single sign-on, for the walk through every command of every service."""

from rollbook.domain.audit import AuditAction
from tests.builders import NOBODY
from tests.services.connections import a_connection, linked, passed

A = AuditAction
WITH_AN_EVENT = {
    "login_domains.add": (
        A.LOGIN_DOMAIN_ADDED,
        lambda s, w: s.login_domains.add(w.session, "other.example"),
        lambda s, w: s.login_domains.add(w.session, "not a domain"),
        None,
    ),
    "login_domains.prove": (
        A.LOGIN_DOMAIN_PROVEN,
        lambda s, w: s.login_domains.prove(w.session, w.waiting.id),
        lambda s, w: s.login_domains.prove(w.session, NOBODY),
        lambda s, w: s.login_domains.prove(w.session, w.proven.id),
    ),
    "login_domains.prove again": (
        A.LOGIN_DOMAIN_LAPSED,
        lambda s, w: s.login_domains.prove(w.session, w.lapsing.id),
        lambda s, w: s.login_domains.prove(w.user, w.lapsing.id),
        lambda s, w: s.login_domains.prove(w.session, w.unproven.id),
    ),
    "login_domains.remove": (
        A.LOGIN_DOMAIN_REMOVED,
        lambda s, w: s.login_domains.remove(w.session, w.proven.id),
        lambda s, w: s.login_domains.remove(w.session, NOBODY),
        None,
    ),
    "sso.enforce": (
        A.SSO_ENFORCED,
        lambda s, w: s.sso.enforce(w.session, enforced=True),
        lambda s, w: s.sso.enforce(w.user, enforced=True),
        lambda s, w: s.sso.enforce(w.session, enforced=False),
    ),
    "sso.remove": (
        A.SSO_CONNECTION_REMOVED,
        lambda s, w: s.sso.remove(w.session),
        lambda s, w: s.sso.remove(w.user),
        None,
    ),
    "sso.save": (
        A.SSO_CONNECTION_SAVED,
        lambda s, w: s.sso.save(w.session, a_connection(client_secret="another-secret")),
        lambda s, w: s.sso.save(w.session, a_connection(issuer="http://acme.okta.test")),
        lambda s, w: s.sso.save(w.session, a_connection(client_secret=None)),
    ),
    "sso.unlink": (
        A.IDENTITY_UNLINKED,
        lambda s, w: s.sso.unlink(w.session, w.bo.id),
        lambda s, w: s.sso.unlink(w.session, NOBODY),
        lambda s, w: s.sso.unlink(w.session, w.cy.id),
    ),
}
"""As `commands.COMMANDS`."""

WITHOUT_AN_EVENT = {
    "login_domains.list": "reads",
    "setup.complete": "needs an installation without any organization; test_setup",
    "setup.create_link": "there is no organization yet in whose trail it could stand; test_setup",
    "sso.get": "reads",
    "sso.identities_of": "reads",
    "sso.test": "asks the provider, and writes nothing",
}


async def a_world_with_sso(world, services, database, dns):
    """The world with a connection that an admin has passed, an identity, and domains in every state."""
    connection = await passed(database, await services.sso.save(world.session, a_connection()), services.clock())
    await linked(database, connection, world.bo, services.clock())
    for name in ("waiting", "proven", "lapsing", "unproven"):
        domain = await services.login_domains.add(world.session, f"{name}.example")
        if name != "unproven":
            dns.records[domain.record_name] = [domain.challenge]
        if name in ("proven", "lapsing"):
            domain = await services.login_domains.prove(world.session, domain.id)
        setattr(world, name, domain)
    await services.login_domains.prove(world.session, world.unproven.id)
    dns.records.pop(world.lapsing.record_name)
    return world
