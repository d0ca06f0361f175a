"""/.well-known/security.txt, as RFC 9116 wants it."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from rollbook.app import app_over
from tests.conftest import BASE_URL

PATH = "/.well-known/security.txt"

# what is tested here asks no database, and one is enough to open a server
pytestmark = pytest.mark.parametrize("server", ["sqlite"], indirect=True)


def client(services, base_url=BASE_URL, contact="mailto:security@acme.test"):
    app = app_over(services, base_url, security_contact=contact)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)


async def test_it_names_the_contact_and_is_never_out_of_date(services):
    async with client(services) as http:
        response = await http.get(PATH)

    fields = dict(line.split(": ", 1) for line in response.text.splitlines())
    expires = datetime.fromisoformat(fields.pop("Expires"))
    assert (response.status_code, response.headers["content-type"]) == (200, "text/plain; charset=utf-8")
    assert fields == {
        "Contact": "mailto:security@acme.test",
        "Preferred-Languages": "en",
        "Canonical": f"{BASE_URL}{PATH}",
    }
    assert timedelta(days=30) < expires - datetime.now(UTC) < timedelta(days=365)


async def test_over_plain_http_nothing_is_canonical(services):
    async with client(services, "http://127.0.0.1:8000") as http:
        assert "Canonical" not in (await http.get(PATH)).text


async def test_without_a_contact_there_is_none(services):
    async with client(services, contact=None) as http:
        response = await http.get(PATH)

    assert (response.status_code, response.headers["content-type"]) == (404, "text/plain; charset=utf-8")


async def test_it_is_only_read(services):
    async with client(services) as http:
        assert [(await http.head(PATH)).status_code, (await http.post(PATH)).status_code] == [200, 405]
