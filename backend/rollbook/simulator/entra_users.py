"""What Entra asks and changes about one of the people, in both dialects."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from rollbook.simulator.assignment import Assigned, Before
from rollbook.simulator.attribute_paths import read, top
from rollbook.simulator.checks import Wrongs, answered, holds, if_returned, judge, listed, matches, resources, same
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.entra_messages import (
    DEPARTMENT,
    MANAGER,
    EntraDialect,
    Matching,
    attributes_of,
    lookup,
    new_user,
)
from rollbook.simulator.exchange import Answer, Check
from rollbook.simulator.messages import Resource, equals, patch
from rollbook.simulator.people import Person

_LOOKUPS = {"userName": "E-12", "externalId": "E-15"}


class EntraUsers:
    """Entra's requests to ``/Users``. Every method returns None, or False, as soon as a check fails."""

    def __init__(self, client: ProvisioningClient, dialect: EntraDialect, matching: Matching) -> None:
        self._client = client
        self._dialect = dialect
        # whom the first does not find may be known by the second: the mapping's matching precedence
        self._precedence = tuple(dict.fromkeys([matching.value, Matching.USER_NAME.value]))

    async def provision(self, person: Person) -> Assigned | None:
        """Looks for the person by the matching attributes, then creates them or brings them up to date."""
        attributes = attributes_of(person)
        for attribute in self._precedence:
            purpose = f"find {person.user_name} by {attribute}"
            found = await self.find(attribute, attributes[attribute], _LOOKUPS[attribute], purpose)
            if found is None:
                return None
            if resources(found):
                return await self._link(Assigned(person, resources(found)[0]["id"]), attributes)
        remedy = "Create the user and answer 201 with the resource; or take other people, if it is right to refuse."
        id = await self.create(new_user(attributes), f"create {person.user_name}", holds(attributes), remedy=remedy)
        if id is None:
            return None
        by, purpose = self._precedence[0], f"find the new {person.user_name}"
        again = await self.find(by, attributes[by], "E-31", purpose, holds(attributes), ids=[id])
        return Assigned(person, id) if again else None

    async def find(
        self,
        attribute: str,
        value: str,
        fact: str,
        purpose: str,
        *checks: Check,
        ids: list[str] | None = None,
        plus: bool = False,
    ) -> Answer | None:
        """The user who has this value, or nobody; just ``ids`` if given."""
        hit = matches(value, attribute=attribute, exact=attribute == "externalId", ids=ids)
        path = lookup("Users", equals(attribute, value), plus=plus)
        return await self._client.get(path, fact, purpose, listed(paged=False), hit, *checks)

    async def create(self, body: Resource, purpose: str, *checks: Check, remedy: str) -> str | None:
        """The id of a new user."""

        def wrongs(answer: Answer) -> Wrongs:
            if not isinstance(answer.resource.get("id"), str):
                yield "id, a text", answer.resource.get("id")

        identified = judge("Give every resource an id (E-37).", wrongs)
        ok = answered(201, remedy=remedy)
        answer = await self._client.send("POST", "/Users", body, "E-30", purpose, ok, identified, *checks)
        return answer.resource["id"] if answer else None

    async def read(self, one: Assigned, fact: str, purpose: str, *checks: Check) -> Resource | None:
        """The user, by the id that was given."""
        ok = answered(200, remedy="Answer GET /Users/{id} with 200, for inactive users too.")
        answer = await self._client.get(one.path, fact, purpose, ok, holds({"id": one.id}), *checks)
        return answer.resource if answer else None

    async def patch(self, one: Assigned, body: Resource, fact: str, purpose: str, wanted: Mapping[str, Any]) -> bool:
        """Changes a user; a body, where one comes back, has the new values."""
        ok = answered(200, 204, remedy="Apply each operation of the PATCH in order, and answer 200 or 204.")
        returned = if_returned(holds(wanted))
        return await self._client.send("PATCH", one.path, body, fact, purpose, ok, returned) is not None

    async def set_manager(self, one: Assigned, boss: Assigned, form: int) -> None:
        """Sets the manager in one of the forms, unless the reference check finds them set already (E-19, E-38)."""
        name = one.person.user_name
        nobody_yet: list[str] | None = [] if one.before is Before.ABSENT else None
        found = await self._refer(one, boss, f"does {name} have their manager?", ids=nobody_yet)
        if found is None or resources(found):
            return
        operation = manager_operation(self._dialect, boss, self._client.base, form)
        if await self.patch(one, patch(operation), "E-49", f"set the manager of {name}", {MANAGER: boss.id}):
            await self._refer(one, boss, f"{name} has their manager", ids=[one.id])

    async def update(self, one: Assigned) -> None:
        """A cycle in which a few attributes changed, and one in which they changed back; nothing else may change."""
        name, person = one.person.user_name, one.person
        moved = f"{person.department} Updated".strip()
        changed = replace(person, given_name=f"{person.given_name} Updated", department=moved)
        before = await self.read(one, "E-17", f"read {name} before the change")
        if before is None:
            return
        old, new = attributes_of(person), attributes_of(changed)
        absent = [path for path in new if read(before, path) is None]
        changes = {path: value for path, value in new.items() if old.get(path) != value}
        back = {path: old.get(path, "") for path in changes}
        try:
            if await self.patch(one, self._dialect.update(changes, absent=absent), "E-43", f"change {name}", changes):
                unchanged = _unchanged(before, {top(path) for path in changes})
                await self.read(one, "E-43", f"read the changed {name}", holds(new), unchanged)
        finally:
            await self.patch(one, self._dialect.update(back), "E-43", f"change {name} back", old)
            await self.read(one, "E-43", f"read {name}, as before", holds(old | {DEPARTMENT: old.get(DEPARTMENT)}))

    async def set_active(self, one: Assigned, active: bool, fact: str) -> bool:
        """Disables or restores, and reads back that the same id is so, and can be found so (E-17)."""
        name, verb, wanted = one.person.user_name, "restore" if active else "disable", {"active": active}
        done = await self.patch(one, self._dialect.update(wanted), fact, f"{verb} {name}", wanted)
        there = await self.read(one, "E-17", f"read {name}, {verb}d", holds(wanted))
        by = self._precedence[0]
        value = attributes_of(one.person)[by]
        found = await self.find(by, value, "E-17", f"find {name}, {verb}d", holds(wanted), ids=[one.id])
        return done and there is not None and found is not None

    async def _link(self, one: Assigned, attributes: Mapping[str, Any]) -> Assigned | None:
        name = one.person.user_name
        found = await self.read(one, "E-17", f"read {name}")
        if found is None:
            return None
        one.before = Before.INACTIVE if found.get("active") is False else Before.ACTIVE
        changes = {path: value for path, value in attributes.items() if not same(read(found, path), value)}
        if not changes:
            return one
        absent = [path for path in changes if read(found, path) is None]
        fact = "E-71" if one.before is Before.INACTIVE else "E-43"
        if not await self.patch(one, self._dialect.update(changes, absent=absent), fact, f"update {name}", changes):
            return None
        return one if await self.read(one, fact, f"read the updated {name}", holds(attributes)) else None

    async def _refer(
        self, one: Assigned, boss: Assigned, purpose: str, *, ids: list[str] | None = None
    ) -> Answer | None:
        condition = f"{equals('id', one.id)} and {equals('manager', boss.id)}"
        path = lookup("Users", condition, before="attributes=id&")
        hit = matches(one.id, attribute="id", exact=True, ids=ids)
        return await self._client.get(path, "E-19", purpose, listed(paged=False), hit)


def manager_operation(dialect: EntraDialect, boss: Assigned, base: str, form: int) -> Resource:
    """The manager in one of the three forms in which it is sent (E-49)."""
    path, value = (
        ("manager", [{"$ref": f"{base}{boss.path}", "value": boss.id}]),
        (MANAGER, boss.id),
        (MANAGER, {"value": boss.id}),
    )[form % 3]
    return dialect.operation("add", path, value)


def _unchanged(before: Resource, changed: Iterable[str]) -> Check:
    """All else in the resource is as it was."""

    def wrongs(answer: Answer) -> Wrongs:
        for key, value in before.items():
            if key not in ("meta", "schemas", *changed) and answer.resource.get(key) != value:
                yield f"{key} as it was", answer.resource.get(key)

    return judge("Change only the attributes that a PATCH names.", wrongs)
