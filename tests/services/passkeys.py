"""What tests of passkeys need besides services: somebody who has one, and an organization that enforces SSO."""

import json
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.passkeys import Passkey
from rollbook.domain.sessions import SOMEBODY, Visitor
from rollbook.domain.sso import ClientAuthentication, Provider, SsoConnection
from rollbook.domain.values import new_id
from rollbook.persistence import sso_connections
from rollbook.persistence.database import Database
from rollbook.services import Services
from tests.authenticator import Authenticator


async def registered(
    services: Services, actor: Actor, authenticator: Authenticator, *, name: str = "Phone", **otherwise: Any
) -> Passkey:
    """A new passkey of who is signed in; `otherwise`: what the authenticator says instead of the truth."""
    ceremony = await services.passkeys.begin_registration(actor)
    answer = authenticator.create(json.loads(ceremony.options), **otherwise)
    return await services.passkeys.register(actor, ceremony.ticket, json.dumps(answer), name=name)


async def asked(services: Services, authenticator: Authenticator, **otherwise: Any) -> tuple[str, str]:
    """The ticket of a sign-in and the authenticator's answer."""
    ceremony = await services.passkeys.begin_sign_in()
    return ceremony.ticket, json.dumps(authenticator.get(json.loads(ceremony.options), **otherwise))


async def entered(
    services: Services, authenticator: Authenticator, *, visitor: Visitor = SOMEBODY, **otherwise: Any
) -> tuple[str, Actor]:
    """Sign in with the authenticator."""
    return await services.passkeys.sign_in(*await asked(services, authenticator, **otherwise), visitor)


async def enforce_sso(services: Services, database: Database, organization_id: str) -> None:
    """Let the organization sign in through its provider only."""
    at = services.clock()
    connection = SsoConnection(
        id=new_id(),
        organization_id=organization_id,
        provider=Provider.OTHER,
        issuer="https://id.acme.test",
        client_id="rollbook",
        client_authentication=ClientAuthentication.BASIC,
        jit_role=None,
        enforced=True,
        secret_set_at=at,
        passed_at=at,
        created_at=at,
        updated_at=at,
    )
    async with database.write() as tx:
        await sso_connections.insert_connection(tx, connection, b"sealed")
