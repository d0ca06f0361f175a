"""However long the log is, what is read of it is found by an index; told by SQLite, which has no statistics."""

import sqlite3

import pytest

from rollbook.persistence import provisioning_lists
from rollbook.persistence.provisioning_lists import _Listing
from rollbook.persistence.statements import SQLITE

LOG = "SEARCH provisioning_requests USING INDEX {} (organization_id=?"
BY_ID = LOG.format("sqlite_autoindex_provisioning_requests_1")
OF_IDS = "SEARCH memberships USING COVERING INDEX sqlite_autoindex_memberships_1 (organization_id=? AND id=?)"
PLANS = {
    "a page": (_Listing(after=True), BY_ID + " AND id<?)"),
    "a page back": (_Listing(before=True, backward=True), BY_ID + " AND id>?)"),
    "a stretch of time": (_Listing(since=True, until=True), BY_ID + " AND id>? AND id<?)"),
    "an outcome": (
        _Listing(outcomes=1, after=True),
        LOG.format("ix_provisioning_requests_outcome") + " AND outcome=? AND id<?)",
    ),
    "a member": (
        _Listing(membership_id=True, after=True),
        LOG.format("ix_provisioning_requests_membership_id") + " AND membership_id=? AND id<?)",
    ),
    "a token": (
        _Listing(token_id=True, after=True),
        LOG.format("ix_provisioning_requests_token_id") + " AND token_id=? AND id<?)",
    ),
    "a search": (_Listing(search=True, after=True), BY_ID + " AND id<?)"),
}


def plan(path, statement):
    """The steps of the statement, but for what says only that a query is inside of another."""
    sql = statement.prepared(SQLITE).sql
    with sqlite3.connect(path) as connection:
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?"))]
    return [step for step in steps if not step.startswith(("CORRELATED", "LIST", "SCAN json_each"))]


@pytest.mark.parametrize("name", PLANS)
def test_a_page_of_the_log_reads_one_index_in_its_order(sqlite_template, name):
    listing, expected = PLANS[name]

    assert plan(sqlite_template, provisioning_lists._page(listing)) == [expected]


@pytest.mark.parametrize(("after", "backward"), [(False, False), (True, False), (False, True)])
def test_entries_of_members_begin_with_the_members(sqlite_template, after, backward):
    steps = plan(sqlite_template, provisioning_lists._of_members(after, not after, backward))

    assert steps[0] == OF_IDS
    index = "ix_provisioning_requests_membership_id (organization_id=? AND membership_id=?"
    assert [step for step in steps if "provisioning_requests" in step or "counted" in step] == [
        step for step in steps if index in step
    ]


def test_results_are_counted_in_an_index_alone(sqlite_template):
    steps = plan(sqlite_template, provisioning_lists._RESULTS)

    assert steps[0].startswith(
        LOG.format("ix_provisioning_requests_outcome").replace("INDEX", "COVERING INDEX") + " AND outcome=? AND id>?"
    )
