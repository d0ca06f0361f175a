"""Every mutation answers every caller as the table says, and changes nothing for whom it refuses."""

from pathlib import Path

import pytest

from .asking import change, words
from .changes import INPUTS, TABLE
from .grid import CALLERS
from .world import World


@pytest.mark.parametrize("row", TABLE)
async def test_a_mutation_does_for_each_caller_what_the_table_says(world: World, tmp_path: Path, row: str):
    mutation, given = row.split()[0], INPUTS[row]

    told = await words(world, tmp_path, CALLERS, lambda copy, caller: change(world, copy, caller, mutation, given))

    assert told == TABLE[row]
