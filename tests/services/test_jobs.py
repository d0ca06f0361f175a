"""Jobs: what is asked for, what comes of each row, and how the whole is told."""

from collections import Counter

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page, Position
from rollbook.domain.errors import Forbidden, InvalidValue, NotFound, TooLarge
from rollbook.domain.jobs import BulkChange, JobKind, JobStatus, RowOutcome
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.services import Services
from tests.builders import ADMIN_AND_USER, NOBODY, a_draft, a_tool, every_member, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.facts import everything_in


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


async def done(services, actor, job):
    """The job after the runner has done all there is to do."""
    while await services.job_runner.turn():
        pass
    return await services.jobs.get(actor, job.id)


async def rows_of(services, actor, job):
    """What came of each row: what it was about, the outcome and the code."""
    rows = (await services.jobs.rows(actor, job.id, Page(size=1000))).rows
    return [(row.step.about, row.outcome, row.code) for row in rows]


async def members(services, acme, count):
    return [await services.memberships.create(acme.operator, a_draft(f"u{at}@acme.test")) for at in range(count)]


async def test_a_bulk_change_changes_each_member_with_an_event_of_its_own(services, acme, admin, clock):
    first, second = await members(services, acme, 2)
    await services.memberships.change_role(acme.operator, second.id, Role.ADMIN)
    clock.move(hours=1)

    job = await services.jobs.change_members(admin, [first.id, second.id], BulkChange.SET_ROLE, role=Role.ADMIN)
    after = await done(services, admin, job)

    assert job.status is JobStatus.QUEUED
    assert (after.status, after.total, after.done, after.failed, after.failure) == (JobStatus.DONE, 2, 2, 0, None)
    assert (after.kind, after.dry_run, after.created_by) == (JobKind.BULK_UPDATE, False, "A")
    assert (after.started_at, after.finished_at) == (clock.moment, clock.moment)
    assert await rows_of(services, admin, job) == [
        (first.id, RowOutcome.UPDATED, None),
        (second.id, RowOutcome.UNCHANGED, None),
    ]
    changed, created, *_ = await services.audit.events(acme.operator)
    assert (created.action, created.target) == (AuditAction.JOB_CREATED, "bulk_update")
    assert created.changes == {
        "change": (None, "set_role"),
        "dryRun": (None, False),
        "role": (None, "admin"),
        "total": (None, 2),
    }
    assert (changed.action, changed.actor_kind, changed.actor_id, changed.actor_name, changed.request_id) == (
        AuditAction.MEMBERSHIP_UPDATED,
        "session",
        admin.session_id,
        "A",
        job.id,
    )


@pytest.mark.parametrize(
    ("change", "outcome", "left"),
    [
        (BulkChange.DEACTIVATE, RowOutcome.UPDATED, [("u0@acme.test", False), ("u1@acme.test", False)]),
        (BulkChange.REACTIVATE, RowOutcome.UNCHANGED, [("u0@acme.test", True), ("u1@acme.test", True)]),
        (BulkChange.REMOVE, RowOutcome.REMOVED, []),
    ],
)
async def test_every_change_can_be_made_in_bulk(services, acme, admin, change, outcome, left):
    some = await members(services, acme, 2)

    job = await services.jobs.change_members(admin, [member.id for member in some], change)
    after = await done(services, admin, job)

    assert (after.status, after.done, after.failed) == (JobStatus.DONE, 2, 0)
    assert await rows_of(services, admin, job) == [(member.id, outcome, None) for member in some]
    assert [(m.user_name, m.active) for m in await every_member(services, acme.operator)][1:] == left


async def test_a_refused_row_is_told_and_does_not_stop_the_others(services, acme, globex, admin):
    (bo,) = await members(services, acme, 1)
    ids = [acme.admin.id, globex.admin.id, NOBODY, bo.id]

    job = await services.jobs.change_members(admin, [*ids, bo.id], BulkChange.DEACTIVATE)
    after = await done(services, admin, job)

    assert (after.status, after.total, after.done, after.failed) == (JobStatus.DONE, 4, 4, 3)
    assert await rows_of(services, admin, job) == [
        (acme.admin.id, RowOutcome.FAILED, "LAST_ADMIN"),
        (globex.admin.id, RowOutcome.FAILED, "NOT_FOUND"),
        (NOBODY, RowOutcome.FAILED, "NOT_FOUND"),
        (bo.id, RowOutcome.UPDATED, None),
    ]
    failed = (await services.jobs.rows(admin, job.id, Page(), only_failed=True)).rows
    assert [row.step.number for row in failed] == [1, 2, 3]
    assert "another member an admin" in failed[0].message
    assert await every_member(services, globex.operator) == [globex.admin]


IMPORT = """email,name,role
new@acme.test,New Comer,admin
u0@acme.test,Somebody,user
gone@acme.test,Back Again,
eve@globex.test,Eve,
NEW@acme.test,,
nobody,,
x@acme.test,,owner
y@acme.test,"Y",user,more
"""


async def test_an_import_does_with_each_row_what_adding_does(services, acme, globex, admin):
    (there,) = await members(services, acme, 1)
    gone = await services.memberships.create(acme.operator, a_draft("gone@acme.test", active=False))
    await services.memberships.create(globex.operator, a_draft("eve@globex.test"))

    job = await services.jobs.import_members(admin, IMPORT)
    after = await done(services, admin, job)

    assert (after.kind, after.status, after.total, after.done, after.failed) == (
        JobKind.IMPORT,
        JobStatus.DONE,
        8,
        8,
        4,
    )
    rows = (await services.jobs.rows(admin, job.id, Page())).rows
    new = (await every_member(services, acme.operator))[-1]
    assert [(row.step.about, row.outcome, row.code, row.membership_id) for row in rows] == [
        ("new@acme.test", RowOutcome.CREATED, None, new.id),
        ("u0@acme.test", RowOutcome.UNCHANGED, None, there.id),
        ("gone@acme.test", RowOutcome.REVIVED, None, gone.id),
        ("eve@globex.test", RowOutcome.FAILED, "CONFLICT", None),
        ("NEW@acme.test", RowOutcome.SKIPPED, None, None),
        ("nobody", RowOutcome.FAILED, "VALIDATION", None),
        ("x@acme.test", RowOutcome.FAILED, "VALIDATION", None),
        ("y@acme.test", RowOutcome.FAILED, "VALIDATION", None),
    ]
    assert "invite" in rows[3].message
    assert "Row 1" in rows[4].message
    assert (new.name, new.grants) == ("New Comer", ADMIN_AND_USER)
    back = await services.memberships.get(acme.operator, gone.id)
    assert (back.active, back.name) == (True, "Back Again")
    assert await services.memberships.get(acme.operator, there.id) == there


async def test_a_dry_run_tells_what_would_come_of_it_and_changes_nothing(services, acme, globex, admin):
    (there,) = await members(services, acme, 1)
    gone = await services.memberships.create(acme.operator, a_draft("gone@acme.test", active=False))
    await services.memberships.create(globex.operator, a_draft("eve@globex.test"))
    before = await every_member(services, acme.operator)
    events = await services.audit.events(acme.operator)

    rehearsed = await services.jobs.import_members(admin, IMPORT, dry_run=True)
    change = await services.jobs.change_members(
        admin, [there.id, gone.id, acme.admin.id], BulkChange.DEACTIVATE, dry_run=True
    )
    after = await done(services, admin, rehearsed)
    told, told_of_change = await rows_of(services, admin, rehearsed), await rows_of(services, admin, change)

    assert (after.dry_run, after.status, after.done, after.failed) == (True, JobStatus.DONE, 8, 4)
    assert await every_member(services, acme.operator) == before
    assert [e.action for e in await services.audit.events(acme.operator)][:-2] == [AuditAction.JOB_CREATED] * 2 + [
        event.action for event in events
    ][:-2]
    assert [outcome for _, outcome, _ in told_of_change] == [
        RowOutcome.UPDATED,
        RowOutcome.UNCHANGED,
        RowOutcome.FAILED,
    ]
    created = (await services.jobs.rows(admin, rehearsed.id, Page())).rows[0]
    assert (created.outcome, created.membership_id) == (RowOutcome.CREATED, None)
    real = await services.jobs.import_members(admin, IMPORT)
    await done(services, admin, real)
    assert await rows_of(services, admin, real) == told


async def test_a_row_that_names_an_admin_needs_the_right_to_grant_admin(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))

    job = await services.jobs.import_members(tool, "email,role\na1@acme.test,ADMIN\nu1@acme.test,User\n")
    after = await done(services, tool, job)

    assert (after.status, after.failed) == (JobStatus.DONE, 1)
    assert [(outcome, code) for _, outcome, code in await rows_of(services, tool, job)] == [
        (RowOutcome.FAILED, "FORBIDDEN"),
        (RowOutcome.CREATED, None),
    ]
    with pytest.raises(Forbidden):
        await services.jobs.change_members(tool, [acme.admin.id], BulkChange.SET_ROLE, role=Role.ADMIN)


@pytest.mark.parametrize(
    ("ids", "change", "role", "refusal", "field"),
    [
        ([], BulkChange.REMOVE, None, InvalidValue, "memberIds"),
        (["x"], BulkChange.REMOVE, None, InvalidValue, "memberIds"),
        ([NOBODY] * 501, BulkChange.REMOVE, None, TooLarge, None),
        ([NOBODY], BulkChange.SET_ROLE, None, InvalidValue, "role"),
        ([NOBODY], BulkChange.REMOVE, Role.USER, InvalidValue, "role"),
    ],
)
async def test_a_bulk_change_that_makes_no_sense_begins_no_job(
    services, acme, admin, ids, change, role, refusal, field
):
    events = await services.audit.events(acme.operator)

    with pytest.raises(refusal) as refused:
        await services.jobs.change_members(admin, ids, change, role=role)

    assert getattr(refused.value, "field", None) == field
    assert (await services.jobs.page(admin, Page())).rows == []
    assert await services.audit.events(acme.operator) == events


async def test_who_may_not_change_members_begins_and_cancels_no_job(services, acme, admin):
    job = await services.jobs.change_members(admin, [acme.admin.id], BulkChange.REACTIVATE)
    user = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))

    for actor in (user, reader):
        for call in (
            services.jobs.change_members(actor, [acme.admin.id], BulkChange.REMOVE),
            services.jobs.import_members(actor, "email\nx@acme.test"),
            services.jobs.cancel(actor, job.id),
        ):
            with pytest.raises(Forbidden):
                await call
    for call in (services.jobs.get(user, job.id), services.jobs.page(user, Page())):
        with pytest.raises(Forbidden):
            await call
    assert await services.jobs.get(reader, job.id) == job
    assert (await services.jobs.page(reader, Page())).rows == [job]


async def test_another_organizations_job_does_not_exist(services, acme, globex, admin):
    job = await services.jobs.import_members(globex.operator, "email\nx@globex.test")
    await done(services, globex.operator, job)

    for job_id in (job.id, NOBODY, "x"):
        for call in (services.jobs.get(admin, job_id), services.jobs.cancel(admin, job_id)):
            with pytest.raises(NotFound):
                await call
        assert (await services.jobs.rows(admin, job_id, Page())).rows == []
    assert (await services.jobs.page(admin, Page())).rows == []
    assert len(await every_member(services, globex.operator)) == 2


async def test_who_may_not_read_members_reads_their_own_jobs_only(services, acme, admin):
    writer = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    own = await services.jobs.import_members(writer, "email\nbo@acme.test\n")
    others = await services.jobs.import_members(admin, "email\ncy@acme.test\n")

    assert [about for about, _, _ in await rows_of(services, writer, await done(services, writer, own))] == [
        "bo@acme.test"
    ]
    for read in (services.jobs.get(writer, others.id), services.jobs.rows(writer, others.id, Page())):
        with pytest.raises(NotFound):
            await read
    with pytest.raises(Forbidden):
        await services.jobs.page(writer, Page())
    assert [about for about, _, _ in await rows_of(services, admin, own)] == ["bo@acme.test"]


async def test_a_job_that_is_cancelled_before_its_turn_does_nothing(services, acme, admin, clock):
    job = await services.jobs.import_members(admin, "email\nx@acme.test")

    cancelled = await services.jobs.cancel(admin, job.id)
    again = await services.jobs.cancel(admin, job.id)
    after = await done(services, admin, job)

    assert cancelled == again == after
    assert (after.status, after.done, after.finished_at) == (JobStatus.CANCELLED, 0, clock.moment)
    assert await every_member(services, acme.operator) == [acme.admin]
    actions = Counter(event.action for event in await services.audit.events(acme.operator))
    assert actions[AuditAction.JOB_CANCELLED] == 1


async def test_a_job_that_has_ended_cannot_be_cancelled(services, acme, admin):
    job = await services.jobs.import_members(admin, "email\nx@acme.test")
    ended = await done(services, admin, job)
    events = await services.audit.events(acme.operator)

    assert await services.jobs.cancel(admin, job.id) == ended
    assert await services.audit.events(acme.operator) == events


async def test_what_a_job_was_given_is_forgotten_when_it_has_ended(services, acme, admin, database):
    job = await services.jobs.import_members(admin, "email,name\nx@acme.test,Xaver Unusual")
    assert "Xaver Unusual" in await everything_in(database, "jobs")

    await done(services, admin, job)

    assert "Xaver Unusual" not in await everything_in(database, "jobs", "job_rows")


async def test_what_a_job_was_given_is_forgotten_when_it_is_cancelled_before_its_turn(services, acme, admin, database):
    job = await services.jobs.import_members(admin, "email,name\nx@acme.test,Xaver Unusual")
    assert "Xaver Unusual" in await everything_in(database, "jobs")

    await services.jobs.cancel(admin, job.id)

    assert "Xaver Unusual" not in await everything_in(database, "jobs", "job_rows")


async def test_jobs_and_rows_are_paged(services, acme, admin):
    csv = "email\n" + "\n".join(f"u{at}@acme.test" for at in range(5))
    made = [await services.jobs.import_members(admin, csv, dry_run=True) for _ in range(3)]
    ended = [await done(services, admin, job) for job in made][::-1]

    first = await services.jobs.page(admin, Page(size=2))
    rest = await services.jobs.page(admin, Page(size=2, after=Position("", first.rows[-1].id)))
    row_page = await services.jobs.rows(admin, made[0].id, Page(size=2, after=Position("2", made[0].id)))
    last = await services.jobs.rows(admin, made[0].id, Page(size=2, backward=True))

    assert (first.rows, first.has_next) == (ended[:2], True)
    assert (rest.rows, rest.has_next, rest.has_previous) == (ended[2:], False, True)
    assert ([row.step.number for row in row_page.rows], row_page.has_next) == ([3, 4], True)
    assert ([row.step.number for row in last.rows], last.has_previous) == ([4, 5], True)


async def test_an_identity_provider_owns_its_members_profiles_still(services, acme, admin):
    idp = await okta(services, acme.operator)
    pat = await services.memberships.create(idp, a_draft("pat@acme.test", displayName="Pat", active=False))

    job = await services.jobs.import_members(admin, "email,name\npat@acme.test,Somebody Else")
    await done(services, admin, job)

    after = await services.memberships.get(acme.operator, pat.id)
    assert (after.active, after.name, after.source) == (True, "Pat", pat.source)
