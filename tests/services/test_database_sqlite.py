"""What the embedded database promises besides: one writer, commits shared by those who wait, other processes."""

import asyncio
import sqlite3
import threading
import time
from contextlib import closing

import pytest
from sqlalchemy import bindparam, insert

from rollbook.domain.errors import Busy
from rollbook.domain.values import new_id, now
from rollbook.persistence import checkpoints, group_commit
from rollbook.persistence.database import UniqueViolation
from rollbook.persistence.sqlite import connect
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import groups
from rollbook.settings import Settings
from tests.services.another_process import started
from tests.services.facts import INSERT, add, facts, keep

GROUP_OF_NOBODY = Statement(
    insert(groups).values(organization_id=bindparam("organization"), id="admins", created_at=bindparam("at"))
)
INSERT_OR_GIVE_UP = Statement(INSERT.clause.prefix_with("OR ROLLBACK"))
"""What SQLite may do to a transaction by itself when the disk is full."""


@pytest.fixture
def settings(tmp_path):
    return Settings(data_dir=tmp_path)


@pytest.fixture
def impatient(monkeypatch):
    """Waiting for another process ends after a fifth of a second."""
    monkeypatch.setattr(group_commit, "BUSY_SECONDS", 0.2)


def test_every_connection_waits_for_the_disk_and_keeps_references_whole(settings):
    connection = connect(settings.database_path)

    kept = {
        pragma: connection.execute(f"PRAGMA {pragma}").fetchone()[0]
        for pragma in ("journal_mode", "synchronous", "foreign_keys")
    }
    connection.close()

    assert kept == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


async def test_those_who_wait_share_a_commit(sqlite):
    said = []
    sqlite._writer.connection.set_trace_callback(said.append)

    await asyncio.gather(*(keep(sqlite, f"n{at}") for at in range(30)))

    assert len(await facts(sqlite)) == 30
    assert said.count("COMMIT") <= 2


async def test_the_first_of_many_need_not_wait_for_the_last(sqlite, monkeypatch):
    monkeypatch.setattr(group_commit, "MOST_IN_A_COMMIT", 10)
    said = []
    sqlite._writer.connection.set_trace_callback(said.append)

    await asyncio.gather(*(keep(sqlite, f"n{at}") for at in range(50)))

    assert said.count("COMMIT") >= 5


async def test_who_comes_in_a_crowd_while_nothing_is_committed_shares_the_next_commit(sqlite, monkeypatch):
    monkeypatch.setattr(group_commit, "CROWDED_COMMIT_EVERY", 60)
    writer, said, disk_goes_on = sqlite._writer, [], threading.Event()
    writer.connection.set_trace_callback(said.append)

    writer._thread.submit(disk_goes_on.wait, 5)  # so that the others come while the first is committed
    first = asyncio.create_task(keep(sqlite, "first"))
    await _until(lambda: writer._turn.locked() and writer._commit_to_come is None)
    crowd = [asyncio.create_task(keep(sqlite, f"crowd {at}")) for at in range(group_commit.CROWD)]
    await asyncio.sleep(0)
    disk_goes_on.set()
    await first
    later = asyncio.create_task(keep(sqlite, "later"))
    await _until(lambda: writer._batch is not None and writer._batch.entered == len(crowd) + 1)
    await asyncio.sleep(0.05)
    committed_meanwhile = said.count("COMMIT") - 1
    _cut_short(writer)
    await asyncio.gather(*crowd, later, keep(sqlite, "last"))

    assert committed_meanwhile == 0
    assert said.count("COMMIT") == 2


async def test_what_was_committed_is_brought_into_the_file_while_the_log_is_short(sqlite, settings, monkeypatch):
    monkeypatch.setattr(checkpoints, "CHECKPOINT_EVERY", 0)

    for name in ("a", "b"):
        await keep(sqlite, name)
        await asyncio.wrap_future(sqlite._writer._checkpoints._under_way)

    assert _names_in(settings.database_path) == set(await facts(sqlite))


async def test_who_is_refused_for_what_another_wrote_learns_it_once_that_is_durable(sqlite):
    async def refused():
        with pytest.raises(UniqueViolation):
            await keep(sqlite, "taken")
        return await facts(sqlite)

    _, found = await asyncio.gather(keep(sqlite, "taken"), refused())

    assert found == {"taken": 0}


async def test_a_refused_transaction_alone_costs_no_commit(sqlite):
    said = []
    sqlite._writer.connection.set_trace_callback(said.append)

    with pytest.raises(RuntimeError):
        async with sqlite.write():
            raise RuntimeError
    await sqlite._writer._commit_to_come

    assert said == ["BEGIN IMMEDIATE", "ROLLBACK"]


@pytest.mark.usefixtures("impatient")
async def test_a_write_is_refused_while_another_process_writes_for_too_long(sqlite, settings):
    process = await started(settings, "hold", "theirs")
    assert await process.line() == "holding"

    with pytest.raises(Busy):
        await keep(sqlite, "ours", 1)
    seen_meanwhile = await facts(sqlite)
    await process.go_on()

    assert (await process.line(), await process.end()) == ("committed", 0)
    await keep(sqlite, "ours", 2)
    assert seen_meanwhile == {}
    assert await facts(sqlite) == {"theirs": 0, "ours": 2}


@pytest.mark.usefixtures("impatient")
async def test_everyone_in_the_queue_is_refused_in_time(sqlite, settings):
    with _writing_elsewhere(settings):
        began = time.monotonic()
        outcomes = await asyncio.gather(*(keep(sqlite, f"n{at}") for at in range(20)), return_exceptions=True)
        took = time.monotonic() - began

    assert [type(outcome) for outcome in outcomes] == [Busy] * 20
    assert took < 2  # twenty times a fifth of a second are four


async def test_a_write_waits_for_another_process_off_the_event_loop(sqlite, settings):
    with _writing_elsewhere(settings):
        waiting = asyncio.create_task(keep(sqlite, "ours"))
        await _until(lambda: sqlite._writer._thread._threads)  # the writer has left the loop
        assert await facts(sqlite) == {}

    await asyncio.wait_for(waiting, 5)
    assert await facts(sqlite) == {"ours": 0, "theirs": 0}


async def test_a_write_that_is_given_up_while_another_process_writes_leaves_no_lock(sqlite, settings):
    with _writing_elsewhere(settings):
        waiting = asyncio.create_task(keep(sqlite, "given up"))
        await _until(lambda: sqlite._writer._thread._threads)  # the writer has left the loop
        waiting.cancel()
        await asyncio.sleep(0)
    await asyncio.wait([waiting])

    assert waiting.cancelled()
    async with asyncio.timeout(30):
        await keep(sqlite, "ours")
    with _writing_elsewhere(settings, "theirs again"):
        pass
    assert await facts(sqlite) == {"ours": 0, "theirs": 0, "theirs again": 0}


async def test_someone_who_gives_up_in_the_queue_does_not_leave_those_before_uncommitted(sqlite):
    inside, go_on = asyncio.Event(), asyncio.Event()

    async def first():
        async with sqlite.write() as tx:
            await add(tx, "first")
            inside.set()
            await go_on.wait()

    before = asyncio.create_task(first())
    await inside.wait()
    behind = asyncio.create_task(keep(sqlite, "behind"))
    await asyncio.sleep(0)
    go_on.set()
    asyncio.get_running_loop().call_soon(behind.cancel)  # the turn is handed on, and not taken any more

    async with asyncio.timeout(30):
        await before
    assert await facts(sqlite) == {"first": 0}


async def test_a_commit_that_fails_is_told_to_everyone_who_waits_for_it(sqlite):
    outcomes = await asyncio.gather(
        keep(sqlite, "a"), _refer_to_nobody(sqlite), keep(sqlite, "b"), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes] == [sqlite3.IntegrityError] * 3
    await keep(sqlite, "afterwards")
    assert await facts(sqlite) == {"afterwards": 0}


async def test_nobody_is_refused_for_what_another_wrote_if_that_is_lost(sqlite):
    outcomes = await asyncio.gather(
        keep(sqlite, "taken"), _refer_to_nobody(sqlite), keep(sqlite, "taken"), return_exceptions=True
    )

    assert [type(outcome) for outcome in outcomes] == [sqlite3.IntegrityError] * 3
    assert await facts(sqlite) == {}


async def test_a_commit_is_told_to_all_even_if_the_one_who_found_it_full_gave_up(sqlite, monkeypatch):
    monkeypatch.setattr(group_commit, "MOST_IN_A_COMMIT", 2)
    disk_goes_on = threading.Event()
    sqlite._writer._thread.submit(disk_goes_on.wait, 5)

    outcomes = [asyncio.create_task(each) for each in (keep(sqlite, "a"), _refer_to_nobody(sqlite))]
    found_it_full = asyncio.create_task(keep(sqlite, "behind"))
    await _until(lambda: sqlite._writer._thread._work_queue.qsize() and not sqlite._writer._waiting)
    found_it_full.cancel()
    await asyncio.sleep(0)
    disk_goes_on.set()
    await asyncio.wait([*outcomes, found_it_full])

    assert [type(each.exception()) for each in outcomes] == [sqlite3.IntegrityError] * 2
    assert found_it_full.cancelled()
    await keep(sqlite, "afterwards")
    assert await facts(sqlite) == {"afterwards": 0}


async def test_a_commit_to_come_that_was_cancelled_is_followed_by_another(sqlite):
    sqlite._writer._crowded, sqlite._writer._commit_began = True, time.monotonic() + 30
    before = asyncio.create_task(keep(sqlite, "before"))
    await _until(lambda: sqlite._writer._commit_to_come)
    _cut_short(sqlite._writer)

    async with asyncio.timeout(30):
        await asyncio.gather(before, keep(sqlite, "behind"))


@pytest.mark.parametrize("careful", [0, 9])
async def test_a_transaction_that_sqlite_itself_gave_up_is_told_to_everyone_in_it(sqlite, careful):
    await keep(sqlite, "taken")
    sqlite._writer._careful = careful

    async def first():
        async with sqlite.write() as tx:
            await add(tx, "first")
            await _until(lambda: sqlite._writer._waiting == 2)

    async def give_up():
        async with sqlite.write() as tx:
            await tx.execute(INSERT_OR_GIVE_UP, name="taken", value="0")

    outcomes = await asyncio.gather(first(), give_up(), keep(sqlite, "behind"), return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [sqlite3.OperationalError, sqlite3.OperationalError, type(None)]
    assert await facts(sqlite) == {"behind": 0, "taken": 0}


def _cut_short(writer):
    """End the pause before the commit to come, as the loop's end would; whoever writes next sees to another one."""
    writer._commit_to_come.cancel()
    writer._crowded = False


def _names_in(path):
    """What the file holds by itself, without its log."""
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as connection:
        return {row[0] for row in connection.execute("SELECT name FROM installation")}


async def _refer_to_nobody(sqlite):
    """Break a reference in a way that only the commit notices."""
    async with sqlite.write() as tx:
        sqlite._writer.connection.execute("PRAGMA defer_foreign_keys = ON")
        await tx.execute(GROUP_OF_NOBODY, organization=new_id(), at=now())


class _writing_elsewhere:
    """Another connection holds the write lock inside, and commits at the end."""

    def __init__(self, settings, name="theirs"):
        self._connection = sqlite3.connect(settings.database_path, isolation_level=None)
        self._name = name

    def __enter__(self):
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute("INSERT INTO installation VALUES (?, 0)", [self._name])

    def __exit__(self, *_):
        self._connection.execute("COMMIT")
        self._connection.close()


async def _until(condition):
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - what is waited for happens in a thread, and says nothing
            await asyncio.sleep(0)
