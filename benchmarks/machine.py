"""The machine that is measured on: what it is, which versions run on it, and which core a process may use."""

import os
import platform
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

OWN_PACKAGES = ("uvicorn", "uvloop", "httptools", "asyncpg", "sqlalchemy", "strawberry-graphql", "rollbook")


def cores() -> int:
    """How many cores this process may use."""
    return len(_allowed())


def core_of_server() -> int | None:
    """The core of a server that is one process; None where processes cannot be told apart by cores."""
    return _allowed()[0] if cores() > 1 else None


def core_of_load() -> int | None:
    """The core of the load, another one than the server's; None where there is none."""
    return _allowed()[1] if cores() > 1 else None


def on_core(core: int | None) -> Callable[[], None] | None:
    """What a child process does before it begins, so that it and all it starts stay on this core."""
    if core is None:
        return None
    return lambda: os.sched_setaffinity(0, {core})


def keep_on_core(pids: Iterable[int], core: int | None) -> None:
    """Keep processes that run, and what they start from now on, on this core."""
    if core is None:
        return
    for pid in pids:
        with suppress(ProcessLookupError):  # it has ended meanwhile
            os.sched_setaffinity(pid, {core})


def facts() -> dict[str, str]:
    """What a reader has to know of the machine."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": f"{cores()} cores ({_processor()}), {memory:.0f} GB, {platform.system()} {platform.machine()}",
    }


def pinned(beside: str) -> str:
    """Where the server stays, and where what is `beside` it does."""
    return f"the server to one core, {beside} to another" if cores() > 1 else "nothing"


def versions() -> dict[str, str]:
    """The versions of what runs here; whoever starts something else adds its own."""
    found = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    found |= {name: metadata.version(name) for name in OWN_PACKAGES}
    if shutil.which("wrk"):
        # it tells its version with its usage, as a failure
        said = subprocess.run(["wrk", "--version"], capture_output=True, text=True, check=False)
        found["wrk"] = (
            (said.stdout + said.stderr).split("\n")[0].removeprefix("wrk").split("[")[0].strip().removeprefix("debian/")
        )
    return found


def _allowed() -> list[int]:
    if not hasattr(os, "sched_getaffinity"):
        return [0]
    return sorted(os.sched_getaffinity(0))


def _processor() -> str:
    told = Path("/proc/cpuinfo")
    for line in told.read_text().splitlines() if told.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or "unknown"
