"""The provisioning log as it is read: filtered, page by page, by member, in numbers; equal on both databases."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import pytest

from rollbook.domain.criteria import Page, Position
from rollbook.domain.errors import Forbidden
from rollbook.domain.exchanges import left_out
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.provisioning import ProvisioningClient, ProvisioningFilter, ProvisioningOutcome
from rollbook.domain.series import Bucket
from rollbook.domain.values import first_id, new_id
from rollbook.services import Services
from tests.builders import a_draft, a_tool, okta
from tests.entries import MOMENT, an_entry, keep
from tests.services.conftest import PEPPER
from tests.services.rows import all_rows, mentions

P = ProvisioningOutcome
C = ProvisioningClient
BODY = '{"userName":"Ada@acme.test","active":true}'


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def ada(services, acme):
    return await services.memberships.create(acme.operator, a_draft("ada@acme.test"))


@pytest.fixture
async def told(database, services, acme, globex, ada):
    """Five entries of acme by the names that the tests call them, the oldest first, and one of globex."""
    at, token = acme.organization.id, new_id()
    member = {"membership_id": ada.id, "about": "Ada_B@acme.test"}
    refused = {"outcome": P.REFUSED, "scim_type": "uniqueness", "response_body": '{"detail":"x"}'}
    unchanged = {"outcome": P.UNCHANGED, "client": C.ENTRA, "notes": ("a", "b")}
    entries = {
        "made": an_entry(at, method="POST", status=201, token_id=token, client=C.OKTA, request_body=BODY, **member),
        "taken": an_entry(at, minutes=1, method="POST", status=409, request_body=BODY, about="Łoś", **refused),
        "same": an_entry(at, minutes=2, method="PATCH", **unchanged, **member),
        "broken": an_entry(at, minutes=3, status=500, outcome=P.FAILED, request_id="r-500"),
        "read": an_entry(at, minutes=60 * 24, notes=("c",), request_id="r-1"),
    }
    await keep(database, *entries.values(), an_entry(globex.organization.id, minutes=1.5, about="Łoś"))
    return entries


async def shown(services, acme, told, **conditions):
    """The names of the entries that a listing shows."""
    page = await services.provisioning_log.page(acme.operator, ProvisioningFilter(**conditions), Page())
    names = {entry.id: name for name, entry in told.items()}
    return [names[entry.id] for entry in page.rows]


async def test_each_condition_leaves_those_that_meet_it(services, acme, told, ada):
    expected = [
        ({}, ["read", "broken", "same", "taken", "made"]),
        ({"outcomes": frozenset({P.REFUSED, P.FAILED})}, ["broken", "taken"]),
        ({"clients": frozenset({C.OKTA})}, ["made"]),
        ({"methods": frozenset({"POST", "PATCH"})}, ["same", "taken", "made"]),
        ({"statuses": frozenset({500, 409})}, ["broken", "taken"]),
        ({"scim_types": frozenset({"uniqueness"})}, ["taken"]),
        ({"token_id": told["made"].token_id}, ["made"]),
        ({"token_id": "no id"}, []),
        ({"membership_id": ada.id}, ["same", "made"]),
        ({"membership_id": ada.id, "outcomes": frozenset({P.UNCHANGED})}, ["same"]),
        ({"noted": True}, ["read", "same"]),
        ({"noted": False}, ["broken", "taken", "made"]),
        ({"since": MOMENT + timedelta(minutes=1), "until": MOMENT + timedelta(minutes=3)}, ["same", "taken"]),
        ({"search": "ŁOŚ"}, ["taken"]),
        ({"search": "a_b@"}, ["same", "made"]),
        ({"search": "a%b"}, []),
        ({"search": "r-500"}, ["broken"]),
        ({"search": "r-50"}, []),
    ]

    assert [(given, await shown(services, acme, told, **given)) for given, _ in expected] == expected


@pytest.mark.parametrize("backward", [False, True])
async def test_pages_follow_each_other_in_both_directions(services, acme, told, backward):
    at, read = None, []
    while True:
        page = Page(2, before=at, backward=True) if backward else Page(2, after=at)
        found = await services.provisioning_log.page(acme.operator, ProvisioningFilter(noted=None), page)
        read.append(found)
        if not (found.has_previous if backward else found.has_next):
            break
        edge = found.rows[0 if backward else -1].id
        at = Position(edge, edge)

    rows = [entry for page in (read[::-1] if backward else read) for entry in page.rows]
    without_bodies = [replace(each, request_body=None, response_body=None) for each in told.values()]
    assert rows == without_bodies[::-1]
    assert len(read) == 3


async def test_entries_of_members_are_read_for_all_of_them_at_once(services, acme, globex, told, ada):
    other = (await services.memberships.create(acme.operator, a_draft("bo@acme.test"))).id
    log = services.provisioning_log

    newest = await log.of_members(acme.operator, [ada.id, other], Page(1))
    edge = Position(newest[ada.id].rows[0].id, newest[ada.id].rows[0].id)
    older = await log.of_members(acme.operator, [ada.id], Page(1, after=edge))
    oldest = await log.of_members(acme.operator, [ada.id], Page(1, backward=True))

    def ids(found):
        return [entry.id for entry in found[ada.id].rows], found[ada.id].has_next, found[ada.id].has_previous

    assert ids(newest) == ([told["same"].id], True, False)
    assert ids(older) == ids(oldest) == ([told["made"].id], False, True)
    assert newest[other].rows == []
    assert (await log.of_members(globex.operator, [ada.id], Page()))[ada.id].rows == []


async def test_bodies_are_masked_unless_a_members_own_record_is_asked_for(services, acme, globex, told):
    log, ids = services.provisioning_log, [told["made"].id, told["taken"].id]

    masked = await log.bodies(acme.operator, ids)
    clear = await log.bodies_of_members(acme.operator, ids)

    assert masked[ids[0]] == ('{"userName":"A•••@acme.test","active":true}', None)
    assert masked[ids[1]] == ('{"userName":"A•••@acme.test","active":true}', '{"detail":"x•••"}')
    assert clear == {ids[0]: (BODY, None)}
    assert await log.bodies(globex.operator, ids) == {}
    assert await log.find(acme.operator, ids[0]) == replace(told["made"], request_body=None)
    assert (await log.find(globex.operator, ids[0]), await log.find(acme.operator, "x")) == (None, None)


async def test_results_are_counted_by_day_without_what_was_left_out(services, database, acme, told):
    await keep(database, replace(left_out(acme.organization.id, 7, MOMENT), id=first_id(MOMENT + timedelta(minutes=9))))
    found = await services.provisioning_log.results(acme.operator, MOMENT, MOMENT + timedelta(days=2), Bucket.DAY)
    weeks = await services.provisioning_log.results(acme.operator, MOMENT, MOMENT + timedelta(days=2), Bucket.WEEK)

    assert [(start.day, {outcome: count for outcome, count in each.items()}) for start, each in found] == [
        (1, {P.SUCCEEDED: 1, P.REFUSED: 1, P.UNCHANGED: 1, P.FAILED: 1}),
        (2, {P.SUCCEEDED: 1}),
        (3, {}),
    ]
    assert [sum(each.values()) for _, each in weeks] == [4, 1]


async def test_the_log_is_for_those_who_may_read_it(services, acme, told):
    log, idp = services.provisioning_log, await okta(services, acme.operator)
    reader = await a_tool(services, acme.operator, frozenset({Permission.AUDIT_READ}))
    without = await a_tool(services, acme.operator, API_SCOPES - {Permission.AUDIT_READ})
    reads = [
        lambda actor: log.page(actor, ProvisioningFilter(), Page()),
        lambda actor: log.of_members(actor, [], Page()),
        lambda actor: log.find(actor, told["made"].id),
        lambda actor: log.bodies(actor, []),
        lambda actor: log.bodies_of_members(actor, []),
        lambda actor: log.events(actor, []),
        lambda actor: log.results(actor, MOMENT, MOMENT + timedelta(days=1), Bucket.DAY),
    ]

    for actor in (without, idp):
        for read in reads:
            with pytest.raises(Forbidden):
                await read(actor)
    with pytest.raises(Forbidden):
        await log.bodies_of_members(reader, [told["made"].id])
    assert len(await log.bodies(reader, [told["made"].id])) == 1


async def test_whoever_is_erased_is_nowhere_in_the_log(services, database, acme, told, ada):
    at = acme.organization.id
    await keep(
        database,
        an_entry(at, minutes=10, query="filter=" + quote('userName eq "ADA@acme.test"')),
        an_entry(at, minutes=11, detail="The e-mail address 'ada@acme.test' belongs …", status=409),
        an_entry(at, minutes=12, about="ada@acme.test"),
        an_entry(at, minutes=13, request_body=BODY, about="Bo"),
        an_entry(at, minutes=14, response_body='{"x":"ada@acme.test"}', about="Bo"),
    )

    erased = await services.erasure.erase(ada.user_id)

    assert erased.rows["provisioning_requests"] == 8
    assert await shown(services, acme, told) == ["read", "broken"]
    assert mentions(await all_rows(database), "ada@", "ada%40", ada.user_name) == []
