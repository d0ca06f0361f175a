"""Charts: the points of a time series as the API gives them."""

from datetime import UTC, datetime, timedelta

import pytest

from rollbook.domain.memberships import MembershipDraft

from .client import a_member, okta, with_token

MEMBERSHIPS = """query($since: DateTime!, $until: DateTime, $bucket: TimeBucket! = DAY,
                       $groupBy: MembershipSeriesGroup! = NONE) {
  organization { membershipSeries(since: $since, until: $until, bucket: $bucket, groupBy: $groupBy) {
    source points { start joined left total }
  } }
}"""
PROVISIONING = """query($since: DateTime!, $until: DateTime, $groupBy: ProvisioningSeriesGroup! = NONE) {
  organization { provisioningSeries(since: $since, until: $until, groupBy: $groupBy) { action points { start count } } }
}"""


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def span(services, acme, scim_token):
    """Yesterday and today, when two more became members, one of them through SCIM, and one left."""
    bo = await a_member(services, acme, "bo@acme.test")
    idp = await okta(services, scim_token)
    await services.memberships.create(idp, MembershipDraft("cy@acme.test"))
    await services.memberships.remove(acme.operator, bo.id)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "since": (midnight - timedelta(days=1)).isoformat(),
        "until": (midnight + timedelta(days=1)).isoformat(),
    }


def starts(series):
    return [point.pop("start") for point in series["points"]]


async def test_memberships_are_counted_day_by_day(client, span):
    (series,) = (await client.data(MEMBERSHIPS, **span))["organization"]["membershipSeries"]

    assert starts(series) == [
        (datetime.fromisoformat(span[end]) - back).strftime("%Y-%m-%dT00:00:00.000Z")
        for end, back in (("since", timedelta()), ("until", timedelta(days=1)))
    ]
    assert series == {
        "source": None,
        "points": [{"joined": 0, "left": 0, "total": 0}, {"joined": 3, "left": 1, "total": 2}],
    }


async def test_memberships_are_counted_by_source(client, span):
    series = (await client.data(MEMBERSHIPS, groupBy="SOURCE", **span))["organization"]["membershipSeries"]

    totals = {each["source"]: [point["total"] for point in each["points"]] for each in series}
    assert totals == {"MANUAL": [0, 1], "SCIM": [0, 1], "SSO": [0, 0]}


async def test_a_chart_ends_now_unless_it_says_otherwise(client, span):
    (series,) = (await client.data(MEMBERSHIPS, since=span["since"], bucket="MONTH"))["organization"][
        "membershipSeries"
    ]

    assert series["points"][-1]["total"] == 2


async def test_what_the_provider_did_is_counted_by_action(client, span):
    (every,) = (await client.data(PROVISIONING, **span))["organization"]["provisioningSeries"]
    by_action = (await client.data(PROVISIONING, groupBy="ACTION", **span))["organization"]["provisioningSeries"]

    assert (every["action"], [point["count"] for point in every["points"]]) == (None, [0, 1])
    assert [(each["action"], [point["count"] for point in each["points"]]) for each in by_action] == [
        ("MEMBERSHIP_CREATED", [0, 1])
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ({"since": "2020-01-01T00:00:00Z", "until": "2026-01-01T00:00:00Z"}, "LIMIT_EXCEEDED"),
        ({"since": "2020-01-02T00:00:00Z", "until": "2020-01-01T00:00:00Z"}, "VALIDATION"),
        ({"since": "0001-01-01T00:00:00Z", "until": "0001-01-02T00:00:00Z"}, "VALIDATION"),
        ({"since": "9999-12-30T00:00:00Z", "until": "9999-12-31T23:59:59Z"}, "VALIDATION"),
        ({"since": "yesterday"}, "BAD_REQUEST"),
    ],
)
async def test_a_chart_that_cannot_be_is_refused(client, arguments, code):
    assert await client.codes(MEMBERSHIPS, **arguments) == [code]
    assert await client.codes(PROVISIONING, **arguments) == [code]
