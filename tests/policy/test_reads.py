"""Every field of GraphQL that reads something answers every caller as the table says."""

from pathlib import Path

import pytest

from .asking import read, watch, words
from .grid import CALLERS
from .reads import DOCUMENTS, TABLE
from .world import World


@pytest.mark.parametrize("field", TABLE)
async def test_a_field_tells_each_caller_what_the_table_says(world: World, tmp_path: Path, field: str):
    document, variables = DOCUMENTS[field]
    ask = watch if field.startswith("Subscription.") else read

    told = await words(world, tmp_path, CALLERS, lambda copy, caller: ask(world, copy, caller, document, variables))

    assert told == TABLE[field]
