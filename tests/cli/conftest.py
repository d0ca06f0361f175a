"""Installations for the tests of the command line."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from .command import Installation
from .places import Place, a_place, elsewhere

_numbers = count(1)


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """An installation where nothing has been done yet."""
    return Installation(tmp_path / "data")


@pytest.fixture
def acme(empty: Installation) -> Installation:
    """An installation with the organization acme, whose admin is ada@acme.test."""
    empty.out("organization", "create", "--handle", "acme", "--name", "Acme", "--admin-email", "ada@acme.test")
    return empty


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """An installation with a running server, and its address."""
    installation = Installation(tmp_path_factory.mktemp("served") / "data")
    with installation.serving() as server:
        yield installation, server.url


@pytest.fixture(params=["local", "remote"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An organization that commands work on, once in the local database and once on a server."""
    here = Installation(tmp_path / "data")
    if request.param == "local":
        return a_place(here, here, "acme")
    installation, url = request.getfixturevalue("served")
    return elsewhere(installation, url, f"org{next(_numbers)}", here)
