"""What is in the provisioning log after a server was killed while it was writing, or was stopped."""

import asyncio
import itertools
import signal

import httpx
import pytest

from rollbook import app as app_module
from rollbook.app import create_app
from rollbook.domain.actors import Channel
from rollbook.domain.provisioning import ProvisioningOutcome
from rollbook.services.sessions import Sessions
from rollbook.services.tokens import Tokens
from tests.builders import every_member
from tests.cli.command import Installation
from tests.log import kept

from .people import bare

WRITTEN = 150
CLIENTS = 8


def a_client(url, token):
    return httpx.AsyncClient(
        base_url=f"{url}/scim/v2", headers={"Authorization": f"Bearer {token}"}, timeout=httpx.Timeout(60)
    )


async def write_until_the_server_is_gone(client, numbers, answered):
    """Create people, be refused to do it again, rename them, and delete every third one."""
    try:
        for number in numbers:
            made = (await client.post("/Users", json=bare(f"user{number}@x.test"))).json()["id"]
            answered.append(made)
            await client.post("/Users", json=bare(f"user{number}@x.test"))
            await client.put(f"/Users/{made}", json=bare(f"user{number}@x.test", displayName=f"User {number}"))
            if number % 3 == 0:
                await client.delete(f"/Users/{made}")
    except httpx.TransportError:
        return


async def test_every_write_that_was_made_has_its_entry_after_a_kill(settings, services, acme, scim_token):
    installation = Installation(settings.data_dir, settings.database_url)
    with installation.serving() as server:
        async with a_client(server.url, scim_token) as client:
            refused = await client.get("/Users/nobody")

            async with asyncio.timeout(60):  # by itself: nothing else is asked of the server meanwhile
                entries = await kept(services, acme)
                while not entries:
                    await asyncio.sleep(0.05)
                    entries = await kept(services, acme)
            assert [each.request_id for each in entries] == [refused.headers["x-request-id"]]
            numbers, answered = itertools.count(), []
            clients = [
                asyncio.create_task(write_until_the_server_is_gone(client, numbers, answered)) for _ in range(CLIENTS)
            ]
            while len(answered) < WRITTEN:
                assert not any(each.done() for each in clients), "the server went away too early"
                await asyncio.sleep(0.01)
            server.process.kill()
            await asyncio.gather(*clients)

    entries = await kept(services, acme)
    events = await services.audit.events(acme.operator, limit=10_000)
    made = {each.id for each in await every_member(services, acme.operator)} - {acme.admin.id}
    written = [each for each in entries if each.outcome is ProvisioningOutcome.SUCCEEDED]
    created = [each.membership_id for each in written if each.method == "POST"]
    assert len(created) >= WRITTEN
    assert len({*created}) == len(created)
    assert made | {*answered} <= {*created}
    assert {each.event_id for each in written} == {each.id for each in events if each.channel is Channel.SCIM}
    assert len(written) == len({each.event_id for each in written})


@pytest.mark.parametrize("server", ["sqlite"], indirect=True)
async def test_a_server_that_is_stopped_writes_down_what_it_has_noted(settings, services, acme, scim_token):
    installation = Installation(settings.data_dir, settings.database_url)
    with installation.serving() as server:
        async with a_client(server.url, scim_token) as client:
            answers = [await client.get(f"/Users/{number}") for number in range(5)]
        assert server.stop(signal.SIGTERM) == 0

    entries = await kept(services, acme)
    assert [each.request_id for each in reversed(entries)] == [each.headers["x-request-id"] for each in answers]


async def test_what_is_noted_is_written_at_the_end_whatever_else_fails(
    settings, services, acme, scim_token, monkeypatch
):
    async def broken(self):
        raise OSError("the disk is full")

    monkeypatch.setattr(app_module, "LOG_KEPT_EVERY_SECONDS", 3600.0)
    monkeypatch.setattr(Tokens, "keep_uses", broken)
    monkeypatch.setattr(Sessions, "keep_uses", broken)
    app = create_app(settings)
    headers = {"Authorization": f"Bearer {scim_token}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x/scim/v2", headers=headers) as client,
    ):
        refused = await client.get("/Users/0")

    assert [each.request_id for each in await kept(services, acme)] == [refused.headers["x-request-id"]]
