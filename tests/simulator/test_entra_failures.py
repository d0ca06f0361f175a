"""Every way in which servers fail Entra is seen: which exchange fails, what was expected, and what came."""

import pytest

from rollbook.simulator.entra_messages import EntraDialect
from rollbook.simulator.people import sample_people
from tests.simulator.conftest import Simulate, failures
from tests.simulator.fake_entra import EntraServer
from tests.simulator.fake_server import Refusal

NAMES = [person.user_name for person in sample_people(4)]
RENAMED = "renamed.o'neil+c#&d@acme.test"


class NotFoundOnNoMatch(EntraServer):
    def page(self, found, kind, query):
        whole = super().page(found, kind, query)
        if "filter" in query and not whole["totalResults"]:
            raise Refusal(404, "Nobody matches.")
        return whole


class PlainJson(EntraServer):
    media_type = "application/json"


async def test_nothing_more_is_sent_when_no_match_is_not_found(entra: Simulate):
    server = NotFoundOnNoMatch()

    verdict = await entra(server)

    assert failures(verdict) == [("E-10", "status 200", 'status 404, "Nobody matches."')]
    assert len(server.requests) == 1
    assert verdict.notes == ["The rest was not played, because /Users could not be searched."]


async def test_an_answer_of_another_media_type_fails_the_test_of_the_connection(entra: Simulate):
    verdict = await entra(PlainJson())

    assert failures(verdict) == [("E-10", "Content-Type application/scim+json", '"application/json"')]


class NoGroups(EntraServer):
    def answer(self, method, path, query, body):
        if path.startswith("/Groups"):
            raise Refusal(404, "No groups here.")
        return super().answer(method, path, query, body)


class OpenDoor(EntraServer):
    async def __call__(self, scope, receive, send):
        headers = [(name, value) for name, value in scope["headers"] if name != b"authorization"]
        await super().__call__(scope | {"headers": [*headers, (b"authorization", b"Bearer right")]}, receive, send)


class LowerCasing(EntraServer):
    def create_user(self, body):
        return super().create_user(body | {"displayName": body["displayName"].lower()})


class Reformatting(EntraServer):
    def create_user(self, body):
        for phone in body.get("phoneNumbers", []):
            phone["value"] = phone["value"].replace(" ", "")
        return super().create_user(body)


class NoNulls(EntraServer):
    def create_user(self, body):
        if None in body.values():
            raise Refusal(400, "null is no value.")
        return super().create_user(body)


class KnownSchemasOnly(EntraServer):
    def create_user(self, body):
        if len(body["schemas"]) > 2:
            raise Refusal(400, "Unknown schema.")
        return super().create_user(body)


class StrictOperations(EntraServer):
    def operate(self, user, op, path, value):
        if op != op.lower():
            raise Refusal(400, f"{op} is no operation.", "invalidSyntax")
        super().operate(user, op, path, value)

    def apply(self, group, operation):
        if operation["op"] != operation["op"].lower():
            raise Refusal(400, f"{operation['op']} is no operation.", "invalidSyntax")
        super().apply(group, operation)


class TextForBoolean(EntraServer):
    def boolean(self, value):
        return value


class NoTarget(EntraServer):
    def element(self, elements, key, wanted):
        if not any(element.get(key) == wanted for element in elements):
            raise Refusal(400, "No element matches.", "noTarget")
        return super().element(elements, key, wanted)


class Doubling(EntraServer):
    def operate(self, user, op, path, value):
        if path and path.startswith("emails[") and op.lower() == "replace":
            user["emails"].append({"type": "work"})
        super().operate(user, op, path, value)


class NoKeysWithDots(EntraServer):
    def operate(self, user, op, path, value):
        if path is None:
            user.update(value)
        else:
            super().operate(user, op, path, value)


class CaseOfParts(EntraServer):
    def place(self, resource, path):
        holder, key = super().place(resource, path)
        return holder, path.rpartition(".")[2] if "[" in path else key


class LastOperationFirst(EntraServer):
    def change_user(self, method, user, body):
        if method == "PATCH":
            body = body | {"Operations": body["Operations"][::-1]}
        return super().change_user(method, user, body)


class NotAtomic(EntraServer):
    def change_user(self, method, user, body):
        if method == "PATCH" and len(body["Operations"]) > 1:
            super().change_user(method, user, body | {"Operations": body["Operations"][:1]})
        return super().change_user(method, user, body)


class NothingCleared(EntraServer):
    def clear(self, holder, key):
        pass


class NoNullInPatch(EntraServer):
    def operate(self, user, op, path, value):
        if value is None and op.lower() == "replace":
            raise Refusal(400, "null is no value.")
        super().operate(user, op, path, value)


class ManagerByObjectOnly(EntraServer):
    def manager(self, value):
        if not isinstance(value, dict):
            raise Refusal(400, "manager must be an object.")
        return value


class RolesByText(EntraServer):
    def operate(self, user, op, path, value):
        if "{" in str(value).replace("[{'value': '", "").replace("[{", "", 1) and path and path.startswith("roles"):
            raise Refusal(400, "Unknown role.")
        super().operate(user, op, path, value)


class ImmutableExternalId(EntraServer):
    def operate(self, user, op, path, value):
        if path == "externalId":
            raise Refusal(400, "externalId cannot be changed.", "mutability")
        super().operate(user, op, path, value)


class OldNamesFound(EntraServer):
    def equal(self, path, value, wanted):
        old = str(value).replace("renamed.", "").replace("d@acme", "d.trial@acme")
        return super().equal(path, value, wanted) or super().equal(path, old, wanted)


class Quoted(EntraServer):
    def literal(self, text):
        if not text.startswith('"'):
            raise Refusal(400, "A value needs quotes.", "invalidFilter")
        return super().literal(text)


class PlusIsSpace(EntraServer):
    def literal(self, text):
        return super().literal(text).replace("+", " ")


class CapitalsMatter(EntraServer):
    def equal(self, path, value, wanted):
        return value == wanted


class CapitalsNeverMatter(EntraServer):
    def equal(self, path, value, wanted):
        return str(value).casefold() == wanted.casefold()


class NoValuePaths(EntraServer):
    def hit(self, one, term):
        if "[" in term:
            raise Refusal(400, "This filter is not supported.", "invalidFilter")
        return super().hit(one, term)


class FirstTermOnly(EntraServer):
    def hits(self, one, condition):
        return super().hits(one, condition.partition(" and ")[0])


class DuplicatesCreated(EntraServer):
    def create_user(self, body):
        return 201, self.add_user(body["userName"], **{key: value for key, value in body.items() if value is not None})


class DeletesForEver(EntraServer):
    def answer(self, method, path, query, body):
        if method == "DELETE" and path.removeprefix("/Users/") not in self.users:
            return 204, None
        return super().answer(method, path, query, body)


class InactiveNotFound(EntraServer):
    def hit(self, one, term):
        return one.get("active", True) and super().hit(one, term)


class StartFromZero(EntraServer):
    def page(self, found, kind, query):
        whole = super().page(found, kind, query)
        return whole | {"startIndex": whole["startIndex"] - 1}


class ShortPages(EntraServer):
    def page(self, found, kind, query):
        return super().page(found, kind, query | {"count": str(min(50, int(query.get("count", 50))))})


ON_ABSENT = {"E-60", "E-61", "E-63"}
NO_OPERATION = "status 200 or 204", 'status 400, "Add is no operation."'
NO_ELEMENT = "status 200 or 204", 'status 400, "No element matches."'
NO_OBJECT = "status 200 or 204", 'status 400, "manager must be an object."'
PHONE = 'phoneNumbers[type eq "work"].value'
DOTTED = (
    'name.formatted "Zoë Updated Brontë-Hale"; name.givenName "Zoë Updated"; '
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department "Engineering Updated"',
    '"Zoë Brontë-Hale"; "Zoë"; "Engineering"',
)


@pytest.mark.parametrize(
    ("kind", "facts", "expected", "came"),
    [
        (OpenDoor, {"E-09"}, "status 401", "status 200"),
        (NoNulls, {"E-30"}, "status 201", 'status 400, "null is no value."'),
        (KnownSchemasOnly, {"E-30"}, "status 201", 'status 400, "Unknown schema."'),
        (LowerCasing, {"E-30"}, 'displayName "Ada Lindqvist"', '"ada lindqvist"'),
        (Reformatting, {"E-30"}, f'{PHONE} "+1 (425) 555-01 00"', '"+1(425)555-0100"'),
        (TextForBoolean, {"E-41", "E-17", "E-71", "E-70"}, "active false", '"False"'),
        (NoTarget, {*ON_ABSENT, "E-53", "E-51", "E-52"}, *NO_ELEMENT),
        (Doubling, {"E-43", "E-61", "E-53"}, "emails of different types", '["work", "work"]'),
        (CaseOfParts, {"E-63"}, 'addresses[type eq "work"].locality "Lund"', "null"),
        (LastOperationFirst, {"E-62"}, 'nickName "Bab"', "null"),
        (NotAtomic, {"E-62"}, 'nickName "Bab"', '"Lost"'),
        (NothingCleared, {"E-53", "E-51", "E-50"}, 'emails[type eq "home"].value unset', '"home@acme.test"'),
        (NoNullInPatch, {"E-51"}, "status 200 or 204", 'status 400, "null is no value."'),
        (ManagerByObjectOnly, {"E-49"}, *NO_OBJECT),
        (RolesByText, {"E-52"}, "status 200 or 204", 'status 400, "Unknown role."'),
        (ImmutableExternalId, {"E-47"}, "status 200 or 204", 'status 400, "externalId cannot be changed."'),
        (OldNamesFound, {"E-48"}, "no match", f'[1, ["user 5", "{RENAMED}"]]'),
        (Quoted, {"E-14"}, "status 200", 'status 400, "A value needs quotes."'),
        (PlusIsSpace, {"E-23", "E-16", "E-13", "E-48"}, 'the ids ["user 5"]', "[0]"),
        (CapitalsMatter, {"E-16"}, 'the ids ["user 5"]', "[0]"),
        (CapitalsNeverMatter, {"E-16"}, "no match", '[1, ["user 5", "entratrial"]]'),
        (NoValuePaths, {"E-13"}, "status 200", 'status 400, "This filter is not supported."'),
        (FirstTermOnly, {"E-19"}, "no match", '[1, ["user 2"]]'),
        (DeletesForEver, {"E-69"}, "status 404", "status 204"),
        (InactiveNotFound, {"E-17"}, 'the ids ["user 4"]', "[0]"),
        (StartFromZero, {"E-21", "E-22"}, "startIndex 1", "0"),
    ],
)
async def test_a_server_that_fails_entra_is_seen(
    entra: Simulate, kind: type[EntraServer], facts: set[str], expected: str, came: str
):
    verdict = await entra(kind())

    found = failures(verdict)
    assert {fact for fact, _, _ in found} == facts
    assert found[0][1:] == (expected, came)


@pytest.mark.parametrize(
    ("kind", "facts", "expected", "came"),
    [
        (NoKeysWithDots, {"E-43", "E-51"}, *DOTTED),
        (NoTarget, {*ON_ABSENT, "E-51", "E-52"}, *NO_ELEMENT),
        (ManagerByObjectOnly, {"E-49"}, *NO_OBJECT),
        (StrictOperations, set(), "", ""),
    ],
)
async def test_a_server_that_fails_the_compliant_dialect_is_seen(
    entra: Simulate, kind: type[EntraServer], facts: set[str], expected: str, came: str
):
    verdict = await entra(kind("Users"), EntraDialect.COMPLIANT)

    found = failures(verdict)
    assert {fact for fact, _, _ in found} == facts
    assert [(one[1], one[2]) for one in found[:1]] == ([(expected, came)] if facts else [])


async def test_a_server_that_refuses_capital_operations_fails_whatever_is_patched(entra: Simulate):
    server = StrictOperations("Users")
    boss = server.add_user("boss@x.test")["id"]
    server.group("Users")["members"].append(boss)

    verdict = await entra(server)

    found = failures(verdict)
    patches = {one.fact for one in verdict.exchanges if one.method == "PATCH"}
    assert {one.fact for one in verdict.failures if one.method == "PATCH"} == patches - {"E-62"} | {"E-62"}
    assert found[0] == ("E-49", *NO_OPERATION)
    assert server.group("Users")["members"] == [boss]
    assert [user["active"] for user in server.users.values()] == [True] * 5


async def test_a_duplicate_that_is_created_fails_and_is_deleted(entra: Simulate):
    server = DuplicatesCreated()

    verdict = await entra(server)

    assert failures(verdict) == [("E-32", "status 409", "status 201")]
    assert [user["userName"] for user in server.users.values()] == NAMES


async def test_pages_that_are_cut_short_fail_the_discovery(entra: Simulate):
    server = ShortPages()
    for number in range(120):
        server.add_user(f"{number}@x.test")

    verdict = await entra(server)

    assert failures(verdict) == [("E-22", "100 Resources", "50")]
