"""docs/graphql.md: every example runs as it stands, one after another, and is answered as shown."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .cli.command import Installation

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "graphql.md").read_text(encoding="utf-8")
SECONDS = 60


@dataclass(frozen=True)
class Example:
    """A block of the page, and the answer that is shown below it."""

    language: str
    text: str
    answer: str | None
    line: int


def examples() -> Iterator[Example]:
    """The examples of the page in their order."""
    blocks = list(re.finditer(r"^```(\w+)\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL))
    for block, following in zip(blocks, [*blocks[1:], None], strict=True):
        if block[1] != "json":
            answer = following[2] if following and following[1] == "json" else None
            yield Example(block[1], block[2], answer, PAGE[: block.start()].count("\n") + 1)


@pytest.mark.slow(20)
def test_every_example_runs_and_is_answered_as_shown(tmp_path: Path):
    installation = Installation(tmp_path / "data")
    installation.out("organization", "create", "--handle", "acme", "--name", "Acme", "--admin-email", "ada@acme.test")
    found = list(examples())

    with installation.serving() as server:
        for example in found:
            output = run(example, installation, server.url, tmp_path)
            if example.answer is not None:
                answer, shown = json.loads(output), json.loads(example.answer)
                assert fits(answer, shown), f"docs/graphql.md:{example.line}: {output}"

    assert {example.language for example in found} == {"sh", "python"}
    assert len(found) > 15


def run(example: Example, installation: Installation, url: str, folder: Path) -> str:
    """The example's output; shell variables and functions live on in a file, as they do in a terminal."""
    text = example.text.replace("http://127.0.0.1:8000", url)
    state = folder / "state.sh"
    state.touch()
    if example.language == "python":
        text = f"python3 - <<'END_OF_EXAMPLE'\n{text}END_OF_EXAMPLE\n"
    script = f"source {state}\nset -eu\n{text}\n" + f"{{ export -p; declare -f; }} > {state}\n"
    done = subprocess.run(
        ["bash", "-c", script],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        cwd=folder,
        env=installation.environment | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"},
    )
    assert done.returncode == 0, f"docs/graphql.md:{example.line}: {done.stdout}{done.stderr}"
    return done.stdout


def fits(value: Any, shown: Any) -> bool:
    """Whether a value is what is shown; "…" stands for anything."""
    if shown == "…":
        return True
    if isinstance(shown, dict) and isinstance(value, dict):
        return shown.keys() == value.keys() and all(fits(value[name], shown[name]) for name in shown)
    if isinstance(shown, list) and isinstance(value, list):
        return len(shown) == len(value) and all(fits(one, other) for one, other in zip(value, shown, strict=True))
    return bool(value == shown)
