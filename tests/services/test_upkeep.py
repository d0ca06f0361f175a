"""What a server does now and then goes on after a failure."""

import asyncio
import logging

from rollbook.domain.errors import Busy
from rollbook.services.upkeep import now_and_then


async def test_work_that_fails_is_tried_again_the_next_time(caplog):
    failures = iter([Busy("later"), ValueError("a bug")])
    worked = asyncio.Event()

    async def work():
        failure = next(failures, None)
        if failure is not None:
            raise failure
        worked.set()

    with caplog.at_level(logging.WARNING, logger="rollbook.services.upkeep"):
        upkeep = asyncio.create_task(now_and_then(0.001, work, what="counting sheep"))
        await asyncio.wait_for(worked.wait(), 10)
        upkeep.cancel()
        await asyncio.wait([upkeep])

    assert [(record.levelname, record.getMessage()) for record in caplog.records] == [
        ("WARNING", "counting sheep could not be done: the database is busy"),
        ("ERROR", "counting sheep could not be done"),
    ]
