"""Which members a list shows, counts and divides into facets; equal on both databases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rollbook.domain.criteria import MemberFilter, Order, OrderField, Page
from rollbook.domain.errors import InvalidValue
from rollbook.domain.groups import GroupId
from rollbook.domain.memberships import Source
from rollbook.domain.roles import Role
from tests.builders import ADMIN_AND_USER, a_draft, okta

ANY = MemberFilter(active=frozenset())


@pytest.fixture
async def staff(services, acme):
    """One of each: manual and provisioned, admin, user and without a role, active and inactive."""
    idp = await okta(services, acme.operator)
    drafts = {
        "manual": (acme.operator, {}),
        "scim": (idp, {}),
        "admin": (idp, {"grants": ADMIN_AND_USER}),
        "only-admin": (idp, {"grants": frozenset({Role.ADMIN})}),
        "no-role": (acme.operator, {"grants": frozenset()}),
        "gone": (idp, {"active": False}),
        "gone-admin": (acme.operator, {"active": False, "grants": ADMIN_AND_USER}),
    }
    for name, (actor, rest) in drafts.items():
        await services.memberships.create(actor, a_draft(f"{name}@acme.test", **rest))


def only(group=None, **kinds):
    return replace(ANY, group=group, **{name: frozenset(values) for name, values in kinds.items()})


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    ("member_filter", "expected"),
    [
        (MemberFilter(), "a admin manual no-role only-admin scim"),
        (ANY, "a admin gone-admin gone manual no-role only-admin scim"),
        (only(active={True, False}), "a admin gone-admin gone manual no-role only-admin scim"),
        (only(active={False}), "gone-admin gone"),
        (only(roles={Role.ADMIN}), "a admin only-admin"),
        (only(roles={Role.USER}), "manual scim"),
        (only(roles=set(Role)), "a admin manual only-admin scim"),
        (only(active={False}, roles={Role.ADMIN}), ""),
        (only(active={False}, roles=set(Role)), ""),
        (only(sources={Source.SCIM}), "admin gone only-admin scim"),
        (only(sources={Source.SCIM}, active={True}), "admin only-admin scim"),
        (only(sources={Source.SSO}), ""),
        (only(sources=set(Source)), "a admin gone-admin gone manual no-role only-admin scim"),
        (only(sources={Source.MANUAL, Source.SSO}, active={False}), "gone-admin"),
        (only(sources={Source.SCIM}, roles={Role.USER}), "scim"),
        (replace(ANY, group=GroupId.ADMINS), "a admin only-admin"),
        (replace(ANY, group=GroupId.USERS), "a admin manual scim"),
        (only(active={False}, group=GroupId.USERS), ""),
        (only(roles={Role.USER}, group=GroupId.ADMINS), ""),
        (replace(ANY, search="admin"), "admin gone-admin only-admin"),
        (replace(MemberFilter(), search="ADMIN@"), "admin only-admin"),
    ],
)
async def test_a_filter_shows_and_counts_whom_it_names(services, acme, member_filter, expected):
    page = await services.memberships.page(acme.operator, member_filter, Order(OrderField.EMAIL), Page())
    count = await services.memberships.count(acme.operator, member_filter)

    assert " ".join(member.email.partition("@")[0] for member in page.rows) == expected
    assert count == len(page.rows)


@pytest.mark.usefixtures("staff")
@pytest.mark.parametrize(
    "member_filter",
    [
        MemberFilter(),
        ANY,
        only(active={False}),
        only(roles={Role.ADMIN}),
        only(sources={Source.SCIM}, active={True}),
        only(sources={Source.SSO}),
        only(group=GroupId.ADMINS),
        replace(ANY, search="admin"),
        replace(ANY, created_before=datetime(2000, 1, 1, tzinfo=UTC)),
    ],
)
async def test_a_facet_tells_what_the_list_would_show_of_each_value(services, acme, member_filter):
    facets = await services.memberships.facets(acme.operator, member_filter)

    for field, counted in (("active", facets.active), ("roles", facets.roles), ("sources", facets.sources)):
        for value, count in counted.items():
            asked = replace(member_filter, **{field: frozenset({value})})
            assert await services.memberships.count(acme.operator, asked) == count, (field, value)
        assert len(counted) == {"active": 2, "roles": 2, "sources": 3}[field]


async def test_facets_count_nobody_of_another_organization(services, acme, globex):
    await services.memberships.create(globex.operator, a_draft("bo@globex.test"))

    facets = await services.memberships.facets(acme.operator, ANY)

    assert (facets.active[True], facets.roles[Role.ADMIN], facets.sources[Source.MANUAL]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("100%", ["100% sure"]),
        ("%", ["100% sure"]),
        ("a_b", ["A_B"]),
        ("_", ["A_B"]),
        ("\\", ["back\\slash"]),
        ("\\%", []),
        ("zoe\u0308", ["ZOË"]),
        ("STRASSE", ["Straße"]),
        ("straß", ["Straße"]),
        ("x.y+z@", ["plus"]),
        ("the-user-name", ["plus"]),
        ("'; --", []),
        ("nobody", []),
    ],
)
async def test_a_search_looks_for_the_very_letters_in_name_email_and_user_name(services, acme, search, found):
    for at, name in enumerate(["100% sure", "A_B", "AxB", "back\\slash", "ZOË", "Straße"]):
        await services.memberships.create(acme.operator, a_draft(f"u{at}", displayName=name))
    await services.memberships.create(acme.operator, a_draft("The-User-Name", "X.Y+Z@acme.test", displayName="plus"))
    wanted = MemberFilter(search=search)

    page = await services.memberships.page(acme.operator, wanted, Order(), Page())

    assert [member.name for member in page.rows] == found
    assert await services.memberships.count(acme.operator, wanted) == len(found)


async def test_a_search_that_no_text_can_match_is_refused(services, acme):
    for search in ("\0", "\ud800"):
        with pytest.raises(InvalidValue) as refusal:
            await services.memberships.page(acme.operator, MemberFilter(search=search), Order(), Page())
        assert refusal.value.field == "search"
        with pytest.raises(InvalidValue):
            await services.memberships.count(acme.operator, MemberFilter(search=search))
