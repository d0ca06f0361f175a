"""What an organization of any size must not feel: long values, slow readers, and lookups that read too far."""

import re
import sqlite3

import asyncpg
import pytest

from benchmarks.crowds import fill
from rollbook.domain.criteria import (
    EVERYONE,
    And,
    Attribute,
    Comparison,
    MemberFilter,
    Operator,
    Order,
    OrderField,
    Page,
)
from rollbook.domain.groups import GroupId
from rollbook.domain.roles import Role
from rollbook.persistence import groups, invitations, membership_lists, memberships, migrations
from rollbook.persistence.opening import open_postgresql
from rollbook.persistence.statements import POSTGRESQL, SQLITE
from rollbook.services import groups as group_service
from rollbook.services.opening import open_services
from rollbook.settings import Settings
from tests.builders import NOBODY, a_draft, equals, every_member


async def test_a_name_of_any_length_is_kept_whole_and_listed_in_part(services, acme):
    long = "".join(chr(0x4E00 + at) for at in range(3000))

    member = await services.memberships.create(acme.operator, a_draft("bo", displayName=long))

    assert member.name == long[:256]
    assert member.profile.attributes["displayName"] == long
    assert await services.memberships.get(acme.operator, member.id) == member


async def test_readers_of_groups_that_stop_reading_hold_nobody_up(services, acme, monkeypatch):
    monkeypatch.setattr(group_service, "BATCH", 1)
    for number in range(3):
        await services.memberships.create(acme.operator, a_draft(f"p{number}@x.test"))

    stalled = [services.groups.members(acme.operator, "users") for _ in range(20)]
    first = [await anext(reader) for reader in stalled]

    assert len(await every_member(services, acme.operator)) == 4  # on every database more readers than connections
    rest = [[member.id async for batch in reader for member in batch] for reader in stalled]
    assert {len(batch) for batch in first} == {1}
    assert {len(ids) for ids in rest} == {3}


ADDRESS = Comparison(Attribute(("emails", "value"), many=True), Operator.EQUALS, "a@x")
PAGE = {"search": False, "search_user_names": True, "sources": 0, "roles": frozenset(), "active": frozenset({True})}
PAGE |= {"group": None, "created_since": False, "created_before": False}


POSTGRESQL_NAMES = {
    "uq_memberships_user_id": "memberships_user_id",  # or the one without the organization, which is as good
    "membership_emails USING PRIMARY KEY": "pk_membership_emails",
    "sqlite_autoindex_memberships_1": "ix_memberships_living|ix_memberships_by_active",  # active ones in the same order
    "uq_invitations_open": "uq_invitations_open|ix_invitations_email_key",  # an address has few of them: as good
}


def searching(criterion):
    shape, _ = membership_lists.filtering.read(criterion)
    return membership_lists._search(shape, None, membership_lists._Start.OFFSET, True)


INVITE_EVERYBODY = """
    INSERT INTO invitations (organization_id, id, email, email_key, role, digest, invited_by, created_at, expires_at)
    SELECT organization_id, id, user_name, user_name_key, 'user', sha256(user_name::bytea), 'test', now(), now()
    FROM memberships; ANALYZE invitations
"""
KINDS = ("uq_memberships", "ix_memberships_ended")
PLANNED = [
    (
        memberships._BY_KEYS_LOCKED,
        {f"uq_memberships_{n}" for n in ("external_id", "user_name_key", "email_key", "user_id")},
    ),
    (
        memberships._ENDED_BY_KEYS,
        {f"ix_memberships_ended_{n}" for n in ("external_id", "user_name_key", "email_key")},
    ),
    *(
        (
            known,
            {f"{kind}_{n}" for kind in KINDS for n in ("external_id", "user_name_key", "email_key")}
            | {"uq_invitations_open"},
        )
        for known in memberships._KNOWN.values()
    ),
    (invitations._REVOKE_FOR_MEMBERS, {"uq_invitations_open", "ix_membership_emails_membership_id"}),
    *((statement, {"uq_invitations_open"}) for statement in invitations._REVOKE_FOR.values()),
    (memberships._OTHER_ADMIN, {"ix_memberships_by_admin_granted"}),
    *(
        (statement, {"ix_memberships_by_admin_granted"})
        for statement in (
            groups._AN_ADMIN,
            groups._COUNT[GroupId.ADMINS],
            groups._MEMBERS[GroupId.ADMINS, True],
        )
    ),
    (searching(equals("userName", "x")), {"uq_memberships_user_name_key"}),
    (searching(equals("externalId", "x")), {"uq_memberships_external_id"}),
    (searching(And((ADDRESS, equals("active", True)))), {"membership_emails USING PRIMARY KEY"}),
    *(
        (membership_lists._page(membership_lists.Listing(**PAGE, order=Order(field), after=True)), {index})
        for field, index in (
            (OrderField.NAME, "ix_memberships_by_name_key"),
            (OrderField.EMAIL, "ix_memberships_by_email_order"),
            (OrderField.CREATED_AT, "sqlite_autoindex_memberships_1"),
        )
    ),
]


@pytest.mark.parametrize(
    ("statement", "indexes"),
    PLANNED,
    ids=lambda value: "-".join(sorted(value)) if isinstance(value, set) else "plan",
)
def test_a_lookup_reads_an_index_and_sorts_nothing(sqlite_template, statement, indexes):
    sql = statement.prepared(SQLITE).sql
    with sqlite3.connect(sqlite_template) as connection:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]

    assert {index for index in indexes if any(f"{index} " in step for step in plan)} == indexes, plan
    assert not [step for step in plan if step.startswith("SCAN memberships")], plan
    if ") > (" in sql:  # a page by place
        assert not [step for step in plan if "TEMP B-TREE" in step], plan


@pytest.mark.postgresql
async def test_a_lookup_reads_an_index_on_postgresql(postgresql, tmp_path):
    url = await postgresql.create()
    settings = Settings(data_dir=tmp_path, database_url=url)
    async with open_services(settings) as services:
        acme = await services.organizations.create("acme", "Acme", "a@acme.test")
    await fill(settings, acme.id, range(20_000))
    connection = await asyncpg.connect(url)
    await connection.execute("UPDATE memberships SET ended_at = now() WHERE external_id LIKE '%7'; ANALYZE memberships")
    await connection.execute(INVITE_EVERYBODY)
    await connection.execute("SET plan_cache_mode = force_generic_plan")

    plans = {}
    for number, (statement, indexes) in enumerate(PLANNED):
        sql = statement.prepared(POSTGRESQL).sql
        nothing = ", ".join(["NULL"] * len(set(re.findall(r"\$\d+", sql))))
        await connection.execute(f"PREPARE lookup_{number} AS {sql}")
        plan = await connection.fetch(f"EXPLAIN EXECUTE lookup_{number}({nothing})")
        plans[number] = (indexes, "\n".join(step[0] for step in plan))
    await connection.close()
    await postgresql.drop(url)

    for indexes, plan in plans.values():
        wanted = {POSTGRESQL_NAMES.get(index, index) for index in indexes}
        assert {index for index in wanted if re.search(index, plan)} == wanted, plan
        assert "Seq Scan" not in plan, plan


async def test_a_listing_by_e_mail_has_a_place_for_who_has_none(services, acme):
    for draft in (a_draft("no address"), a_draft("bo", "bo@x.test")):
        await services.memberships.create(acme.operator, draft)
    by_email = Order(OrderField.EMAIL)

    found = await services.memberships.page(acme.operator, MemberFilter(roles=frozenset(Role)), by_email, Page())

    assert [member.email for member in found.rows] == [None, "a@acme.test", "bo@x.test"]


@pytest.mark.postgresql
async def test_a_url_with_parameters_of_the_driver_is_opened(postgresql):
    url = await postgresql.create()

    database = await open_postgresql(f"{url}&sslmode=disable&application_name=told", pool_size=1)
    async with database.read() as tx:
        assert await membership_lists.count(tx, NOBODY, EVERYONE) == 0

    await database.close()
    await postgresql.drop(url)


def test_a_newer_revision_is_unknown():
    assert migrations.is_known(None)
    assert migrations.is_known(migrations.newest())
    assert not migrations.is_known("9999")
