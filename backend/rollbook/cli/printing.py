"""How commands print what the API answered: tables for people, JSON with stable keys for scripts, progress bars."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

if TYPE_CHECKING:
    from pydantic import BaseModel

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for scripts, with the names of the GraphQL API.")]
LimitOption = Annotated[int, typer.Option("--limit", min=1, help="How many to list at most.")]
AllOption = Annotated[bool, typer.Option("--all", help="List all, however many they are.")]

Item = TypeVar("Item", bound="BaseModel")


def as_json(value: object) -> None:
    """Print models, lists of them and plain values as JSON; moments as RFC 3339 in UTC."""
    import orjson
    from pydantic import BaseModel

    def told(each: object) -> object:
        if isinstance(each, BaseModel):
            return {
                name.removeprefix("__"): value for name, value in each.model_dump(mode="json", by_alias=True).items()
            }
        raise TypeError(f"{type(each)} is not printed as JSON")

    typer.echo(orjson.dumps(value, default=told, option=orjson.OPT_INDENT_2).decode())


def print_list(
    items: Iterable[Item],
    columns: Mapping[str, Callable[[Item], object]],
    *,
    limit: int,
    all_of_them: bool,
    json: bool,
    nothing: str,
) -> None:
    """Print the first items of a list, or all; a line tells where there are more."""
    shown = list(items) if all_of_them else list(islice(items, limit + 1))
    more = not all_of_them and len(shown) > limit
    shown = shown if all_of_them else shown[:limit]
    if json:
        as_json(shown)
    elif shown:
        print_table(list(columns), [[column(item) for column in columns.values()] for item in shown])
    else:
        typer.echo(nothing, err=True)
    if more:
        typer.echo(f"These are the first {limit}; there are more. See --limit and --all.", err=True)


def moment(at: datetime | None, without: str = "") -> str:
    """A moment for people, in UTC."""
    return without if at is None else f"{at:%Y-%m-%d %H:%M}"


def print_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table; long texts go on in the next line, and nothing is cut."""
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    table = Table(*(Column(name, overflow="fold") for name in head), box=box.SIMPLE_HEAD)
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console().print(table)


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, if somebody is looking; what it gives is told how much is done."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(what, total=total)
        yield lambda done: bar.update(task, completed=done)
