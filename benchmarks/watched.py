"""Runs the server under a monitor that proves how long its event loop was held, and names what held it.

A thread pings the loop all the time. Where the loop says nothing for too long, it notes the loop's stack, and how much
processor time the loop's own thread and the whole process had meanwhile. So three things that look alike from outside
are told apart: one call that holds the loop (a stall), another thread that does not let go of the interpreter, and a
machine that was busy elsewhere. Each call of the loop is timed by itself. What uvloop does between them nobody can time
from outside: all of that together is taken for one more call.
"""

import argparse
import asyncio
import gc
import json
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any, Literal, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from rollbook.cli.serving import listen, serve_until_stopped, server_config
from rollbook.settings import Settings

LONGEST = 0.050
"""Seconds for which one call may hold the loop."""

_PING_SECONDS = 0.002
_LOOK_AFTER = 0.025
_SHOWN_FRAMES = 14
_MOST_KEPT = 200

Cause = Literal["one call", "many short calls", "another thread", "the machine"]


@dataclass(frozen=True)
class Silence:
    """A time in which the loop said nothing: seconds by the clock, of its thread, of the process, of collecting.

    `at` is by the monotonic clock, which all processes of a machine share. `longest`: the most that one call can have
    taken of the thread's time.
    """

    at: float
    wall: float
    own: float
    process: float
    collecting: float
    longest: float
    stack: list[str] = field(default_factory=list)

    @property
    def cause(self) -> Cause:
        """What the time went into."""
        if self.longest >= LONGEST:
            return "one call"
        if self.process - self.own >= LONGEST:
            return "another thread"
        return "many short calls" if self.process >= LONGEST else "the machine"


class Watch:
    """Watches the loop that runs in this thread, from another one."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = threading.get_ident()
        self._clock = time.pthread_getcpuclockid(self._thread)
        self._began = time.monotonic()
        self._ended = threading.Event()
        self._collecting = _Collecting()
        self._calls = _Calls(loop)
        self.silences: list[Silence] = []
        self.answers = 0
        self.longest_wall = self.longest_own = 0.0
        self._watcher = threading.Thread(target=self._run, daemon=True)
        self._watcher.start()

    def end(self) -> dict[str, Any]:
        """Stop, and tell what was seen, the worst first."""
        self._ended.set()
        self._watcher.join()
        worst = sorted(self.silences, key=lambda each: each.own, reverse=True)[:_MOST_KEPT]
        return {
            "loop": type(self._loop).__module__.partition(".")[0],
            "seconds": time.monotonic() - self._began,
            "answers": self.answers,
            "longest_wall": self.longest_wall,
            "longest_own": self.longest_own,
            "longest_call": self._calls.longest_ever,
            "longest_collection": self._collecting.longest,
            "silences": [{**asdict(each), "cause": each.cause} for each in worst],
        }

    def _run(self) -> None:
        answered = threading.Event()
        while not self._ended.is_set():
            answered.clear()
            # before the wait: one who holds the interpreter all the while does not let this thread come back from it
            started, own, process = time.monotonic(), time.clock_gettime(self._clock), time.process_time()
            collecting = self._collecting.seconds
            self._calls.begin(own)
            self._ended.wait(_PING_SECONDS)
            try:
                self._loop.call_soon_threadsafe(answered.set)
            except RuntimeError:  # the loop is closed
                return
            stack = self._stack() if time.monotonic() - started > _LOOK_AFTER else []
            while not answered.wait(_LOOK_AFTER if not stack else LONGEST):
                stack = self._stack() or stack
                if self._ended.is_set():
                    return
            wall, own = time.monotonic() - started, time.clock_gettime(self._clock) - own
            self.answers += 1
            longest = self._calls.longest_of(own)
            self.longest_wall, self.longest_own = max(self.longest_wall, wall), max(self.longest_own, own)
            if wall >= LONGEST:
                self.silences.append(
                    Silence(
                        started,
                        wall,
                        own,
                        time.process_time() - process,
                        self._collecting.seconds - collecting,
                        longest,
                        stack,
                    )
                )

    def _stack(self) -> list[str]:
        frame = sys._current_frames().get(self._thread)
        return [] if frame is None else list(_told(frame))


class _Collecting:
    """How long the garbage collector worked."""

    def __init__(self) -> None:
        self.seconds = self.longest = 0.0
        self._since = 0.0
        gc.callbacks.append(self._told)

    def _told(self, phase: str, _details: dict[str, int]) -> None:
        if phase == "start":
            self._since = time.monotonic()
            return
        took = time.monotonic() - self._since
        self.seconds += took
        self.longest = max(self.longest, took)


class _Calls:
    """What each call of the loop used of its thread's time: a step of a task, a timer, what a connection received."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.longest_ever = 0.0
        self._began = self._longest = self._all = 0.0
        self._loop_tells_all = isinstance(loop, asyncio.BaseEventLoop)
        if self._loop_tells_all:
            cast("Any", asyncio.events.Handle)._run = self._timed(asyncio.events.Handle._run)
            return
        # call_at is not among them: it calls call_later
        for name, before in (("call_soon", 0), ("call_soon_threadsafe", 0), ("call_later", 1)):
            setattr(loop, name, self._timing(getattr(loop, name), before))
        for name in ("data_received", "eof_received", "connection_lost", "resume_writing"):
            setattr(HttpToolsProtocol, name, self._timed(getattr(HttpToolsProtocol, name)))

    def begin(self, at: float) -> None:
        """Begin anew, when the thread had used so much."""
        self._began, self._longest, self._all = at, 0.0, 0.0

    def longest_of(self, own: float) -> float:
        """The longest since then, of what the thread used in all: at most what no call is known to have used."""
        longest = self._longest if self._loop_tells_all else max(self._longest, own - self._all)
        self.longest_ever = max(self.longest_ever, longest)
        return longest

    def _timing(self, schedule: Callable[..., Any], before: int) -> Callable[..., Any]:
        def scheduled(*arguments: Any, **named: Any) -> Any:
            return schedule(*arguments[:before], self._timed(arguments[before]), *arguments[before + 1 :], **named)

        return scheduled

    def _timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        clock = time.thread_time

        def timed(*arguments: Any) -> Any:
            started = clock()
            try:
                return call(*arguments)
            finally:
                ended = clock()
                took = ended - started
                self._all += ended - max(started, self._began)
                if took > self._longest:
                    self._longest = took
                    self.longest_ever = max(self.longest_ever, took)

        return timed


def _told(frame: FrameType) -> Iterable[str]:
    for each in traceback.extract_stack(frame)[-_SHOWN_FRAMES:]:
        path = each.filename
        for root in ("/rollbook/", "/site-packages/", "/python3"):
            path = path.rpartition(root)[2] or path
        yield f"{path}:{each.lineno} {each.name}"


def watched(app: Callable[..., Any], told_to: Path) -> Callable[..., Any]:
    """The application, which is watched from its start-up to its shutdown; then the file tells what was seen."""

    async def application(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "lifespan":
            await app(scope, receive, send)
            return
        watch = Watch(asyncio.get_running_loop())
        try:
            await app(scope, receive, send)
        finally:
            _tell(watch, told_to)

    return application


def _tell(watch: Watch, told_to: Path) -> None:
    told_to.write_text(json.dumps(watch.end()), encoding="utf-8")


def main() -> None:
    """Serve the installation that the environment names, as `rollbook serve` does, and write what was seen."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.watched", description=main.__doc__)
    parser.add_argument("told_to", type=Path, help="The file that tells at the end what was seen, as JSON.")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--loop", choices=["auto", "asyncio"], default="auto", help="auto: as the product runs.")
    given = parser.parse_args()
    with listen("127.0.0.1", given.port) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        config = server_config(Settings.read(default_base_url=url))
        make: Callable[[], Any] = cast("Any", config.app)
        config.app = lambda: watched(make(), given.told_to)
        config.loop = given.loop
        print(f"serves at {url}", flush=True)
        with suppress(SystemExit):
            serve_until_stopped(config, listener)


if __name__ == "__main__":
    main()
