"""GraphiQL in a browser: signed in with a pasted token, strict about what it loads, leaving nothing behind."""

import re
from typing import Any

import pytest

from rollbook.domain.actors import Actor
from rollbook.domain.policy import API_SCOPES
from rollbook.domain.tokens import TokenKind
from rollbook.services import Services

from .conftest import Browsing
from .installation import Organization

pytestmark = pytest.mark.browser


@pytest.fixture
def token(acme: Organization) -> str:
    """An API token that may do everything."""

    async def work(services: Services, operator: Actor) -> str:
        return (await services.tokens.issue(operator, TokenKind.API, "graphiql", scopes=API_SCOPES))[1]

    return acme.server.operate(acme.handle, work)


@pytest.fixture
def graphiql(page: Any, token: str) -> Any:
    """GraphiQL, signed in."""
    page.goto("/graphiql/")
    page.get_by_label("API token").fill(token)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Execute query").wait_for()
    return page


def ask(page: Any, query: str) -> None:
    """Put the query into the editor, and run it."""
    editor = page.get_by_role("region", name="Query Editor")
    editor.locator(".CodeMirror").click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.insert_text(query)
    page.get_by_role("button", name="Execute query").click()


def test_a_pasted_token_signs_in_and_a_query_is_answered(graphiql: Any, acme: Organization, expect: Any):
    ask(graphiql, "{ viewer { name kind } organization { handle } }")

    result = graphiql.get_by_role("region", name="Result Window")
    expect(result).to_contain_text(f'"handle": "{acme.handle}"')
    expect(result).to_contain_text('"kind": "API_TOKEN"')
    expect(graphiql.get_by_text(f"Acme ({acme.handle}), token graphiql")).to_be_visible()


def test_the_documentation_comes_from_the_schema(graphiql: Any, expect: Any):
    graphiql.get_by_role("button", name="Show Documentation Explorer").click()

    graphiql.get_by_role("link", name="Query", exact=True).click()

    expect(graphiql.get_by_text("Who you are to this API.")).to_be_visible()


def test_the_first_query_runs_as_it_stands(graphiql: Any, acme: Organization, expect: Any):
    graphiql.get_by_role("button", name="Execute query").click()

    expect(graphiql.get_by_role("region", name="Result Window")).to_contain_text(f'"email": "{acme.admin_email}"')


def test_nothing_is_left_in_the_browser(graphiql: Any, expect: Any):
    ask(graphiql, "{ viewer { name } }")
    expect(graphiql.get_by_role("region", name="Result Window")).to_contain_text('"name": "graphiql"')

    kept = graphiql.evaluate("[localStorage.length, sessionStorage.length, document.cookie]")
    graphiql.get_by_role("button", name="Forget token").click()

    expect(graphiql.get_by_label("API token")).to_have_value("")
    assert kept == [0, 0, ""]


def test_a_token_that_is_none_is_refused_in_words(page: Any, browsing: Browsing, expect: Any):
    page.goto("/graphiql/")
    page.get_by_label("API token").fill("rollbook_api_nobodys")
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("alert")).to_have_text(re.compile(r"^This API token is not valid\."))
    (told,) = browsing.console
    browsing.console.clear()
    assert "401" in told


def test_a_dialog_keeps_within_the_policy_too(graphiql: Any, browsing: Browsing, expect: Any):
    graphiql.get_by_role("button", name="Open settings dialog").click()

    expect(graphiql.get_by_role("dialog")).to_be_visible()
    graphiql.keyboard.press("Escape")
    expect(graphiql.get_by_role("dialog")).to_be_hidden()
    told = [line for line in browsing.console if not line.startswith("Warning: Missing `Description`")]
    browsing.console.clear()
    assert told == []
