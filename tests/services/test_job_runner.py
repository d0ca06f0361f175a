"""How jobs are run: by one process at a time, each row once, with the rights that their maker has by then."""

import asyncio
from collections import Counter

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page
from rollbook.domain.jobs import BulkChange, JobStatus, RowOutcome
from rollbook.domain.roles import Role
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, a_draft, a_tool, every_member, signed_in
from tests.services.conftest import PEPPER, Clock
from tests.services.facts import opened

MANY = 150


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
def later():
    """The clock of another process."""
    return Clock()


@pytest.fixture
async def another(settings, services, later):
    """Another process over the same database, with a clock of its own."""
    database = await opened(settings)
    yield Services(database, PEPPER, later)
    await database.close()


def csv(count=MANY):
    return "email\n" + "\n".join(f"u{at}@acme.test" for at in range(count))


async def work_off(services):
    while await services.job_runner.turn():
        pass


async def kept_rows(services, actor, job):
    return (await services.jobs.rows(actor, job.id, Page(size=1000))).rows


async def until_rows(services, actor, job, count):
    """Wait until so many rows of the job are done."""
    async with asyncio.timeout(30):
        while len(await kept_rows(services, actor, job)) < count:  # noqa: ASYNC110 - a job tells nobody of each row
            await asyncio.sleep(0.001)


async def assert_each_row_was_done_once(services, acme, job):
    """Every person of `csv()` is a member, made by one event, and every row is told once."""
    after = await services.jobs.get(acme.operator, job.id)
    assert (after.status, after.done, after.failed) == (JobStatus.DONE, MANY, 0)
    assert [row.step.number for row in await kept_rows(services, acme.operator, job)] == list(range(1, MANY + 1))
    assert len(await every_member(services, acme.operator)) == MANY + 1
    events = Counter(event.action for event in await services.audit.events(acme.operator, limit=1000))
    assert events[AuditAction.MEMBERSHIP_CREATED] == MANY


async def test_a_running_job_tells_how_far_it_is(services, acme):
    job = await services.jobs.import_members(acme.operator, csv())
    running = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 60)

    seen = await services.jobs.get(acme.operator, job.id)

    assert (seen.status, seen.total) == (JobStatus.RUNNING, MANY)
    assert 50 <= seen.done <= MANY
    await running
    await assert_each_row_was_done_once(services, acme, job)


async def test_a_server_runs_what_is_asked_for_at_once_and_stops_when_told(services, acme):
    running = asyncio.create_task(services.job_runner.run())
    job = await services.jobs.import_members(acme.operator, csv(1))
    await until_rows(services, acme.operator, job, 1)

    services.job_runner.stop()
    await asyncio.wait_for(running, 30)

    assert (await services.jobs.get(acme.operator, job.id)).status is not JobStatus.QUEUED


async def test_a_job_that_a_stopping_server_leaves_is_taken_up_at_once(services, another, acme):
    job = await services.jobs.import_members(acme.operator, csv())
    running = asyncio.create_task(services.job_runner.run())
    await until_rows(services, acme.operator, job, 10)
    services.job_runner.stop()
    await asyncio.wait_for(running, 30)
    left = await services.jobs.get(acme.operator, job.id)

    await work_off(another)

    assert (left.status, left.done < MANY) == (JobStatus.RUNNING, True)
    await assert_each_row_was_done_once(services, acme, job)


async def test_a_job_of_a_process_that_died_goes_on_when_its_lease_is_over(services, another, acme, later):
    job = await services.jobs.import_members(acme.operator, csv())
    dying = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 70)
    dying.cancel()
    await asyncio.wait([dying])
    done_by_then = len(await kept_rows(services, acme.operator, job))

    assert await another.job_runner.turn() is False
    later.move(minutes=2)
    await work_off(another)

    assert done_by_then < MANY
    await assert_each_row_was_done_once(services, acme, job)


async def test_a_removal_that_was_done_before_a_crash_is_told_as_done(services, another, acme, later):
    members = [await services.memberships.create(acme.operator, a_draft(f"u{at}")) for at in range(MANY)]
    ids = [member.id for member in members]
    job = await services.jobs.change_members(acme.operator, ids, BulkChange.REMOVE)
    dying = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 20)
    dying.cancel()
    await asyncio.wait([dying])
    later.move(minutes=2)

    await work_off(another)

    outcomes = Counter(row.outcome for row in await kept_rows(services, acme.operator, job))
    assert outcomes == {RowOutcome.REMOVED: MANY}
    assert await every_member(services, acme.operator) == [acme.admin]


async def test_two_processes_that_both_believe_to_hold_a_job_do_each_row_once(services, another, acme, later):
    job = await services.jobs.import_members(acme.operator, csv())
    slow = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 5)
    later.move(minutes=2)

    await asyncio.gather(slow, work_off(another))
    await work_off(another)

    await assert_each_row_was_done_once(services, acme, job)


async def test_of_two_processes_one_runs_a_job_and_the_other_looks_for_another(services, another, acme, globex):
    jobs = [
        (organization, await services.jobs.import_members(organization.operator, csv(30)))
        for organization in (acme, globex) * 2
    ]

    await asyncio.gather(work_off(services), work_off(another))

    for organization, job in jobs:
        after = await services.jobs.get(organization.operator, job.id)
        assert (after.status, after.done) == (JobStatus.DONE, 30)
    for organization in (acme, globex):
        events = Counter(e.action for e in await services.audit.events(organization.operator, limit=1000))
        # the users are of whoever came first, so the other organization is refused each of them
        assert events[AuditAction.MEMBERSHIP_CREATED] == len(await every_member(services, organization.operator)) - 1


async def test_ten_who_look_for_a_job_at_once_find_it_once(services, another, acme):
    await services.jobs.import_members(acme.operator, csv(5))

    worked = await asyncio.gather(*(each.job_runner.turn() for each in [services, another] * 5))

    assert sorted(worked) == [False] * 9 + [True]


async def test_a_revoked_token_stops_its_job_and_leaves_the_rest_untouched(services, acme):
    tool = await a_tool(services, acme.operator)
    job = await services.jobs.import_members(tool, csv())
    running = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 5)

    await services.tokens.revoke(acme.operator, tool.id)
    await running

    after = await services.jobs.get(acme.operator, job.id)
    assert (after.status, after.finished_at is not None) == (JobStatus.FAILED, True)
    assert "was revoked" in after.failure
    members = await every_member(services, acme.operator)
    assert 5 <= after.done == len(members) - 1 < MANY


def deactivated(before):
    return before.with_active(False)


@pytest.mark.parametrize("how", ["demoted", "deactivated", "removed"])
async def test_an_admin_who_is_none_any_more_stops_their_jobs(services, acme, how):
    await services.memberships.create(acme.operator, a_draft("bo@acme.test", grants=ADMIN_AND_USER))
    bo = await signed_in(services, acme.operator, "bo@acme.test")
    job = await services.jobs.import_members(bo, csv(3))
    if how == "demoted":
        await services.memberships.change_role(acme.operator, bo.membership_id, Role.USER)
    elif how == "deactivated":
        await services.memberships.update(acme.operator, bo.membership_id, deactivated)
    else:
        await services.memberships.remove(acme.operator, bo.membership_id)
    members = await every_member(services, acme.operator)

    await work_off(services)

    after = await services.jobs.get(acme.operator, job.id)
    assert (after.status, after.done, after.total) == (JobStatus.FAILED, 0, 3)
    assert after.failure
    assert await every_member(services, acme.operator) == members


async def test_a_session_that_ended_stops_nothing(services, acme):
    admin = await signed_in(services, acme.operator, "a@acme.test")
    job = await services.jobs.import_members(admin, csv(2))
    await services.sessions.end(admin)

    await work_off(services)

    assert (await services.jobs.get(acme.operator, job.id)).status is JobStatus.DONE


async def test_a_job_that_is_cancelled_while_it_runs_stops_before_its_next_row(services, acme):
    job = await services.jobs.import_members(acme.operator, csv())
    running = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 5)

    cancelled = await services.jobs.cancel(acme.operator, job.id)
    rows_then = len(await kept_rows(services, acme.operator, job))
    await running

    after = await services.jobs.get(acme.operator, job.id)
    assert (cancelled.status, after.status) == (JobStatus.CANCELLED, JobStatus.CANCELLED)
    assert after.finished_at is not None
    members = await every_member(services, acme.operator)
    assert len(members) - 1 == after.done == len(await kept_rows(services, acme.operator, job))
    assert rows_then <= after.done <= rows_then + 1


@pytest.mark.parametrize("minutes", [0, 2], ids=["before its lease is over", "after its lease is over"])
async def test_a_cancelled_job_of_a_process_that_died_ends(services, another, acme, clock, later, minutes):
    job = await services.jobs.import_members(acme.operator, csv())
    dying = asyncio.create_task(services.job_runner.turn())
    await until_rows(services, acme.operator, job, 5)
    dying.cancel()
    await asyncio.wait([dying])
    clock.move(minutes=minutes)
    await services.jobs.cancel(acme.operator, job.id)
    members = await every_member(services, acme.operator)
    later.move(minutes=2)

    await work_off(another)

    after = await services.jobs.get(acme.operator, job.id)
    assert (after.status, after.finished_at, after.done) == (JobStatus.CANCELLED, later.moment, len(members) - 1)
    assert await every_member(services, acme.operator) == members
