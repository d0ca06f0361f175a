"""What `--help` tells, for every command."""

from collections.abc import Iterator

import pytest
from typer.main import get_command

from rollbook import __version__
from rollbook.cli.main import app

from .command import Installation


def commands(command=None, words: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], object]]:
    command = command or get_command(app)
    below = getattr(command, "commands", {})
    for name in below:
        if not below[name].hidden:
            yield from commands(below[name], (*words, name))
    if not below:
        yield words, command


COMMANDS = dict(commands())


def test_these_are_the_commands():
    assert sorted(" ".join(words) for words in COMMANDS) == [
        "admin login-link",
        "audit export",
        "audit list",
        "backup",
        "demo",
        "members add",
        "members deactivate",
        "members import",
        "members invite",
        "members list",
        "members reactivate",
        "members remove",
        "members set-role",
        "members show",
        "migrate",
        "organization create",
        "organization delete",
        "schema",
        "serve",
        "simulate entra",
        "simulate okta",
        "tokens create",
        "tokens list",
        "tokens revoke",
        "tokens rotate",
        "tokens update",
        "user erase",
    ]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_the_help_of_a_command_has_an_example(words: tuple[str, ...]):
    command = COMMANDS[words]

    told = f"{command.help}\n{command.epilog or ''}"

    assert f"rollbook {' '.join(words)}" in told


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_option_says_what_it_is_for(words: tuple[str, ...]):
    parameters = [parameter for parameter in COMMANDS[words].params if parameter.name != "help"]

    assert [parameter.name for parameter in parameters if not parameter.help] == []


@pytest.mark.parametrize("words", [(), ("tokens",), ("serve",)])
def test_help_is_a_success(empty: Installation, words: tuple[str, ...]):
    result = empty.run(*words, "--help")

    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.strip().startswith(" ".join(("Usage: rollbook", *words)))


def test_the_package_can_be_run_as_a_module(empty: Installation):
    assert empty.process("--version").stdout == f"rollbook {__version__}\n"


def test_the_version_is_printed(empty: Installation):
    assert empty.out("--version") == f"rollbook {__version__}"


def test_an_unknown_command_is_wrong_usage(empty: Installation):
    result = empty.run("sevre")

    assert (result.returncode, result.stdout) == (2, "")
