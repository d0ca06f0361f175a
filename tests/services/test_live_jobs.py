"""A job is watched until it ends, by those who may read it."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from rollbook.domain.errors import Forbidden, NotFound, Unauthenticated
from rollbook.domain.roles import Role
from tests.builders import a_session, signed_in
from tests.services.watched import watching_job


@asynccontextmanager
async def running(services):
    """The worker of this process, until the end of the block."""
    work = asyncio.create_task(services.job_runner.run())
    try:
        yield
    finally:
        services.job_runner.stop()
        await work


async def test_a_job_is_told_from_now_to_its_end(services, acme):
    csv = "email\n" + "".join(f"m{number}@acme.test\n" for number in range(120))
    job = await services.jobs.import_members(acme.operator, csv)

    async with watching_job(services, acme.operator, job.id) as watched:
        told = [await watched.event()]
        async with running(services):
            while told[-1].finished_at is None:
                told.append(await watched.event())
        with pytest.raises(StopAsyncIteration):
            await watched.event()

    assert (told[0].status, told[0].done, told[0].total) == ("queued", 0, 120)
    assert (told[-1].status, told[-1].done, told[-1].failed) == ("done", 120, 0)
    assert [each.done for each in told] == sorted(each.done for each in told)
    assert len(told) == len(set(told)) > 2


async def test_a_job_that_has_ended_is_told_once(services, acme):
    job = await services.jobs.import_members(acme.operator, "email\nbo@acme.test\n")
    cancelled = await services.jobs.cancel(acme.operator, job.id)

    async with watching_job(services, acme.operator, job.id) as watched:
        assert await watched.event() == cancelled
        with pytest.raises(StopAsyncIteration):
            await watched.event()


async def test_another_organizations_job_is_not_found(services, acme, globex):
    theirs = await services.jobs.import_members(globex.operator, "email\nbo@globex.test\n")

    for job_id in (theirs.id, "nonsense"):
        async with watching_job(services, acme.operator, job_id) as watched:
            with pytest.raises(NotFound):
                await watched.event()


async def test_who_may_not_read_members_watches_no_job(services, acme):
    job = await services.jobs.import_members(acme.operator, "email\nbo@acme.test\n")
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)

    async with watching_job(services, user, job.id) as watched:
        with pytest.raises(Forbidden):
            await watched.event()


async def test_who_is_signed_out_watches_a_job_no_longer(services, acme):
    job = await services.jobs.import_members(acme.operator, "email\nbo@acme.test\n")
    secret = await a_session(services, acme.operator, "eve@acme.test")
    eve = await services.sessions.authenticate(secret)

    async with watching_job(services, eve, job.id, lambda: services.sessions.authenticate(secret)) as watched:
        await watched.event()
        await services.sessions.end(eve)

        with pytest.raises(Unauthenticated):
            await watched.event()
