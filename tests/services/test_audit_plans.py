"""However long the trail is, what is read of it is found by an index; told by SQLite, which has no statistics."""

import sqlite3

import pytest

from rollbook.domain.criteria import Order, OrderField
from rollbook.domain.groups import GroupId
from rollbook.domain.roles import Role
from rollbook.persistence import audit_lists, membership_lists, series
from rollbook.persistence.audit_lists import _Listing
from rollbook.persistence.statements import SQLITE

EVENTS = "audit_events USING INDEX {} (organization_id=?"
TARGETS = "audit_targets USING PRIMARY KEY (organization_id=? AND membership_id=?"
BY_EVENT = "audit_events USING INDEX sqlite_autoindex_audit_events_1 (organization_id=? AND id=?)"
OF_IDS = "memberships USING COVERING INDEX sqlite_autoindex_memberships_1 (organization_id=? AND id=?)"
PLANS = {
    "a page": (_Listing(after=True), [EVENTS.format("sqlite_autoindex_audit_events_1") + " AND id<?)"]),
    "a page back": (
        _Listing(before=True, backward=True),
        [EVENTS.format("sqlite_autoindex_audit_events_1") + " AND id>?)"],
    ),
    "a stretch of time": (
        _Listing(since=True, until=True),
        [EVENTS.format("sqlite_autoindex_audit_events_1") + " AND id>? AND id<?)"],
    ),
    "an action": (
        _Listing(actions=1, after=True),
        [EVENTS.format("ix_audit_events_action") + " AND action=? AND id<?)"],
    ),
    "a channel": (
        _Listing(channels=1, after=True),
        [EVENTS.format("ix_audit_events_channel") + " AND channel=? AND id<?)"],
    ),
    "a token": (
        _Listing(token=True, after=True),
        [EVENTS.format("ix_audit_events_actor_id") + " AND actor_id=? AND id<?)"],
    ),
    "a member": (_Listing(touched=True, after=True), [TARGETS + " AND event_id<?)", BY_EVENT]),
    "a member through a channel": (_Listing(touched=True, channels=2), [TARGETS + ")", BY_EVENT]),
}


def plan(path, statement):
    """The steps of the statement that look into a table, in their order, and those that sort."""
    sql = statement.prepared(SQLITE).sql
    with sqlite3.connect(path) as connection:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
    return [step.removeprefix("SEARCH ") for step in steps if not step.startswith(("CORRELATED", "LIST"))]


@pytest.mark.parametrize("name", PLANS)
def test_a_page_of_the_trail_reads_an_index_in_its_order(sqlite_template, name):
    listing, expected = PLANS[name]

    steps = plan(sqlite_template, audit_lists._page(listing))

    assert [step for step in steps if not step.startswith("sessions")] == expected


def test_what_a_member_did_is_found_by_their_sessions(sqlite_template):
    steps = plan(sqlite_template, audit_lists._page(_Listing(member=True, after=True)))

    assert steps[0].startswith(EVENTS.format("ix_audit_events_actor_id") + " AND actor_id=?")
    assert "sessions USING INDEX ix_sessions_membership_id (organization_id=? AND membership_id=?)" in steps


@pytest.mark.parametrize(("after", "backward"), [(False, False), (True, False), (False, True)])
def test_histories_begin_with_the_members(sqlite_template, after, backward):
    steps = plan(sqlite_template, audit_lists._histories(after, not after, backward))

    assert (steps[0], BY_EVENT in steps) == (OF_IDS, True)
    assert any(step.startswith(TARGETS + " AND event_id") for step in steps)


def test_the_last_provisioning_begins_with_the_members(sqlite_template):
    steps = plan(sqlite_template, audit_lists._LAST)

    assert (steps[0], BY_EVENT in steps) == (OF_IDS, True)
    assert TARGETS + ")" in steps
    assert BY_EVENT.replace("audit_events USING", "of_channel USING") in steps


def test_whom_events_touched_begins_with_the_events(sqlite_template):
    steps = plan(sqlite_template, audit_lists._TOUCHES)

    assert steps[0] == BY_EVENT.replace("INDEX sqlite", "COVERING INDEX sqlite")
    assert any(
        "audit_targets USING INDEX ix_audit_targets_event_id (organization_id=? AND event_id=?" in s for s in steps
    )


def test_series_are_counted_in_indexes_alone(sqlite_template):
    searches = [
        step
        for statement in (series._MEMBERSHIPS, series._PROVISIONING)
        for step in plan(sqlite_template, statement)
        if " USING " in step
    ]

    assert [step.partition(" (")[0] for step in searches] == [
        "memberships USING COVERING INDEX ix_memberships_created_at",
        "memberships USING COVERING INDEX ix_memberships_ended_at",
        "audit_events USING COVERING INDEX ix_audit_events_channel",
    ]


@pytest.mark.parametrize("field", OrderField)
@pytest.mark.parametrize("asked", [{"group": GroupId.ADMINS}, {"roles": frozenset({Role.ADMIN})}])
def test_admins_are_found_by_their_index_in_every_order(sqlite_template, field, asked):
    wanted = {"active": frozenset({True}), "roles": frozenset(), "sources": 0, "search": False, "group": None}
    wanted |= {"search_user_names": True, "created_since": False, "created_before": False}
    listing = membership_lists.Listing(**wanted | asked, order=Order(field), after=True)

    steps = plan(sqlite_template, membership_lists._page(listing))

    assert steps[0].startswith("memberships USING INDEX ix_memberships_by_admin_granted (organization_id=?")
