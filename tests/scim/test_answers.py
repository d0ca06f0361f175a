"""The frame of every answer below the prefix: who may come in, and how refusals look (RFC 7644 section 3.12)."""

import logging

import httpx
import pytest

from rollbook.domain import errors as domain
from rollbook.domain.errors import DomainError
from rollbook.scim.application import scim_application
from rollbook.scim.errors import DOMAIN_ERRORS, from_domain
from tests.log import with_notes

from .conftest import PREFIX
from .people import CORE, bare, created, patch, read, refusal


@pytest.fixture
def server():
    """SQLite alone: nothing here depends on the database."""
    return None


def subclasses(of):
    return {each for child in of.__subclasses__() for each in (child, *subclasses(child))}


def test_every_refusal_of_the_domain_has_an_answer():
    assert set(DOMAIN_ERRORS) == {each for each in subclasses(DomainError) if each.__module__ == domain.__name__}


def test_a_special_case_of_a_refusal_is_said_as_the_refusal():
    class Overtaken(domain.Busy):
        pass

    refused = from_domain(Overtaken("Somebody was faster."))

    assert (refused.status, refused.detail) == (503, "Somebody was faster.")
    assert refused.headers == (("Retry-After", "1"),)


@pytest.mark.parametrize("path", ["/Users", "/Nothing", "/", "/ServiceProviderConfig", "/Users/7/x"])
@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "non-token", "Bearer non-token", "Basic YTpi"])
async def test_without_a_valid_token_everything_is_401(http, acme, path, header):
    headers = {} if header is None else {"Authorization": header}

    answer = await http.get(f"{PREFIX}{path}", headers=headers)

    assert refusal(answer) == (401, None)
    assert answer.headers["www-authenticate"] == 'Bearer realm="Rollbook SCIM"'


async def test_a_refused_body_is_not_read(http, acme):
    async def endless():
        yield b"{"
        raise AssertionError("the body was read")

    answer = await http.post(f"{PREFIX}/Users", content=endless(), headers={"Authorization": "Bearer x"})

    assert refusal(answer) == (401, None)


@pytest.mark.parametrize("form", ["Bearer {}", "bearer {}", "BEARER   {}", "{}", "  {}  "])
async def test_a_token_passes_with_and_without_the_word_bearer(http, scim_token, form):
    # O-05, O-06
    answer = await http.get(f"{PREFIX}/Users", headers={"Authorization": form.format(scim_token)})

    assert answer.status_code == 200


async def test_an_api_token_is_refused_and_told_what_is_needed(http, api_token):
    answer = await http.get(f"{PREFIX}/Users", headers={"Authorization": f"Bearer {api_token}"})

    assert refusal(answer) == (401, None)
    assert answer.json()["detail"].startswith("This is an API token, which opens GraphQL only. A SCIM token is needed")


async def test_a_revoked_token_is_refused_at_its_next_request(scim, services, acme):
    assert (await scim.get("/Users")).status_code == 200
    (token,) = await services.tokens.list(acme.operator, "scim")

    await services.tokens.revoke(acme.operator, token.id)

    assert refusal(await scim.get("/Users")) == (401, None)


async def test_the_token_of_a_refusal_is_not_repeated(http, acme):
    answer = await http.get(f"{PREFIX}/Users", headers={"Authorization": "Bearer rollbook_scim_secretsecret"})

    assert "secretsecret" not in answer.text


@pytest.mark.parametrize(
    "path",
    ["/", "/Nothing", "/users", "/Users/7/groups", "/Schemas/nothing", "/ResourceTypes/nothing", "/Groups/nothing"],
)
async def test_an_unknown_address_is_404(scim, path):
    assert refusal(await scim.get(path)) == (404, None)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/Users", "GET, HEAD, POST"),
        ("DELETE", "/Users", "GET, HEAD, POST"),
        ("POST", "/Users/7", "DELETE, GET, HEAD, PATCH, PUT"),
        ("PATCH", "/Groups", "GET, HEAD, POST"),
        ("POST", "/ServiceProviderConfig", "GET, HEAD"),
        ("DELETE", "/Schemas", "GET, HEAD"),
        ("OPTIONS", "/Users", "GET, HEAD, POST"),
        ("GET", "/.search", "POST"),
        ("GET", "/Users/.search", "POST"),
        ("GET", "/Bulk", "POST"),
        ("BREW", "/Users", "GET, HEAD, POST"),
    ],
)
async def test_a_method_that_an_address_does_not_have_is_405(scim, method, path, allowed):
    answer = await scim.request(method, path)

    assert refusal(answer) == (405, None)
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/Me"),
        ("PATCH", "/Me"),
        ("POST", "/Groups"),
        ("DELETE", "/Groups/users"),
    ],
)
async def test_what_rollbook_does_not_do_is_501(scim, method, path):
    assert refusal(await scim.request(method, path, json={})) == (501, None)


@pytest.mark.parametrize(
    "media_type",
    [
        "application/json",
        "application/scim+json",
        "application/scim+json; charset=utf-8",
        "Application/JSON;charset=UTF-8",
        None,
    ],
)
async def test_json_comes_in_under_both_of_its_names(scim, media_type):
    # O-03
    del scim.headers["content-type"]
    headers = {} if media_type is None else {"Content-Type": media_type}

    answer = await scim.post("/Users", content=f'{{"schemas":["{CORE}"],"userName":"ada"}}'.encode(), headers=headers)

    assert answer.status_code == 201
    assert answer.headers["content-type"] == "application/scim+json"


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "application/xml; charset=utf-8"},
        {"Content-Encoding": "gzip"},
    ],
)
async def test_another_kind_of_body_is_415_and_changes_nothing(scim, headers):
    answer = await scim.post("/Users", content=b'{"userName":"ada"}', headers=headers)

    assert refusal(answer) == (415, None)
    assert (await read(scim, "/Users"))["totalResults"] == 1


@pytest.mark.parametrize("accept", ["text/html", "application/scim+json; charset=utf-8", "*/*", ""])
async def test_no_accept_is_refused(scim, accept):
    answer = await scim.get("/Users", headers={"Accept": accept, "Content-Type": "text/plain"})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/scim+json"


async def test_a_body_that_is_too_large_is_413_whether_its_length_is_said_or_not(scim):
    body = b'{"userName":"ada","title":"' + b"x" * 1024 * 1024 + b'"}'

    async def unannounced():
        yield body[:1000]
        yield body[1000:]

    for content in (body, unannounced()):
        assert refusal(await scim.post("/Users", content=content)) == (413, None)
    assert (await read(scim, "/Users"))["totalResults"] == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"userName":"\xff"}', b'{"userName":"\\ud800"}'])
async def test_a_body_that_is_no_json_object_is_400(scim, content):
    assert refusal(await scim.post("/Users", content=content)) == (400, "invalidSyntax")


async def test_every_answer_has_its_own_request_id(scim, http):
    answers = [await scim.get("/Users"), await scim.get("/Users"), await scim.get("/x"), await http.get(f"{PREFIX}/x")]

    ids = {answer.headers["x-request-id"] for answer in answers}
    assert len(ids) == 4


async def test_the_request_id_stands_in_the_audit_trail(scim, services, acme):
    answer = await scim.post("/Users", json=bare("ada"))

    (event, *_) = await services.audit.events(acme.operator)
    assert event.request_id == answer.headers["x-request-id"]


async def test_head_is_get_without_its_body(scim):
    for path in ("/Users", "/Groups", "/Groups/users", "/ServiceProviderConfig"):
        got, head = await scim.get(path), await scim.head(path)

        assert (head.status_code, head.content) == (200, b"")
        assert head.headers.get("content-length") == got.headers.get("content-length")


async def test_a_fault_of_the_server_is_500_without_any_detail(services, scim_token, caplog):
    class Broken:
        clock = staticmethod(services.clock)
        provisioning = services.provisioning
        seal = services.seal
        tokens = services.tokens
        groups = services.groups
        seal = services.seal
        memberships = None

    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(scim_application(Broken(), "http://x"), raise_app_exceptions=False),
        base_url="http://x",
        headers={"Authorization": f"Bearer {scim_token}"},
    )
    with caplog.at_level(logging.ERROR):
        answer = await client.get("/Users")

    request_id = answer.headers["x-request-id"]
    assert refusal(answer) == (500, None)
    assert answer.json()["detail"] == (
        f"Rollbook failed to answer. The server's log tells more under the request id {request_id}."
    )
    assert request_id in caplog.text
    assert "AttributeError" in caplog.text


async def test_what_was_ignored_or_repaired_is_kept_for_the_admin(scim, services, acme):
    user = await created(scim, bare("ada", favouriteColour="red"))
    answer = await patch(scim, f"/Users/{user['id']}", {"op": "Replace", "path": "active", "value": "False"})

    repaired, ignored = await with_notes(services, acme)
    assert (ignored.method, ignored.path, ignored.status) == ("POST", "/Users", 201)
    assert ignored.notes == ("favouriteColour was ignored: User has no such attribute.",)
    assert (repaired.method, repaired.path, repaired.status) == ("PATCH", f"/Users/{user['id']}", 200)
    assert repaired.notes == (
        "The operation Replace was read in lower case.",
        'active: the text "False" was read as the boolean false.',
    )
    assert repaired.request_id == answer.headers["x-request-id"]


async def test_a_request_that_needed_no_repair_leaves_no_note(scim, services, acme):
    user = await created(scim, bare("ada"))
    await scim.put(f"/Users/{user['id']}", json=user)

    assert await with_notes(services, acme) == []
