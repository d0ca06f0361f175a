"""However large the organization and long its trail, the past is read in the order of ids; told by SQLite."""

import sqlite3

import pytest

from rollbook.domain.criteria import MemberFilter
from rollbook.domain.groups import GroupId
from rollbook.domain.roles import Role
from rollbook.persistence import access_history
from rollbook.persistence.access_history import _Stretch
from rollbook.persistence.membership_lists import listing_of
from rollbook.persistence.statements import SQLITE

BY_ID = "SEARCH memberships USING INDEX sqlite_autoindex_memberships_1 (organization_id=?"
BY_TARGET = "SEARCH audit_targets USING PRIMARY KEY (organization_id=? AND membership_id=? AND event_id>?)"
BY_EVENT = "SEARCH audit_events USING INDEX sqlite_autoindex_audit_events_1 (organization_id=? AND id=?)"
FILTERS = [
    MemberFilter(),
    MemberFilter(active=frozenset()),
    MemberFilter(roles=frozenset({Role.ADMIN}), search="x"),
    MemberFilter(group=GroupId.ADMINS),
]


def plan(path, statement):
    """The steps of the statement that look into a table, and those that sort."""
    sql = statement.prepared(SQLITE).sql
    with sqlite3.connect(path) as connection:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
    return [step for step in steps if not step.startswith(("LIST", "SCAN json_each"))]


@pytest.mark.parametrize("wanted", FILTERS)
@pytest.mark.parametrize(("after", "backward", "place"), [(0, 0, ")"), (1, 0, " AND id>?)"), (0, 1, " AND id<?)")])
def test_a_stretch_begins_at_its_place_and_sorts_nothing(sqlite_template, wanted, after, backward, place):
    shape = _Stretch(listing_of(wanted), bool(after), before=bool(backward), backward=bool(backward))

    assert plan(sqlite_template, access_history._stretch(shape)) == [BY_ID + place]


def test_events_are_found_by_the_member_and_then_by_their_ids(sqlite_template):
    for statement in access_history._TOUCHING.values():
        assert plan(sqlite_template, statement) == [BY_TARGET, BY_EVENT]


def test_a_count_reads_the_members_by_their_ids_and_their_sessions_are_found_by_the_member(sqlite_template):
    steps = plan(sqlite_template, access_history._tallied(listing_of(MemberFilter())))

    assert [step for step in steps if "memberships" in step] == [BY_ID + " AND id>?)"]
    assert plan(sqlite_template, access_history._AMONG) == [BY_ID + " AND id=?)"]
    assert plan(sqlite_template, access_history._LAST_SEEN) == [
        "SEARCH sessions USING INDEX ix_sessions_membership_id (organization_id=? AND membership_id=?)"
    ]
