"""Login domains through GraphQL: listed, looked up in DNS, and taken off the list."""

import pytest

from rollbook.services import Services
from tests.conftest import BASE_URL
from tests.services.conftest import PEPPER, Clock
from tests.services.facts import opened
from tests.services.outside import Outside

from .client import global_id, with_token

DOMAIN = "{ id domain recordName recordValue createdAt checkedAt provenAt }"
LIST = f"{{ organization {{ loginDomains {DOMAIN} }} }}"
ADDED = f"...on AddLoginDomainSuccess {{ loginDomain {DOMAIN} }}"
PROVEN = f"...on ProveLoginDomainSuccess {{ proven loginDomain {DOMAIN} }}"
REMOVED = "...on RemoveLoginDomainSuccess { loginDomainId }"
NOW = "2026-03-01T12:00:00.000Z"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def services(settings, clock, outside):
    database = await opened(settings)
    yield Services(database, PEPPER, clock, base_url=BASE_URL, gateways=outside.gateways())
    await database.close()


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


async def added(client, domain="acme.test"):
    return (await client.change("addLoginDomain", ADDED, domain=domain))["loginDomain"]


async def listed(client):
    return (await client.data(LIST))["organization"]["loginDomains"]


async def test_a_domain_is_listed_with_the_record_that_proves_it(client):
    domain = await added(client, " ACME.Test ")

    assert await listed(client) == [domain]
    assert domain.pop("id")
    assert domain.pop("recordValue").startswith("rollbook-verification=")
    assert domain == {
        "domain": "acme.test",
        "recordName": "_rollbook-challenge.acme.test",
        "createdAt": NOW,
        "checkedAt": None,
        "provenAt": None,
    }


async def test_a_domain_is_proven_once_its_record_is_there(client, outside, clock):
    domain = await added(client)
    given = {"loginDomainId": domain["id"]}

    early = await client.change("proveLoginDomain", PROVEN, **given)
    outside.dns.records[domain["recordName"]] = ["something else", domain["recordValue"]]
    clock.move(minutes=1)
    then = await client.change("proveLoginDomain", PROVEN, **given)

    assert (early["proven"], early["loginDomain"]) == (False, domain | {"checkedAt": NOW})
    later = "2026-03-01T12:01:00.000Z"
    assert (then["proven"], then["loginDomain"]) == (True, domain | {"checkedAt": later, "provenAt": later})
    assert await listed(client) == [then["loginDomain"]]


async def test_a_name_server_that_does_not_answer_is_told_of(client, outside):
    domain = await added(client)
    outside.dns.failing = True

    answer = await client.change("proveLoginDomain", loginDomainId=domain["id"])

    assert (answer["__typename"], answer["code"]) == ("ProviderError", "PROVIDER_FAILED")
    assert await listed(client) == [domain]


async def test_a_repeated_addition_is_done_once_and_answered_with_the_present_state(client, outside):
    given = {"domain": "acme.test", "idempotencyKey": "k"}
    first = (await client.change("addLoginDomain", ADDED, **given))["loginDomain"]
    outside.dns.records[first["recordName"]] = [first["recordValue"]]
    await client.change("proveLoginDomain", loginDomainId=first["id"])

    again = (await client.change("addLoginDomain", ADDED, **given))["loginDomain"]

    assert again == first | {"checkedAt": NOW, "provenAt": NOW}
    assert await listed(client) == [again]


@pytest.mark.parametrize(
    ("domain", "type_name"),
    [
        ("", "ValidationError"),
        ("com", "ValidationError"),
        ("bo@acme.test", "ValidationError"),
        ("10.0.0.1", "ValidationError"),
        ("a\0.test", "ValidationError"),
        ("x" * 64 + ".test", "ValidationError"),
        ("ACME.test", "ConflictError"),
    ],
)
async def test_what_cannot_be_listed_is_refused(client, domain, type_name):
    there = await added(client)

    answer = await client.change("addLoginDomain", domain=domain)

    assert (answer["__typename"], answer["path"]) == (type_name, ["input", "domain"])
    assert await listed(client) == [there]


async def test_a_domain_is_removed_once(client):
    domain = await added(client)
    given = {"loginDomainId": domain["id"], "idempotencyKey": "k"}

    answers = [await client.change("removeLoginDomain", REMOVED, **given) for _ in "ab"]
    unknown = await client.change("removeLoginDomain", loginDomainId=domain["id"])

    assert [answer["loginDomainId"] for answer in answers] == [domain["id"]] * 2
    assert unknown["__typename"] == "NotFoundError"
    assert await listed(client) == []


@pytest.mark.parametrize("mutation", ["proveLoginDomain", "removeLoginDomain"])
async def test_another_organizations_domain_is_not_there(client, services, globex, outside, mutation):
    theirs = await services.login_domains.add(globex.operator, "globex.test")

    unknown = await client.change(mutation, loginDomainId=global_id("LoginDomain", theirs.id))
    wrong = await client.change(mutation, loginDomainId=global_id("Member", theirs.id))
    none = await client.change(mutation, loginDomainId=global_id("LoginDomain", "x"))

    assert [answer["__typename"] for answer in (unknown, none)] == ["NotFoundError"] * 2
    assert (wrong["__typename"], wrong["path"]) == ("ValidationError", ["input", "loginDomainId"])
    assert await services.login_domains.list(globex.operator) == [theirs]
    assert outside.dns.asked == []


async def test_a_domain_that_another_organization_has_proven_is_a_conflict(client, services, globex, outside):
    theirs = await services.login_domains.add(globex.operator, "acme.test")
    ours = await added(client)
    outside.dns.records[theirs.record_name] = [theirs.challenge, ours["recordValue"]]
    await services.login_domains.prove(globex.operator, theirs.id)

    answer = await client.change("proveLoginDomain", loginDomainId=ours["id"])

    assert answer["__typename"] == "ConflictError"
    assert [each["provenAt"] for each in await listed(client)] == [None]
