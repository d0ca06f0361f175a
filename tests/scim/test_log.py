"""Which requests the provisioning log keeps, when, and what it tells of each."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import orjson
import pytest

from rollbook.app import app_over
from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome
from rollbook.domain.tokens import TokenKind
from rollbook.domain.values import new_id
from rollbook.scim.users import Users
from rollbook.settings import UNLIMITED
from tests.conftest import client_of
from tests.log import kept, log

from .conftest import scim_client
from .people import ada, bare, created, patch

SUCCEEDED, UNCHANGED = ProvisioningOutcome.SUCCEEDED, ProvisioningOutcome.UNCHANGED
REFUSED, FAILED = ProvisioningOutcome.REFUSED, ProvisioningOutcome.FAILED


def told(entry):
    return entry.method, entry.status, entry.outcome, entry.code, entry.about, entry.membership_id


async def test_a_write_is_in_the_log_as_soon_as_it_is_answered(scim, services, acme):
    answer = await scim.post("/Users", json=ada(), headers={"User-Agent": "Okta SCIM Client 1.0.0"})
    made = answer.json()
    changed = await patch(scim, f"/Users/{made['id']}?attributes=title", {"op": "add", "value": {"title": "Countess"}})
    put = await scim.put(f"/Users/{made['id']}", json=ada(displayName="Ada"))
    await scim.delete(f"/Users/{made['id']}")

    ended, replaced, patched, entry = await kept(services, acme)  # nothing was written since

    (token,) = await services.tokens.list(acme.operator, TokenKind.SCIM)
    events = [event.id for event in await services.audit.events(acme.operator, limit=4)]
    assert [each.event_id for each in (ended, replaced, patched, entry)] == events
    assert told(entry) == ("POST", 201, SUCCEEDED, None, "ada@x.test", made["id"])
    assert (entry.path, entry.query, entry.token_id) == ("/Users", None, token.id)
    assert (entry.client, entry.user_agent) == (ProvisioningClient.OKTA, "Okta SCIM Client 1.0.0")
    assert entry.request_id == answer.headers["x-request-id"]
    assert 0 < entry.duration_microseconds < 60_000_000
    assert (orjson.loads(entry.request_body), orjson.loads(entry.response_body)) == (ada(), made)
    assert entry.shortened is False
    assert (patched.path, patched.query) == (f"/Users/{made['id']}", "attributes=title")
    assert orjson.loads(patched.response_body) == changed.json()
    assert (replaced.status, orjson.loads(replaced.response_body)) == (200, put.json())
    assert told(ended) == ("DELETE", 204, SUCCEEDED, None, "ada@x.test", made["id"])
    assert (ended.request_body, ended.response_body) == (None, None)


async def test_a_write_that_changes_nothing_is_told_apart(scim, services, acme):
    made = await created(scim, ada())
    await scim.put(f"/Users/{made['id']}", json=made)
    await patch(scim, "/Groups/admins", {"op": "remove", "path": f'members[value eq "{made["id"]}"]'})

    group, user, _ = await log(services, acme)

    assert told(user) == ("PUT", 200, UNCHANGED, None, "ada@x.test", made["id"])
    assert orjson.loads(user.response_body)["id"] == made["id"]
    assert (user.event_id, group.event_id) == (None, None)
    assert told(group) == ("PATCH", 204, UNCHANGED, None, "Admins", None)


async def test_a_read_is_kept_only_if_it_was_refused_or_repaired(scim, services, acme):
    search = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    for path in ("/Users", "/Users?count=1", "/Groups/users", "/ServiceProviderConfig", f"/Users/{acme.admin.id}"):
        assert (await scim.get(path)).status_code == 200
    assert (await scim.post("/.search", json=search)).status_code == 200
    assert (await scim.post("/Users/.search", json=search)).status_code == 200
    assert await log(services, acme) == []

    await scim.get('/Users?filter=userName eq "ada@x.test" and')
    await scim.head("/Users/0")
    await scim.post("/Users/.search", json=search | {"filter": "("})
    await scim.get("/Nothing")
    await scim.get("/Users?filter=externalId eq 00u1")
    *entries, first = await log(services, acme)

    assert [(each.method, each.path, each.status, each.outcome) for each in (first, *reversed(entries))] == [
        ("GET", "/Users", 400, REFUSED),
        ("HEAD", "/Users/0•••", 404, REFUSED),
        ("POST", "/Users/.search", 400, REFUSED),
        ("GET", "/N•••", 404, REFUSED),
        ("GET", "/Users", 200, SUCCEEDED),
    ]
    assert (first.code, first.scim_type) == ("invalidFilter", "invalidFilter")
    assert "ada" not in first.query  # it is about nobody who could be asked for
    assert (entries[0].response_body, len(entries[0].notes)) == (None, 1)


async def test_a_refused_write_tells_whom_it_was_about_and_why(scim, services, acme):
    made = await created(scim, ada())
    gone = await created(scim, bare("gone@x.test"))
    await scim.delete(f"/Users/{gone['id']}")
    before = len(await log(services, acme))

    again = await scim.post("/Users", json=ada(userName="other@x.test"))
    await scim.post("/Users", json=bare("new@x.test", active="perhaps", displayName="Bo"))
    await patch(scim, f"/Users/{gone['id']}", {"op": "replace", "value": {"active": False}})
    await scim.put(f"/Users/{made['id']}", json=ada(), headers={"If-Match": 'W/"7"'})
    await scim.put(f"/Users/{made['id']}", content=b"<user/>", headers={"Content-Type": "application/json"})
    await scim.put(f"/Users/{made['id']}", content=b"<user/>", headers={"Content-Type": "text/xml"})
    await scim.delete("/Users")
    await scim.post("/Groups", json={"displayName": "Ops"})
    entries = list(reversed((await log(services, acme))[: 8 if before == 3 else 0]))

    conflict, invalid, removed, stale, broken, media, method, group = entries
    assert told(conflict) == ("POST", 409, REFUSED, "CONFLICT", "other@x.test", made["id"])
    assert (conflict.scim_type, conflict.detail) == ("uniqueness", again.json()["detail"])
    assert orjson.loads(conflict.response_body) == again.json()
    assert told(invalid) == ("POST", 400, REFUSED, "invalidValue", "new@x.test", None)
    assert "Bo" not in invalid.request_body
    assert told(removed) == ("PATCH", 404, REFUSED, "NOT_FOUND", "gone@x.test", gone["id"])
    assert told(stale) == ("PUT", 412, REFUSED, "VERSION_CONFLICT", "ada@x.test", made["id"])
    assert told(broken) == ("PUT", 400, REFUSED, "invalidSyntax", "ada@x.test", made["id"])
    assert (broken.request_body, broken.shortened) == ("not JSON, 7 bytes", True)
    assert (media.status, media.request_body) == (415, None)
    assert told(method) == ("DELETE", 405, REFUSED, None, "", None)
    assert told(group) == ("POST", 501, FAILED, "NOT_SUPPORTED", "", None)


async def test_requests_with_a_token_that_has_ended_are_kept_for_its_organization(scim, services, acme, globex):
    (token,) = await services.tokens.list(acme.operator, TokenKind.SCIM)
    await services.tokens.revoke(acme.operator, token.id)
    expiring, secret = await services.tokens.issue(
        acme.operator, TokenKind.SCIM, "Entra", lifetime=timedelta(microseconds=1)
    )

    answer = await scim.get("/Users?attributes=title", headers={"User-Agent": "Microsoft Entra"})
    await scim.post("/Users", json=ada(), headers={"Authorization": f"Bearer {secret}"})
    stranger = await scim.get("/Users", headers={"Authorization": f"Bearer {secret[:-8]}AAAAAAAA"})

    expired, revoked = await log(services, acme)
    assert (answer.status_code, stranger.status_code) == (401, 401)
    assert told(revoked) == ("GET", 401, REFUSED, "UNAUTHENTICATED", "", None)
    assert (revoked.token_id, revoked.client, revoked.query) == (token.id, ProvisioningClient.ENTRA, "attributes=title")
    assert revoked.detail == answer.json()["detail"]
    # its body was never read
    assert (expired.token_id, expired.method, expired.request_body, expired.about) == (expiring.id, "POST", None, "")
    assert await log(services, globex) == []


async def test_a_request_refused_for_its_rate_and_a_fault_of_ours_are_kept(services, acme, scim_token, monkeypatch):
    async with client_of(services, scim_token, replace(UNLIMITED, scim_requests_per_second=1)) as limited:
        statuses = [(await limited.get("/scim/v2/Users")).status_code for _ in range(11)]
    assert statuses == [200] * 10 + [429]

    async def broken(self, request):
        raise RuntimeError("halfway")

    monkeypatch.setattr(Users, "list", broken)
    async with scim_client(services, scim_token) as client:
        answer = await client.get("/Users")

    fault, rate = await log(services, acme)
    assert told(rate) == ("GET", 429, REFUSED, "RATE_LIMITED", "", None)
    assert told(fault) == ("GET", 500, FAILED, None, "", None)
    assert fault.detail == answer.json()["detail"]
    assert "halfway" not in str(fault)


async def test_the_strict_dialect_is_refused_where_the_other_is_noted(scim, strict, services, acme):
    made = await created(scim, bare("ada@x.test"))
    operation = {"op": "Replace", "path": "active", "value": "False"}
    await patch(strict, f"/Users/{made['id']}", operation)
    await patch(scim, f"/Users/{made['id']}", operation)

    # the refusal is written down last: the ids tell the order in which requests were answered
    lenient, refused, _ = await log(services, acme)

    assert told(refused) == ("PATCH", 400, REFUSED, "invalidSyntax", "ada@x.test", made["id"])
    assert told(lenient) == ("PATCH", 200, SUCCEEDED, None, "ada@x.test", made["id"])
    assert (len(lenient.notes), refused.notes) == (2, ())


async def test_a_push_of_a_group_is_kept_without_the_names_of_its_members(scim, services, acme):
    ids = [(await created(scim, bare(f"user{number}@x.test")))["id"] for number in range(30)]
    unknown = new_id()
    members = [{"value": each, "display": "Ada Lovelace"} for each in [*ids, unknown]]
    await patch(scim, "/Groups/admins", {"op": "add", "path": "members", "value": members})
    await scim.put("/Groups/admins", json={"displayName": "Admins", "members": members[:2]})

    put, patched, *_ = await kept(services, acme)

    assert told(patched) == ("PATCH", 204, SUCCEEDED, None, "Admins", None)
    assert patched.notes == (f"members: left out, because no member of the organization has this id: {unknown}.",)
    sent = orjson.loads(patched.request_body)["Operations"][0]["value"]
    assert [each["value"] for each in sent[:-1]] == ids[:20]
    assert (sent[-1], patched.shortened) == ("… 11 more", True)
    assert "Lovelace" not in patched.request_body + put.request_body
    assert (put.status, orjson.loads(put.response_body)) == (200, {"id": "admins", "members": "…"})


async def test_an_address_behind_a_flag_is_kept_as_it_was_meant(scim, services, acme):
    # E-03
    await scim.post("?aadOptscim062020/Users", json=ada())

    (entry,) = await log(services, acme)

    assert (entry.path, entry.query, entry.client) == ("/Users", None, ProvisioningClient.ENTRA)
    assert told(entry)[1:3] == (201, SUCCEEDED)


@pytest.mark.parametrize("path", ["/Groups/users", "/Users"])
async def test_a_list_that_breaks_off_is_kept_as_a_failure(services, acme, scim_token, path):
    async def send(message):
        if message["type"] == "http.response.body":
            raise OSError("the line is dead")

    async def receive():
        await asyncio.Event().wait()

    scope = {
        "type": "http",
        "method": "GET",
        "path": f"/scim/v2{path}",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {scim_token}".encode())],
    }
    app = app_over(services, "http://x")
    with pytest.raises(OSError, match="the line is dead"):
        await app({**scope, "app": app}, receive, send)

    (entry,) = await log(services, acme)
    assert told(entry) == ("GET", 500, FAILED, None, "Users" if "Groups" in path else "", None)
    assert "broke off" in entry.detail
