"""A client who goes away while a long answer is sent: no more of it is made."""

import asyncio

from rollbook.app import app_over
from rollbook.scim.group_resource import GroupResources
from tests.conftest import BASE_URL


async def test_no_more_of_a_group_is_made_once_the_client_has_gone(services, scim_token, monkeypatch):
    made = 0
    render = GroupResources.render

    async def counted(self, *arguments):
        nonlocal made
        async for piece in render(self, *arguments):
            for _ in range(100):
                made += 1
                yield piece

    monkeypatch.setattr(GroupResources, "render", counted)
    gone = asyncio.Event()
    pieces = 0

    async def receive():
        if not gone.is_set():
            await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        nonlocal pieces
        pieces += message["type"] == "http.response.body"
        if pieces == 3:
            gone.set()
        await asyncio.sleep(0)

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/scim/v2/Groups/users",
        "query_string": b"",
        "headers": [(b"authorization", f"Bearer {scim_token}".encode())],
    }
    app = app_over(services, BASE_URL)
    await app({**scope, "app": app}, receive, send)

    assert 3 <= made < 10
