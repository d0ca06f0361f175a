"""`rollbook organization create`."""

import pytest

from .command import Installation, refusal


def create(installation: Installation, handle: str = "acme", email: str = "ada@acme.test"):
    return installation.run("organization", "create", "--handle", handle, "--name", "Acme", "--admin-email", email)


def test_the_first_organization_makes_the_embedded_database(empty: Installation):
    result = create(empty)

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("Organization acme is there; its id is ")
    assert sorted(path.name for path in empty.data_dir.glob("*.*")) == ["rollbook.sqlite3", "secrets.json"]
    assert (empty.data_dir / "secrets.json").stat().st_mode & 0o777 == 0o600


def test_a_taken_handle_is_refused(acme: Installation):
    result = create(acme, email="bea@acme.test")

    assert refusal(result) == "There is an organization with the handle 'acme' already."


@pytest.mark.parametrize(
    ("handle", "email", "about"),
    [("Acme", "ada@acme.test", "'Acme' is not a handle"), ("acme", "ada", "'ada' is not an e-mail address")],
)
def test_a_bad_value_is_refused_and_named(empty: Installation, handle: str, email: str, about: str):
    result = create(empty, handle, email)

    assert about in refusal(result)


def test_a_missing_option_is_wrong_usage(empty: Installation):
    result = empty.run("organization", "create", "--handle", "acme")

    assert (result.returncode, result.stdout) == (2, "")
    assert "--name" in result.stderr
    assert not empty.data_dir.exists()
