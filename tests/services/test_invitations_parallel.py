"""Invitations that are made, followed and ended at the same moment, in one process and in two."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import Page
from rollbook.domain.errors import AlreadyExists, Unauthenticated
from rollbook.domain.roles import Role
from rollbook.services import Services
from tests.builders import a_draft, every_member, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.facts import opened
from tests.services.waiting import left_open


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


@pytest.fixture
async def elsewhere_too(services, settings, clock):
    """Services over a second connection to the same database, as another process has them."""
    database = await opened(settings)
    yield Services(database, PEPPER, clock)
    await database.close()


async def invite(services, actor, email="bo@acme.test"):
    return await services.invitations.create(actor, email, Role.USER, lifetime=timedelta(days=7))


def deactivated(before):
    return before.with_active(False)


async def test_of_ten_who_follow_one_link_at_once_one_is_let_in(services, elsewhere_too, acme, admin):
    _, secret = await invite(services, admin)

    outcomes = await asyncio.gather(
        *(each.invitations.accept(secret) for each in [services, elsewhere_too] * 5), return_exceptions=True
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"tuple": 1, "Unauthenticated": 9}
    assert len(await every_member(services, acme.operator)) == 2
    assert len(await accepted_events(services, acme)) == 1


async def test_of_ten_invitations_to_one_address_at_once_one_is_made(services, elsewhere_too, acme, admin):
    outcomes = await asyncio.gather(
        *(invite(each, admin) for each in [services, elsewhere_too] * 5), return_exceptions=True
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"tuple": 1, "AlreadyExists": 9}
    assert len((await services.invitations.page(admin, Page())).rows) == 1


async def test_joining_while_somebody_adds_the_same_person_makes_one_membership(services, elsewhere_too, acme, admin):
    for at in range(5):
        _, secret = await invite(services, admin, f"u{at}@acme.test")

        joined, added = await asyncio.gather(
            services.invitations.accept(secret),
            elsewhere_too.memberships.create(acme.operator, a_draft(f"u{at}@acme.test")),
            return_exceptions=True,
        )

        # whoever was first has made them; who was added is not let in by a link that was sent before
        if isinstance(joined, tuple):
            assert isinstance(added, AlreadyExists)
        else:
            assert (type(joined), added.user_name) == (Unauthenticated, f"u{at}@acme.test")
        assert len(await every_member(services, acme.operator)) == at + 2


async def test_a_deactivation_at_the_moment_of_joining_leaves_nobody_signed_in(services, elsewhere_too, database, acme):
    idp = await okta(services, acme.operator)
    for at in range(5):
        member = await services.memberships.create(idp, a_draft(f"u{at}@acme.test"))
        _, secret = await left_open(database, member)

        joined, _ = await asyncio.gather(
            services.invitations.accept(secret),
            elsewhere_too.memberships.update(idp, member.id, deactivated),
            return_exceptions=True,
        )

        if isinstance(joined, tuple):
            with pytest.raises(Unauthenticated):
                await services.sessions.authenticate(joined[0])
        else:
            assert isinstance(joined, Unauthenticated)


async def accepted_events(services, acme):
    return [e for e in await services.audit.events(acme.operator) if e.action is AuditAction.INVITATION_ACCEPTED]
