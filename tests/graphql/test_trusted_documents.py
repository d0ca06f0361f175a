"""Operations named by id: who may use them, and who may use nothing else."""

import hashlib
from dataclasses import replace

import pytest

from rollbook.graphql.trusted_documents import trusted_documents
from rollbook.settings import UNLIMITED
from rollbook.shipped import FRONTEND_STUB
from tests.conftest import client_of

from .client import signed_in

SESSION = (FRONTEND_STUB / "operations" / "Session.graphql").read_text(encoding="utf-8")
SESSION_ID = f"sha256:{hashlib.sha256(SESSION.encode()).hexdigest()}"
BY_ID = {"documentId": SESSION_ID}
BY_TEXT = {"query": SESSION}


@pytest.fixture
def server():
    """Nothing here depends on the database: one of the two is enough."""
    return None


@pytest.fixture
async def strict(services):
    """A client of a server that runs nothing else in a browser session."""
    async with client_of(services, traffic=replace(UNLIMITED, trusted_documents_only=True)) as http:
        yield http


async def told(http, body, **headers):
    """Status, and the code of the only error or the answer's handle."""
    response = await http.post("/graphql", json=body, headers=headers)
    answer = response.json()
    if "errors" in answer:
        (error,) = answer["errors"]
        return response.status_code, error["extensions"]["code"]
    return response.status_code, answer["data"]["organization"]["handle"]


async def test_the_document_of_an_id_runs_for_a_token_and_for_a_session(http, services, acme, api_token):
    browser = await signed_in(http, services, acme, "a@acme.test")

    assert await told(http, BY_ID, Authorization=f"Bearer {api_token}") == (200, "acme")
    assert await told(http, BY_ID, **browser.headers) == (200, "acme")


async def test_variables_and_operation_name_go_with_an_id(http, api_token):
    document = (FRONTEND_STUB / "operations" / "Members.graphql").read_text(encoding="utf-8")
    document_id = f"sha256:{hashlib.sha256(document.encode()).hexdigest()}"
    headers = {"Authorization": f"Bearer {api_token}"}
    body = {"documentId": document_id, "operationName": "Members", "variables": {"first": 1}}

    one = (await http.post("/graphql", json=body, headers=headers)).json()
    wrong = (await http.post("/graphql", json=body | {"operationName": "Other"}, headers=headers)).json()

    assert len(one["data"]["organization"]["members"]["nodes"]) == 1
    assert wrong["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"documentId": "sha256:" + "0" * 64}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": SESSION_ID.removeprefix("sha256:")}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": ""}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": 1}, "BAD_REQUEST"),
        ({"documentId": [SESSION_ID]}, "BAD_REQUEST"),
        (BY_ID | BY_TEXT, "BAD_REQUEST"),
        ({"documentId": None}, "BAD_REQUEST"),
    ],
)
async def test_an_id_that_names_nothing_is_400(http, api_token, body, code):
    assert await told(http, body, Authorization=f"Bearer {api_token}") == (400, code)


async def test_a_session_may_be_held_to_the_operations_of_the_pages(strict, services, acme):
    browser = await signed_in(strict, services, acme, "a@acme.test")

    assert await told(strict, BY_ID, **browser.headers) == (200, "acme")
    assert await told(strict, BY_TEXT, **browser.headers) == (400, "DOCUMENT_NOT_TRUSTED")
    assert await told(strict, BY_TEXT | BY_ID, **browser.headers) == (400, "BAD_REQUEST")


async def test_a_token_runs_any_document_all_the_same(strict, services, acme, api_token):
    await signed_in(strict, services, acme, "a@acme.test")

    assert await told(strict, BY_TEXT, Authorization=f"Bearer {api_token}") == (200, "acme")


def test_every_operation_of_the_pages_is_trusted_and_nothing_else():
    files = sorted((FRONTEND_STUB / "operations").glob("*.graphql"))

    documents = trusted_documents(FRONTEND_STUB / "operations")

    assert sorted(documents.values()) == sorted(path.read_text(encoding="utf-8") for path in files)
    assert documents[SESSION_ID] == SESSION
