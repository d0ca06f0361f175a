"""What a server does for itself now and then, outside of any request."""

import asyncio
import logging
from collections.abc import Awaitable, Callable

from rollbook.domain.errors import Busy

_log = logging.getLogger(__name__)


async def now_and_then(seconds: float, work: Callable[[], Awaitable[None]], *, what: str) -> None:
    """Do the work each time so many seconds have passed, for ever; a failure is logged and the next time is tried."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await work()
        except Busy:
            _log.warning("%s could not be done: the database is busy", what)
        except Exception:
            _log.exception("%s could not be done", what)
