"""Every refusal that a SCIM client can be told is explained by a rule of its own, and by the right one."""

from datetime import UTC, datetime
from typing import Any

import pytest

from rollbook.domain.exchanges import left_out
from rollbook.domain.explaining import Explanation, explain, rule_of
from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome, ProvisioningRequest
from rollbook.scim.errors import DOMAIN_ERRORS

from .refusals import refusals

AN_ID = "019a0000-0000-7000-8000-000000000001"
NOT_OF_SCIM = {"The search contains NUL or a lone surrogate."}
"""What the same methods say to clients of GraphQL only."""

NOT_MET = {"Forbidden", "KeyReused", "ManagedBySource", "ProviderFailed", "ReadOnly", "SignInAgain", "SignInRefused"}
"""Refusals of the domain that no SCIM token meets: it may do what SCIM does, and brings no key and no browser."""


def refused(detail: str | None, status: int = 400, **rest: Any) -> ProvisioningRequest:
    given: dict[str, Any] = {
        "method": "PATCH",
        "path": f"/Users/{AN_ID}",
        "about": "ada@acme.test",
        "outcome": ProvisioningOutcome.FAILED if status >= 500 else ProvisioningOutcome.REFUSED,
        "client": ProvisioningClient.OKTA,
    }
    return ProvisioningRequest(
        id=AN_ID,
        organization_id=AN_ID,
        token_id=None,
        occurred_at=datetime(2026, 3, 1, tzinfo=UTC),
        status=status,
        request_id=None,
        detail=detail,
        **given | rest,
    )


def explained(*given: Any, **rest: Any) -> Explanation:
    told = explain(refused(*given, **rest))
    assert told is not None
    return told


def test_every_text_of_a_refusal_has_a_rule():
    found = refusals()
    without = [each for each in found if rule_of(refused(each.text, each.status))[0] is None]

    assert {each.text for each in without} == NOT_OF_SCIM
    assert len(found) > 120
    # and for every kind of refusal of the domain that SCIM can tell, one of them was found
    met = {status for error, (status, _) in DOMAIN_ERRORS.items() if error.__name__ not in NOT_MET}
    assert met <= {each.status for each in found} | {502}


@pytest.mark.parametrize("client", ProvisioningClient)
def test_every_explanation_is_whole_for_every_client(client):
    for each in refusals():
        told = explained(each.text, each.status, client=client)

        assert told.what.startswith(
            {"entra": "Microsoft Entra ID", "okta": "Okta", "other": "Unknown client"}[client] + " wanted to change ada"
        )
        for sentence in (told.what, told.why, told.remedy):
            assert sentence.endswith("."), sentence
            assert "{" not in sentence.replace("{email", ""), sentence
            assert (client is ProvisioningClient.OKTA) >= ("Okta" in told.remedy), sentence
            assert (client is ProvisioningClient.ENTRA) >= ("Entra" in told.remedy), sentence


@pytest.mark.parametrize(
    ("detail", "status", "rest", "why", "remedy"),
    [
        (f"There is no member '{AN_ID}' in this organization.", 404, {"membership_id": AN_ID}, "was removed", "assign"),
        (f"There is no member '{AN_ID}' in this organization.", 404, {}, "has or had this id", "userName"),
        ("There is nothing at /User. The resources are at /Users and /Groups.", 404, {}, "/User does not", "/scim/v2"),
        ("The token 'Old one' was revoked. This …", 401, {}, "Old one was revoked", "Test API Credentials"),
        ("The token 'Old one' has expired. This …", 401, {}, "has expired", "Test API Credentials"),
        ("The userName 'a' belongs to another member of this organization.", 409, {}, "this userName", "two"),
        ("title has 3000 characters; at most 256 are allowed.", 400, {}, "title has 3000", "Mappings for title"),
        ("The last text that nobody has thought of.", 418, {}, "was told: The last", "Mend"),
    ],
)
def test_alike_refusals_are_told_apart(detail, status, rest, why, remedy):
    told = explained(detail, status, **rest)

    assert why in told.why
    assert remedy in told.remedy


def test_what_was_wanted_is_told_in_words():
    wanted = {
        ("POST", "/Users"): "create ada@acme.test",
        ("DELETE", f"/Users/{AN_ID}"): "remove ada@acme.test",
        ("GET", "/Users"): "look for people",
        ("POST", "/Users/.search"): "search",
        ("POST", "/Groups"): "create a group",
        ("GET", "/Schemas"): "read /Schemas",
        ("OPTIONS", "/x"): "send OPTIONS to /x",
    }

    for (method, path), wish in wanted.items():
        told = explained("Rollbook failed to answer. …", 500, method=method, path=path)
        assert told.what == f"Okta wanted to {wish}, and Rollbook failed."
    group = explained(None, 409, path="/Groups/admins", about="Admins")
    assert group.what == "Okta wanted to change the members of the group Admins, and was answered with 409."


def test_what_went_well_needs_no_explanation():
    assert explain(refused(None, 200, outcome=ProvisioningOutcome.UNCHANGED)) is None


def test_what_was_not_kept_is_explained_without_a_client():
    told = explain(left_out(AN_ID, 12, datetime(2026, 3, 1, tzinfo=UTC)))

    assert told is not None
    assert told.what == "Not all refusals of this moment were kept."


def test_braces_in_a_name_stay_what_they_are():
    told = explained("The token '{who}{attribute}' was revoked.", 401, about="{group}")

    assert "The token {who}{attribute} was" in told.why
    assert "change {group}, and" in told.what
