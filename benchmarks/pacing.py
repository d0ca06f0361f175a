"""A load at a constant rate: each request has its time, and its latency counts from then, whenever it could be sent.

So a server that stops for a moment is charged for every request that should have come meanwhile. `wrk` cannot do that.
The load is a process of its own, and speaks just as much HTTP as it needs. It goes first on its core, as if it had one.
Where the machine stops it nevertheless, no request was due: all of them at once afterwards would be a burst that nobody
asked for. They come by and by, and for how long it was stopped is told.
"""

import argparse
import gc
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from benchmarks.load import Sent, numbered
from benchmarks.machine import core_of_load, on_core

_MOST_CONNECTIONS = 64
_WAIT_SECONDS = 30
_MOST_READ = 1 << 20
_OWN_LATENESS = 0.0005
"""Seconds. A load that can send, and is later than that, was stopped itself."""

_CAUGHT_UP = 0.1
"""How much closer requests come until those are made up for that could not be sent meanwhile."""

_FIRST = -10
"""The priority of the load, where it may have one."""
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Paced:
    """What a paced load came to: latencies in milliseconds, and how many answers had each status.

    `stopped`: the share of the time in which the load itself was stopped, and nothing was due.
    `methods`: the 50th and the 99th percentile of each HTTP method's requests.
    """

    rate: float
    p50: float
    p99: float
    worst: float
    stopped: float
    statuses: Mapping[str, int]
    methods: Mapping[str, Sequence[float]]

    @property
    def failed(self) -> int:
        """How many requests were not answered as they should."""
        return sum(count for status, count in self.statuses.items() if not status.startswith("2"))


def paced(
    url: str,
    requests: Sequence[Sent],
    headers: Mapping[str, str],
    *,
    rate: float,
    seconds: float,
    first_number: int = 0,
    connections: int = _MOST_CONNECTIONS,
) -> Paced:
    """Send so many requests a second, in turn, from a process of its own. The numbers go on from `first_number`."""
    told = {
        "url": url,
        "requests": [asdict(each) for each in requests],
        "headers": dict(headers),
        "rate": rate,
        "seconds": seconds,
        "first_number": first_number,
        "connections": connections,
        "has_own_core": core_of_load() is not None,  # otherwise it may be the server that stops it
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(told, file)
        file.flush()
        run = subprocess.run(
            [sys.executable, "-m", "benchmarks.pacing", file.name],
            check=True,
            stdout=subprocess.PIPE,
            text=True,
            timeout=seconds + 4 * _WAIT_SECONDS,
            cwd=Path(__file__).parent.parent,
            preexec_fn=on_core(core_of_load()),
        )
    return Paced(**json.loads(run.stdout))


class _Connection:
    """One keep-alive connection with one request on its way."""

    def __init__(self, host: str, port: int) -> None:
        self._address = (host, port)
        self._read = bytearray()
        self._needed = -1
        self._status = 0
        self.due = 0.0
        self.method = ""
        self._connect()

    def _connect(self) -> None:
        self.socket = socket.create_connection(self._address)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)

    def send(self, due: float, method: str, request: bytes) -> None:
        """Send a request that was due then; on a new connection if the server closed this one."""
        self.due, self.method = due, method
        if not self._is_open():
            self.close()
            self._connect()
        self.socket.sendall(request)

    def _is_open(self) -> bool:
        try:
            self.socket.recv(1, socket.MSG_PEEK)  # nothing is on its way but a farewell
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def status(self) -> int | None:
        """The status of the answer once all of it is there; 0 if the connection broke. None: more is to come."""
        try:
            data = self.socket.recv(_MOST_READ)
        except BlockingIOError:
            return None
        except OSError:
            data = b""
        if not data:
            self.close()
            self._read.clear()
            self._needed = -1
            self._connect()
            return 0
        self._read += data
        if self._needed < 0:
            end = self._read.find(_END)
            if end < 0:
                return None
            self._status = int(self._read[9:12])
            self._needed = end + 4 + self._length(bytes(self._read[:end]).lower())
        if len(self._read) < self._needed:
            return None
        self._read.clear()
        self._needed = -1
        return self._status

    @staticmethod
    def _length(head: bytes) -> int:
        _, found, value = head.partition(b"\r\ncontent-length:")
        # what is sent here is answered with a length, or without a body
        return int(value.partition(b"\r\n")[0]) if found else 0

    def close(self) -> None:
        """Close it."""
        self.socket.close()


class _Load:
    """One load; used once. It takes as little of its core as it can: the database needs the rest."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        url = urlsplit(told["url"])
        lines = [f"{name}: {value}" for name, value in told["headers"].items()]
        self._head = "\r\n".join([f"Host: {url.netloc}", *lines])
        self._requests = [Sent(**each) for each in told["requests"]]
        self._rate, self._seconds, self._number = told["rate"], told["seconds"], told["first_number"]
        self._free = deque(_Connection(str(url.hostname), url.port or 80) for _ in range(told["connections"]))
        self._busy: dict[socket.socket, _Connection] = {}
        self._waiting: deque[tuple[float, str, bytes]] = deque()
        self._latencies: list[float] = []
        self._by_method: defaultdict[str, list[float]] = defaultdict(list)
        self._has_own_core: bool = told["has_own_core"]
        self._stopped = 0.0
        self._statuses = Counter[str]()

    def run(self) -> Paced:
        """Send all, and wait for the answers."""
        gc.disable()  # nothing here makes circles
        began = due = time.perf_counter()
        end, step, owed = began + self._seconds, 1 / self._rate, 0.0
        while due < end:
            now = time.perf_counter()
            if self._has_own_core and self._free and now - due > _OWN_LATENESS:
                self._stopped += now - due
                owed += now - due
                due = now
            while due <= now and due < end:
                self._begin(due)
                made_up = min(owed, step * _CAUGHT_UP)
                owed -= made_up
                due += step - made_up
            self._answered(max(0.0, due - time.perf_counter()))
        took = time.perf_counter() - began
        while self._busy and time.perf_counter() < end + _WAIT_SECONDS:
            self._answered(1.0)
        self._statuses["unanswered"] += len(self._waiting) + len(self._busy)
        self._statuses += Counter()  # without what there is none of
        for connection in (*self._free, *self._busy.values()):
            connection.close()
        return Paced(
            len(self._latencies) / took,
            1000 * _at(self._latencies, 0.5),
            1000 * _at(self._latencies, 0.99),
            1000 * _at(self._latencies, 1.0),
            self._stopped / took,
            dict(self._statuses),
            {method: [1000 * _at(each, 0.5), 1000 * _at(each, 0.99)] for method, each in self._by_method.items()},
        )

    def _begin(self, due: float) -> None:
        method, request = self._next()
        if self._free:
            self._send(self._free.pop(), due, method, request)
        else:
            self._waiting.append((due, method, request))

    def _send(self, connection: _Connection, due: float, method: str, request: bytes) -> None:
        connection.send(due, method, request)
        self._busy[connection.socket] = connection

    def _answered(self, seconds: float) -> None:
        """Wait so long for answers; others wait for whole milliseconds, in which several requests are due."""
        for ready in select.select([*self._busy], (), (), seconds)[0]:
            connection = self._busy[ready]
            status = connection.status()
            if status is None:
                continue
            latency = time.perf_counter() - connection.due
            del self._busy[ready]
            self._latencies.append(latency)
            self._by_method[connection.method].append(latency)
            self._statuses[str(status)] += 1
            if self._waiting:
                self._send(connection, *self._waiting.popleft())
            else:
                self._free.append(connection)

    def _next(self) -> tuple[str, bytes]:
        sent = numbered(self._requests, self._number)
        self._number += 1
        length = f"\r\nContent-Length: {len(sent.body.encode())}" if sent.body or sent.method != "GET" else ""
        return sent.method, f"{sent.method} {sent.path} HTTP/1.1\r\n{self._head}{length}\r\n\r\n{sent.body}".encode()


def _at(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def main() -> None:
    """Send the load that a file describes, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pacing", description=main.__doc__)
    parser.add_argument("file", type=Path)
    told = json.loads(parser.parse_args().file.read_text(encoding="utf-8"))
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, 0, _FIRST)
    print(json.dumps(asdict(_Load(told).run())))


if __name__ == "__main__":
    main()
