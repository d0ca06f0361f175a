"""A whole sign-in at a provider that others wrote: the mock of PyPI, which is there wherever the tests are."""

import pytest

from .real_providers import mock_provider
from .sso_journey import ANN, people_of, set_up, sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def mock(browsing, acme, tmp_path):
    with mock_provider(browsing, people_of(acme), tmp_path / "provider.log") as provider:
        yield provider


def test_who_was_provisioned_signs_in_and_who_was_deactivated_is_out_at_once(browsing, acme, mock, expect):
    token = acme.scim_token()
    ann = acme.provision(token, "Ann").json()
    set_up(browsing, acme, mock)

    page = sign_in(browsing, acme, mock, ANN)
    expect(page.get_by_role("heading", name="Members")).to_be_visible()
    page.goto("/account")
    expect(page.get_by_text("Single sign-on").first).to_be_visible()
    acme.scim(
        token,
        "PATCH",
        f"/Users/{ann['id']}",
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
            "Operations": [{"op": "replace", "path": "active", "value": False}],
        },
    )
    page.goto("/members")
    expect(page.get_by_role("heading", name="Sign in to Rollbook")).to_be_visible()
    again = sign_in(browsing, acme, mock, ANN)

    expect(again.get_by_text("You have no access any more")).to_be_visible()
    assert again.context.cookies(acme.server.base_url) == []
    assert set(browsing.refusals()) <= {"/graphql"}


def test_who_is_known_at_the_provider_alone_does_not_come_in(browsing, acme, mock, expect):
    set_up(browsing, acme, mock)

    page = sign_in(browsing, acme, mock, ANN)

    expect(page.get_by_text("You are not a member")).to_be_visible()
    assert acme.scim(acme.scim_token(), "GET", "/Users").json()["totalResults"] == 1
    assert set(browsing.refusals()) <= {"/graphql"}
