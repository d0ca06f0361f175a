"""How the processes on one PostgreSQL tell each other of changes: LISTEN and NOTIFY, on a connection of their own.

Never inside an operation's transaction, where NOTIFY makes all commits of the server queue for one lock. What was
committed is collected for a moment and told in one statement; what is lost on the way, the listeners' own looks at the
tables find (docs/decisions/0009).
"""

import asyncio
import logging
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import asyncpg

from rollbook.persistence.announcements import Announcements

CHANNEL = "rollbook_changes"
COLLECTED_SECONDS = 0.02
"""How long changes are collected before the other processes are told of them."""

RECONNECT_SECONDS = (0.1, 5.0)
"""How long a lost connection is left alone at first, and at most."""

PROBE_SECONDS = 30.0
"""How often a quiet connection is tried, since a network can lose one without a word."""

ANSWER_SECONDS = 5.0

_TELL = f"SELECT pg_notify('{CHANNEL}', organization_id) FROM unnest($1::text[]) AS organization_id"
_FAILURES = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError)

_log = logging.getLogger(__name__)


class Notifications:
    """The one connection of this process for announcements; opened when there is something to tell or to hear."""

    def __init__(self, url: str, announcements: Announcements) -> None:
        self._url = url
        self._announcements = announcements
        self._untold: set[str] = set()
        self._wanted = asyncio.Event()
        self._closing = asyncio.Event()
        self._hears = False
        self._work: asyncio.Task[None] | None = None

    def tell(self, organization_ids: Iterable[str]) -> None:
        """Tell this process at once, and the others in a moment."""
        self._announcements.tell(organization_ids)
        self._untold.update(organization_ids)
        self._start()

    def hear(self) -> None:
        """From now on be told of what other processes change."""
        if not self._hears:
            self._hears = True
            self._start()

    async def close(self) -> None:
        """Tell what is still untold, if that can be done at once, and hang up."""
        self._closing.set()
        self._wanted.set()
        if self._work is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._work, ANSWER_SECONDS)

    def _start(self) -> None:
        self._wanted.set()
        if self._work is None:
            self._work = asyncio.create_task(self._stay_connected())

    async def _stay_connected(self) -> None:
        pause, longest = RECONNECT_SECONDS
        while True:
            try:
                await self._converse()
                return
            except _FAILURES as error:
                _log.warning("No connection for announcements; tried again in %.1f s: %s", pause, error)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), pause)
            if self._closing.is_set():
                return
            pause = min(pause * 2, longest)

    async def _converse(self) -> None:
        """Tell and hear until the process closes; raises what the connection raises when it is lost."""
        connection = await asyncpg.connect(
            self._url, timeout=ANSWER_SECONDS, server_settings={"application_name": "rollbook announcements"}
        )
        try:
            connection.add_termination_listener(self._lost)
            listens = False
            while self._untold or not self._closing.is_set():
                self._wanted.clear()
                if connection.is_closed():
                    raise ConnectionResetError("the server hung up")
                if self._hears and not listens:
                    await connection.add_listener(CHANNEL, self._heard)
                    listens = True
                    self._announcements.tell_all()  # nobody heard what was told before
                await self._tell_untold(connection)
                await self._wait(connection)
        finally:
            with suppress(*_FAILURES):
                await connection.close(timeout=1)

    async def _wait(self, connection: Any) -> None:
        """Return a moment after there was something to do; meanwhile make sure that there still is a connection."""
        if self._closing.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), PROBE_SECONDS)
        if not self._wanted.is_set():
            await connection.fetchval("SELECT 1", timeout=ANSWER_SECONDS)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._closing.wait(), COLLECTED_SECONDS)

    async def _tell_untold(self, connection: Any) -> None:
        telling, self._untold = self._untold, set()
        try:
            if telling:
                await connection.execute(_TELL, list(telling), timeout=ANSWER_SECONDS)
        except BaseException:
            self._untold |= telling
            raise

    def _lost(self, _connection: Any) -> None:
        self._wanted.set()

    def _heard(self, connection: Any, teller: int, _channel: str, organization_id: str) -> None:
        if teller != connection.get_server_pid():  # this process was told at once
            self._announcements.tell([organization_id])
