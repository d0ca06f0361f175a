"""What the documents name exists: targets of the Makefile, commands, files, and the errors."""

import inspect
import re
import runpy

import pytest
import typer
from typer.main import get_command

from rollbook.cli.main import app
from rollbook.domain.sso import SignInProblem
from rollbook.scim import tolerance

from .sources import ROOT, named

_FACT = re.compile(r"\b[A-Z]-\d\d\b")

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_make_target_in_a_document_exists(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE))

    named_targets = set(re.findall(r"(?:`|^)make ([a-z-]+)", document.read_text(encoding="utf-8"), re.MULTILINE))

    assert named_targets <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_command_in_a_document_exists(document):
    commands = _commands()

    told = re.findall(
        r"(?:`|^|/|\$\()rollbook ([a-z]+)(?: ([a-z-]+))?", document.read_text(encoding="utf-8"), re.MULTILINE
    )
    unknown = [
        f"{command} {below}".strip()
        for command, below in told
        if command not in commands or (below and commands[command] and below not in commands[command])
    ]

    assert unknown == []


def test_the_readme_names_the_two_commands_that_do_everything():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"^make (?:demo|test)\b", readme, re.MULTILINE)[:2] == ["make demo", "make test"]


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_file_that_a_document_points_to_exists(document):
    pointed = re.findall(r"\]\((?!https?://|#)([^)#]+)", document.read_text(encoding="utf-8"))

    missing = [target for target in pointed if not (document.parent / target).exists()]

    assert missing == []


def test_the_page_of_errors_is_printed_from_the_code():
    errors_page = runpy.run_path(str(ROOT / "docs" / "print_errors.py"))["errors_page"]

    assert (ROOT / "docs" / "errors.md").read_text(encoding="utf-8") == errors_page(), "run: make docs"


def test_the_tables_of_the_page_of_scim_are_printed_from_the_code():
    scim_page = runpy.run_path(str(ROOT / "docs" / "print_scim.py"))["scim_page"]
    page = (ROOT / "docs" / "scim.md").read_text(encoding="utf-8")

    assert page == scim_page(page), "run: make docs"


def test_the_page_of_scim_lists_every_leniency():
    listed = set(_FACT.findall((ROOT / "docs" / "scim.md").read_text(encoding="utf-8")))
    cited = set(_FACT.findall(inspect.getsource(tolerance)))

    assert cited <= listed


def test_the_guide_to_single_sign_on_explains_every_problem():
    guide = (ROOT / "docs" / "sso.md").read_text(encoding="utf-8")

    assert [problem for problem in SignInProblem if f"| `{problem}` |" not in guide] == []


def _commands() -> dict[str, set[str]]:
    """Each command, with the commands below it."""
    root = get_command(app)
    with typer.Context(root) as context:
        return {
            name: set(getattr(root.get_command(context, name), "commands", {})) for name in root.list_commands(context)
        }
