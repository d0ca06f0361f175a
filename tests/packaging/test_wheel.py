"""The wheel: built from this checkout, installed where no checkout is, and started there."""

import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import httpx
import pytest

from tests.cli.command import Installation

ROOT = Path(__file__).parents[2]
SECONDS = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder), cwd=ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel, and sees the libraries of this one: no index is asked."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False)
    python = folder / "bin" / "python"
    _run(sys.executable, "-m", "pip", "--python", str(python), "install", "--no-deps", "--no-index", str(wheel))
    site_packages = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    # a folder on the path brings its libraries, but not what is installed in it as editable
    (site_packages / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def test_the_wheel_holds_what_runs_and_nothing_else(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {"migrations/env.py", "frontend_stub/index.html", "frontend_stub/vendor/LICENSES.txt"} <= {
        name.removeprefix("rollbook/_shipped/") for name in names
    }
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"rollbook"}
    assert not [name for name in names if "__pycache__" in name or name.endswith((".pyc", ".sqlite3"))]


def test_graphiql_is_a_wheel_of_its_own(installed: Path, tmp_path: Path):
    installation = Installation(tmp_path / "data", python=str(installed), settings={"ROLLBOOK_GRAPHIQL": "on"})
    dist = tmp_path / "dist"
    _run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(dist), cwd=ROOT / "backend" / "graphiql")
    (built,) = dist.glob("*.whl")
    with zipfile.ZipFile(built) as archive:
        names = archive.namelist()

    before = installation.process("serve", "--port", "0")
    _run(sys.executable, "-m", "pip", "--python", str(installed), "install", "--no-deps", "--no-index", str(built))
    with installation.serving() as server:
        page = httpx.get(f"{server.url}/graphiql/")

    assert {name.split("/")[0].partition("-")[0] for name in names} == {"rollbook_graphiql"}
    assert "rollbook_graphiql/vendor/LICENSES.txt" in names
    assert before.returncode == 1
    assert before.stderr.endswith("but GraphiQL is not there: install rollbook-graphiql.\n")
    assert page.text == (ROOT / "backend" / "graphiql" / "rollbook_graphiql" / "index.html").read_text(encoding="utf-8")


def test_the_client_and_its_operations_are_in_the_wheel(wheel: Path):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {"rollbook/client/generated/operations.py", "rollbook/client/operations/members.graphql"} <= set(names)


def test_it_runs_where_no_checkout_is(installed: Path, tmp_path: Path):
    installation = Installation(tmp_path / "data", python=str(installed))
    where = subprocess.run(
        [installed, "-c", "import rollbook; print(rollbook.__file__)"], capture_output=True, text=True, cwd="/"
    ).stdout

    migrated = installation.process("migrate")
    with installation.serving() as server:
        page = httpx.get(server.url)
        script = httpx.get(f"{server.url}/app/main.js")

    assert where.startswith(str(installed.parents[1]))
    assert migrated.stdout.startswith("The database went from empty to "), migrated.stderr
    assert (page.status_code, script.status_code) == (200, 200)
    assert page.text == (ROOT / "frontend_stub" / "index.html").read_text(encoding="utf-8")


def test_it_brings_the_command(installed: Path):
    result = subprocess.run(
        [installed.with_name("rollbook"), "--version"], capture_output=True, text=True, timeout=SECONDS, cwd="/"
    )

    assert (result.returncode, result.stdout.split()[0]) == (0, "rollbook")


def _run(*command: str, cwd: Path | None = None) -> None:
    result = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, cwd=cwd)
    assert result.returncode == 0, result.stdout + result.stderr
