"""The world, made once for each process of a test run."""

import asyncio
import shutil
from pathlib import Path

import pytest

from .making import build
from .world import World


@pytest.fixture(scope="session")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """On one of the two databases: what is asked here is the same on both, and each layer below is tested on both."""
    path = tmp_path_factory.mktemp("world") / "rollbook.sqlite3"
    shutil.copy(sqlite_template, path)
    return asyncio.run(build(path))
