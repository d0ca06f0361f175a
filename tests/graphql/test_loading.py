"""No query per row: how many statements an operation costs, all told, and that it does not grow with the page."""

from contextlib import asynccontextmanager
from datetime import timedelta
from inspect import iscoroutinefunction

import pytest

from rollbook.domain.groups import GroupChange
from rollbook.domain.tokens import TokenKind
from tests.architecture.sources import ROOT
from tests.entries import an_entry, keep

from .client import a_member, global_id, member_id, okta, signed_in

OPERATIONS = ROOT / "frontend_stub" / "operations"
FOR_THE_PAGES = {
    "Account": 4,
    "ApiTokens": 4,
    "AuditEntry": 5,
    "AuditTrail": 3,
    "Authentication": 4,
    "BulkJob": 3,
    "FindPeople": 3,
    "Invitations": 3,
    "LogSettings": 3,
    "LogTokens": 3,
    "MemberCounts": 4,
    "MemberDetails": 5,
    "MemberHistory": 3,
    "MemberRequest": 4,
    "MemberRequests": 3,
    "MemberRow": 3,
    "Members": 4,
    "MembersAsOf": 4,
    "OrganizationSessions": 4,
    "Overview": 13,
    "OverviewMembers": 3,
    "OverviewResults": 3,
    "ProvisioningEntry": 5,
    "ProvisioningLog": 3,
    "ProvisioningStart": 4,
    "RecentSignIn": 1,
    "Session": 5,
    "SingleSignOn": 4,
    "WhoIs": 2,
}
"""By query of the settings pages: its statements. One is the session's, one the organization's."""

MOST_FOR_A_PAGE = 6
TELLS_OF_EVERYTHING = {"Overview"}

PAGE = """{ organization {
  members(first: 200) {
    nodes { name user { email } groups { displayName memberCount } lastProvisioning { action actor { name } } }
    pageInfo { hasNextPage }
    totalCount
  }
  tokens { id name createdBy }
} }"""

DETAILS = """{ organization {
  groups { memberCount }
  members(first: 50) {
    edges { node { groups { members(first: 5) { nodes { user { name } } totalCount } } } }
    nodes { history(first: 3) { nodes { action targets { gained member { name } } hasMoreTargets } } }
    facets { role { value count } }
  }
} }"""

TRAIL = """{ organization { auditEvents(first: 200) {
  nodes { action actor { name id } changes { field } targets { id member { user { name } } } }
} } }"""


SESSIONS = """{ organization {
  sessions(first: 200) { nodes { method member { email ssoIdentity { subject } } } pageInfo { hasNextPage } }
} }"""

ACCOUNT = """{ viewer {
  sessions { id member { name } } passkeys { name } ssoIdentity { subject }
} }"""

SINGLE_SIGN_ON = "{ organization { sso { connection { issuer } redirectUri } loginDomains { domain } } }"

LOG = """{ organization { provisioningRequests(first: 200) { nodes {
  path curl requestBody responseBody(personalValues: SHOWN) explanation { why }
  token { name } member { email provisioningRequests(first: 2) { nodes { path } } } auditEvent { action }
} } } }"""


class Counted:
    """A transaction that counts the statements that are run in it."""

    def __init__(self, tx, told):
        self._tx = tx
        self._told = told

    def __getattr__(self, name):
        run = getattr(self._tx, name)
        if not iscoroutinefunction(run):
            return run

        async def counted(statement, **parameters):
            self._told.append(statement)
            return await run(statement, **parameters)

        return counted


@pytest.fixture
async def browser(http, services, acme):
    return await signed_in(http, services, acme, "a@acme.test")


@pytest.fixture
def statements(services, monkeypatch, browser):
    """Sends an operation as a signed-in browser does, and tells how many statements the answer cost."""
    told = []

    def counting(begin):
        @asynccontextmanager
        async def begun():
            async with begin() as tx:
                yield Counted(tx, told)

        return begun

    database = services._database
    for name in ("read", "write"):
        monkeypatch.setattr(database, name, counting(getattr(database, name)))

    async def statements(query, **variables):
        told.clear()
        await browser.data(query, **variables)
        return len(told)

    return statements


async def variables_of_the_pages(services, acme):
    """By query that has to be told of whom or since when: something that is there."""
    (event, *_) = await services.audit.events(acme.operator, membership_id=acme.admin.id)
    entry = an_entry(acme.organization.id, membership_id=acme.admin.id, event_id=event.id, request_body="{}")
    await keep(services._database, entry)
    job = await services.jobs.import_members(acme.operator, "email\nb@acme.test", dry_run=True)
    await services.job_runner.turn()
    admin = {"id": member_id(acme.admin)}
    requested = {"id": global_id("ProvisioningRequest", entry.id)}
    now = services.clock()
    week = {"since": (now - timedelta(days=7)).isoformat(), "bucket": "DAY"}
    return {
        "AuditEntry": {"id": global_id("AuditEvent", event.id)},
        "BulkJob": {"id": global_id("Job", job.id)},
        "FindPeople": {"search": "a"},
        "MemberDetails": admin,
        "MemberHistory": admin,
        "MemberRequest": requested,
        "MemberRequests": admin,
        "MemberRow": admin,
        "MembersAsOf": {"asOf": now.isoformat()},
        "OverviewMembers": week,
        "OverviewResults": week,
        "ProvisioningEntry": requested,
        "WhoIs": admin,
    }


@pytest.fixture
async def crowd(services, acme, scim_token):
    """200 members whom the provider made and then put into Admins, and some tokens."""
    idp = await okta(services, scim_token)
    made = [await a_member(services, acme, f"m{number:03}@acme.test", by=idp) for number in range(199)]
    for member in made[:100]:
        await services.groups.change(idp, "admins", GroupChange(add=(member.id,)))
    for number in range(5):
        await services.tokens.issue(acme.operator, TokenKind.API, f"Tool {number}")


@pytest.fixture
async def many_browsers(services, acme):
    """Thirty people who are signed in, and one of them in thirty more browsers; domains too."""
    for email in (*(f"m{number}@acme.test" for number in range(30)), *["a@acme.test"] * 30):
        link = await services.sessions.create_login_link(acme.operator, email)
        await services.sessions.redeem(link)
    for number in range(5):
        await services.login_domains.add(acme.operator, f"acme{number}.test")


@pytest.fixture
async def entries(request, services, acme):
    """So many requests about the admin, each with all that an entry can have."""
    token, _ = await services.tokens.issue(acme.operator, TokenKind.SCIM, "Okta")
    (event, *_) = await services.audit.events(acme.operator, membership_id=acme.admin.id)
    links = {"token_id": token.id, "membership_id": acme.admin.id, "event_id": event.id, "request_body": "{}"}
    at = acme.organization.id
    made = [an_entry(at, minutes=number, status=409, **links) for number in range(request.param)]
    await keep(services._database, *made)


async def test_a_query_of_the_settings_pages_costs_six_statements_at_most(statements, services, acme):
    variables = await variables_of_the_pages(services, acme)
    queries = {path.stem: path.read_text(encoding="utf-8") for path in sorted(OPERATIONS.glob("*.graphql"))}
    found = {
        name: await statements(query, **variables.get(name, {}))
        for name, query in queries.items()
        if "\nquery " in query
    }

    assert found == FOR_THE_PAGES
    assert {name for name, count in found.items() if count > MOST_FOR_A_PAGE} == TELLS_OF_EVERYTHING


@pytest.mark.parametrize(
    ("query", "count"),
    [
        # the session, the organization, the page, the total, users, two groups' sizes, last provisioning, tokens
        (PAGE, 9),
        # and: facets, the groups' sizes, histories, targets, members; of two groups the pages, totals, users
        (DETAILS, 14),
        # the session, the organization, the events, targets, members, users
        (TRAIL, 6),
    ],
    ids=["a page with groups and tokens", "details of everyone", "the trail"],
)
@pytest.mark.usefixtures("crowd")
async def test_a_page_of_200_members_costs_no_statement_for_a_row(statements, query, count):
    assert await statements(query) == count


@pytest.mark.parametrize(("query", "count"), [(PAGE, 9), (DETAILS, 14), (TRAIL, 6)], ids=["page", "details", "trail"])
async def test_a_page_of_one_member_costs_as_many(statements, query, count):
    assert await statements(query) == count


async def test_a_member_with_all_that_is_known_of_them_costs_one_statement_for_each_thing(statements, acme):
    query = """query($id: ID!) { member(id: $id) { name user { email } groups { id } lastProvisioning { action }
                 history { nodes { action } edges { gained } pageInfo { hasNextPage } } } }"""

    assert await statements(query, id=member_id(acme.admin)) == 5


SIGN_IN = pytest.mark.parametrize(
    ("query", "count"),
    [
        # the session, the organization, the page, members, identities
        (SESSIONS, 5),
        # the session; sessions, passkeys, the identity; who it is whose sessions they are
        (ACCOUNT, 5),
        # the session, the organization, the connection, the domains
        (SINGLE_SIGN_ON, 4),
    ],
    ids=["sessions", "account", "single sign-on"],
)


@SIGN_IN
@pytest.mark.usefixtures("many_browsers")
async def test_many_sessions_cost_no_statement_for_each(statements, query, count):
    assert await statements(query) == count


@SIGN_IN
async def test_one_session_costs_as_many(statements, query, count):
    assert await statements(query) == count


@pytest.mark.parametrize("entries", [1, 150], indirect=True)
@pytest.mark.usefixtures("entries")
async def test_the_provisioning_log_costs_no_statement_for_an_entry(statements):
    # the session, the organization, the page, masked bodies and those of members, tokens, members, their pages, events
    assert await statements(LOG) == 9
    assert await statements("{ organization { provisioningRequests { nodes { path about } } } }") == 3


async def test_what_is_not_asked_for_is_not_read(statements):
    assert await statements("{ organization { members { totalCount } } }") == 3
    assert await statements("{ organization { members { pageInfo { hasNextPage } nodes { id } } } }") == 3
    assert await statements("{ organization { members { __typename } groups { displayName } } }") == 2
    assert await statements("{ organization { auditEvents { __typename } } }") == 2
    assert await statements("{ viewer { name permissions signedInRecently } }") == 1
    assert await statements("{ organization { sessions { __typename } } }") == 2
