"""Servers as processes of their own: how one starts on a free port and ends, and how much memory it holds."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType

from benchmarks.machine import on_core

MEGABYTE = 1_000_000
_START_SECONDS = 30
_LOOK_SECONDS = 0.02
_PAGE = os.sysconf("SC_PAGE_SIZE")


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port: int = free.getsockname()[1]
    return port


@contextmanager
def listening(command: Sequence[str], port: int, *, folder: Path, core: int | None = None) -> Iterator[int]:
    """The id of a process that serves at the port while the block runs; `RuntimeError` if it does not start."""
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, preexec_fn=on_core(core))
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not _listens(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command)} does not start")
            time.sleep(0.05)
        yield process.pid
    finally:
        ended(process)


def ended(process: "subprocess.Popen[str] | subprocess.Popen[bytes]") -> None:
    """End the process, if need be the hard way."""
    process.terminate()
    try:
        process.wait(_START_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def tree(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            found.extend(int(child) for child in _read(children).split())
    return found


def held_bytes(pid: int) -> int:
    """How much memory the process and all below it hold; what several of them share counts once."""
    return sum(_proportional(each) for each in tree(pid))


class Growth:
    """The most that processes held while a block ran, above what they held before; looked at all the time."""

    def __init__(self, held: Callable[[], int]) -> None:
        self._held = held
        self._ended = threading.Event()
        self.before = self.most = 0

    def __enter__(self) -> "Growth":
        self.before = self.most = self._held()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, _type: type[BaseException] | None, _value: object, _traceback: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._ended.wait(_LOOK_SECONDS):
            self.most = max(self.most, self._held())

    @property
    def bytes(self) -> int:
        """How much more it was at the most."""
        return self.most - self.before

    def __str__(self) -> str:
        return f"{self.bytes / MEGABYTE:+.0f} MB on {self.before / MEGABYTE:.0f} MB"


def processor_seconds(pid: int) -> float:
    """How long the one process has used a processor."""
    used = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()[11:13]
    return sum(map(int, used)) / os.sysconf("SC_CLK_TCK")


def resident_bytes(pid: int) -> int:
    """How much memory the one process holds; so cheap that it can be asked all the time."""
    return int(_read(Path(f"/proc/{pid}/statm")).split()[1]) * _PAGE


def _proportional(pid: int) -> int:
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):  # it has ended meanwhile
        return ""


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True
