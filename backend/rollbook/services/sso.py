"""What may be done with the organization's SSO connection, and with who is linked to it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction, Changes
from rollbook.domain.encryption import Vault
from rollbook.domain.errors import InvalidValue, NotFound, VersionMismatch
from rollbook.domain.memberships import Membership
from rollbook.domain.policy import Permission, may, require, require_recent_sign_in
from rollbook.domain.sso import ConnectionDraft, Finding, RelyingParty, SsoConnection, SsoIdentity
from rollbook.domain.sso_checks import checked_draft, tidied_draft
from rollbook.domain.values import Clock, new_id
from rollbook.gateways.bundle import Gateways
from rollbook.persistence import closing, memberships, sso_connections, sso_identities
from rollbook.persistence.database import Collision, Database, ReadTx, UniqueViolation, WriteTx
from rollbook.services.authorizing import authorize_ending
from rollbook.services.recording import record
from rollbook.services.relying import opened_secret, redirect_uri_of, relying_party, sealed_secret
from rollbook.services.retrying import once_more

_NO_CONNECTION = "This organization has no SSO connection."
_NO_SECRET = "A new connection needs the client secret."
_SECRET_AGAIN = (
    "Another issuer or client needs its client secret: the one that is kept is never sent anywhere but to the issuer "
    "that it was entered for."
)
_NOBODY_PASSED = (
    "SSO can be enforced once an admin has signed in through the connection as it is now. "
    "Sign in through it, then enforce it."
)


class Sso:
    """The operations on the SSO connection of the actor's organization."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, gateways: Gateways, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._gateways = gateways
        self._base_url = base_url

    async def get(self, actor: Actor) -> SsoConnection | None:
        """The connection, or None."""
        require(actor, Permission.SETTINGS_WRITE)
        async with self._database.read() as tx:
            return await sso_connections.find(tx, actor.organization_id)

    async def save(self, actor: Actor, draft: ConnectionDraft, *, expected_version: int | None = None) -> SsoConnection:
        """Make the connection, or change it. Another issuer or client has to be passed anew, and is not enforced.

        Then everybody is linked anew at their next sign-in, and sessions that came through the former one end, but for
        the actor's. A change of nothing leaves no version and no event.

        Raises `SignInAgain`, `InvalidValue`, `VersionMismatch`, and `Forbidden` without the right to grant admin:
        whoever says which provider is believed decides who comes in as an admin.
        """
        require(actor, Permission.SETTINGS_WRITE)
        require(actor, Permission.ROLES_WRITE)
        require_recent_sign_in(actor, self._clock())
        wanted = checked_draft(draft)
        return await once_more(lambda: self._save(actor, wanted, expected_version))

    async def _save(self, actor: Actor, draft: ConnectionDraft, expected_version: int | None) -> SsoConnection:
        at = self._clock()
        async with self._database.write() as tx:
            before = await sso_connections.find_for_update(tx, actor.organization_id)
            if before is None:
                after = await self._make(tx, actor, draft, expected_version, at=at)
            else:
                after = await self._change(tx, actor, before.expect(expected_version), draft, at=at)
            if after is not before:
                await record(
                    tx,
                    actor,
                    AuditAction.SSO_CONNECTION_SAVED,
                    after.issuer,
                    at=at,
                    changes=_changes(before, after),
                    object_id=after.id,
                )
        return after

    async def _make(
        self, tx: WriteTx, actor: Actor, draft: ConnectionDraft, expected_version: int | None, *, at: datetime
    ) -> SsoConnection:
        if expected_version is not None:
            raise VersionMismatch("The connection was removed in the meantime. Make a new one.", current=0)
        if draft.client_secret is None:
            raise InvalidValue(_NO_SECRET, field="clientSecret")
        made = SsoConnection(
            id=new_id(),
            organization_id=actor.organization_id,
            provider=draft.provider,
            issuer=draft.issuer,
            client_id=draft.client_id,
            client_authentication=draft.client_authentication,
            jit_role=draft.jit_role,
            enforced=False,
            secret_set_at=at,
            passed_at=None,
            created_at=at,
            updated_at=at,
        )
        try:
            await sso_connections.insert_connection(tx, made, sealed_secret(self._vault, made.id, draft.client_secret))
        except UniqueViolation as violation:
            raise Collision("Somebody else made the connection at this moment. Try again.") from violation
        return made

    async def _change(
        self, tx: WriteTx, actor: Actor, before: SsoConnection, draft: ConnectionDraft, *, at: datetime
    ) -> SsoConnection:
        is_another = not before.is_for(draft)
        if is_another and draft.client_secret is None:
            raise InvalidValue(_SECRET_AGAIN, field="clientSecret")
        after = replace(
            before,
            provider=draft.provider,
            issuer=draft.issuer,
            client_id=draft.client_id,
            client_authentication=draft.client_authentication,
            jit_role=draft.jit_role,
            enforced=before.enforced and not is_another,
            passed_at=None if is_another else before.passed_at,
        )
        sealed = None
        if draft.client_secret is not None:
            sealed = sealed_secret(self._vault, before.id, draft.client_secret)
            after = replace(after, secret_set_at=at)
        elif after == before:
            return before
        after = replace(after, updated_at=at, version=before.version + 1)
        if is_another:
            # who was linked to the former one says nothing of the new one: a provider may name people by client
            await sso_identities.delete_of_living(tx, before.organization_id, before.id)
            await closing.end_through_sso(tx, before.organization_id, kept=actor.session_id, at=at)
        await sso_connections.save(tx, after, sealed)
        return after

    async def remove(self, actor: Actor) -> None:
        """Remove the connection with its identities; sessions that came through it end, but for the actor's.

        Idempotent. Raises `SignInAgain`.
        """
        require(actor, Permission.SETTINGS_WRITE)
        require_recent_sign_in(actor, self._clock())
        await once_more(lambda: self._remove(actor))

    async def _remove(self, actor: Actor) -> None:
        at = self._clock()
        async with self._database.write() as tx:
            before = await sso_connections.find_for_update(tx, actor.organization_id)
            if before is None:
                return
            await sso_identities.delete_of_connection(tx, before.organization_id, before.id)
            await closing.end_through_sso(tx, before.organization_id, kept=actor.session_id, at=at)
            await sso_connections.remove(tx, before)
            await record(
                tx,
                actor,
                AuditAction.SSO_CONNECTION_REMOVED,
                before.issuer,
                at=at,
                changes=_changes(before, None),
                object_id=before.id,
            )

    async def test(self, actor: Actor, draft: ConnectionDraft | None = None) -> list[Finding]:
        """What a test of the connection, or of what is about to be saved, finds; changes nothing.

        Raises `NotFound` if there is nothing to test, `InvalidValue`, and `ProviderFailed` if the kept secret cannot
        be read.
        """
        require(actor, Permission.SETTINGS_WRITE)
        wanted = None if draft is None else tidied_draft(draft)
        async with self._database.read() as tx:
            party = await self._party(tx, actor.organization_id, wanted)
        return await self._gateways.openid.examine(party)

    async def _party(self, tx: ReadTx, organization_id: str, draft: ConnectionDraft | None) -> RelyingParty:
        kept = await sso_connections.find(tx, organization_id)
        if draft is None:
            if kept is None:
                raise NotFound(_NO_CONNECTION)
            return await relying_party(tx, self._vault, kept, self._base_url)
        secret = draft.client_secret
        if secret is None:
            if kept is None or not kept.is_for(draft):
                raise InvalidValue(_NO_SECRET if kept is None else _SECRET_AGAIN, field="clientSecret")
            secret = opened_secret(self._vault, kept.id, await sso_connections.secret(tx, kept))
        return RelyingParty(
            issuer=draft.issuer,
            client_id=draft.client_id,
            client_secret=secret,
            client_authentication=draft.client_authentication,
            redirect_uri=await redirect_uri_of(tx, organization_id, self._base_url),
        )

    async def enforce(self, actor: Actor, *, enforced: bool) -> SsoConnection:
        """Close every other door but the break-glass ones, or open them again. Idempotent.

        When it is closed, sessions that came through another door end, but for the actor's and those of admins by
        passkey. Raises `SignInAgain`, `NotFound`, and `InvalidValue` if no admin has passed the connection yet.
        """
        require(actor, Permission.SETTINGS_WRITE)
        require_recent_sign_in(actor, self._clock())
        return await once_more(lambda: self._enforce(actor, enforced))

    async def _enforce(self, actor: Actor, enforced: bool) -> SsoConnection:
        at = self._clock()
        async with self._database.write() as tx:
            before = await sso_connections.find_for_update(tx, actor.organization_id)
            if before is None:
                raise NotFound(_NO_CONNECTION)
            if before.enforced == enforced:
                return before
            if enforced and before.passed_at is None:
                raise InvalidValue(_NOBODY_PASSED, field="enforced")
            after = replace(before, enforced=enforced, updated_at=at, version=before.version + 1)
            await sso_connections.save(tx, after)
            if enforced:
                await closing.end_through_others(tx, after.organization_id, kept=actor.session_id, at=at)
            action = AuditAction.SSO_ENFORCED if enforced else AuditAction.SSO_RELEASED
            await record(tx, actor, action, after.issuer, at=at, changes=_changes(before, after), object_id=after.id)
        return after

    async def identities_of(self, actor: Actor, membership_ids: Sequence[str]) -> dict[str, SsoIdentity]:
        """Of those among these members who are linked to the provider, the identity; members see only their own."""
        require(actor, Permission.MEMBERS_READ, or_else=Permission.ACCOUNT)
        visible = [
            each for each in membership_ids if may(actor, Permission.MEMBERS_READ) or each == actor.membership_id
        ]
        async with self._database.read() as tx:
            found = await sso_identities.of_memberships(tx, actor.organization_id, visible)
        return {identity.membership_id: identity for identity in found}

    async def unlink(self, actor: Actor, membership_id: str) -> Membership:
        """Unlink a member from the provider; their sessions that came through it end. Idempotent.

        Who has the member's address there is linked again at their next sign-in, where that is proven. An admin other
        than the actor takes the right to revoke admin. Raises `SignInAgain`, `NotFound`.
        """
        require(actor, Permission.MEMBERS_WRITE)
        require_recent_sign_in(actor, self._clock())
        at = self._clock()
        async with self._database.write() as tx:
            member = await memberships.load_for_update(tx, actor.organization_id, membership_id)
            authorize_ending(actor, member)
            identities = await sso_identities.of_membership(tx, member.organization_id, member.id)
            if not identities:
                return member
            await sso_identities.delete_of_membership(tx, member.organization_id, member.id)
            await closing.end_sso_of(tx, member.organization_id, member.id, at=at)
            await record(
                tx,
                actor,
                AuditAction.IDENTITY_UNLINKED,
                member.user_name,
                at=at,
                changes={
                    "issuer": (identities[-1].issuer, None),
                    "subject": (identities[-1].subject, None),
                },
                memberships=[member.id],
            )
        return member


_TOLD = (
    "provider",
    "issuer",
    "client_id",
    "client_authentication",
    "jit_role",
    "enforced",
    "secret_set_at",
    "passed_at",
)


def _changes(before: SsoConnection | None, after: SsoConnection | None) -> Changes:
    """What differs between two states of a connection. That the secret was replaced is told by its moment."""
    changes = {name: (_told(before, name), _told(after, name)) for name in _TOLD}
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}


def _told(connection: SsoConnection | None, name: str) -> Any:
    return None if connection is None else getattr(connection, name)
