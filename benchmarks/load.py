"""Load by wrk: the same requests over and over on keep-alive connections, and what came of it."""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

CONNECTIONS = 16
_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Sent:
    """One request of a load; see wrk.lua for what stands in braces."""

    method: str
    path: str
    body: str = ""


@dataclass(frozen=True)
class Outcome:
    """What a load of some seconds came to; latencies in milliseconds."""

    rate: float
    p50: float
    p99: float
    failed: int


def require_wrk() -> None:
    """Return if wrk is there, installed now if that is possible; otherwise say how to get it."""
    if shutil.which("wrk"):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        subprocess.run(["apt-get", "install", "--yes", "--quiet", "wrk"], check=True, stdout=subprocess.DEVNULL)
        return
    raise SystemExit("The load comes from wrk. Install it, on Debian and Ubuntu by: apt-get install wrk")


def load(
    url: str,
    requests: Sequence[Sent],
    headers: Mapping[str, str],
    *,
    seconds: int,
    first_number: int = 0,
    connections: int = CONNECTIONS,
) -> Outcome:
    """Send the requests in turn for so long. `url` is of the server; each path begins behind it."""
    with tempfile.NamedTemporaryFile("w", suffix=".tsv") as lines:
        for sent in requests:
            lines.write(f"{sent.method}\t{sent.path}\t{sent.body}\n")
        lines.flush()
        told = [f"{name}: {value}" for name, value in headers.items()]
        options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(_SCRIPT)]
        run = subprocess.run(
            ["wrk", *options, url, "--", lines.name, str(first_number), *told],
            check=True,
            capture_output=True,
            text=True,
            timeout=seconds + 60,
        )
    result = json.loads(run.stdout.splitlines()[-1])
    return Outcome(result["requests"] / result["seconds"], result["p50"], result["p99"], result["failed"])
