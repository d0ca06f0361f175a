"""What figures are made of: tables to print, medians of interleaved rounds, and ratios between targets."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load import Outcome
from benchmarks.operations import AT_FLOOR, Required

MISSING = "—"


@dataclass(frozen=True)
class Table:
    """A table as it is printed: what it is about, its head, its rows, and what has to be said below it."""

    title: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    notes: Sequence[str] = ()


@dataclass(frozen=True)
class Part:
    """What one part of the benchmark came to: tables for readers, and the same and more as plain data.

    `pinned`: what stays on a core of its own while the part is measured.
    """

    tables: Sequence[Table]
    data: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    pinned: str = "nothing"


@dataclass(frozen=True)
class Round:
    """One load of a target, and what the floor answered a second just before it and just after."""

    outcome: Outcome
    floor: float

    @property
    def ratio(self) -> float:
        """How much of the floor the target reached."""
        return self.outcome.rate / self.floor


@dataclass(frozen=True)
class Measured:
    """All rounds of one operation at one target."""

    rounds: Sequence[Round]

    @property
    def rate(self) -> float:
        """Requests a second: the median of the rounds."""
        return statistics.median(each.outcome.rate for each in self.rounds)

    @property
    def p50(self) -> float:
        """Milliseconds: the median of the rounds' medians."""
        return statistics.median(each.outcome.p50 for each in self.rounds)

    @property
    def p99(self) -> float:
        """Milliseconds: the median of what the rounds' slowest hundredth took at least."""
        return statistics.median(each.outcome.p99 for each in self.rounds)

    @property
    def ratio(self) -> float:
        """To the floor: the median of what each round was to its own, because the machine drifts."""
        return statistics.median(each.ratio for each in self.rounds)

    def told(self) -> dict[str, Any]:
        """As plain data."""
        each = [vars(one.outcome) | {"floor": one.floor} for one in self.rounds]
        return {"rate": self.rate, "p50": self.p50, "p99": self.p99, "to_floor": self.ratio, "rounds": each}


def best(measured: Iterable[Measured]) -> Measured | None:
    """The one with the highest rate; None if there is none."""
    return max(measured, key=lambda each: each.rate, default=None)


def verdict(ratio: float, required: Required) -> str:
    """Which of the two marks the ratio to the floor reaches."""
    if ratio >= required.goal / AT_FLOOR:
        return "goal reached"
    if ratio >= required.must / AT_FLOOR:
        return "must reached"
    return "**not reached**"


def within(ratio: float, limit: float) -> str:
    """A ratio that must not be above a limit, and whether it is."""
    return f"{ratio:.2f}" if ratio <= limit else f"**{ratio:.2f}**"


def grouped(number: float) -> str:
    """A whole number, with its thousands apart; a small one with what distinguishes it."""
    return f"{number:.1f}" if number < 10 and isinstance(number, float) else f"{number:,.0f}".replace(",", " ")


def megabytes(number: float | None) -> str:
    """An amount of memory."""
    return MISSING if number is None else f"{grouped(number)} MB"
