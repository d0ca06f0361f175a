"""Files to download: the audit trail line by line and as a table, and who had access at a moment."""

import asyncio
import csv
import json
from datetime import timedelta
from io import StringIO

import pytest

from rollbook.domain.errors import Unauthenticated
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import TokenKind
from rollbook.exports.downloads import EventLines
from rollbook.services import audit as audit_service
from tests.builders import a_draft
from tests.conftest import client_of


def draft(address: str, name: str) -> MembershipDraft:
    return a_draft(address, address, displayName=name)


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
async def http(services, api_token):
    async with client_of(services, api_token) as client:
        yield client


async def test_every_event_is_a_line_with_what_changed_by_field(services, acme, http):
    ada = await services.memberships.create(acme.operator, draft("ada@acme.test", "Ada"))
    await services.memberships.remove(acme.operator, ada.id)

    answer = await http.get("/exports/audit.ndjson", params={"action": ["MEMBERSHIP_CREATED", "MEMBERSHIP_REMOVED"]})

    removed, created, *_ = [json.loads(line) for line in answer.text.splitlines()]
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-disposition"].startswith('attachment; filename="acme-audit-')
    assert answer.headers["content-disposition"].endswith('.ndjson"')
    assert (removed["action"], created["action"]) == ("MEMBERSHIP_REMOVED", "MEMBERSHIP_CREATED")
    assert created["target"] == "ada@acme.test"
    assert created["channel"] == "CLI"
    assert created["actor"] == {"kind": "OPERATOR", "name": "operator", "id": None}
    assert created["changes"]["email"] == {"before": None, "after": "ada@acme.test"}
    assert len(created["members"]) == 1
    assert created["members"] == removed["members"]


async def test_a_table_has_a_row_for_each_field_and_no_cell_that_runs(services, acme, http):
    await services.memberships.create(acme.operator, draft("eve@acme.test", "=HYPERLINK(1)"))

    answer = await http.get("/exports/audit.csv", params={"action": "MEMBERSHIP_CREATED", "channel": "CLI"})

    by_field = {row["field"]: row for row in rows_of(answer) if row["target"] == "eve@acme.test"}
    assert answer.headers["content-type"].startswith("text/csv")
    assert by_field["name"]["after"] == "'=HYPERLINK(1)"
    assert by_field["active"]["after"] == "true"
    assert by_field["grants"]["after"] == '["user"]'
    assert {row["memberIds"] for row in by_field.values()} == {by_field["name"]["memberIds"]} != {""}


async def test_all_pages_of_a_long_trail_are_there_once_and_the_newest_first(services, acme, http, monkeypatch):
    monkeypatch.setattr(audit_service, "EXPORTED_AT_ONCE", 3)
    for number in range(7):
        await services.memberships.create(acme.operator, draft(f"p{number}@acme.test", "Person"))

    answer = await http.get("/exports/audit.ndjson", params={"channel": "CLI", "action": "MEMBERSHIP_CREATED"})

    events = [json.loads(line) for line in answer.text.splitlines()]
    assert [event["target"] for event in events][:7] == [f"p{number}@acme.test" for number in range(6, -1, -1)]
    assert len({event["id"] for event in events}) == len(events)


async def test_who_loses_access_meanwhile_does_not_get_the_rest(services, acme, monkeypatch):
    monkeypatch.setattr(audit_service, "EXPORTED_AT_ONCE", 1)
    token, secret = await services.tokens.issue(
        acme.operator, TokenKind.API, "Exports", scopes=frozenset({Permission.AUDIT_READ})
    )
    actor = await services.tokens.authenticate(secret, TokenKind.API)
    wanted = audit_service.EventFilter()
    pages = services.audit.export(actor, wanted, lambda: services.tokens.authenticate(secret, TokenKind.API))

    assert len(await anext(pages)) == 1
    await services.tokens.revoke(acme.operator, token.id)

    with pytest.raises(Unauthenticated):
        await anext(pages)


async def test_a_member_of_another_organization_is_in_no_file(services, acme, globex, http):
    await services.memberships.create(globex.operator, draft("gus@globex.test", "Gus"))

    answers = [await http.get(f"/exports/{name}") for name in ("audit.ndjson", "audit.csv", "members.csv")]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert all("globex" not in answer.text for answer in answers)


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("audit.csv?action=EVERYTHING", "action"),
        ("audit.csv?channel=DOOR", "channel"),
        ("audit.csv?since=yesterday", "since"),
        ("audit.csv?since=2026-01-01T00:00:00", "since"),
        ("audit.csv?since=0001-01-01T00:00:00%2B14:00", "since"),
        ("audit.ndjson?until=9999-12-31T23:59:59-14:00", "until"),
        ("audit.ndjson?member=nobody", "member"),
        ("audit.ndjson?actor=VXNlcjox", "actor"),
        ("audit.ndjson?unti=2026-01-01T00:00:00Z", "unti"),
        ("audit.ndjson?until=2026-01-01T00:00:00Z&until=2026-01-02T00:00:00Z", "until"),
        ("members.csv?asOf=now", "asOf"),
        ("members.csv?asOf=2001-01-01T00:00:00Z", "asOf"),
        ("members.csv?asOf=2999-01-01T00:00:00Z", "asOf"),
    ],
)
async def test_what_cannot_be_asked_is_refused_by_name(http, address, field):
    answer = await http.get(f"/exports/{address}")

    assert answer.status_code == 400
    assert answer.json()["error"]["field"] == field


async def test_who_may_not_read_it_gets_nothing(services, acme, scim_token):
    _, members_only = await services.tokens.issue(
        acme.operator, TokenKind.API, "Members", scopes=frozenset({Permission.MEMBERS_READ})
    )
    _, audit_only = await services.tokens.issue(
        acme.operator, TokenKind.API, "Audit", scopes=frozenset({Permission.AUDIT_READ})
    )

    async def statuses(token: str | None) -> list[int]:
        async with client_of(services, token) as client:
            return [(await client.get(f"/exports/{name}")).status_code for name in ("audit.csv", "members.csv")]

    assert await statuses(None) == [401, 401]
    assert await statuses(scim_token) == [401, 401]
    assert await statuses(members_only) == [403, 403]
    assert await statuses(audit_only) == [200, 403]


async def test_a_review_tells_who_had_which_role_at_the_moment(services, acme, http):
    ada = await services.memberships.create(acme.operator, draft("ada@acme.test", "Ada"))
    before = services.clock()
    await services.memberships.remove(acme.operator, ada.id)

    then = rows_of(await http.get("/exports/members.csv", params={"asOf": before.isoformat()}))
    now = rows_of(await http.get("/exports/members.csv"))

    assert {row["email"]: (row["role"], row["status"]) for row in then} == {
        "a@acme.test": ("ADMIN", "ACTIVE"),
        "ada@acme.test": ("USER", "ACTIVE"),
    }
    assert [row["email"] for row in now] == ["a@acme.test"]
    assert {row["asOf"][:19] for row in then} == {before.isoformat()[:19]}
    assert timedelta(0) <= services.clock() - before < timedelta(minutes=5)


async def test_two_downloads_at_once_are_the_most_for_one_principal(services, acme, http, monkeypatch):
    begun, go_on = asyncio.Semaphore(0), asyncio.Event()

    async def held(self, request, actor, again):
        begun.release()
        await go_on.wait()
        yield "x"
        if request.query_params:
            raise Unauthenticated("No more.")

    monkeypatch.setattr(EventLines, "pieces", held)
    _, other = await services.tokens.issue(
        acme.operator, TokenKind.API, "Other", scopes=frozenset({Permission.AUDIT_READ})
    )
    under_way = [asyncio.create_task(http.get("/exports/audit.ndjson")) for _ in range(2)]
    for _ in under_way:
        await begun.acquire()

    refused = await http.get("/exports/members.csv")
    of_another = await http.get("/exports/audit.csv", headers={"Authorization": f"Bearer {other}"})
    go_on.set()
    statuses = [answer.status_code for answer in await asyncio.gather(*under_way)]

    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["retry-after"]) > 0
    assert (of_another.status_code, statuses) == (200, [200, 200])
    for address in ("audit.ndjson?breaks=off", "audit.csv?channel=DOOR"):  # what breaks off or is refused is over too
        for _ in range(3):
            assert (await http.get(f"/exports/{address}")).status_code != 429
    assert (await http.get("/exports/members.csv")).status_code == 200
