"""Load by wrk: the same requests over and over on keep-alive connections, and what came of it."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import core_of_load, on_core

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Sent:
    """One request of a load. `{n}` in its path or body is the request's number; `other` the body of every second time.

    So each time can really change something: what one time takes away, the next gives back.
    """

    method: str
    path: str
    body: str = ""
    other: str = ""


def numbered(requests: Sequence[Sent], number: int) -> Sent:
    """The request of this number when these are sent in turn over and over, as wrk.lua sends it."""
    sent = requests[number % len(requests)]
    is_second_time = number // len(requests) % 2 == 1
    body = (sent.other or sent.body) if is_second_time else sent.body
    return Sent(sent.method, sent.path.replace("{n}", str(number)), body.replace("{n}", str(number)))


@dataclass(frozen=True)
class Outcome:
    """What a load of some seconds came to; latencies in milliseconds. `next`: the number to go on with.

    Of those that failed, `refused` had an answer with an error status; the connection of the others was lost, or 120 s
    brought no answer.
    """

    rate: float
    p50: float
    p99: float
    failed: int
    next: int = 0
    requests: int = 0
    refused: int = 0


def require_wrk() -> None:
    """Return if wrk is there, installed now if that is possible; otherwise say how to get it."""
    if shutil.which("wrk"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "wrk"], check=False, stdout=subprocess.DEVNULL)
    if not shutil.which("wrk"):
        raise SystemExit("The load comes from wrk. Install it, on Debian and Ubuntu by: apt-get install wrk")


def load(
    url: str,
    requests: Sequence[Sent],
    headers: Mapping[str, str],
    *,
    seconds: float,
    first_number: int = 0,
    connections: int = CONNECTIONS,
    pinned: bool = True,
) -> Outcome:
    """Send the requests in turn for so long. `url` is of the server; each path begins behind it.

    The first request is the one that `first_number` stands for. `pinned`: the load stays on a core of its own.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as lines:
        for sent in requests:
            lines.write(f"{sent.method}\t{sent.path}\t{sent.body}\t{sent.other}\n")
        lines.flush()
        told = [f"{name}: {value}" for name, value in headers.items()]
        options = ["-t1", f"-c{connections}", f"-d{seconds:.0f}s", "--timeout", "120s", "-s", str(_SCRIPT)]
        run = subprocess.run(
            ["wrk", *options, url, "--", lines.name, str(first_number), *told],
            check=True,
            capture_output=True,
            text=True,
            timeout=seconds + 60,
            preexec_fn=on_core(core_of_load() if pinned else None),
        )
    result = json.loads(run.stdout.splitlines()[-1])
    rate = result["requests"] / result["seconds"]
    figures = {name: result[name] for name in ("p50", "p99", "failed", "next", "requests", "refused")}
    return Outcome(rate, **figures)
