"""An organization in which three months have passed: what the screens show when there is something to show."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from rollbook.domain.actors import Actor
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from rollbook.domain.sso import ConnectionDraft, Provider
from rollbook.domain.tokens import TokenKind
from rollbook.persistence import secret_file
from rollbook.persistence.opening import open_embedded
from rollbook.services import Services
from rollbook.settings import Settings
from rollbook.simulator.people import Person, sample_people
from tests.browser.installation import Organization
from tests.conftest import client_of

DAYS = 88
OKTA = {"User-Agent": "Okta SCIM Client 1.0.0"}
PATCH_SCHEMAS = ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]


class History:
    """A clock that is moved from day to day, up to now."""

    def __init__(self) -> None:
        self.end = datetime.now(UTC)
        self.moment = self.end

    def __call__(self) -> datetime:
        """The moment that has been reached."""
        return self.moment

    def days_ago(self, days: float) -> None:
        """Go on to so many days before now."""
        self.moment = self.end - timedelta(days=days)


@asynccontextmanager
async def _services_at(settings: Settings, clock: History) -> AsyncIterator[Services]:
    database = await open_embedded(settings.database_path)
    try:
        pepper = await secret_file.pepper(database, settings.secrets_path, settings.pepper)
        yield Services(database, pepper, clock, base_url=settings.base_url)
    finally:
        await database.close()


def _people(count: int) -> list[Person]:
    """So many people of the sample, but for names in scripts that a machine may have no font for."""
    return [person for person in sample_people(2 * count) if max(person.display_name) < "\u2e80"][:count]


def user(person: Person, handle: str, **more: object) -> dict[str, Any]:
    """The person as a provisioning client sends them, with an address of the organization's own."""
    address = person.user_name.replace("@acme.test", f"@{handle}.test")
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": address,
        "externalId": f"00u{person.user_name.partition('@')[0]}",
        "name": {"givenName": person.given_name, "familyName": person.family_name},
        "title": person.title,
        "emails": [{"value": address, "type": "work", "primary": True}],
        "active": True,
        **more,
    }


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """The body of a PATCH."""
    return {"schemas": PATCH_SCHEMAS, "Operations": list(operations)}


class _Play:
    """The three months, in their order."""

    def __init__(self, services: Services, clock: History, handle: str, operator: Actor) -> None:
        self._services = services
        self._clock = clock
        self._handle = handle
        self._operator = operator
        self._ids: list[str] = []

    async def play(self, people: list[Person]) -> None:
        hired, missed = people[:-2], people[-2:]
        self._clock.days_ago(DAYS)
        okta = await self._tokens()
        await self._settings()
        async with client_of(self._services, okta) as client:
            client.headers.update(OKTA)
            for number, person in enumerate(hired):
                self._clock.days_ago(DAYS - 2 - number * (DAYS - 6) / len(hired))
                await self._hire(client, number, person)
            self._clock.days_ago(2)
            await self._changes(client)
            self._clock.days_ago(0.2)
            await self._refusals(client, missed)
        self._clock.days_ago(0)
        await self._services.tokens.keep_uses()
        await self._services.provisioning.keep_noted()

    async def _tokens(self) -> str:
        tokens = self._services.tokens
        _, okta = await tokens.issue(self._operator, TokenKind.SCIM, "Okta", lifetime=timedelta(days=DAYS + 9))
        await tokens.issue(
            self._operator,
            TokenKind.API,
            "Nightly report",
            scopes=frozenset({Permission.MEMBERS_READ, Permission.AUDIT_READ}),
            lifetime=timedelta(days=DAYS + 200),
        )
        old, _ = await tokens.issue(self._operator, TokenKind.SCIM, "Entra ID (trial)")
        self._clock.days_ago(DAYS - 1)
        await tokens.revoke(self._operator, old.id)
        return okta

    async def _settings(self) -> None:
        services, operator = self._services, self._operator
        draft = ConnectionDraft(
            provider=Provider.OKTA,
            issuer=f"https://{self._handle}.okta.example",
            client_id="0oa1b2c3d4e5f6g7h8i9",
            client_secret="a secret that only the provider knows",
        )
        await services.sso.save(operator, draft)
        await services.login_domains.add(operator, f"{self._handle}.example")

    async def _hire(self, client: httpx.AsyncClient, number: int, person: Person) -> None:
        if number % 6 == 5:
            said = user(person, self._handle)
            profile = Profile.of({"name": said["name"], "emails": said["emails"]})
            draft = MembershipDraft(said["userName"], profile=profile)
            await self._services.memberships.create(self._operator, draft)
            return
        answer = await client.post("/scim/v2/Users", json=user(person, self._handle))
        assert answer.status_code == 201, answer.text
        self._ids.append(answer.json()["id"])

    async def _changes(self, client: httpx.AsyncClient) -> None:
        admins = [{"value": member} for member in self._ids[:2]]
        await client.patch("/scim/v2/Groups/admins", json=patch({"op": "add", "path": "members", "value": admins}))
        for member in self._ids[5:9]:
            self._clock.moment += timedelta(minutes=7)
            leave = patch({"op": "replace", "value": {"active": False}})
            await client.patch(f"/scim/v2/Users/{member}", json=leave)
        title = patch({"op": "replace", "path": "title", "value": "Principal Engineer"})
        await client.patch(f"/scim/v2/Users/{self._ids[3]}", json=title)

    async def _refusals(self, client: httpx.AsyncClient, missed: list[Person]) -> None:
        await client.post("/scim/v2/Groups", json={"displayName": "Engineering"})
        await client.get("/scim/v2/Users", params={"filter": 'nickName zz "x"'})
        await client.patch(f"/scim/v2/Users/{self._ids[4]}", json=patch({"op": "replace", "path": "id", "value": "9"}))
        taken = (await client.get(f"/scim/v2/Users/{self._ids[0]}")).json()["userName"]
        for person in missed:
            self._clock.moment += timedelta(minutes=3)
            await client.post("/scim/v2/Users", json=user(person, self._handle, userName=taken, emails=[]))


async def _invite(services: Services, operator: Actor, handle: str) -> None:
    for name, role in (("Noor Haddad", Role.USER), ("Mia Sørensen", Role.ADMIN)):
        address = f"{name.split()[0].lower()}@{handle}.example"
        await services.invitations.create(operator, address, role, name=name, lifetime=timedelta(days=7))


def play_history(organization: Organization, people: int = 14) -> None:
    """Let the three months pass in the organization: people of every source, a log, tokens, invitations, sessions."""
    server, handle = organization.server, organization.handle
    settings = Settings(data_dir=server.data_dir, base_url=server.base_url)
    clock = History()

    async def work() -> None:
        async with _services_at(settings, clock) as services:
            operator = await services.organizations.operator(handle)
            await _Play(services, clock, handle, operator).play(_people(people))
            await _invite(services, operator, handle)

    _begin_in_time(organization)
    server.portal.call(work)
    _let_come_through_sso(organization)


def _begin_in_time(organization: Organization) -> None:
    """The organization and its first admin were there before all else, although they were made just now."""
    begun = f"strftime('%Y-%m-%dT%H:%M:%S.000000Z', 'now', '-{DAYS + 1} days')"
    whose = "(SELECT id FROM organizations WHERE handle = ?)"
    server, handle = organization.server, organization.handle
    server.change(f"UPDATE organizations SET created_at = {begun} WHERE id = {whose}", handle)
    server.change(f"UPDATE memberships SET created_at = {begun} WHERE organization_id = {whose}", handle)
    server.change(f"UPDATE audit_events SET occurred_at = {begun} WHERE organization_id = {whose}", handle)


def _let_come_through_sso(organization: Organization) -> None:
    """Some people joined when they signed in: no provider is there to let them in, so their rows are told so."""
    organization.server.change(
        "UPDATE memberships SET source = 'sso' WHERE organization_id = (SELECT id FROM organizations WHERE handle = ?) "
        "AND source = 'manual' AND substr(user_name, 1, 1) IN ('e', 'f', 'g', 'l', 'o', 't')",
        organization.handle,
    )
