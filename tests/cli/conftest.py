"""Installations for the tests of the command line."""

from pathlib import Path

import pytest

from .command import Installation


@pytest.fixture
def empty(tmp_path: Path) -> Installation:
    """An installation where nothing has been done yet."""
    return Installation(tmp_path / "data")


@pytest.fixture
def acme(empty: Installation) -> Installation:
    """An installation with the organization acme, whose admin is ada@acme.test."""
    empty.out("organization", "create", "--handle", "acme", "--name", "Acme", "--admin-email", "ada@acme.test")
    return empty
