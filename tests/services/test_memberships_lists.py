"""Lists of members: pages by position, filters, counts, search, and lookups by criterion; equal on both databases."""

import itertools
from dataclasses import replace

import pytest

from rollbook.domain.criteria import (
    EVERYONE,
    And,
    MemberFilter,
    Order,
    OrderField,
    Page,
    position_of,
)
from rollbook.domain.errors import Forbidden
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from rollbook.domain.values import key
from tests.builders import a_draft, a_tool, equals, every_member, okta, signed_in

NAMES = [
    "Zoë",
    "zoe",
    "Anna",
    "ÅSA",
    "asa",
    "Ärla",
    "Émile",
    "emile",
    "z",
    "ß",
    "ss",
    "李",
    "🦊",
    "\uffe5",
    "Anna",
    "Ñu",
]
"""Names with ties by case and by composition, and letters that locales, UTF-16 and bytes order differently."""

ANY = MemberFilter(active=frozenset())
ORDERS = [Order(field, descending) for field in OrderField for descending in (False, True)]


@pytest.fixture
async def people(services, acme):
    """The members of these names, some without an e-mail address."""
    made = [acme.admin]
    for at, name in enumerate(NAMES):
        emails = {} if at % 5 == 3 else {"emails": [{"value": f"{name}{at}@acme.test"}]}
        made.append(await services.memberships.create(acme.operator, a_draft(f"u{at}", displayName=name, **emails)))
    return made


def in_order(members, order):
    """The members as the listing should have them: by code points of the key, ties by id."""

    def place(member):
        position = position_of(member, order)
        return [ord(letter) for letter in position.key], position.id

    return sorted(members, key=place, reverse=order.descending)


async def pages(services, actor, order, size, *, backward=False, member_filter=ANY):
    """Every page of a listing, one after the other."""
    place, read = None, []
    while True:
        page = Page(size, before=place, backward=True) if backward else Page(size, after=place)
        found = await services.memberships.page(actor, member_filter, order, page)
        read.append(found)
        if not (found.has_previous if backward else found.has_next):
            return read
        place = position_of(found.rows[0 if backward else -1], order)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.field}{' descending' * order.descending}")
async def test_pages_follow_each_other_without_a_gap_or_a_repetition(services, acme, people, order):
    for size in (1, 4, 5, 17, 50):
        read = await pages(services, acme.operator, order, size)

        members = list(itertools.chain.from_iterable(page.rows for page in read))
        assert members == in_order(people, order)
        assert {len(page.rows) for page in read[:-1]} <= {size}
        assert [page.has_previous for page in read] == [False] + [True] * (len(read) - 1)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.field}{' descending' * order.descending}")
async def test_pages_backward_give_the_same_listing(services, acme, people, order):
    for size in (1, 4, 5, 17, 50):
        read = await pages(services, acme.operator, order, size, backward=True)

        members = list(itertools.chain.from_iterable(page.rows for page in reversed(read)))
        assert members == in_order(people, order)
        assert [page.has_next for page in read] == [False] + [True] * (len(read) - 1)


async def test_a_page_between_two_places_holds_what_lies_between(services, acme, people):
    order = Order()
    expected = in_order(people, order)
    after, before = position_of(expected[2], order), position_of(expected[9], order)

    forward = await services.memberships.page(acme.operator, ANY, order, Page(4, after=after, before=before))
    backward = await services.memberships.page(
        acme.operator, ANY, order, Page(4, after=after, before=before, backward=True)
    )

    assert (forward.rows, forward.has_next) == (expected[3:7], True)
    assert (backward.rows, backward.has_previous) == (expected[5:9], True)


async def test_a_place_works_after_its_row_has_gone(services, acme, people):
    order = Order()
    expected = in_order(people, order)
    place = position_of(expected[3], order)
    await services.memberships.remove(acme.operator, expected[3].id)

    page = await services.memberships.page(acme.operator, ANY, order, Page(2, after=place))

    assert page.rows == expected[4:6]


async def test_an_empty_page_ends_the_listing(services, acme, people):
    order = Order()
    last = position_of(in_order(people, order)[-1], order)

    page = await services.memberships.page(acme.operator, ANY, order, Page(5, after=last))

    assert (page.rows, page.has_next, page.has_previous) == ([], False, True)


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: f"{order.field}{' descending' * order.descending}")
async def test_a_stretch_of_time_includes_its_first_moment_and_not_its_last(services, acme, people, order):
    since, before = people[3].created_at, people[9].created_at
    wanted = replace(ANY, created_since=since, created_before=before)

    page = await services.memberships.page(acme.operator, wanted, order, Page())

    assert page.rows == in_order(people[3:9], order)
    assert await services.memberships.count(acme.operator, wanted) == 6
    assert await services.memberships.count(acme.operator, replace(ANY, created_since=since)) == len(people) - 3
    assert await services.memberships.count(acme.operator, replace(ANY, created_before=before)) == 9


async def test_a_plain_user_lists_colleagues_without_what_is_not_theirs_to_read(services, acme):
    idp = await okta(services, acme.operator)
    await services.memberships.create(idp, a_draft("bo@acme.test", external_id="00u1", title="Captain"))
    eve = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)

    page = await services.memberships.page(eve, MemberFilter(), Order(), Page())

    told = [(m.email, m.user_name, m.external_id, m.profile) for m in page.rows]
    assert told == [
        ("a@acme.test", "", None, Profile()),
        ("bo@acme.test", "", None, Profile()),
        ("eve@acme.test", "eve@acme.test", None, Profile()),
    ]
    assert [m.role for m in page.rows] == [Role.ADMIN, Role.USER, Role.USER]


async def test_a_plain_user_finds_nobody_by_a_user_name_that_they_may_not_read(services, acme):
    await services.memberships.create(acme.operator, a_draft("hidden-name", "bo@acme.test"))
    eve = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)
    wanted = MemberFilter(search="hidden")

    page = await services.memberships.page(eve, wanted, Order(), Page())

    assert page.rows == []
    assert await services.memberships.count(eve, wanted) == 0
    assert await services.memberships.count(acme.operator, wanted) == 1


async def test_a_search_by_criterion_is_in_the_order_of_making_with_the_exact_total(services, acme):
    for at in range(7):
        await services.memberships.create(acme.operator, a_draft(f"{9 - at}@acme.test"))
    everyone = await every_member(services, acme.operator)

    for offset, limit in ((0, 8), (0, 3), (3, 3), (6, 3), (7, 3), (8, 3), (100, 3), (0, 0), (3, 0)):
        found = await services.memberships.search(acme.operator, EVERYONE, offset=offset, limit=limit)
        assert (found.total, found.memberships) == (8, everyone[offset : offset + limit])


@pytest.fixture
async def profiles(services, acme):
    """Four people, told apart by every attribute that can be looked for."""
    idp = await okta(services, acme.operator)
    for user_name, external_id, active, attributes in (
        ("Bo@acme.test", "00u1", True, {"displayName": "BO EK", "emails": [{"value": "Bo@Work.test", "type": "Work"}]}),
        ("cy@acme.test", "00U1", True, {"displayName": "Bo"}),
        (
            "dee",
            None,
            False,
            {"emails": [{"value": "dee@home.test", "type": "home"}, {"value": "bo@home.test", "type": "work"}]},
        ),
        (
            "ÉVE",
            "a'b\"c",
            True,
            {"displayName": "50% Éve", "emails": [{"display": "bo@work.test", "value": "e@e.test"}]},
        ),
    ):
        draft = MembershipDraft(user_name, external_id, active, profile=Profile.of(attributes))
        await services.memberships.create(idp, draft)


@pytest.mark.usefixtures("profiles")
@pytest.mark.parametrize(
    ("criterion", "found"),
    [
        (EVERYONE, "a@acme.test Bo@acme.test cy@acme.test dee ÉVE"),
        (equals("userName", "BO@ACME.test"), "Bo@acme.test"),
        (equals("userName", "e\u0301ve"), "ÉVE"),
        (equals("userName", "nobody"), ""),
        (equals("userName", "a\0"), ""),
        (equals("externalId", "00u1"), "Bo@acme.test"),
        (equals("externalId", "00U1"), "cy@acme.test"),
        (equals("externalId", "a'b\"c"), "ÉVE"),
        (equals("active", False), "dee"),
        (equals("active", True), "a@acme.test Bo@acme.test cy@acme.test ÉVE"),
        (equals("displayName", "bo ek"), "Bo@acme.test"),
        (equals("displayName", "50% éVE"), "ÉVE"),
        (equals("emails.value", "bo@work.TEST"), "Bo@acme.test"),
        (equals("emails.value", "bo@acme.test"), ""),
        (equals("emails.value", "CY@acme.test"), "cy@acme.test"),
        (equals("emails.type", "WORK"), "a@acme.test Bo@acme.test cy@acme.test dee"),
        (equals("emails.value", "dee@home.test", where=(("type", "work"),)), ""),
        (equals("emails.value", "dee@home.test", where=(("type", "home"),)), "dee"),
        (equals("id", "nobody"), ""),
        (And((equals("externalId", "00u1"), equals("active", True))), "Bo@acme.test"),
        (And((equals("externalId", "00u1"), equals("active", False))), ""),
        (And((equals("userName", "dee"), And((equals("active", False),)))), "dee"),
    ],
)
async def test_a_criterion_finds_whom_it_describes(services, acme, criterion, found):
    read = await services.memberships.search(acme.operator, criterion, offset=0, limit=10)
    counted = await services.memberships.search(acme.operator, criterion, offset=0, limit=0)

    assert " ".join(member.user_name for member in read.memberships) == found
    assert (read.total, counted.total) == (len(read.memberships), len(read.memberships))


async def test_someone_is_found_by_id(services, acme):
    found = await services.memberships.search(acme.operator, equals("id", acme.admin.id), offset=0, limit=2)

    assert found.memberships == [acme.admin]


async def test_many_are_read_by_id_at_once_and_others_are_absent(services, acme):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    ids = [bo.id, acme.admin.id, bo.id, bo.id.upper(), "nobody", acme.organization.id]

    assert await services.memberships.by_ids(acme.operator, ids) == {bo.id: bo, acme.admin.id: acme.admin}
    assert await services.memberships.by_ids(acme.operator, []) == {}


async def test_users_are_read_by_id_at_once_and_others_are_absent(services, acme):
    ids = [acme.admin.user_id, "nobody", acme.organization.id]

    users = await services.memberships.users(acme.operator, ids)

    assert {user_id: user.email for user_id, user in users.items()} == {acme.admin.user_id: "a@acme.test"}


async def test_lists_need_the_right_to_read(services, acme):
    tool = await a_tool(services, acme.operator, frozenset({Permission.MEMBERS_WRITE}))
    eve = await signed_in(services, acme.operator, "eve@acme.test", Role.USER)

    for work in (
        services.memberships.page(tool, ANY, Order(), Page()),
        services.memberships.count(tool, ANY),
        services.memberships.facets(tool, ANY),
        services.memberships.by_ids(tool, [acme.admin.id]),
        services.memberships.users(tool, [acme.admin.user_id]),
        services.memberships.search(tool, EVERYONE, offset=0, limit=1),
        services.memberships.search(eve, EVERYONE, offset=0, limit=1),
    ):
        with pytest.raises(Forbidden):
            await work


def test_the_names_of_these_tests_hold_ties():
    keys = [key(name) for name in NAMES]

    assert len(keys) - len(set(keys)) == 2
