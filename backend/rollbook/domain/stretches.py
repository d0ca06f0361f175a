"""Very many values, worked on step by step, so that nothing that waits meanwhile waits long."""

import heapq
from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

STRETCH = 2_000
"""How many ids are worked on in one step: it takes some milliseconds."""


def stretches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """The values in their order, so many at a time as make one step; nothing for none."""
    for start in range(0, len(values), STRETCH):
        yield values[start : start + STRETCH]


def in_order(values: Sequence[str]) -> list[str]:
    """The values sorted, step by step: one call would let no other thread on until all of it is done."""
    return list(heapq.merge(*(sorted(stretch) for stretch in stretches(values))))
