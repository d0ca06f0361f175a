"""Passkeys that are used, made and lost at the same moment, in one process and in two."""

import asyncio
import json
from collections import Counter

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import Unauthenticated
from rollbook.domain.passkeys import MAX_PASSKEYS
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Visitor
from rollbook.services import Services
from tests.authenticator import Authenticator
from tests.builders import okta, signed_in
from tests.conftest import BASE_URL
from tests.services.conftest import PEPPER
from tests.services.facts import opened
from tests.services.passkeys import asked, entered, registered
from tests.services.rows import all_rows


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock, base_url=BASE_URL)


@pytest.fixture
async def elsewhere_too(services, settings, clock):
    """Services over a second connection to the same database, as another process has them."""
    database = await opened(settings)
    yield Services(database, PEPPER, clock, base_url=BASE_URL)
    await database.close()


@pytest.fixture
async def bo(services, acme):
    return await signed_in(services, acme.operator, "bo@acme.test", Role.USER)


@pytest.fixture
def phone():
    return Authenticator(BASE_URL)


def deactivated(before):
    return before.with_active(False)


def activated(before):
    return before.with_active(True)


async def test_of_ten_who_bring_one_answer_at_once_one_is_let_in(services, elsewhere_too, acme, bo):
    phone = Authenticator(BASE_URL, counts=False)
    await registered(services, bo, phone)
    ticket, answer = await asked(services, phone)

    outcomes = await asyncio.gather(
        *(each.passkeys.sign_in(ticket, answer, Visitor()) for each in [services, elsewhere_too] * 5),
        return_exceptions=True,
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"tuple": 1, "SignInRefused": 9}
    started = [e for e in await services.audit.events(acme.operator) if "passkey" in e.changes]
    assert Counter(e.action for e in started) == {AuditAction.PASSKEY_REGISTERED: 1, AuditAction.SESSION_STARTED: 1}


async def test_of_a_key_and_its_copy_with_one_count_one_is_let_in(services, elsewhere_too, bo, phone):
    await registered(services, bo, phone)
    answers = [await asked(services, phone, count=7) for _ in range(4)]

    outcomes = await asyncio.gather(
        *(
            each.passkeys.sign_in(*answer, Visitor())
            for each, answer in zip([services, elsewhere_too] * 2, answers, strict=True)
        ),
        return_exceptions=True,
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"tuple": 1, "Unauthenticated": 3}


async def test_of_one_answer_of_a_registration_brought_ten_times_one_is_kept(services, elsewhere_too, bo, phone):
    ceremony = await services.passkeys.begin_registration(bo)
    answers = [json.dumps(phone.create(json.loads(ceremony.options))) for _ in range(10)]

    outcomes = await asyncio.gather(
        *(
            each.passkeys.register(bo, ceremony.ticket, answer, name="Phone")
            for each, answer in zip([services, elsewhere_too] * 5, answers, strict=True)
        ),
        return_exceptions=True,
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Passkey": 1, "InvalidValue": 9}
    assert len(await services.passkeys.list(bo)) == 1


async def test_a_member_gets_no_more_passkeys_than_there_may_be_by_adding_two_at_once(
    services, elsewhere_too, bo, phone
):
    for _ in range(MAX_PASSKEYS - 1):
        await registered(services, bo, phone)
    begun = [await services.passkeys.begin_registration(bo) for _ in range(2)]

    outcomes = await asyncio.gather(
        *(
            each.passkeys.register(
                bo, ceremony.ticket, json.dumps(phone.create(json.loads(ceremony.options))), name="Last"
            )
            for each, ceremony in zip([services, elsewhere_too], begun, strict=True)
        ),
        return_exceptions=True,
    )

    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Passkey": 1, "TooLarge": 1}
    assert len(await services.passkeys.list(bo)) == MAX_PASSKEYS


@pytest.mark.parametrize("ending", ["deactivated", "removed"])
async def test_whoever_is_shut_out_at_the_moment_of_a_sign_in_is_out_afterwards(
    services, elsewhere_too, acme, bo, phone, ending
):
    idp = await okta(services, acme.operator)
    await registered(services, bo, phone)
    for _ in range(5):
        answers = [await asked(services, phone) for _ in range(3)]
        shut_out = (
            elsewhere_too.memberships.update(idp, bo.membership_id, deactivated)
            if ending == "deactivated"
            else elsewhere_too.memberships.remove(idp, bo.membership_id)
        )
        *entries, _ = await asyncio.gather(
            *(services.passkeys.sign_in(*answer, Visitor()) for answer in answers), shut_out, return_exceptions=True
        )

        secrets = [entry[0] for entry in entries if isinstance(entry, tuple)]
        for secret in secrets:
            with pytest.raises(Unauthenticated):
                await services.sessions.authenticate(secret)
        with pytest.raises(Unauthenticated):
            await entered(services, phone)
        if ending == "removed":
            return
        await services.memberships.update(idp, bo.membership_id, activated)
        for secret in secrets:
            with pytest.raises(Unauthenticated):
                await services.sessions.authenticate(secret)


async def test_a_passkey_that_is_made_while_the_membership_ends_does_not_stay(
    services, elsewhere_too, acme, database, bo, phone
):
    idp = await okta(services, acme.operator)
    begun = [await services.passkeys.begin_registration(bo) for _ in range(3)]

    await asyncio.gather(
        *(
            services.passkeys.register(
                bo, ceremony.ticket, json.dumps(phone.create(json.loads(ceremony.options))), name="Phone"
            )
            for ceremony in begun
        ),
        elsewhere_too.memberships.remove(idp, bo.membership_id),
        return_exceptions=True,
    )

    rows = await all_rows(database)
    assert rows["passkeys"] == []
    (left,) = [row for row in rows["memberships"] if row["id"] == bo.membership_id]
    assert left["ended_at"] is not None
