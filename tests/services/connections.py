"""SSO connections for tests, and sessions that began through any door."""

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.encryption import Vault
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.memberships import Membership
from rollbook.domain.passkeys import Passkey
from rollbook.domain.sessions import SOMEBODY, SignInMethod, Visitor
from rollbook.domain.sso import ConnectionDraft, Provider, SsoConnection, SsoIdentity
from rollbook.domain.values import new_id
from rollbook.persistence import memberships, passkeys, sso_connections, sso_identities
from rollbook.persistence.database import Database
from rollbook.services import Services
from rollbook.services.entering import Entrance
from tests.services.conftest import PEPPER

ISSUER = "https://acme.okta.test"
SECRET = "s3cr3t-of-the-client"


def a_connection(**other: Any) -> ConnectionDraft:
    """What an admin enters."""
    entered = {"provider": Provider.OKTA, "issuer": ISSUER, "client_id": "0oa1", "client_secret": SECRET}
    return ConnectionDraft(**entered | other)


async def passed(database: Database, connection: SsoConnection, at: datetime) -> SsoConnection:
    """The connection as it is once an admin has signed in through it."""
    async with database.write() as tx:
        after = replace(connection, passed_at=at)
        await sso_connections.save(tx, after)
    return after


async def linked(
    database: Database, connection: SsoConnection, membership: Membership, at: datetime, subject: str = "00u-ada"
) -> SsoIdentity:
    """The member's identity at the provider."""
    identity = SsoIdentity(
        organization_id=connection.organization_id,
        connection_id=connection.id,
        issuer=connection.issuer,
        subject=subject,
        membership_id=membership.id,
        created_at=at,
        last_used_at=at,
    )
    async with database.write() as tx:
        await sso_identities.insert_identity(tx, identity)
    return identity


async def inside(
    database: Database,
    membership: Membership,
    method: SignInMethod,
    at: datetime,
    visitor: Visitor = SOMEBODY,
) -> tuple[str, Actor]:
    """A session of the member that began through this door, with a provider's token if it was SSO."""
    entrance = Entrance(PEPPER, Vault(PEPPER))
    async with database.write() as tx:
        member = await memberships.load_for_update(tx, membership.organization_id, membership.id)
        return await entrance.begin(
            tx,
            member,
            method,
            visitor,
            at=at,
            authenticated_at=at,
            id_token="an.id.token" if method is SignInMethod.SSO else None,
        )


async def a_passkey(database: Database, membership: Membership, at: datetime, name: str = "Phone") -> Passkey:
    """A passkey of the member, which no authenticator has."""
    made = Passkey(
        id=new_id(),
        organization_id=membership.organization_id,
        membership_id=membership.id,
        name=name,
        credential_id=f"credential of {name} of {membership.id}".encode(),
        public_key=b"a public key",
        sign_count=0,
        transports=("internal",),
        backed_up=False,
        created_at=at,
        last_used_at=None,
    )
    async with database.write() as tx:
        await passkeys.insert_passkey(tx, made)
    return made


async def is_live(services: Services, secret: str) -> bool:
    """Whether a session lets its member in."""
    with suppress(Unauthenticated):
        return (await services.sessions.authenticate(secret)).session_id is not None
    return False
