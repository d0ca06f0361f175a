"""Clients that others wrote, against a started server: the checks of scim2-tester, and a round of scim2-client."""

import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx2
import pytest
from scim2_client import SCIMClient
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_models import PatchOp, PatchOperation, SCIMException, SearchRequest
from scim2_tester import CheckResult, Status, check_server

from rollbook.domain.tokens import Dialect
from rollbook.settings import Settings
from tests.cli.command import Installation

from .people import ENTERPRISE, ada

KEPT = {
    "check_remove_attribute name": "Okta's test reads a given and a family name of everybody (O-12), so whoever has "
    "none is shown with names made from the e-mail address",
    "check_remove_attribute active": "a person has access or has not; taking the answer away is refused as mutability",
}
"""Checks of the User that fail because a rule of Rollbook says otherwise, and the rule."""

KEPT_BY_THE_LETTER = KEPT | {
    f"check_{verb}_attribute {ENTERPRISE}": "it puts `schemas` into the extension's object, where the extension's "
    "schema has no such attribute, and the strict dialect refuses what no schema has"
    for verb in ("add", "replace")
}

Connect = Callable[[Dialect], SCIMClient]


@pytest.fixture
def connect(settings: Settings) -> Iterator[Connect]:
    """Makes clients with a new token each, of a server that runs until the end of the test."""
    installation = Installation(settings.data_dir, settings.database_url)
    acme = ("--organization", "acme")
    installation.out("organization", "create", "--handle", "acme", "--name", "Acme", "--admin-email", "ada@acme.test")
    with ExitStack() as stack:
        server = stack.enter_context(installation.serving())

        def client(dialect: Dialect) -> SCIMClient:
            token = installation.out("token", "create", *acme, "--kind", "scim", "--name", "t", "--dialect", dialect)
            headers = {"Authorization": f"Bearer {token}"}
            http = httpx2.Client(base_url=f"{server.url}/scim/v2", headers=headers, timeout=30)
            return SyncSCIMClient(stack.enter_context(http))

        yield client


@pytest.mark.parametrize(("dialect", "kept"), [(Dialect.AUTO, KEPT), (Dialect.STRICT, KEPT_BY_THE_LETTER)])
def test_every_check_of_the_tester_passes_but_those_that_a_rule_forbids(
    connect: Connect, dialect: Dialect, kept: dict[str, str]
):
    random.seed(1)  # the tester chooses some of its values by chance

    results = check_server(connect(dialect), resource_types=["User"])

    assert {_name(each): each.reason for each in results if each.status is not Status.SUCCESS}.keys() == kept.keys()
    assert {each.title for each in results} >= {
        "service_provider_config_endpoint",
        "query_all_resource_types",
        "query_all_schemas",
        "random_url",
        "object_creation",
        "object_query",
        "object_query_without_id",
        "object_query_with_attributes",
        "object_list_with_attributes",
        "search_with_attributes",
        "object_replacement",
        "object_deletion",
        "check_add_attribute",
        "check_remove_attribute",
        "check_replace_attribute",
    }


@pytest.mark.parametrize("dialect", [Dialect.AUTO, Dialect.STRICT])
def test_a_validating_client_creates_reads_updates_and_deletes(connect: Connect, dialect: Dialect):
    """The client makes its models from our /Schemas, and refuses every answer that they do not allow."""
    scim = connect(dialect)
    scim.discover()
    person = scim.get_resource_model("User")
    body = ada(userName="Grace@x.test", **{ENTERPRISE: {"department": "R&D", "employeeNumber": "7"}})
    body["schemas"].append(ENTERPRISE)

    created = scim.create(person.model_validate(body))
    read = scim.query(person, created.id)
    found = [
        scim.search(search_request=SearchRequest(filter='userName eq "GRACE@X.TEST"')),
        scim.query(person, query_parameters=SearchRequest(filter='externalId eq "00u1"')),
    ]

    assert {name: value for name, value in read.model_dump().items() if name in body} == body
    assert [[each.model_dump() for each in answer.resources] for answer in found] == [[read.model_dump()]] * 2

    read.title = "Rear Admiral"
    replaced = scim.replace(read).model_dump()
    operations = [
        PatchOperation(op="replace", path="active", value=False),
        PatchOperation(op="remove", path=f"{ENTERPRISE}:department"),
    ]
    patched = scim.modify(person, created.id, PatchOp[person](operations=operations)).model_dump()

    assert replaced == _at_version(2, read.model_dump(), replaced)
    assert patched == _at_version(
        3, {**replaced, "active": False, ENTERPRISE: {"employeeNumber": "7"}, "groups": None}, patched
    )

    scim.delete(person, created.id)

    with pytest.raises(SCIMException) as refused:
        scim.query(person, created.id)
    assert refused.value.status == 404


def _at_version(number: int, document: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """The document with the version and the time that its change gave it."""
    meta = {**document["meta"], "version": f'W/"{number}"', "lastModified": changed["meta"]["lastModified"]}
    return {name: value for name, value in {**document, "meta": meta}.items() if value is not None}


def _name(result: CheckResult) -> str:
    """The check's name, and the attribute that it was about if there is one."""
    attribute = result.data.get("urn", "") if isinstance(result.data, dict) else ""
    return f"{result.title} {attribute}".strip()
