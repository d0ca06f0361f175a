"""GraphQL over server-sent events: what is said on the wire, to whom, for how long, and how it ends."""

import asyncio

import pytest

from rollbook.app import app_over
from rollbook.domain.tokens import TokenKind
from rollbook.graphql import streams
from rollbook.services import live
from rollbook.settings import Traffic
from tests.conftest import BASE_URL
from tests.graphql.client import OWN_PAGE, a_member, global_id, member_id, signed_in
from tests.graphql.live import EVENTS, STREAM, watching
from tests.services.watched import settled

NAME = "{ organization { name } }"


@pytest.fixture
async def app(services, acme, api_token):
    """The server, when nothing is on its way any more of what was done until then."""
    await settled(services, acme.operator)
    return app_over(services, BASE_URL)


@pytest.fixture
def tool(api_token):
    return {"Authorization": f"Bearer {api_token}"}


async def test_each_event_is_a_next_and_says_where_it_stands(app, services, acme, tool):
    async with watching(app, tool) as stream:
        started = (await stream.block()).split("\n")
        bo = await a_member(services, acme, "bo@acme.test")
        event = await stream.event()

        assert (stream.status, stream.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
        assert stream.headers["cache-control"] == "no-store"
        assert stream.headers["x-accel-buffering"] == "no"
        assert "content-length" not in stream.headers
        assert len(stream.headers["x-request-id"]) == 36
        assert [line.partition(":")[0] for line in started] == ["event", "id", "data"]
        assert started[0] == "event: next"
        assert started[1].removeprefix("id: ") in started[2]
        assert (event["type"], event["memberId"], event["memberVersion"]) == ("MEMBER_CREATED", member_id(bo), 1)


async def test_a_client_goes_on_after_its_last_event_by_argument_or_by_header(app, services, acme, tool):
    async with watching(app, tool) as stream:
        cursor = (await stream.event())["cursor"]
    bo = await a_member(services, acme, "bo@acme.test")
    cy = await a_member(services, acme, "cy@acme.test")

    async with watching(app, tool, after=cursor) as stream:
        first, second = await stream.events(2)
    async with watching(app, tool | {"Last-Event-ID": first["cursor"]}, after=cursor) as stream:
        again = await stream.event()

    assert [first["memberId"], second["memberId"]] == [member_id(bo), member_id(cy)]
    assert again == second


async def test_a_cursor_that_was_not_given_here_ends_the_stream(app, tool):
    async with watching(app, tool, after="nonsense") as stream:
        assert await stream.refusal() == ("VALIDATION", "after is not a cursor of this organization's events.")


@pytest.mark.parametrize("query", ["subscription { nothing }", "subscription {", "subscription { __typename a: x }"])
async def test_a_document_that_is_wrong_is_told_and_the_stream_completes(app, tool, query):
    async with watching(app, tool, query) as stream:
        body = await stream.body()

        assert {error["extensions"]["code"] for error in body["errors"]} == {"BAD_REQUEST"}
        assert await stream.body() is None
        assert await stream.chunk() == b""


async def test_a_query_has_one_result_and_the_stream_completes(http, tool):
    answer = await http.post("/graphql", json={"query": NAME}, headers=tool | STREAM)

    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text == ('event: next\ndata: {"data":{"organization":{"name":"Acme"}}}\n\nevent: complete\ndata:\n\n')


async def test_a_mutation_has_one_result_too(http, tool):
    query = 'mutation { addMember(input: { email: "bo@acme.test" }) { __typename } }'
    answer = await http.post("/graphql", json={"query": query}, headers=tool | STREAM)

    assert answer.text.startswith('event: next\ndata: {"data":{"addMember":{"__typename":"AddMemberSuccess"}}}\n\n')


async def test_a_subscription_needs_a_client_that_reads_streams(http, tool):
    answer = await http.post("/graphql", json={"query": EVENTS}, headers=tool)

    assert answer.status_code == 406
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "NOT_ACCEPTABLE"
    assert error["message"].endswith("Send Accept: text/event-stream.")


async def test_only_post_is_a_stream(http, tool):
    answer = await http.get("/graphql", params={"query": EVENTS}, headers=tool | STREAM)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_stranger_is_refused_before_any_stream(http):
    answer = await http.post("/graphql", json={"query": EVENTS}, headers=STREAM)

    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_foreign_page_opens_no_stream(http, app, services, acme):
    browser = await signed_in(http, services, acme, "a@acme.test")
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in browser.http.cookies.items())}

    foreign = await http.post(
        "/graphql", json={"query": EVENTS}, headers=STREAM | {"X-CSRF": "1", "Origin": "https://x.test"}
    )
    async with watching(app, cookie | OWN_PAGE) as stream:
        assert (await stream.event())["type"] == "STARTED"

    assert foreign.status_code == 403


async def test_the_limits_of_an_operation_hold_for_a_stream(app, tool):
    aliases = " ".join(f"a{number}: cursor" for number in range(40))
    async with watching(app, tool, f"subscription {{ organizationEvents {{ {aliases} }} }}") as stream:
        body = await stream.body()

        assert [error["extensions"]["code"] for error in body["errors"]] == ["OPERATION_TOO_LARGE"]
        assert await stream.body() is None


async def test_a_revoked_token_ends_its_streams(app, services, acme):
    token, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Short")
    await settled(services, acme.operator)
    async with watching(app, {"Authorization": f"Bearer {secret}"}) as stream:
        await stream.event()

        await services.tokens.revoke(acme.operator, token.id)

        code, message = await asyncio.wait_for(stream.refusal(), 5)
        assert (code, message[:28]) == ("UNAUTHENTICATED", "The token 'Short' was revoke")


async def test_a_deactivated_member_ends_their_streams(app, http, services, acme):
    await signed_in(http, services, acme, "eve@acme.test")
    eve = (await services.audit.events(acme.operator, limit=1))[0].actor_membership_id
    await settled(services, acme.operator)
    cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in http.cookies.items())}
    async with watching(app, cookie | OWN_PAGE) as stream:
        await stream.event()

        await services.memberships.update(acme.operator, eve, lambda before: before.with_active(False))

        assert (await asyncio.wait_for(stream.refusal(), 5))[0] == "UNAUTHENTICATED"


async def test_a_job_is_watched_by_its_id_and_the_stream_completes_with_it(app, services, acme, tool):
    job = await services.jobs.import_members(acme.operator, "email\nbo@acme.test\n")
    query = "subscription($id: ID!) { jobProgress(id: $id) { id status done total rows { nodes { about } } } }"
    async with watching(app, tool, query, id=global_id("Job", job.id)) as stream:
        queued = await stream.event()

        await services.jobs.cancel(acme.operator, job.id)

        cancelled = await stream.event()
        assert (queued["id"], queued["status"], queued["done"]) == (global_id("Job", job.id), "QUEUED", 0)
        assert (cancelled["status"], cancelled["total"], cancelled["rows"]) == ("CANCELLED", 1, {"nodes": []})
        assert await stream.body() is None


async def test_a_stream_that_reads_much_at_each_event_pays_for_each(services, acme, tool):
    app = app_over(services, BASE_URL, Traffic(graphql_cost_per_minute=500))
    job = await services.jobs.import_members(acme.operator, "email\nbo@acme.test\n")
    query = "subscription($id: ID!) { jobProgress(id: $id) { rows(first: 200) { nodes { member { id } } } } }"
    async with watching(app, tool, query, id=global_id("Job", job.id)) as stream:
        await stream.event()

        assert (await stream.refusal())[0] == "RATE_LIMITED"


async def test_a_stream_of_hints_is_paid_for_once(services, acme, tool):
    app = app_over(services, BASE_URL, Traffic(graphql_cost_per_minute=5))
    async with watching(app, tool) as stream:
        for number in range(20):
            await a_member(services, acme, f"m{number}@acme.test")

        assert len(await stream.events(21)) == 21


async def test_a_bug_is_told_by_its_request_id_only(app, services, tool, monkeypatch):
    async def fail(*_):
        raise RuntimeError("secret detail")

    monkeypatch.setattr(services.live, "_since", fail)
    async with watching(app, tool) as stream:
        await stream.event()
        code, message = await stream.refusal()

        assert code == "INTERNAL"
        assert message.endswith(f"Request id: {stream.headers['x-request-id']}.")


async def test_a_silent_stream_shows_that_it_is_alive(app, tool, monkeypatch):
    monkeypatch.setattr(streams, "HEARTBEAT_SECONDS", 0.05)
    async with watching(app, tool) as stream:
        await stream.event()

        assert [await stream.block(), await stream.block()] == [":", ":"]


async def test_a_stream_completes_at_the_end_of_its_life(app, tool, monkeypatch):
    monkeypatch.setattr(streams, "LIFE_SECONDS", 0.3)
    async with watching(app, tool) as stream:
        await stream.event()

        assert await stream.body() is None
        assert await stream.chunk() == b""


async def test_when_the_server_stops_every_stream_completes_at_once(app, tool):
    async with watching(app, tool) as one, watching(app, tool) as two:
        await one.event()
        await two.event()

        app.state.streams.end()

        assert [await asyncio.wait_for(stream.body(), 1) for stream in (one, two)] == [None, None]


async def test_a_client_that_leaves_is_forgotten(app, services, tool):
    async with watching(app, tool) as stream:
        await stream.event()
        assert len(app.state.streams) == 1

    assert len(app.state.streams) == 0


async def test_a_principal_has_twenty_streams_and_another_one_their_own(app, http, services, acme, tool, monkeypatch):
    monkeypatch.setattr(streams, "MOST_OF_A_PRINCIPAL", 2)
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Other")
    async with watching(app, tool), watching(app, tool):
        async with watching(app, tool) as third:
            assert (third.status, third.headers["retry-after"]) == (429, "5")
        async with watching(app, {"Authorization": f"Bearer {secret}"}) as other:
            assert other.status == 200

    async with watching(app, tool) as stream:
        assert stream.status == 200


async def test_a_process_has_five_hundred_streams(app, tool, monkeypatch):
    monkeypatch.setattr(streams, "MOST_OF_A_PROCESS", 1)
    async with watching(app, tool), watching(app, tool) as second:
        assert (second.status, second.headers["retry-after"]) == (503, "5")


async def test_a_slow_reader_is_waited_for_and_nothing_is_read_ahead(app, services, acme, tool, monkeypatch):
    monkeypatch.setattr(live, "PAGE", 5)
    read = []
    since = services.live._since

    async def counted(*arguments):
        page = await since(*arguments)
        read.append(len(page.events))
        return page

    monkeypatch.setattr(services.live, "_since", counted)
    async with watching(app, tool) as stream:
        await stream.event()
        for number in range(40):
            await a_member(services, acme, f"m{number}@acme.test")
        await asyncio.sleep(0.2)

        assert sum(read) <= 10
        assert len({event["cursor"] for event in await stream.events(40)}) == 40


async def test_a_reader_who_takes_nothing_any_more_is_given_up(app, services, acme, tool, monkeypatch):
    monkeypatch.setattr(streams, "PATIENCE_SECONDS", 0.1)
    async with watching(app, tool) as stream:
        for number in range(5):
            await a_member(services, acme, f"m{number}@acme.test")

        await asyncio.wait([stream.answering], timeout=10)

        assert stream.answering.done()
        assert len(app.state.streams) == 0
