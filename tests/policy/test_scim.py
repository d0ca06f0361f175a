"""Every method of every SCIM address answers every caller as the table says, and does nothing for whom it refuses."""

from pathlib import Path

import pytest

from rollbook.scim.router import Router

from .asking import provision, words
from .scim import BODIES, PLACES, SCIM_CALLERS, TABLE
from .world import World, copy_of

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
AN_OBJECT = {"Groups": "users", "ResourceTypes": "User", "Schemas": "User", "Users": "@bo"}


@pytest.mark.parametrize("row", TABLE)
async def test_a_request_is_answered_to_each_caller_as_the_table_says(world: World, tmp_path: Path, row: str):
    method, path = row.split()

    told = await words(
        world,
        tmp_path,
        SCIM_CALLERS,
        lambda copy, caller: provision(world, copy, caller, method, PLACES.get(path, path), BODIES.get(row)),
    )

    assert told == TABLE[row]


async def test_each_method_of_each_address_has_a_row(world: World, tmp_path: Path):
    async with copy_of(world, tmp_path / "rollbook.sqlite3") as copy:
        router = Router(copy.services, "/scim/v2")
    addresses = {
        *(f"/{name}" for name in router._collections),
        *(f"/{name}/.search" for name in router._searches),
        *(f"/{name}/{AN_OBJECT[name]}" for name in router._objects),
    }

    assert set(TABLE) == {f"{method} {address}" for address in addresses for method in METHODS}
