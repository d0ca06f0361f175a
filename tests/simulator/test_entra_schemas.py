"""What Entra needs to find in ``/Schemas``, and what a simulation says when it is not there."""

from collections.abc import Callable
from typing import Any

import pytest

from rollbook.simulator.exchange import shown
from tests.simulator.conftest import Simulate, failures
from tests.simulator.fake_entra import EntraServer


@pytest.mark.parametrize(
    ("change", "expected", "came"),
    [
        (
            lambda schemas: schemas.pop(),
            "every mapped attribute of Group",
            "missing: ['displayName', 'externalId', 'members']",
        ),
        (
            lambda schemas: schemas[0]["attributes"].pop(7),
            "every mapped attribute of User",
            "missing: ['emails[type eq \"work\"].value']",
        ),
        (
            lambda schemas: schemas[0]["attributes"][8]["subAttributes"].pop(),
            "every mapped attribute of User",
            "missing: ['phoneNumbers[type eq \"work\"].value', 'phoneNumbers[type eq \"mobile\"].value', "
            "'phoneNumbers[type eq \"fax\"].value']",
        ),
        (
            lambda schemas: schemas[1]["attributes"][0].update(description=None),
            "no null, and the words of RFC 7643 section 7",
            ["Schemas.Resources.1.attributes.0.description: None"],
        ),
        (
            lambda schemas: schemas[1]["attributes"][0].update(mutability="ReadWrite"),
            "no null, and the words of RFC 7643 section 7",
            ["Schemas.Resources.1.attributes.0.mutability: ReadWrite"],
        ),
    ],
)
async def test_schemas_in_which_entra_misses_something_fail(
    entra: Simulate, change: Callable[[list[Any]], object], expected: str, came: Any
):
    def spoil(method, path, status, body):
        if path == "/Schemas":
            change(body["Resources"])
        return status, body

    verdict = await entra(EntraServer(spoil=spoil))

    assert failures(verdict) == [("E-20", expected, shown(came))]


async def test_schemas_in_a_bare_array_fail(entra: Simulate):
    def spoil(method, path, status, body):
        return status, body["Resources"] if path == "/Schemas" else body

    verdict = await entra(EntraServer(spoil=spoil))

    wanted = "schemas with urn:ietf:params:scim:api:messages:2.0:ListResponse; totalResults, a number"
    assert failures(verdict) == [("E-20", wanted, "null; null")]
