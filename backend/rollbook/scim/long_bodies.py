"""Reads very long JSON so that other threads get on meanwhile: the event loop answers everybody else."""

import gc
import json
import re
from typing import Any

import orjson

Bytes = bytes | bytearray

AT_ONCE = 1 << 20
"""How many bytes are looked at in one call of a library. It takes a millisecond or two, and the largest body has 64."""

_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


class _Collector:
    """Python's garbage collector. Looking through a million values it holds every thread up for a tenth of a second."""

    def __init__(self) -> None:
        self._pauses = 0
        self._was_on = False

    def pause(self) -> None:
        """Keep it from running until `resume`, to be called once for each call of this."""
        if not self._pauses:
            self._was_on = gc.isenabled()
            gc.disable()
        self._pauses += 1

    def resume(self) -> None:
        """Let it run again, unless somebody else still needs the pause."""
        self._pauses -= 1
        if not self._pauses and self._was_on:
            gc.enable()


COLLECTOR = _Collector()
"""It pauses while a very long body is worked on: nothing that is read from JSON holds itself in a circle."""


def is_blank(body: Bytes) -> bool:
    """Whether there is nothing in it but white space."""
    return all(body[at : at + AT_ONCE].isspace() for at in range(0, len(body), AT_ONCE))


def holds(body: Bytes, text: bytes) -> bool:
    """Whether these bytes stand in it."""
    beyond = AT_ONCE + len(text) - 1
    return any(body.find(text, at, at + beyond) >= 0 for at in range(0, len(body), AT_ONCE))


def may_nest(body: Bytes, levels: int) -> bool:
    """Whether it may be nested deeper than that: whether as many objects and lists begin in it."""
    begun = 0
    for at in range(0, len(body), AT_ONCE):
        begun += sum(body.count(bracket, at, at + AT_ONCE) for bracket in (b"{", b"["))
        if begun > levels:
            return True
    return False


def read_stepwise(body: Bytes) -> Any:
    """The same as `orjson.loads`, several times slower. Raises `ValueError` and `RecursionError`.

    One call of a library holds every thread up until it is over. This one calls back into Python for each object and
    each number, and there Python lets the others on.
    """
    document = _READER.decode(body.decode())
    if _may_hold_half_a_pair(body) and _holds_half_a_pair(document):
        let_go(document)
        raise ValueError("half a pair of surrogates is no character")  # Python's reader takes it, orjson does not
    return document


def let_go(document: Any) -> None:
    """Empty what was read. Python frees all that only one place holds in one call, which holds every thread up, too."""
    left = [document]
    while left:
        each = left.pop()
        if isinstance(each, dict):
            left += [value for value in each.values() if isinstance(value, (dict, list))]
            each.clear()
        elif isinstance(each, list):
            left += [value for value in each if isinstance(value, (dict, list))]
            each.clear()


def _may_hold_half_a_pair(body: Bytes) -> bool:
    """Whether one may stand in it: a whole pair looks like one, too."""
    if not holds(body, b"\\u"):
        return False
    return any(_HALF_A_PAIR.search(body, at, at + AT_ONCE + 3) for at in range(0, len(body), AT_ONCE))


def _holds_half_a_pair(document: Any) -> bool:
    left = [document]
    while left:
        each = left.pop()
        if isinstance(each, str):
            try:
                each.encode()
            except UnicodeEncodeError:
                return True
        elif isinstance(each, dict):
            left += each.keys()
            left += each.values()
        elif isinstance(each, list):
            left += each
    return False


def _step(document: dict[str, Any]) -> dict[str, Any]:
    return document


def _number(text: str) -> Any:
    return orjson.loads(text)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_READER = json.JSONDecoder(
    object_hook=_step, parse_int=_number, parse_float=_number, parse_constant=_no_number, strict=True
)
