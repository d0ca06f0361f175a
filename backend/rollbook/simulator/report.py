"""What a simulation tells the person who runs it: a line an exchange while it runs, and a verdict at the end."""

import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import unquote

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from rollbook.simulator.exchange import Exchange, shown

_MOST_FAILURES = 20


@dataclass(slots=True)
class Verdict:
    """What came of a simulation."""

    exchanges: list[Exchange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What could not be played, and why; no fault of the server."""
    seconds: float = 0.0
    finished: bool = False
    """False when the simulation was interrupted."""

    @property
    def failures(self) -> list[Exchange]:
        """The exchanges in which the server did not do what an identity provider needs."""
        return [exchange for exchange in self.exchanges if exchange.failure]

    @property
    def passed(self) -> bool:
        """Whether the simulation came to its end and every check passed."""
        return self.finished and not self.failures


class Report:
    """Collects the exchanges into a verdict and shows them on a console; where that is no terminal, as plain lines."""

    def __init__(self, console: Console, *, quiet: bool = False) -> None:
        self.verdict = Verdict()
        self._console = console
        self._quiet = quiet
        self._unicode = console.encoding.lower().startswith("utf")
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task("", total=None)

    @contextmanager
    def running(self, total: int) -> Iterator[None]:
        """Shows the progress of ``total`` units of work, and at the end, however it comes, the verdict."""
        started = time.perf_counter()
        self._progress.update(self._task, total=total)
        try:
            with self._progress:
                yield
            self.verdict.finished = True
        finally:
            self.verdict.seconds = time.perf_counter() - started
            self._close()

    def begin(self, step: str) -> None:
        """A step of the conversation begins; it is one unit of work itself."""
        self._progress.update(self._task, description=step, advance=1)

    def advance(self) -> None:
        """One unit of work is done."""
        self._progress.advance(self._task)

    def record(self, exchange: Exchange) -> None:
        """Keeps an exchange and shows its line."""
        self.verdict.exchanges.append(exchange)
        if not self._quiet:
            self._print(self._line(exchange))

    def note(self, text: str) -> None:
        """Keeps what could not be played, and why, for the end."""
        self.verdict.notes.append(text)

    def _print(self, text: Text | str = "") -> None:
        self._console.print(text, soft_wrap=True, highlight=False, markup=False)

    def _line(self, exchange: Exchange) -> Text:
        # the paging of a filter is always the same and hides the name that was looked for
        path = shown(unquote(exchange.path.removesuffix("&startIndex=1&count=100")))[1:-1].replace('\\"', '"')
        return Text.assemble(
            self._mark(exchange.failure is None),
            f" {exchange.method} {path} ",
            (str(exchange.status or "no answer"), "red" if exchange.failure else "green"),
            (f" {exchange.milliseconds:.0f} ms", "dim"),
            f"  {exchange.purpose}",
            (f"  [{exchange.fact}]", "dim"),
        )

    def _mark(self, passed: bool) -> tuple[str, str]:
        if self._unicode:
            return ("✓", "green") if passed else ("✗", "bold red")
        return ("ok", "green") if passed else ("FAILED", "bold red")

    def _close(self) -> None:
        verdict = self.verdict
        exchanges, failures = verdict.exchanges, verdict.failures
        self._print()
        failed = Counter(exchange.step for exchange in failures)
        for step, count in Counter(exchange.step for exchange in exchanges).items():
            line = Text(f"  {step:<28}{count - failed[step]:>6} passed")
            self._print(line.append(f"  {failed[step]} failed", style="red") if failed[step] else line)
        for exchange in failures[:_MOST_FAILURES]:
            self._print()
            self._print(self._line(exchange))
            if exchange.failure:
                self._print(f"    expected  {exchange.failure.expected}")
                self._print(f"    came      {exchange.failure.came}")
                self._print(f"    do        {exchange.failure.remedy}")
        if len(failures) > _MOST_FAILURES:
            self._print(f"\n... and {len(failures) - _MOST_FAILURES} more.")
        self._print()
        for note in verdict.notes:
            self._print(f"Note: {note}")
        said = f"{len(failures)} of {len(exchanges)} exchanges failed"
        if not failures:
            said = f"All {len(exchanges)} exchanges passed"
        ended = "in" if verdict.finished else "then it was interrupted, after"
        self._print(Text.assemble(self._mark(verdict.passed), f" {said}, {ended} {verdict.seconds:.1f} s."))
