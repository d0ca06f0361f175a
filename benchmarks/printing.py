"""Results as files: plain data, Markdown, and the tables of docs/performance.md between the marks that it has."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.figures import Part, Table

_MARK = re.compile(r"(<!-- printed: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)


def kept(results: Mapping[str, Any], name: str, part: Part, about: Mapping[str, Any]) -> dict[str, Any]:
    """The results with this part in place of the one that was there: each can be measured by itself."""
    versions = {**about["versions"], **part.versions}
    told = {
        **about,
        "versions": versions,
        "pinned": part.pinned,
        "tables": [asdict(each) for each in part.tables],
        "data": dict(part.data),
    }
    return {**results, name: json.loads(json.dumps(told))}


def read(path: Path) -> dict[str, Any]:
    """The results that were kept; none if there are none."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def write(path: Path, results: Mapping[str, Any]) -> None:
    """Keep the results as JSON, and as Markdown beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=2), encoding="utf-8")
    parts = (f"# {name}\n\n{markdown(part)}" for name, part in results.items())
    path.with_suffix(".md").write_text("\n".join(parts), encoding="utf-8")


def markdown(part: Mapping[str, Any]) -> str:
    """A part's tables, with what they were measured on."""
    lines = [*_about(part)]
    for told in part["tables"]:
        lines += ["", *printed(Table(**told))]
    return "\n".join(lines) + "\n"


def page(text: str, results: Mapping[str, Any]) -> str:
    """The page with every part between its marks that there are results of; what is written around them stays."""

    def filled(mark: re.Match[str]) -> str:
        part = results.get(mark[2])
        return mark[0] if part is None else f"{mark[1]}\n{markdown(part)}\n{mark[3]}"

    return _MARK.sub(filled, text)


def _about(part: Mapping[str, Any]) -> Iterator[str]:
    machine = part["machine"]
    yield f"`{part['command']}`, {machine['date']}, in {part['seconds'] / 60:.0f} minutes, on {machine['machine']}."
    yield f"Pinned: {part['pinned']}."
    yield ", ".join(f"{name} {version}" for name, version in part["versions"].items()) + "."


def printed(table: Table) -> Iterator[str]:
    """The lines of a table with its title and its notes."""
    yield f"**{table.title}**"
    yield ""
    yield from _rows((table.head, ["---"] * len(table.head), *table.rows))
    if table.notes:
        yield ""
        yield from table.notes


def _rows(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    for row in rows:
        yield "| " + " | ".join(row) + " |"
