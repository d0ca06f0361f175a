"""Every door at /auth and each download answers as the table says, and changes nothing but for who signs out."""

from pathlib import Path

import httpx
import pytest

from rollbook.exports.router import DOWNLOADS, PREFIX
from rollbook.sign_in.router import _DOORS
from tests.conftest import BASE_URL
from tests.graphql.client import OWN_PAGE

from .asking import Answer, words
from .doors import BODIES, DOOR_CALLERS, TABLE
from .world import Copy, World

PROBLEMS = {"attempt_expired": "expired", "no_sso": "no_sso", "not_linked": "unlinked"}
ANOTHER_SITE = {"Origin": "https://elsewhere.test", "Sec-Fetch-Site": "cross-site"}


@pytest.mark.parametrize("row", TABLE)
async def test_a_door_answers_each_caller_as_the_table_says(world: World, tmp_path: Path, row: str):
    told = await words(world, tmp_path, DOOR_CALLERS, lambda copy, caller: _open(world, copy, caller, row))

    assert told == TABLE[row]


def test_each_door_has_a_row():
    downloads = {f"{PREFIX}/{download.name}" for download in DOWNLOADS}

    assert {row.split()[1].replace("acme", "{handle}") for row in TABLE} == set(_DOORS) | downloads


async def _open(world: World, copy: Copy, caller: str, row: str) -> Answer:
    method, path = row.split()
    transport = httpx.ASGITransport(app=copy.app(), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as client:
        answer = await client.request(method, path, json=BODIES.get(row), headers=_headers(world, caller))
    error = answer.json()["error"] if answer.is_error else {}
    if error.get("code") == "SIGN_IN_AGAIN":
        return "again", False
    assert [name for name in answer.cookies if name.endswith("sid")] == [], "nobody is signed in by this"
    word = PROBLEMS[error["problem"]] if "problem" in error else str(answer.status_code)
    if "&switch=1" in answer.headers.get("location", ""):
        word = "switch"
    return word, path == "/auth/sign-out" and answer.is_success


def _headers(world: World, caller: str) -> dict[str, str]:
    if caller == "site":
        return world.credentials["admin"] | ANOTHER_SITE
    if caller == "token":
        return OWN_PAGE | world.credentials["every scope"]
    return OWN_PAGE | world.credentials[caller]
