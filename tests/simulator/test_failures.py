"""Every kind of misbehaviour is seen: which exchange fails, what was expected, and what came."""

from collections.abc import Callable
from typing import Any

import pytest

from rollbook.simulator.people import sample_people
from tests.simulator.conftest import Simulate, failures
from tests.simulator.fake_server import FakeServer, Refusal, Spoil

ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
NAMES = [person.user_name for person in sample_people(4)]


def on(method: str, path: str, change: Callable[[int, Any], tuple[int, Any]], *, status: int | None = None) -> Spoil:
    """Changes the answers to this method, below this path, and with this status if given."""

    def spoil(asked: str, where: str, came: int, body: Any) -> tuple[int, Any]:
        hit = asked == method and where.startswith(path) and status in (None, came)
        return change(came, body) if hit else (came, body)

    return spoil


def without(key: str) -> Callable[[int, Any], tuple[int, Any]]:
    return lambda status, body: (status, {name: value for name, value in body.items() if name != key})


def having(**values: Any) -> Callable[[int, Any], tuple[int, Any]]:
    return lambda status, body: (status, body | values)


UNEXPLAINED = (
    f'schemas with {ERROR}; status "{{}}" in the body; detail, a text for the administrator',
    "null; null; null",
)


@pytest.mark.parametrize(
    ("spoil", "first"),
    [
        pytest.param(
            on("GET", "/Users", lambda status, body: (401, None), status=401),
            ("O-21", UNEXPLAINED[0].format(401), UNEXPLAINED[1]),
            id="a 401 without a body",
        ),
        pytest.param(
            on("GET", "/Users", lambda status, body: (200, {}), status=401),
            ("O-21", "status 401", "status 200"),
            id="a wrong token that opens the door",
        ),
        pytest.param(
            on("GET", "/Users", lambda status, body: (404, {"detail": "Not Found"}), status=404),
            ("O-15", f'schemas with {ERROR}; status "404" in the body', "null; null"),
            id="a 404 of the framework",
        ),
        pytest.param(
            on("GET", "/Users", lambda status, body: (422, body), status=404),
            ("O-15", "status 404", 'status 422, "There is no 010101001010101011001010101011."'),
            id="an id that must be a UUID",
        ),
        pytest.param(
            on("GET", "/Groups", lambda status, body: (404, None)),
            ("O-11", "status 200", "status 404"),
            id="no groups",
        ),
        pytest.param(
            on("POST", "/Users", lambda status, body: (200, body), status=201),
            ("O-17", "status 201", "status 200"),
            id="a create that answers 200",
        ),
        pytest.param(
            on("POST", "/Users", lambda status, body: (201, b""), status=201),
            (
                "O-17",
                "schemas with urn:ietf:params:scim:schemas:core:2.0:User; id; userName ada.lindqvist@acme.test; "
                "name.givenName Ada; name.familyName Lindqvist; emails with ada.lindqvist@acme.test; active true",
                "null; null; null; null; null; null; null",
            ),
            id="a create that answers nothing",
        ),
        pytest.param(
            on("POST", "/Users", having(password="secret"), status=201),
            ("O-17", "no password", '"a password"'),
            id="a password in an answer",
        ),
        pytest.param(
            on("POST", "/Users", without("scimType"), status=409),
            ("O-19", "scimType uniqueness", "null"),
            id="a duplicate that is not called one",
        ),
        pytest.param(
            on("POST", "/Users", lambda status, body: (201, body), status=409),
            ("O-19", "status 409", 'status 201, "ada.lindqvist@acme.test is a member already."'),
            id="a duplicate that is created",
        ),
        pytest.param(
            on("GET", "/Users/user", having(name={"givenName": "Ada", "familyName": "Lindqvist"})),
            ("O-18", "name.givenName Zoë; name.familyName Brontë-Hale", '"Ada"; "Lindqvist"'),
            id="somebody else's name",
        ),
        pytest.param(
            on("PUT", "/Users", having(title=None)),
            ("O-34", 'title "Staff Engineer"', "null"),
            id="a PUT that loses an attribute",
        ),
        pytest.param(
            on("PATCH", "/Users", having(active="False")),
            ("O-35", "active false", '"False"'),
            id="active as a string",
        ),
        pytest.param(
            on("PATCH", "/Groups", lambda status, body: (400, {"detail": "id is read-only"})),
            ("O-53", "status 200 or 204", 'status 400, "id is read-only"'),
            id="a rename that is refused for its id",
        ),
        pytest.param(
            on("POST", "/Groups", lambda status, body: (404, None)),
            ("O-50", "status 201", "status 404"),
            id="a new group that is refused with the wrong status",
        ),
        pytest.param(
            on("POST", "/Groups", lambda status, body: (501, None)),
            ("O-50", UNEXPLAINED[0].format(501), UNEXPLAINED[1]),
            id="a new group that is refused without a reason",
        ),
        pytest.param(
            on("POST", "/Users", lambda status, body: (302, None)),
            ("O-17", "status 201", "status 302"),
            id="a redirection",
        ),
    ],
)
async def test_a_wrong_answer_fails_its_exchange(simulate: Simulate, spoil: Spoil, first: tuple[str, str, str]):
    server = FakeServer("Users", spoil=spoil)

    verdict = await simulate(server)

    assert not verdict.passed
    assert failures(verdict)[0] == first


@pytest.mark.parametrize(
    ("spoil", "expected", "came"),
    [
        (having(startIndex="1"), "startIndex, a number", '"1"'),
        (having(totalResults=True), "totalResults, a number", "true"),
        (without("itemsPerPage"), "itemsPerPage, a number", "null"),
        (having(schemas=[]), "schemas with urn:ietf:params:scim:api:messages:2.0:ListResponse", "[]"),
        (having(Resources={"id": "1"}), "Resources, an array of objects", '{"id": "1"}'),
        (having(Resources=[{}, {}, {}]), "at most 2 Resources", "3"),
        (lambda status, body: (401, None), "status 200", "status 401"),
        (
            lambda status, body: (200, b"<html>"),
            "schemas with urn:ietf:params:scim:api:messages:2.0:ListResponse; totalResults, a number; "
            "startIndex, a number; itemsPerPage, a number",
            "null; null; null; null",
        ),
    ],
)
async def test_nothing_more_is_sent_when_the_first_list_is_wrong(
    simulate: Simulate, spoil: Callable[[int, Any], tuple[int, Any]], expected: str, came: str
):
    server = FakeServer(spoil=on("GET", "/Users", spoil))

    verdict = await simulate(server)

    assert failures(verdict) == [("O-10", expected, came)]
    assert len(server.requests) == 1
    assert verdict.notes == ["The rest was not played, because /Users could not be listed."]


async def test_a_filter_that_is_not_applied_fails_and_nobody_is_overwritten(simulate: Simulate):
    class Unfiltered(FakeServer):
        def page(self, found, kind, query):
            return super().page(found, kind, {"startIndex": query["startIndex"], "count": query["count"]})

    server = Unfiltered()
    stranger = {**server.add_user("stranger@x.test")}

    verdict = await simulate(server)

    came = '[1, ["user 1", "stranger@x.test"]]'
    assert failures(verdict)[1:] == [("O-30", f"nobody but {name}", came) for name in NAMES]
    assert failures(verdict)[0][0::2] == ("O-14", came)
    assert list(server.users.values()) == [stranger]
    assert {method for method, _, _, _ in server.requests} == {"GET"}


async def test_a_filter_that_minds_capitals_fails(simulate: Simulate):
    class Exact(FakeServer):
        def page(self, found, kind, query):
            if "filter" in query:
                found = [one for one in found if f'"{one["userName"]}"' in query["filter"]]
            return super().page(found, kind, query)

    verdict = await simulate(Exact())

    assert failures(verdict) == [("O-20", 'the ids ["user 1"]', "[0]")]


async def test_a_deactivated_user_who_cannot_be_read_fails_the_deactivation(simulate: Simulate):
    class Hiding(FakeServer):
        def change_user(self, method, user, body):
            if method == "GET" and not user["active"]:
                raise Refusal(404, "Gone.")
            return super().change_user(method, user, body)

    verdict = await simulate(Hiding())

    assert failures(verdict) == [
        ("O-35", "status 200", 'status 404, "Gone."'),
        ("O-35", "status 200", 'status 404, "Gone."'),
        ("O-37", "status 200", 'status 404, "Gone."'),
        ("O-35", "status 200", 'status 404, "Gone."'),
    ]


async def test_a_user_who_cannot_be_assigned_again_fails_and_is_reactivated_all_the_same(simulate: Simulate):
    class Unforgiving(FakeServer):
        def create_user(self, body):
            if any(user["userName"] == body["userName"] for user in self.users.values()):
                raise Refusal(409, "Taken.", "uniqueness")
            return super().create_user(body)

    server = Unforgiving()
    for name in NAMES:
        server.add_user(name)

    verdict = await simulate(server)

    assert failures(verdict) == [
        ("O-37", "status 201", 'status 409, "Taken."'),
        ("O-37", "active true", "false"),
    ]
    assert [user["active"] for user in server.users.values()] == [True] * 4


@pytest.mark.parametrize(
    ("changed", "expected", "came"),
    [({"id": "another"}, "id user 4", '"another"'), ({"externalId": "another"}, None, '"another"')],
)
async def test_a_user_who_comes_back_as_another_fails(
    simulate: Simulate, changed: dict[str, str], expected: str | None, came: str
):
    class Reviving(FakeServer):
        def create_user(self, body):
            existed = any(user["userName"] == body["userName"] for user in self.users.values())
            status, user = super().create_user(body)
            return status, user | changed if existed else user

    server = Reviving()

    verdict = await simulate(server)

    wanted = expected or f'externalId "{server.user(NAMES[3])["externalId"]}"'
    assert failures(verdict) == [("O-37", wanted, came)]


async def test_a_rename_after_which_the_old_name_is_still_found_fails_and_is_undone(simulate: Simulate):
    class Remembering(FakeServer):
        def page(self, found, kind, query):
            if "filter" in query:
                query = query | {"filter": query["filter"].replace("renamed.", "")}
                found = [{**one, "userName": one["userName"].removeprefix("renamed.")} for one in found]
            return super().page(found, kind, query)

    server = Remembering()

    verdict = await simulate(server)

    assert failures(verdict) == [
        ("O-30", 'the ids ["user 3"]', f'[1, ["user 3", "{NAMES[2]}"]]'),
        ("O-30", "no match", f'[1, ["user 3", "{NAMES[2]}"]]'),
    ]
    assert [user["userName"] for user in server.users.values()] == NAMES


async def test_a_page_that_is_cut_short_fails_the_import(simulate: Simulate):
    class Short(FakeServer):
        def page(self, found, kind, query):
            return super().page(found, kind, query | {"count": str(min(50, int(query["count"])))})

    server = Short()
    for number in range(120):
        server.add_user(f"{number}@x.test")

    verdict = await simulate(server)

    assert failures(verdict) == [("O-41", "100 Resources", "50")]


async def test_an_import_without_a_stable_order_fails(simulate: Simulate):
    class Unstable(FakeServer):
        def page(self, found, kind, query):
            return super().page(found[::-1] if query["startIndex"] == "101" else found, kind, query)

    server = Unstable()
    for number in range(100):
        server.add_user(f"{number}@x.test")

    verdict = await simulate(server)

    missing = '"missing: [' + ", ".join(f"'user {number}'" for number in range(101, 105)) + ']"'
    twice = '"twice: [' + ", ".join(f"'user {number}'" for number in range(1, 5)) + ']"'
    assert failures(verdict) == [("O-41", "nobody missing; every id once", f"{missing}; {twice}")]


async def test_a_first_user_without_names_fails_the_reading_of_okta(simulate: Simulate):
    server = FakeServer()
    server.add_user("root", name={}, emails=[])

    verdict = await simulate(server)

    wanted = "name.givenName, not empty; name.familyName, not empty; emails[0].value, not empty"
    assert failures(verdict) == [("O-12", wanted, "null; null; null")]
