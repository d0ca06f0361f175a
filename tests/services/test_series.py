"""Time series: what is counted in which bucket, for whom; equal on both databases."""

from datetime import UTC, date, datetime, timedelta

import pytest

from rollbook.domain.actors import Channel
from rollbook.domain.audit import AuditAction, AuditEvent
from rollbook.domain.errors import Forbidden, InvalidValue, TooLarge
from rollbook.domain.memberships import Source
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role
from rollbook.domain.series import Bucket, MembershipPoint, MembershipSeries, ProvisioningSeries
from rollbook.domain.values import first_id, new_id
from rollbook.persistence import audit
from rollbook.services import Services
from tests.builders import a_draft, a_tool, okta, signed_in
from tests.conftest import an_organization
from tests.services.conftest import PEPPER


def at(*parts):
    return datetime(*parts, tzinfo=UTC)


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def acme(services, clock):
    """An organization whose admin joined on the last of January, a Saturday."""
    clock.moment = at(2026, 1, 31, 23, 59, 59)
    return await an_organization(services, "acme", "a@acme.test")


@pytest.fixture
async def crowd(services, acme, clock):
    """Bo and Cy joined in February, by hand and by the provider; Bo left in March; Cy is inactive."""
    clock.moment = at(2026, 2, 1)
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    clock.moment = at(2026, 2, 28, 23, 59, 59, 999_999)
    idp = await okta(services, acme.operator)
    cy = await services.memberships.create(idp, a_draft("cy@acme.test"))
    await services.memberships.update(idp, cy.id, lambda member: member.with_active(False))
    clock.moment = at(2026, 3, 2)
    await services.memberships.remove(acme.operator, bo.id)


def points(*told):
    return [MembershipPoint(date(2026, *start), *numbers) for start, *numbers in told]


@pytest.mark.usefixtures("crowd")
async def test_memberships_are_counted_in_whole_months(services, acme):
    found = await services.series.memberships(acme.operator, at(2026, 1, 31), at(2026, 4, 1), Bucket.MONTH)

    assert found == [MembershipSeries(None, points(((1, 1), 1, 0, 1), ((2, 1), 2, 0, 3), ((3, 1), 0, 1, 2)))]


@pytest.mark.usefixtures("crowd")
async def test_what_was_before_the_first_point_is_in_its_total(services, acme):
    weeks = await services.series.memberships(acme.operator, at(2026, 2, 23), at(2026, 3, 9), Bucket.WEEK)
    days = await services.series.memberships(acme.operator, at(2026, 3, 3), at(2026, 3, 4), Bucket.DAY)

    assert weeks == [MembershipSeries(None, points(((2, 23), 1, 0, 3), ((3, 2), 0, 1, 2)))]
    assert days == [MembershipSeries(None, points(((3, 3), 0, 0, 2)))]


@pytest.mark.usefixtures("crowd")
async def test_memberships_are_counted_by_source_and_every_source_has_a_series(services, acme):
    found = await services.series.memberships(
        acme.operator, at(2026, 2, 27), at(2026, 3, 3), Bucket.DAY, by_source=True
    )

    days = [(2, 27), (2, 28), (3, 1), (3, 2)]
    expected = {
        Source.MANUAL: [(0, 0, 2), (0, 0, 2), (0, 0, 2), (0, 1, 1)],
        Source.SCIM: [(0, 0, 0), (1, 0, 1), (0, 0, 1), (0, 0, 1)],
        Source.SSO: [(0, 0, 0)] * 4,
    }
    assert found == [
        MembershipSeries(source, points(*((day, *told) for day, told in zip(days, numbers, strict=True))))
        for source, numbers in expected.items()
    ]


async def provisioned(database, organization_id, channel, *events):
    """Keep events of these actions and moments, with ids of these moments."""
    async with database.write() as tx:
        for action, moment in events:
            made = first_id(moment)[:-12] + new_id()[-12:]
            event = AuditEvent(
                made, organization_id, moment, action, channel, "scim_token", None, "Okta", None, "bo", {}, None
            )
            await audit.append(tx, event)


@pytest.fixture
async def provisioning(database, acme, globex):
    A = AuditAction
    day = at(2026, 5, 4)  # a Monday
    events = [
        (A.MEMBERSHIP_CREATED, day - timedelta(microseconds=1)),
        (A.MEMBERSHIP_CREATED, day),
        (A.MEMBERSHIP_UPDATED, day + timedelta(hours=23, minutes=59)),
        (A.MEMBERSHIP_UPDATED, day + timedelta(days=2)),
        (A.MEMBERSHIP_UPDATED, day + timedelta(days=3)),
    ]
    await provisioned(database, acme.organization.id, Channel.SCIM, *events)
    await provisioned(database, acme.organization.id, Channel.GRAPHQL, (A.MEMBERSHIP_REMOVED, day))
    await provisioned(database, globex.organization.id, Channel.SCIM, (A.MEMBERSHIP_REMOVED, day))


@pytest.mark.usefixtures("provisioning")
async def test_what_came_through_scim_is_counted_by_day(services, acme):
    found = await services.series.provisioning(acme.operator, at(2026, 5, 4), at(2026, 5, 7), Bucket.DAY)

    counted = [(date(2026, 5, 4), 2), (date(2026, 5, 5), 0), (date(2026, 5, 6), 1)]
    assert found == [ProvisioningSeries(None, counted)]


@pytest.mark.usefixtures("provisioning")
async def test_what_came_through_scim_is_counted_by_action(services, acme):
    found = await services.series.provisioning(
        acme.operator, at(2026, 4, 30), at(2026, 5, 10), Bucket.WEEK, by_action=True
    )

    assert found == [
        ProvisioningSeries(AuditAction.MEMBERSHIP_CREATED, [(date(2026, 4, 27), 1), (date(2026, 5, 4), 1)]),
        ProvisioningSeries(AuditAction.MEMBERSHIP_UPDATED, [(date(2026, 4, 27), 0), (date(2026, 5, 4), 3)]),
    ]


async def test_where_nothing_happened_there_are_points_all_the_same(services, acme):
    since, until = at(2020, 1, 1), at(2020, 1, 3)

    assert await services.series.provisioning(acme.operator, since, until, Bucket.DAY) == [
        ProvisioningSeries(None, [(date(2020, 1, 1), 0), (date(2020, 1, 2), 0)])
    ]
    assert await services.series.provisioning(acme.operator, since, until, Bucket.DAY, by_action=True) == []
    (series,) = await services.series.memberships(acme.operator, since, until, Bucket.DAY)
    assert [(point.joined, point.left, point.total) for point in series.points] == [(0, 0, 0)] * 2


async def test_series_that_cannot_be_are_refused(services, acme):
    for read in (services.series.memberships, services.series.provisioning):
        with pytest.raises(TooLarge):
            await read(acme.operator, at(2020, 1, 1), at(2026, 1, 1), Bucket.DAY)
        with pytest.raises(InvalidValue):
            await read(acme.operator, at(2026, 1, 1), at(2020, 1, 1), Bucket.DAY)


async def test_series_are_for_those_who_may_read_what_they_count(services, acme):
    span = (at(2026, 1, 1), at(2026, 1, 2), Bucket.DAY)
    eve = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    reader = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_READ}))
    auditor = await a_tool(services, acme.operator, frozenset({Permission.AUDIT_READ}))

    assert len(await services.series.memberships(reader, *span)) == 1
    assert len(await services.series.provisioning(auditor, *span)) == 1
    for read, actor in (
        (services.series.memberships, eve),
        (services.series.memberships, auditor),
        (services.series.provisioning, eve),
        (services.series.provisioning, reader),
    ):
        with pytest.raises(Forbidden):
            await read(actor, *span)
