"""The domains that an organization says are its own: listed, proven by a TXT record, and lost again."""

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.errors import (
    AlreadyExists,
    Forbidden,
    InvalidValue,
    NotFound,
    ProviderFailed,
    SignInAgain,
    TooLarge,
)
from rollbook.domain.login_domains import MAX_LOGIN_DOMAINS
from rollbook.domain.roles import Role
from rollbook.persistence import login_domains
from rollbook.services import Services
from tests.builders import NOBODY, a_tool, okta, signed_in
from tests.services.conftest import PEPPER
from tests.services.outside import Outside
from tests.services.rows import all_rows


@pytest.fixture
def outside():
    return Outside()


@pytest.fixture
async def services(database, clock, outside):
    return Services(database, PEPPER, clock, gateways=outside.gateways())


@pytest.fixture
async def admin(services, acme):
    return await signed_in(services, acme.operator, "a@acme.test")


async def test_a_domain_is_listed_with_the_record_that_proves_it(services, acme, admin, clock):
    added = await services.login_domains.add(admin, " Acme.Example. ")
    await services.login_domains.add(admin, "a.example")

    assert (added.domain, added.record_name) == ("acme.example", "_rollbook-challenge.acme.example")
    assert added.challenge.startswith("rollbook-verification=")
    assert len(added.challenge) >= len("rollbook-verification=") + 32
    assert (added.created_at, added.checked_at, added.proven_at) == (clock(), None, None)
    listed = await services.login_domains.list(admin)
    assert [each.domain for each in listed] == ["a.example", "acme.example"]
    assert listed[1] == added
    assert listed[0].challenge != added.challenge
    told = (await services.audit.events(acme.operator, limit=2))[1]
    assert (told.action, told.target) == (AuditAction.LOGIN_DOMAIN_ADDED, "acme.example")


async def test_a_domain_is_listed_once_however_it_is_written(services, admin, database):
    await services.login_domains.add(admin, "bücher.example")
    before = await all_rows(database)

    for spelling in ("BÜCHER.example", "xn--bcher-kva.example"):
        with pytest.raises(AlreadyExists) as caught:
            await services.login_domains.add(admin, spelling)
        assert caught.value.field == "domain"
    assert await all_rows(database) == before


async def test_what_is_no_domain_is_not_listed(services, admin, database):
    before = await all_rows(database)

    for text in ("", "com", "a@acme.example", "https://acme.example", "127.0.0.1", "[::1]"):
        with pytest.raises(InvalidValue) as caught:
            await services.login_domains.add(admin, text)
        assert caught.value.field == "domain"
    assert await all_rows(database) == before


async def test_one_too_many_is_not_listed(services, acme, globex, database):
    tool = await a_tool(services, acme.operator)
    for number in range(MAX_LOGIN_DOMAINS):
        await services.login_domains.add(tool, f"d{number}.example")
    before = await all_rows(database)

    with pytest.raises(TooLarge) as caught:
        await services.login_domains.add(tool, "more.example")

    assert caught.value.limit == MAX_LOGIN_DOMAINS
    assert await all_rows(database) == before
    await services.login_domains.add(globex.operator, "more.example")


async def test_the_record_proves_it(services, acme, admin, outside, database, clock):
    added = await services.login_domains.add(admin, "acme.example")
    clock.move(minutes=1)

    looked = await services.login_domains.prove(admin, added.id)
    assert (looked.checked_at, looked.proven_at) == (clock(), None)
    assert await proven_by(database, "bo@acme.example") is None

    outside.dns.records[added.record_name] = ["v=spf1 -all", added.challenge]
    clock.move(minutes=1)
    proven = await services.login_domains.prove(admin, added.id)
    since = clock()
    clock.move(minutes=1)
    again = await services.login_domains.prove(admin, added.id)

    assert (proven.checked_at, proven.proven_at) == (since, since)
    assert (again.checked_at, again.proven_at) == (clock(), since)
    assert outside.dns.asked == [added.record_name] * 3
    for address in ("bo@acme.example", "Bo@ACME.example"):
        assert await proven_by(database, address) == acme.organization.id
    for address in ("bo@sub.acme.example", "bo@notacme.example", "bo@acme.example.test", "acme.example"):
        assert await proven_by(database, address) is None
    assert [event.action for event in await services.audit.events(acme.operator, limit=2)] == [
        AuditAction.LOGIN_DOMAIN_PROVEN,
        AuditAction.LOGIN_DOMAIN_ADDED,
    ]


@pytest.mark.parametrize("near", ["rollbook-verification=", "{0}x", "x{0}", "{1}", "_rollbook-challenge={0}"])
async def test_another_text_proves_nothing(services, globex, admin, outside, near):
    added = await services.login_domains.add(admin, "acme.example")
    theirs = await services.login_domains.add(globex.operator, "acme.example")
    outside.dns.records[added.record_name] = [near.format(added.challenge, theirs.challenge)]

    assert (await services.login_domains.prove(admin, added.id)).proven_at is None


async def test_a_record_that_has_gone_proves_nothing_any_more(services, acme, admin, outside, database, clock):
    added = await services.login_domains.add(admin, "acme.example")
    outside.dns.records[added.record_name] = [added.challenge]
    await services.login_domains.prove(admin, added.id)
    outside.dns.records.clear()
    clock.move(minutes=1)

    after = await services.login_domains.prove(admin, added.id)

    assert (after.checked_at, after.proven_at) == (clock(), None)
    assert await proven_by(database, "bo@acme.example") is None
    told = (await services.audit.events(acme.operator, limit=1))[0]
    assert (told.action, told.target) == (AuditAction.LOGIN_DOMAIN_LAPSED, "acme.example")


async def test_a_dns_that_does_not_answer_changes_nothing(services, admin, outside, database):
    added = await services.login_domains.add(admin, "acme.example")
    outside.dns.records[added.record_name] = [added.challenge]
    await services.login_domains.prove(admin, added.id)
    before = await all_rows(database)
    outside.dns.failing = True

    with pytest.raises(ProviderFailed):
        await services.login_domains.prove(admin, added.id)

    assert await all_rows(database) == before


async def test_a_domain_is_proven_by_one_organization_until_that_one_removes_it(
    services, acme, globex, admin, outside, database
):
    ours = await services.login_domains.add(admin, "acme.example")
    theirs = await services.login_domains.add(globex.operator, "acme.example")
    outside.dns.records[ours.record_name] = [ours.challenge, theirs.challenge]
    await services.login_domains.prove(admin, ours.id)
    before = await all_rows(database)

    with pytest.raises(AlreadyExists, match="Another organization") as caught:
        await services.login_domains.prove(globex.operator, theirs.id)
    assert "acme" not in caught.value.message.replace("acme.example", "")
    assert await all_rows(database) == before

    await services.login_domains.remove(admin, ours.id)
    await services.login_domains.prove(globex.operator, theirs.id)

    assert await proven_by(database, "bo@acme.example") == globex.organization.id
    assert await services.login_domains.list(admin) == []
    told = (await services.audit.events(acme.operator, limit=1))[0]
    assert (told.action, told.target) == (AuditAction.LOGIN_DOMAIN_REMOVED, "acme.example")


async def test_who_signed_in_too_long_ago_changes_nothing(services, admin, outside, database, clock):
    added = await services.login_domains.add(admin, "acme.example")
    clock.move(minutes=11)
    before = await all_rows(database)

    for work in (
        services.login_domains.add(admin, "b.example"),
        services.login_domains.prove(admin, added.id),
        services.login_domains.remove(admin, added.id),
    ):
        with pytest.raises(SignInAgain):
            await work
    assert await all_rows(database) == before
    assert outside.dns.asked == []
    assert await services.login_domains.list(admin) == [added]


async def test_only_who_may_change_settings_sees_and_changes_them(services, acme, globex, admin, outside, database):
    added = await services.login_domains.add(admin, "acme.example")
    member = await signed_in(services, acme.operator, "bo@acme.test", Role.USER)
    idp = await okta(services, acme.operator)
    before = await all_rows(database)

    for actor in (member, idp):
        for work in (
            services.login_domains.list(actor),
            services.login_domains.add(actor, "b.example"),
            services.login_domains.prove(actor, added.id),
            services.login_domains.remove(actor, added.id),
        ):
            with pytest.raises(Forbidden):
                await work
    for domain_id in (added.id, NOBODY, "no id"):
        for work in (
            services.login_domains.prove(globex.operator, domain_id),
            services.login_domains.remove(globex.operator, domain_id),
        ):
            with pytest.raises(NotFound):
                await work
    assert outside.dns.asked == []
    assert await services.login_domains.list(globex.operator) == []
    assert await all_rows(database) == before


async def proven_by(database, email):
    async with database.read() as tx:
        return await login_domains.proven_by(tx, email)
