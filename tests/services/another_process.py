"""A second process over the same database: `python -m tests.services.another_process WORK ARGUMENT…`.

Its settings come from the environment, as the server's do; what came of the work is one JSON text on standard output.
"""

import asyncio
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from rollbook.domain.errors import DomainError
from rollbook.domain.groups import GroupChange
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.roles import Role
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings
from tests.services.facts import add, increment, keep, opened

ROOT = Path(__file__).parents[2]


class Process:
    """Work under way in a process of its own."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def line(self) -> Any:
        """The next thing that the process says."""
        assert self._process.stdout is not None
        said = await asyncio.wait_for(self._process.stdout.readline(), 30)
        assert said, f"the process ended with {await self._process.wait()}"
        return json.loads(said)

    async def go_on(self) -> None:
        """Let the process do what it waits for."""
        assert self._process.stdin is not None
        self._process.stdin.write(b"\n")
        await self._process.stdin.drain()

    async def end(self) -> int:
        """Wait for its end: the exit code."""
        return await asyncio.wait_for(self._process.wait(), 30)


async def started(settings: Settings, work: str, *arguments: str) -> Process:
    """A process that opens the same database and works there."""
    environment = os.environ | {"ROLLBOOK_DATA_DIR": str(settings.data_dir)}
    environment |= {"ROLLBOOK_DATABASE_URL": settings.database_url or ""}
    return Process(
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.services.another_process", work, *arguments),
            cwd=ROOT,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
    )


async def _increment(settings: Settings, name: str, times: str) -> None:
    database = await opened(settings)
    _say("ready")
    await _told_to_go_on()
    for _ in range(int(times)):
        await increment(database, name)
    await database.close()
    _say("done")


async def _hold(settings: Settings, name: str) -> None:
    """Write, and hold the transaction open until told to go on."""
    database = await opened(settings)
    async with database.write() as tx:
        await add(tx, name)
        _say("holding")
        await _told_to_go_on()
    _say("committed")
    await database.close()


async def _die(settings: Settings, name: str) -> None:
    """Commit once, begin once more, and be killed."""
    database = await opened(settings)
    await keep(database, f"{name} committed")
    async with database.write() as tx:
        await add(tx, f"{name} begun")
        _say("committed")
        os.kill(os.getpid(), signal.SIGKILL)


def _with_services(
    work: Callable[..., Awaitable[None]],
) -> Callable[..., Awaitable[None]]:
    async def run(settings: Settings, *arguments: str) -> None:
        async with open_services(replace(settings, pool_size=4)) as services:
            _say("ready")
            await _told_to_go_on()
            try:
                await work(services, *arguments)
            except DomainError as error:
                _say(error.code)
            else:
                _say("ok")

    return run


@_with_services
async def _create(services: Services, user_name: str) -> None:
    await services.memberships.create(await services.organizations.operator("acme"), MembershipDraft(user_name))


@_with_services
async def _demote(services: Services, membership_id: str) -> None:
    actor = await services.organizations.operator("acme")
    await services.memberships.change_role(actor, membership_id, Role.USER)


@_with_services
async def _add_to_users(services: Services, *membership_ids: str) -> None:
    actor = await services.organizations.operator("acme")
    for membership_id in membership_ids:
        await services.groups.change(actor, "users", GroupChange(add=(membership_id,)))


def _say(what: str) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def _told_to_go_on() -> None:
    await asyncio.to_thread(sys.stdin.readline)


WORK = {
    "add_to_users": _add_to_users,
    "create": _create,
    "demote": _demote,
    "die": _die,
    "hold": _hold,
    "increment": _increment,
}

if __name__ == "__main__":
    asyncio.run(WORK[sys.argv[1]](Settings.read(), *sys.argv[2:]))
