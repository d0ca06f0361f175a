"""A refusal of SCIM as an admin reads it in GraphQL, and sends again by the command that they are given."""

import asyncio
import os
import shutil
import socket
from contextlib import asynccontextmanager

import httpx
import pytest
import uvicorn

from rollbook.app import app_over
from rollbook.settings import UNLIMITED
from tests.graphql.client import global_id, with_token

ADA = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "ada.o'hara@acme.test",
    "name": {"givenName": "Ada", "familyName": "O'Hara"},
    "emails": [{"value": "ada.o'hara@acme.test", "type": "work", "primary": True}],
}
LOG = """{ organization { provisioningRequests(first: 10) { nodes {
  method path status about outcome memberId clientName responseBody
  explanation { what why remedy } curl curlOfMember: curl(personalValues: SHOWN)
} } } }"""


@asynccontextmanager
async def listening(services):
    """The whole server at a loopback address."""
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    config = uvicorn.Config(app_over(services, url, UNLIMITED), lifespan="off", log_level="critical", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        assert not serving.done()
        await asyncio.sleep(0)
    try:
        yield url
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def run(command, token):
    """What a shell prints that runs the command."""
    process = await asyncio.create_subprocess_exec(
        *("bash", "-c", command),
        env={"PATH": os.environ["PATH"], "ROLLBOOK_TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode == 0, errors
    return output.decode()


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
async def test_a_refused_push_is_read_explained_and_sent_again(services, scim_token, api_token):
    headers = {"Authorization": f"Bearer {scim_token}", "User-Agent": "Okta SCIM Client 1.0.0"}
    async with listening(services) as url, httpx.AsyncClient(base_url=url, headers=headers) as okta:
        made = (await okta.post("/scim/v2/Users", json=ADA)).json()["id"]
        await okta.post("/scim/v2/Users", json=ADA)
        await okta.delete(f"/scim/v2/Users/{made}")
        await okta.delete(f"/scim/v2/Users/{made}")
        await okta.get("/scim/v2/User")
        await services.provisioning.keep_noted()
        told = await with_token(okta, api_token).data(LOG)
        lost, gone, removed, taken, created = told["organization"]["provisioningRequests"]["nodes"]
        output = await run(taken["curlOfMember"], scim_token)
        masked = await run(lost["curl"], scim_token)

    assert [each["status"] for each in (created, taken, removed, gone, lost)] == [201, 409, 204, 404, 404]
    assert {each["memberId"] for each in (created, taken, removed, gone)} == {global_id("Member", made)}
    assert [each["explanation"] for each in (created, removed)] == [None, None]
    assert taken["explanation"]["what"] == "Okta wanted to create ada.o'hara@acme.test, and Rollbook refused it."
    assert "this userName already" in taken["explanation"]["why"]
    assert "was removed" in gone["explanation"]["why"]
    assert "/User does not exist" in lost["explanation"]["why"]
    assert "hara" not in created["responseBody"] + created["curl"]
    # Ada was deleted meanwhile, so that the same command makes her again
    assert output.startswith("HTTP/1.1 201")
    assert masked.startswith("HTTP/1.1 404")
