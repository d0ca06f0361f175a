"""The connections of a pool, kept at hand: what comes back sound is given out again at once.

The pool knows how to open connections, and what to do with one whose statement was given up. To give one out and take
it back costs it a timer, a task and some proxies, several times for each request; a list costs nothing.
"""

import asyncio
import time
from collections import deque
from typing import Any

import asyncpg

ACQUIRE_SECONDS = 10.0
"""How long an operation waits for a free connection."""

KEPT_UNUSED = 300.0
"""How many seconds a connection stays at hand that nobody needs."""


class Connections:
    """So many connections as the pool has at most, the one used last first; who waits has a turn."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool
        self._most: int = pool.get_max_size()
        self._out = 0  # of the pool: at hand and in use
        self._at_hand: list[tuple[Any, float]] = []
        self._waiting: deque[asyncio.Future[Any]] = deque()

    async def take(self) -> Any:
        """A connection that works, to be given back. Raises `TimeoutError` if none comes free in time."""
        while self._at_hand:
            connection, _ = self._at_hand.pop()
            if _works(connection):
                return connection
            await self._return(connection)
        if self._out < self._most:
            self._out += 1
            return await self._another()
        return await self._turn() or await self._another()

    async def give_back(self, connection: Any, *, sound: bool) -> None:
        """Take a connection back; `sound`: its last statement has ended, and so has its transaction."""
        if not sound or not _works(connection):
            await self._return(connection)
        elif not self._call(connection):
            now = time.monotonic()
            self._at_hand.append((connection, now))
            if now - self._at_hand[0][1] > KEPT_UNUSED:
                await self._return(self._at_hand.pop(0)[0])

    async def close(self) -> None:
        """Close all of them when their work is done."""
        while self._at_hand:
            await self._return(self._at_hand.pop()[0])
        await self._pool.close()

    async def _another(self) -> Any:
        """One of the pool, for a place that is taken already."""
        try:
            return await self._pool.acquire(timeout=ACQUIRE_SECONDS)
        except BaseException:
            self._leave_place()
            raise

    def _leave_place(self) -> None:
        """Whoever waits longest has it; nobody who comes meanwhile can take it, or one would wait for the pool."""
        if not self._call(None):
            self._out -= 1

    async def _return(self, connection: Any) -> None:
        """Give a connection back to the pool, which mends what can be mended; whoever waits may have another one."""
        try:
            await self._pool.release(connection)
        finally:
            self._leave_place()

    async def _turn(self) -> Any:
        """What somebody gives back: a connection, or None for the place of one."""
        turn: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            async with asyncio.timeout(ACQUIRE_SECONDS):
                return await turn
        except BaseException:
            if turn.done() and not turn.cancelled() and (connection := turn.result()) is not None:
                await self.give_back(connection, sound=True)
            elif turn.done() and not turn.cancelled():
                self._leave_place()
            raise

    def _call(self, connection: Any) -> bool:
        """Hand it to whoever waits longest; whether there is somebody."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(connection)
                return True
        return False


def _works(connection: Any) -> bool:
    try:
        return not connection.is_closed()
    except asyncpg.InterfaceError:  # the server has closed it, and the pool has taken it back
        return False
