"""Reads very long JSON so that other threads get on meanwhile: the event loop answers everybody else."""

import json
import re
from typing import Any

import orjson

_HALF_A_PAIR = re.compile(rb"\\u[dD][89a-fA-F]")


def read_stepwise(body: bytes | bytearray) -> Any:
    """The same as `orjson.loads`, several times slower. Raises `ValueError` and `RecursionError`.

    One call of a library holds every thread up until it is over. This one calls back into Python for each object and
    each number, and there Python lets the others on.
    """
    if b"\\u" in body and _HALF_A_PAIR.search(body):
        return orjson.loads(body)  # half a pair of surrogates is no text: it sees that, and Python's reader does not
    return _READER.decode(body.decode())


def _step(document: dict[str, Any]) -> dict[str, Any]:
    return document


def _number(text: str) -> Any:
    return orjson.loads(text)


def _no_number(name: str) -> Any:
    raise ValueError(f"{name} is no number")


_READER = json.JSONDecoder(
    object_hook=_step, parse_int=_number, parse_float=_number, parse_constant=_no_number, strict=True
)
