"""What Okta asks about one user, in both dialects."""

from dataclasses import replace

from rollbook.simulator.assignment import Assigned, Before
from rollbook.simulator.checks import answered, if_returned, kept, listed, matches, readable, refused, resources, user
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.exchange import Answer, Check, Failure, shown
from rollbook.simulator.messages import Resource
from rollbook.simulator.okta_messages import OktaDialect, new_user, set_active, users_by_name, with_profile
from rollbook.simulator.people import Person


class OktaUsers:
    """Okta's requests to ``/Users``. Every method returns None, or False, as soon as a check fails."""

    def __init__(self, client: ProvisioningClient, dialect: OktaDialect) -> None:
        self._client = client
        self._puts_all = dialect is OktaDialect.CUSTOM_APP
        self._profile_fact = "O-33" if self._puts_all else "O-34"

    async def assign(self, person: Person) -> Assigned | None:
        """Looks for the person, then creates them or links to whom it found (O-30)."""
        name = person.user_name
        found = await self._client.get(users_by_name(name), "O-30", f"find {name}", listed(), matches(name))
        if found is None:
            return None
        if resources(found):
            return await self._link(Assigned(person, resources(found)[0]["id"]))
        remedy = (
            "Create the user and answer 201 with the whole resource; or take other people, if it is right to refuse."
        )
        created = await self._create(person, "O-17", f"create {name}", remedy, user(person, active=True))
        if created is None:
            return None
        assigned = Assigned(person, created["id"])
        return assigned if await self.read(assigned, "O-18", f"read {name} back", active=True) else None

    async def read(self, one: Assigned, fact: str, purpose: str, *checks: Check, active: bool) -> Resource | None:
        """Reads a user who must be as assigned, and active or not."""
        ok = answered(200, remedy="Answer GET /Users/{id} with 200, for inactive users too.")
        as_assigned = user(one.person, id=one.id, active=active)
        return _body(await self._client.get(one.path, fact, purpose, ok, as_assigned, *checks))

    async def duplicate(self, one: Assigned) -> None:
        """Creates somebody who exists, and looks for them in capitals: one person stays one (O-19, O-20)."""
        name = one.person.user_name
        remedy = "Refuse a userName that an active user has: Okta then tells the administrator what your detail says."
        taken = refused(409, remedy, scim_type="uniqueness")
        await self._client.send("POST", "/Users", new_user(one.person), "O-19", f"create {name} again", taken)
        upper = name.upper()
        same = matches(name, ids=[one.id])
        await self._client.get(users_by_name(upper), "O-20", f"find {upper}", listed(), same)

    async def update(self, one: Assigned) -> None:
        """Changes the first name and changes it back; nothing else may change."""
        changed = replace(one.person, given_name=f"{one.person.given_name} Updated")
        try:
            await self._put_profile(one, changed, "change the first name of")
        finally:
            await self._put_profile(one, one.person, "restore the first name of")

    async def rename(self, one: Assigned) -> None:
        """Changes the userName: the new one is found, the old one is not. Then changes it back."""
        person = one.person
        renamed = replace(person, user_name=f"renamed.{person.user_name}")
        try:
            if await self._put_profile(one, renamed, "rename to"):
                await self._find(renamed.user_name, "new", [one.id])
                await self._find(person.user_name, "old", [])
        finally:
            if await self._put_profile(one, person, "rename back to"):
                await self._find(person.user_name, "restored", [one.id])

    async def cycle(self, one: Assigned) -> None:
        """Deactivates, reactivates, deactivates and assigns anew by POST; the user ends active (O-35 to O-37)."""
        try:
            if await self.set_active(one, False):
                await self._find(one.person.user_name, "deactivated", [one.id])
            await self.set_active(one, True)
            if await self.set_active(one, False):
                await self._assign_anew(one)
        finally:
            if not await self.read(one, "O-37", f"read {one.person.user_name}, assigned again", active=True):
                await self.set_active(one, True)

    async def set_active(self, one: Assigned, active: bool) -> bool:
        """Deactivates or reactivates, and reads back that the same id is so."""
        name, verb = one.person.user_name, "reactivate" if active else "deactivate"
        if self._puts_all:
            fact = "O-37" if active else "O-36"
            return await self._put(one, {"active": active}, one.person, fact, f"{verb} {name}")
        fact = "O-37" if active else "O-35"
        ok = answered(200, 204, remedy="Accept a PATCH without a path whose value holds active.")
        returned = if_returned(user(one.person, id=one.id, active=active))
        done = await self._client.send("PATCH", one.path, set_active(active), fact, f"{verb} {name}", ok, returned)
        read = await self.read(one, fact, f"read {name}, {verb}d", active=active)
        return done is not None and read is not None

    async def _create(self, person: Person, fact: str, purpose: str, remedy: str, *checks: Check) -> Resource | None:
        ok = answered(201, remedy=remedy)
        return _body(await self._client.send("POST", "/Users", new_user(person), fact, purpose, ok, *checks))

    async def _link(self, one: Assigned) -> Assigned | None:
        name = one.person.user_name
        found = await self._before_update(one)
        if found is None:
            return None
        one.before = Before.ACTIVE if found["active"] else Before.INACTIVE
        profile = with_profile(found, one.person) | ({"active": True} if self._puts_all else {})
        expected = user(one.person, id=one.id, active=profile["active"])
        if not await self._send_put(one, profile, self._profile_fact, f"link to {name}", expected):
            return None
        if not profile["active"]:
            return one if await self.set_active(one, True) else None
        return one if await self.read(one, "O-32", f"read {name} back", active=True) else None

    async def _assign_anew(self, one: Assigned) -> None:
        name = one.person.user_name
        before = await self.read(one, "O-32", f"read {name} before assigning again", active=False)
        if before is None:
            return

        def same_external_id(answer: Answer) -> Failure | None:
            wanted, came = before.get("externalId"), answer.resource.get("externalId")
            remedy = "Keep the externalId: it is how Okta knows the person."
            return None if came == wanted else Failure(f"externalId {shown(wanted)}", shown(came), remedy)

        expected = user(one.person, id=one.id, active=True)
        remedy = "Revive the inactive user under the old id, and answer 201 with the whole resource."
        await self._create(one.person, "O-37", f"assign {name} again by POST", remedy, expected, same_external_id)

    async def _before_update(self, one: Assigned) -> Resource | None:
        ok = answered(200, remedy="Answer with 200: after a 404 here Okta takes the link to the user for broken.")
        purpose = f"read {one.person.user_name} before updating"
        return _body(await self._client.get(one.path, "O-32", purpose, ok, readable(id=one.id)))

    async def _put_profile(self, one: Assigned, person: Person, verb: str) -> bool:
        return await self._put(one, {}, person, self._profile_fact, f"{verb} {person.user_name}")

    async def _put(self, one: Assigned, change: Resource, person: Person, fact: str, purpose: str) -> bool:
        """Sends back the user that the server returned, modified (O-33), and reads whether nothing else changed."""
        before = await self._before_update(one)
        if before is None:
            return False
        body = with_profile(before, person) | change
        expected = user(person, id=one.id, active=body["active"])
        unchanged = kept({key: value for key, value in body.items() if key in before})
        if await self._send_put(one, body, fact, purpose, expected, unchanged) is None:
            return False
        name = person.user_name
        return await self._client.get(one.path, "O-32", f"read {name} back", expected, unchanged) is not None

    async def _send_put(self, one: Assigned, body: Resource, fact: str, purpose: str, *checks: Check) -> Answer | None:
        ok = answered(
            200, remedy="Accept the whole object that you returned, modified, and answer 200 with the result."
        )
        return await self._client.send("PUT", one.path, body, fact, purpose, ok, *checks)

    async def _find(self, user_name: str, which: str, ids: list[str]) -> None:
        path, purpose = users_by_name(user_name), f"find the {which} {user_name}"
        await self._client.get(path, "O-30", purpose, listed(), matches(user_name, ids=ids))


def _body(answer: Answer | None) -> Resource | None:
    return answer.resource if answer else None
