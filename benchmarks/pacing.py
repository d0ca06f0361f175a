"""A load at a constant rate: each request has its time, and its latency counts from then, whenever it could be sent.

So a server that stops for a moment is charged for every request that should have come meanwhile. `wrk` cannot do that.
The load is a process of its own, and speaks just as much HTTP as it needs.
"""

import argparse
import asyncio
import json
import selectors
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
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Paced:
    """What a paced load came to: latencies in milliseconds, and how many answers had each status.

    `late`: how late the load itself sent what nothing held up, at the 99th percentile. It is no fault of the server's.
    `methods`: the 50th and the 99th percentile of each HTTP method's requests.
    """

    rate: float
    p50: float
    p99: float
    worst: float
    late: float
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


class _Connection(asyncio.Protocol):
    """One keep-alive connection with one request on its way."""

    def __init__(self) -> None:
        self._answer: asyncio.Future[int] | None = None
        self._read = bytearray()
        self._needed = -1
        self._status = 0
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    @property
    def is_open(self) -> bool:
        """Whether it can take a request."""
        return self._transport is not None and not self._transport.is_closing()

    def send(self, request: bytes) -> "asyncio.Future[int]":
        """The status of the answer to a request, once all of it is there; 0 if the connection broke."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        self._read += data
        if self._needed < 0:
            end = self._read.find(_END)
            if end < 0:
                return
            self._status = int(self._read[9:12])
            self._needed = end + 4 + self._length(bytes(self._read[:end]).lower())
        if len(self._read) >= self._needed:
            self._read.clear()
            self._needed = -1
            self._told(self._status)

    @staticmethod
    def _length(head: bytes) -> int:
        _, found, value = head.partition(b"\r\ncontent-length:")
        # what is sent here is answered with a length, or without a body
        return int(value.partition(b"\r\n")[0]) if found else 0

    def connection_lost(self, exc: Exception | None) -> None:
        self._told(0)

    def _told(self, status: int) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(status)

    def close(self) -> None:
        """Close it."""
        self._transport.close()


class _Load:
    """One load; used once."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._host = urlsplit(told["url"])
        lines = [f"{name}: {value}" for name, value in told["headers"].items()]
        self._head = "\r\n".join([f"Host: {self._host.netloc}", *lines])
        self._requests = [Sent(**each) for each in told["requests"]]
        self._rate, self._seconds = told["rate"], told["seconds"]
        self._number, self._connections = told["first_number"], told["connections"]
        self._free: deque[_Connection] = deque()
        self._waiting: deque[tuple[float, str, bytes]] = deque()
        self._latencies: list[float] = []
        self._by_method: defaultdict[str, list[float]] = defaultdict(list)
        self._late: list[float] = []
        self._statuses = Counter[str]()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> Paced:
        """Send all, and wait for the answers."""
        loop = asyncio.get_running_loop()
        for _ in range(self._connections):
            self._free.append(await self._connected(loop))
        began = due = time.perf_counter()
        while due - began < self._seconds:
            delay = due - time.perf_counter()
            if delay > 0:
                await asyncio.sleep(delay)
                continue
            if self._free:
                self._late.append(time.perf_counter() - due)
            self._begin(due)
            due += 1 / self._rate
        took = time.perf_counter() - began
        with suppress(TimeoutError):
            async with asyncio.timeout(_WAIT_SECONDS):
                while self._tasks:
                    await asyncio.wait(self._tasks)
        self._statuses["unanswered"] += len(self._waiting) + len(self._tasks)
        self._statuses += Counter()  # without what there is none of
        for connection in self._free:
            connection.close()
        return Paced(
            len(self._latencies) / took,
            1000 * _at(self._latencies, 0.5),
            1000 * _at(self._latencies, 0.99),
            1000 * _at(self._latencies, 1.0),
            1000 * _at(self._late, 0.99),
            dict(self._statuses),
            {method: [1000 * _at(each, 0.5), 1000 * _at(each, 0.99)] for method, each in self._by_method.items()},
        )

    async def _connected(self, loop: asyncio.AbstractEventLoop) -> _Connection:
        _, connection = await loop.create_connection(_Connection, self._host.hostname, self._host.port)
        return connection

    def _begin(self, due: float) -> None:
        method, request = self._next()
        if self._free:
            self._go(self._free.pop(), due, method, request)
        else:
            self._waiting.append((due, method, request))

    def _go(self, connection: _Connection, due: float, method: str, request: bytes) -> None:
        task = asyncio.ensure_future(self._do(connection, due, method, request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _do(self, connection: _Connection, due: float, method: str, request: bytes) -> None:
        while True:
            if not connection.is_open:
                connection = await self._connected(asyncio.get_running_loop())
            status = await connection.send(request)
            latency = time.perf_counter() - due
            self._latencies.append(latency)
            self._by_method[method].append(latency)
            self._statuses[str(status)] += 1
            if not self._waiting:
                self._free.append(connection)
                return
            due, method, request = self._waiting.popleft()

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
    # the others wait for whole milliseconds, in which several requests are due
    with asyncio.Runner(loop_factory=lambda: asyncio.SelectorEventLoop(selectors.SelectSelector())) as runner:
        print(json.dumps(asdict(runner.run(_Load(told).run()))))


if __name__ == "__main__":
    main()
