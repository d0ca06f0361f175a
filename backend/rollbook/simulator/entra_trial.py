"""A person who is made for the trial of what Entra may send about a user, and deleted in the end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from rollbook.simulator.assignment import Assigned
from rollbook.simulator.checks import answered, holds, if_returned, listed, matches, resources
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.entra_messages import WORK_EMAIL, EntraDialect, attributes_of, lookup, new_user, object_id
from rollbook.simulator.entra_trials import Trial, has_role, one_of_each_type, trials
from rollbook.simulator.entra_users import EntraUsers
from rollbook.simulator.exchange import Answer, Check, Failure
from rollbook.simulator.messages import Resource
from rollbook.simulator.people import Person

# E-23: characters that have a meaning in an address, in the value by which people are matched
TRIAL = Person("o'neil+c#&d.trial@acme.test", "Trial", "O'Neil", "Trial+Entra@ACME.test", "Tester  (2nd)", "Research")
RENAMED = replace(TRIAL, user_name="renamed.o'neil+c#&d@acme.test")
WORD = "entratrial"
"""The trial person's externalId: no GUID but a bare word, as one made from a mail nickname is (B-E1)."""

_CREATE = "Create the user, whatever is null, empty or unknown in the body, and answer 201."


class EntraTrial:
    """Everything that is tried on one person, so that nobody else is changed."""

    def __init__(
        self, client: ProvisioningClient, users: EntraUsers, dialect: EntraDialect, note: Callable[[str], None]
    ) -> None:
        self._client = client
        self._users = users
        self._dialect = dialect
        self._note = note

    async def play(self, boss: Assigned) -> None:
        """Makes the person, tries everything and deletes them, come what may. ``boss`` becomes their manager."""
        if not await self._clear_the_way():
            return
        phone = {'phoneNumbers[type eq "work"].value': "+1 (425) 555-01 00"}
        attributes = attributes_of(TRIAL) | phone | {"externalId": WORD, "displayName": "Trial  O'Neil"}
        body = new_user(attributes)
        purpose = "create a person for the trial"
        id = await self._users.create(_with_oddities(body), purpose, holds(attributes), remedy=_CREATE)
        if id is None:
            return
        one = Assigned(TRIAL, id)
        try:
            await self._look_up(one, holds(attributes))
            await self._duplicate(one, body)
            for trial in trials(self._dialect, boss, self._client.base):
                await self._try(one, trial)
            await self._rename(one)
        finally:
            await self._delete(one)

    async def _clear_the_way(self) -> bool:
        """Whether the names are free; deletes whom an interrupted run left behind, and nobody else."""
        for person in (TRIAL, RENAMED):
            name = person.user_name
            found = await self._users.find("userName", name, "E-23", f"find nobody by {name}")
            if found is None:
                return False
            for left in resources(found):
                if left.get("externalId") not in (WORD, object_id(TRIAL.user_name)):
                    self._note(f"The trial of single attributes was not played, because there is a {name} already.")
                    return False
                await self._delete(Assigned(person, left["id"]))
        return True

    async def _look_up(self, one: Assigned, as_posted: Check) -> None:
        name, found = TRIAL.user_name, [one.id]
        find = self._users.find
        await find("userName", name, "E-23", f"find {name}", as_posted, ids=found)
        await find("userName", name, "E-23", f"find {name}, spaces as +", ids=found, plus=True)
        await find("userName", name.upper(), "E-16", f"find {name.upper()}", ids=found)
        await find("externalId", WORD.upper(), "E-16", f"find no {WORD.upper()}", ids=[])
        await find(WORK_EMAIL, TRIAL.email, "E-13", f"find {TRIAL.email} by e-mail", ids=found)
        bare = matches(WORD, attribute="externalId", exact=True, ids=found)
        path = lookup("Users", f"externalId eq {WORD}")
        await self._client.get(path, "E-14", f"find {WORD}, without quotes", listed(paged=False), bare)

    async def _duplicate(self, one: Assigned, body: Resource) -> None:
        """Creates somebody who exists; whom a server wrongly makes is deleted."""
        made: list[Any] = []
        refused = answered(409, remedy="Refuse with 409 to create a user whose userName is taken.")

        def check(answer: Answer) -> Failure | None:
            made.append(answer.resource.get("id"))
            return refused(answer)

        await self._client.send("POST", "/Users", body, "E-32", "create the same person again", check)
        for id in made:
            if isinstance(id, str) and id != one.id:
                await self._delete(Assigned(TRIAL, id))

    async def _try(self, one: Assigned, trial: Trial) -> None:
        remedy = "Apply the operations in order, in the form in which Entra sends them, and answer 200 or 204."
        checks = holds(trial.wanted), one_of_each_type(trial.wanted), *([has_role(trial.role)] if trial.role else [])
        answers = [answered(200, 204, remedy=remedy), *map(if_returned, checks)]
        if trial.refused:
            answers = [answered(409, 400, remedy="Refuse the whole request if one operation cannot be applied.")]
        done = await self._client.send("PATCH", one.path, trial.body, trial.fact, trial.purpose, *answers)
        if done:
            await self._users.read(one, trial.fact, f"{trial.purpose}: read the result", *checks)

    async def _rename(self, one: Assigned) -> None:
        for fact, attribute, old, new in (
            ("E-47", "externalId", WORD, object_id(TRIAL.user_name)),
            ("E-48", "userName", TRIAL.user_name, RENAMED.user_name),
        ):
            changes = {attribute: new}
            if await self._users.patch(one, self._dialect.update(changes), fact, f"change the {attribute}", changes):
                await self._users.find(attribute, new, fact, f"find the new {attribute}", ids=[one.id])
                await self._users.find(attribute, old, fact, f"find no old {attribute}", ids=[])

    async def _delete(self, one: Assigned) -> None:
        """Deletes, twice: the second time there is nobody any more (E-69), and nobody to read or find (E-17)."""
        name = one.person.user_name
        gone = answered(404, remedy="Answer 404 for a user who was deleted.")
        for status, purpose in ((204, f"delete {name}"), (404, f"delete {name} again")):
            ok = answered(status, remedy=f"Answer DELETE with 204, and the next one with 404; this one with {status}.")
            if not await self._client.send("DELETE", one.path, None, "E-69", purpose, ok):
                self._note(f"{name} may have been left on the server: the DELETE failed.")
                return
        await self._client.get(one.path, "E-17", f"read the deleted {name}", gone)


def _with_oddities(body: Resource) -> Resource:
    """With what a create may also carry: a name of no schema, an attribute out of its place, a boolean as text."""
    misspelt = "urn:ietf:params:scim:schemas:extension:enterprise:2.0User"
    odd = body | {"schemas": [*body["schemas"], misspelt], "department": TRIAL.department}  # E-30
    return odd | {"phoneNumbers": [one | {"primary": "True"} for one in body["phoneNumbers"]]}  # E-33
