"""What may be done with the domains of e-mail addresses that an organization says are its own."""

from dataclasses import replace

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import AlreadyExists, TooLarge
from rollbook.domain.login_domains import MAX_LOGIN_DOMAINS, checked_domain, new_challenge
from rollbook.domain.policy import Permission, require, require_recent_sign_in
from rollbook.domain.sso import LoginDomain
from rollbook.domain.values import Clock, new_id
from rollbook.gateways.bundle import Gateways
from rollbook.persistence import login_domains
from rollbook.persistence.database import Database, UniqueViolation
from rollbook.services.recording import record


class LoginDomains:
    """The operations on the login domains of the actor's organization."""

    def __init__(self, database: Database, clock: Clock, gateways: Gateways) -> None:
        self._database = database
        self._clock = clock
        self._gateways = gateways

    async def list(self, actor: Actor) -> list[LoginDomain]:
        """The domains, by name."""
        require(actor, Permission.SETTINGS_WRITE)
        async with self._database.read() as tx:
            return await login_domains.all_of(tx, actor.organization_id)

    async def add(self, actor: Actor, domain: str) -> LoginDomain:
        """A domain to be proven.

        Raises `SignInAgain`, `InvalidValue`, `AlreadyExists` for one that is listed, and `TooLarge` for one too many.
        """
        require(actor, Permission.SETTINGS_WRITE)
        at = self._clock()
        require_recent_sign_in(actor, at)
        added = LoginDomain(
            id=new_id(),
            organization_id=actor.organization_id,
            domain=checked_domain(domain),
            challenge=new_challenge(),
            created_at=at,
            checked_at=None,
            proven_at=None,
        )
        async with self._database.write() as tx:
            if await login_domains.count(tx, actor.organization_id) >= MAX_LOGIN_DOMAINS:
                raise TooLarge(
                    f"An organization lists at most {MAX_LOGIN_DOMAINS} domains. Remove one first.",
                    limit=MAX_LOGIN_DOMAINS,
                )
            try:
                await login_domains.insert_domain(tx, added)
            except UniqueViolation as violation:
                raise AlreadyExists(f"The domain {added.domain!r} is listed already.", field="domain") from violation
            await record(tx, actor, AuditAction.LOGIN_DOMAIN_ADDED, added.domain, at=at, object_id=added.id)
        return added

    async def prove(self, actor: Actor, domain_id: str) -> LoginDomain:
        """Look for the TXT record; the domain with `proven_at` if it is there, without it if not. Idempotent.

        So a domain that was proven is not any more when its record has gone. Raises `SignInAgain`, `NotFound`,
        `ProviderFailed` if DNS does not answer, and `AlreadyExists` for a domain that another organization has proven.
        """
        require(actor, Permission.SETTINGS_WRITE)
        require_recent_sign_in(actor, self._clock())
        async with self._database.read() as tx:
            asked = await login_domains.load(tx, actor.organization_id, domain_id)
        texts = await self._gateways.resolver.txt(asked.record_name)
        is_there = asked.challenge in (text.strip() for text in texts)
        at = self._clock()
        async with self._database.write() as tx:
            before = await login_domains.load_for_update(tx, actor.organization_id, domain_id)
            after = replace(before, checked_at=at, proven_at=(before.proven_at or at) if is_there else None)
            try:
                await login_domains.save(tx, after)
            except UniqueViolation as violation:
                raise AlreadyExists(
                    f"Another organization of this installation has proven the domain {before.domain!r}. "
                    "It must remove the domain there first.",
                    field="domain",
                ) from violation
            if before.proven_at != after.proven_at:
                action = AuditAction.LOGIN_DOMAIN_PROVEN if is_there else AuditAction.LOGIN_DOMAIN_LAPSED
                await record(tx, actor, action, after.domain, at=at, object_id=after.id)
        return after

    async def remove(self, actor: Actor, domain_id: str) -> None:
        """Remove a domain, proven or not; who is a member stays one. Raises `SignInAgain`, `NotFound`."""
        require(actor, Permission.SETTINGS_WRITE)
        at = self._clock()
        require_recent_sign_in(actor, at)
        async with self._database.write() as tx:
            before = await login_domains.load_for_update(tx, actor.organization_id, domain_id)
            await login_domains.remove(tx, before)
            await record(tx, actor, AuditAction.LOGIN_DOMAIN_REMOVED, before.domain, at=at, object_id=before.id)
