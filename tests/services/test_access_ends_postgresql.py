"""A deactivation has no lock while it looks for what has to end: a session, a link, a job that begins then ends too."""

import asyncio
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from rollbook.domain.encryption import Vault
from rollbook.domain.jobs import JobStatus
from rollbook.domain.roles import Role
from rollbook.domain.sessions import SOMEBODY, SignInMethod
from rollbook.domain.values import new_id
from rollbook.persistence import jobs, login_links, memberships
from rollbook.services import Services
from rollbook.services.entering import Entrance
from rollbook.settings import Settings
from tests.builders import a_draft, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.connections import is_live
from tests.services.locks import until_someone_waits
from tests.services.rows import all_rows

pytestmark = pytest.mark.postgresql


@pytest.fixture
async def settings(postgresql, tmp_path):
    url = await postgresql.create()
    yield Settings(data_dir=tmp_path, database_url=url, pool_size=4)
    await postgresql.drop(url)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def scim(services, acme):
    return await okta(services, acme.operator)


@pytest.fixture
async def bo(services, scim):
    return await services.memberships.create(scim, a_draft("bo@acme.test"))


def deactivate(before):
    return before.with_active(False)


def describe_and_deactivate(before):
    return replace(before.with_active(False), external_id="00u-bo")


@asynccontextmanager
async def deactivated_meanwhile(services, database, settings, scim, bo, change=deactivate):
    """A transaction that has the member's row, and is committed while a deactivation waits for it."""
    async with database.write() as tx:
        member = await memberships.load_for_update(tx, bo.organization_id, bo.id)
        deactivation = asyncio.create_task(services.memberships.update(scim, bo.id, change))
        await until_someone_waits(settings.database_url)
        yield tx, member
    assert (await asyncio.wait_for(deactivation, 20)).active is False


@pytest.mark.parametrize("change", [deactivate, describe_and_deactivate])
async def test_a_session_that_begins_while_a_deactivation_waits(services, database, settings, scim, bo, clock, change):
    async with deactivated_meanwhile(services, database, settings, scim, bo, change) as (tx, member):
        secret, _ = await Entrance(PEPPER, Vault(PEPPER)).begin(
            tx, member, SignInMethod.SETUP, SOMEBODY, at=clock.moment, authenticated_at=clock.moment
        )

    await services.memberships.update(scim, bo.id, lambda before: before.with_active(True))
    assert await is_live(services, secret) is False


async def test_a_login_link_that_is_made_while_a_deactivation_waits(services, database, settings, scim, bo, clock):
    async with deactivated_meanwhile(services, database, settings, scim, bo) as (tx, member):
        await login_links.insert_link(
            tx,
            member.organization_id,
            member.id,
            link_id=new_id(),
            digest=b"of a link",
            at=clock.moment,
            expires_at=clock.moment + timedelta(days=1),
        )

    (link,) = (await all_rows(database))["login_links"]
    assert link["used_at"] is not None


async def test_a_job_that_is_kept_while_a_deactivation_waits(services, settings, scim, acme, bo, monkeypatch):
    admin = await signed_in(services, acme.operator, "bo@acme.test")
    await services.memberships.change_role(acme.operator, bo.id, Role.USER)
    held, goes_on = asyncio.Event(), asyncio.Event()
    insert = jobs.insert_job

    async def insert_later(*given):
        held.set()
        await goes_on.wait()
        await insert(*given)

    monkeypatch.setattr(jobs, "insert_job", insert_later)
    making = asyncio.create_task(services.jobs.import_members(admin, "email\ngus@acme.test"))
    await held.wait()
    deactivation = asyncio.create_task(services.memberships.update(scim, bo.id, deactivate))
    await until_someone_waits(settings.database_url)
    goes_on.set()

    job, _ = await asyncio.wait_for(asyncio.gather(making, deactivation), 20)
    assert (await services.jobs.get(acme.operator, job.id)).status is JobStatus.CANCELLED


async def test_who_only_had_the_row_does_not_make_a_deactivation_begin_again(
    services, database, settings, scim, bo, monkeypatch
):
    loaded = []
    find = memberships.load_for_update

    async def counted(*given):
        loaded.append(given)
        return await find(*given)

    monkeypatch.setattr(memberships, "load_for_update", counted)
    async with deactivated_meanwhile(services, database, settings, scim, bo):
        pass

    assert len(loaded) == 1  # the test's own
