"""What the client adds to the generated operations: errors by their kind, whole lists, patience."""

from datetime import UTC, datetime

import httpx
import pytest

from rollbook import client as offered
from rollbook.client import Client, MemberFilter, NotFound, RateLimited, Refused, Role, RollbookError, Unreachable
from rollbook.client import errors as error_module

SECRET = "rollbook_api_secret"


def answering(*answers: httpx.Response | Exception) -> tuple[Client, list[httpx.Request]]:
    """A client whose server gives these answers, one after another, and the requests that it got."""
    requests: list[httpx.Request] = []
    waiting = iter(answers)

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        given = next(waiting)
        if isinstance(given, Exception):
            raise given
        return given

    return Client("https://rollbook.test/", SECRET, transport=httpx.MockTransport(answer)), requests


def member(number: int) -> dict[str, object]:
    return {
        "id": f"id-{number}",
        "name": f"Person {number}",
        "email": f"p{number}@acme.test",
        "userName": f"p{number}@acme.test",
        "externalId": None,
        "status": "ACTIVE",
        "role": "USER",
        "source": "MANUAL",
        "version": number,
        "createdAt": "2026-11-24T09:30:00.000Z",
        "updatedAt": "2026-11-24T09:30:00.000Z",
    }


def page(*numbers: int, more: str | None = None) -> httpx.Response:
    members = {
        "nodes": [member(number) for number in numbers],
        "pageInfo": {"hasNextPage": more is not None, "endCursor": more},
    }
    return httpx.Response(200, json={"data": {"organization": {"members": members}}})


def refusal(code: str, **more: object) -> httpx.Response:
    result = {"__typename": "SomeError", "code": code, "message": f"Told of {code}.", "path": ["input", "role"], **more}
    return httpx.Response(200, json={"data": {"setMemberRole": result}}, headers={"X-Request-Id": "request-1"})


def error(status: int, code: str, **headers: str) -> httpx.Response:
    body = {"errors": [{"message": f"Told of {code}.", "extensions": {"code": code}}]}
    return httpx.Response(status, json=body, headers=headers)


def test_it_shows_the_token_to_the_endpoint_of_graphql():
    client, requests = answering(httpx.Response(200, json={"data": {"member": None}}))

    assert client.get_member("x") is None

    (request,) = requests
    assert (request.method, str(request.url)) == ("POST", "https://rollbook.test/graphql")
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["user-agent"].startswith("rollbook-client/")


def test_values_come_as_python_has_them():
    client, _ = answering(page(7))

    (found,) = client.members()

    assert found.created_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert (found.role, found.version, found.external_id) == (Role.USER, 7, None)


def test_a_list_is_read_to_its_end_page_by_page():
    client, requests = answering(page(1, 2, more="cursor"), page(3))

    found = [each.id for each in client.members(filter=MemberFilter(role=[Role.ADMIN]), search="a")]

    assert found == ["id-1", "id-2", "id-3"]
    sent = [httpx.Response(200, content=request.content).json()["variables"] for request in requests]
    assert sent == [
        {"first": 200, "filter": {"role": ["ADMIN"]}, "search": "a"},
        {"first": 200, "after": "cursor", "filter": {"role": ["ADMIN"]}, "search": "a"},
    ]


def test_what_is_not_given_is_not_sent():
    client, requests = answering(
        httpx.Response(200, json={"data": {"addMember": {"__typename": "AddMemberSuccess", "member": member(1)}}})
    )

    client.add_member("p1@acme.test")

    assert httpx.Response(200, content=requests[0].content).json()["variables"] == {"email": "p1@acme.test"}


KINDS = sorted(error_module._BY_CODE.items())


@pytest.mark.parametrize(("code", "kind"), KINDS, ids=[code for code, _ in KINDS])
def test_a_refusal_is_raised_as_its_kind(code: str, kind: type[Refused]):
    in_data, _ = answering(refusal(code))
    on_top, _ = answering(error(400, code))

    for ask in (lambda: in_data.set_member_role("x", Role.ADMIN), lambda: on_top.set_member_role("x", Role.ADMIN)):
        with pytest.raises(kind, match=rf"^Told of {code}\.$") as raised:
            ask()
        assert type(raised.value) is kind
        assert raised.value.code == code


def test_a_refusal_says_which_argument_and_which_request_is_meant():
    client, _ = answering(refusal("VALIDATION"))

    with pytest.raises(offered.Invalid) as raised:
        client.set_member_role("x", Role.ADMIN)

    assert (raised.value.path, raised.value.request_id) == (["input", "role"], "request-1")


def test_an_unknown_code_is_a_plain_refusal():
    client, _ = answering(refusal("FROM_THE_FUTURE"))

    with pytest.raises(Refused) as raised:
        client.set_member_role("x", Role.ADMIN)

    assert type(raised.value) is Refused


def test_a_version_conflict_brings_the_member_as_they_are_now():
    client, _ = answering(refusal("VERSION_CONFLICT", currentVersion=4, current=member(4)))

    with pytest.raises(offered.VersionConflict) as raised:
        client.set_member_role("x", Role.ADMIN, expected_version=3)

    assert raised.value.current_version == 4
    assert raised.value.current is not None
    assert raised.value.current.email == "p4@acme.test"


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_patience_is_asked_again(status: int):
    client, requests = answering(error(status, "BUSY", **{"Retry-After": "0"}), page(1))

    assert [each.id for each in client.members()] == ["id-1"]
    assert len(requests) == 2


def test_patience_has_an_end():
    client, requests = answering(*[error(429, "RATE_LIMITED", **{"Retry-After": "0"}) for _ in range(9)])

    with pytest.raises(RateLimited):
        list(client.members())

    assert len(requests) == 4


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("no route"),
        httpx.Response(502, text="<html>Bad gateway</html>"),
        httpx.Response(200, json=["something", "else"]),
        httpx.Response(404, json={"detail": "Not Found"}),
    ],
    ids=["nobody", "a proxy", "no object", "no GraphQL"],
)
def test_what_is_no_rollbook_is_told_without_the_token(answer: httpx.Response | Exception):
    client, requests = answering(answer)

    with pytest.raises(Unreachable) as raised:
        client.viewer()

    assert "https://rollbook.test/graphql" in str(raised.value)
    assert SECRET not in str(raised.value)
    assert len(requests) == 1


def test_a_job_that_is_not_there_is_not_found():
    client, _ = answering(httpx.Response(200, json={"data": {"job": None}}))

    with pytest.raises(NotFound):
        client.job("x")


def test_every_error_is_offered_under_one_root():
    kinds = {
        name for name, kind in vars(error_module).items() if isinstance(kind, type) and issubclass(kind, Exception)
    }

    assert kinds <= set(offered.__all__)
    assert all(issubclass(getattr(offered, name), RollbookError) for name in kinds)


def test_the_token_is_in_no_text_of_the_client():
    client, _ = answering()

    for text in (repr(client), str(client)):
        assert SECRET not in text


def test_everything_that_is_offered_is_there():
    assert [name for name in offered.__all__ if not hasattr(offered, name)] == []
    assert offered.__all__ == sorted(offered.__all__)
