"""Clients who take their time: they read an answer by and by, send a body by and by, or only stay connected."""

import json
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from urllib.parse import urlsplit

from benchmarks.figures import grouped
from benchmarks.targets import Target

_READ_AT_ONCE = 1024
_READ_EVERY = 0.05
_SEND_EVERY = 0.1
_SMALL_BUFFER = 4096
_BEGIN_SECONDS = 3.0
_KEPT_ALIVE = 5.0

Told = Callable[[], str]
"""What came of them, in a phrase."""


@contextmanager
def slow_readers(target: Target, count: int) -> Iterator[Told]:
    """So many clients who read the largest group, a kilobyte at a time, while the block runs."""
    request = _request(target, "GET", f"{target.scim}/Groups/users")
    with ExitStack() as stack:
        readers = [stack.enter_context(_connected(target, small=True)) for _ in range(count)]
        for each in readers:
            each.sendall(request)
        read = [0] * count

        def turn() -> None:
            for at, each in enumerate(readers):
                with suppress(BlockingIOError):
                    read[at] += len(each.recv(_READ_AT_ONCE, socket.MSG_DONTWAIT))

        with _all_the_while(turn, _READ_EVERY):
            # all of them at once is a moment of much work; what is looked at is that they go on and on
            time.sleep(_BEGIN_SECONDS)
            yield lambda: f"the slowest had read {grouped(min(read) / 1000)} kB"


@contextmanager
def slow_senders(target: Target, count: int) -> Iterator[Told]:
    """So many clients who announce a body and send a byte of it now and then."""
    body = json.dumps({"schemas": ["x"], "userName": "x" * 10_000})
    request = _request(target, "POST", f"{target.scim}/Users", length=len(body))
    with ExitStack() as stack:
        senders = [stack.enter_context(_connected(target)) for _ in range(count)]
        for each in senders:
            each.sendall(request)
        sent = [0]

        def turn() -> None:
            letter = body[sent[0] : sent[0] + 1].encode()
            for each in senders:
                with suppress(BrokenPipeError, ConnectionResetError):
                    each.sendall(letter)
            sent[0] += 1

        with _all_the_while(turn, _SEND_EVERY):
            yield lambda: f"each had sent {sent[0]} bytes"


@contextmanager
def idle(target: Target, count: int) -> Iterator[Told]:
    """So many connections on which a request was answered, and no other one comes; they are opened anew when closed."""
    request = _request(target, "GET", f"{target.scim}/ServiceProviderConfig")
    opened = [0]
    with ExitStack() as stack, selectors.DefaultSelector() as selector:

        def connect() -> None:
            each = stack.enter_context(_connected(target))
            each.sendall(request)
            selector.register(each, selectors.EVENT_READ)
            opened[0] += 1

        for _ in range(count):
            connect()
            # or all of them would come, and be closed by the server and come again, in one moment
            time.sleep(_KEPT_ALIVE / count)

        def turn() -> None:
            for key, _ in selector.select(0):
                if not _received(key.fileobj):
                    selector.unregister(key.fileobj)
                    key.fileobj.close()  # type: ignore[union-attr]
                    connect()

        with _all_the_while(turn, _READ_EVERY):
            yield lambda: f"{grouped(len(selector.get_map()))} were open, {grouped(opened[0])} had been opened"


def _received(connection: object) -> bytes:
    assert isinstance(connection, socket.socket)
    try:
        return connection.recv(65536)
    except ConnectionResetError:
        return b""


def _request(target: Target, method: str, path: str, *, length: int | None = None) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(target.origin).netloc}"]
    lines += [f"{name}: {value}" for name, value in target.headers.items()]
    lines += [] if length is None else [f"Content-Length: {length}"]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@contextmanager
def _connected(target: Target, *, small: bool = False) -> Iterator[socket.socket]:
    where = urlsplit(target.origin)
    with socket.socket() as connection:
        if small:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
        connection.settimeout(30)
        connection.connect((where.hostname, where.port))
        yield connection


@contextmanager
def _all_the_while(turn: Callable[[], None], every: float) -> Iterator[None]:
    stop = threading.Event()

    def run() -> None:
        due = time.monotonic()
        while not stop.wait(max(0.001, due - time.monotonic())):
            turn()
            due += every

    running = threading.Thread(target=run)
    running.start()
    try:
        yield
    finally:
        stop.set()
        running.join()
