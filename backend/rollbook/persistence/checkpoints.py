"""Bringing what is in the log of the embedded database into its file, beside the writer."""

import sqlite3
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

CHECKPOINT_EVERY = 0.05
"""How many seconds pass, while there are writes, until pages are brought from the log into the file, beside the writer.
They share the disk with the commits, which are slower meanwhile: many at once hold everybody up, and few are soon
written again."""

CHECKPOINT_PAGES = 16_000
"""How many pages of 4 KiB the log has until a commit brings what is left into the file, so that the log begins anew.
At SQLite's 1000 hardly anything would be done beside the writer, and commits would wait for all of it."""


class Checkpoints:
    """Brings what was committed from the log into the file, in a thread, as far as nobody is in its way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="rollbook-checkpoint")
        self._under_way: Future[None] | None = None
        self._due = 0.0

    def begin_if_due(self) -> None:
        """Begin, unless it is too early or one is under way."""
        now = time.monotonic()
        if now < self._due or (self._under_way is not None and not self._under_way.done()):
            return
        self._due = now + CHECKPOINT_EVERY
        self._under_way = self._thread.submit(self._checkpoint)

    def _checkpoint(self) -> None:
        with suppress(sqlite3.Error):  # nothing is lost, and the next one or a commit does it
            self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()

    def close(self) -> None:
        """Wait for the one under way, and close the connection."""
        self._thread.shutdown()
        self._connection.close()
