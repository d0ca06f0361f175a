"""What the log tells of who was refused, and what is left out."""

import pytest

from tests.fake_idp import Reply
from tests.sign_in.test_sso import problem, through


@pytest.fixture
def log(caplog):
    """What all of Rollbook logs."""
    caplog.set_level("DEBUG", logger="rollbook")
    return caplog


async def test_why_somebody_was_refused_is_logged_once_with_the_request_and_without_the_person(http, acme, sso, log):
    response = await through(http, sso)

    assert problem(response) == "not_a_member"
    (told,) = [record for record in log.records if "not_a_member" in record.getMessage()]
    assert (told.levelname, told.name) == ("WARNING", "rollbook.web")
    assert f"'acme' ended: not_a_member; request {response.headers['x-request-id']}: " in told.getMessage()
    assert not any(secret in log.text for secret in (sso.person["email"], sso.person["sub"]))


async def test_what_the_provider_says_in_its_own_words_is_not_logged(http, ada, sso, log):
    sso.instead["token"] = Reply(400, b'{"error": "invalid_grant", "error_description": "ada@acme.test is locked"}')

    assert problem(await through(http, sso)) == "provider_failed"

    assert "The token endpoint refuses with invalid_grant." in log.text
    assert "ada@acme.test" not in log.text
