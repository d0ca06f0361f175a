"""No secret is in the provisioning log, wherever a client puts it."""

from rollbook.domain.tokens import SecretKind, mint
from tests.log import log
from tests.services.facts import everything_in, opened

from .bulk import change, creation, message
from .people import ada, bare, created, patch

PASSWORD = "correct horse battery"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


async def test_no_secret_is_kept_in_whatever_place_it_was_sent(scim, strict, services, acme, settings):
    token = mint(SecretKind.SCIM)
    made = await created(scim, ada(password=PASSWORD, title=f"Bearer {token}"))
    here = f"/Users/{made['id']}"
    operations = [
        {"op": "replace", "path": "password", "value": PASSWORD},
        {"op": "Replace", "path": f"{USER}:password", "value": PASSWORD},
        {"op": "add", "value": {"Password": PASSWORD, "nickName": JWT}},
        {"op": "add", "value": {f"{USER}:password": PASSWORD}},
        {"op": "replace", "path": f'emails[password eq "{PASSWORD}"].value', "value": "x"},
        {"op": "replace", "path": "password", "value": {"old": PASSWORD, "new": [PASSWORD]}},
        {"op": "replace", "path": "title", "value": f"my token is {token}"},
    ]
    for client in (scim, strict):
        for operation in operations:
            await patch(client, here, operation)
        await client.put(here, json=ada(password=PASSWORD, apiKey=PASSWORD, nested={"clientSecret": PASSWORD}))
        await client.put(here, json=ada(password=[PASSWORD], userName={"token": token}))
        await client.put(here, json={"password": PASSWORD, "userName": PASSWORD, "active": PASSWORD})
        await client.get("/Users", params={"filter": f'password eq "{PASSWORD}"'})
        await client.get("/Users", params={"filter": f'userName eq "{token}" and'})
        await client.get(f"/Users?filter=x&access_token={token}&password=correct+horse+battery")
        await client.get("/Users", params={"filter": f"password eq '{PASSWORD}'"})
        await client.get("/Users", params={"filter": f"userName eq x and password eq {PASSWORD}"})
        await patch(client, here, {"op": "remove", "path": f"emails[password eq {PASSWORD}]"})
        await client.get(f"/Users/{token}")
        await client.get(f"/{JWT}")
        await client.post("/Users", json=bare(token, password=PASSWORD, externalId=made["externalId"]))
        await client.post("/Users", content=f'{{"password": "{PASSWORD}", '.encode())
        await client.get("/Nothing", headers={"User-Agent": f"curl {token}"})
        await client.request("GET", "/Nothing", params={"count": "7", "secret": PASSWORD})
        await client.post(
            "/Bulk",
            json=message(
                creation("a", bare("bo@x.test", password=PASSWORD)),
                change(here, {"op": "replace", "path": "password", "value": PASSWORD}),
                {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"password": PASSWORD}},
            ),
        )
        await client.post("/Users/.search", json={"filter": f'password eq "{PASSWORD}" or', "token": token})

    entries = await log(services, acme)
    database = await opened(settings)
    kept = await everything_in(database, "provisioning_requests")
    await database.close()

    assert len(entries) == 53
    assert "count=7&secret=%E2%80%A2" in kept
    for secret in (token, token[20:], JWT, JWT[4:], PASSWORD, PASSWORD.replace(" ", "+"), PASSWORD.replace(" ", "%20")):
        assert secret not in kept
    for word in PASSWORD.split():  # not a part of it either, neither in a query or path nor in what is told of it
        assert word not in kept
    assert "•••" in kept
