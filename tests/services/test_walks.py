"""Long lists by offset: what is remembered of a walk makes its pages cheap and never wrong."""

import pytest

from rollbook.domain.criteria import EVERYONE, Attribute, Comparison, Operator, SortBy
from rollbook.domain.memberships import MembershipDraft
from rollbook.persistence import membership_lists, walks
from rollbook.services import Services

NAMES = [f"p{number:02}@acme.test" for number in range(20)]
BY_NAME = SortBy(Attribute(("userName",)), descending=True)
PEOPLE = Comparison(Attribute(("userName",)), Operator.STARTS_WITH, "p")


@pytest.fixture(params=["walking", "jumping"])
async def lister(request, monkeypatch, services, acme):
    """Services that keep walks from the fourth row on; or that never find one, as in another process."""
    monkeypatch.setattr(walks, "LARGE", 10)
    monkeypatch.setattr(membership_lists, "DEEP", 4)
    if request.param == "jumping":
        monkeypatch.setattr(walks, "KEPT_SECONDS", -1.0)
    for name in NAMES:
        await services.memberships.create(acme.operator, MembershipDraft(name))
    return services


async def page(services: Services, actor, criterion, sort_by, offset: int, limit: int = 3) -> tuple[int, list[str]]:
    found = await services.memberships.search(actor, criterion, sort_by, offset=offset, limit=limit)
    return found.total, [member.user_name for member in found.memberships]


@pytest.mark.parametrize(
    ("criterion", "sort_by", "expected"),
    [(EVERYONE, None, ["a@acme.test", *NAMES]), (PEOPLE, None, NAMES), (PEOPLE, BY_NAME, NAMES[::-1])],
    ids=["everyone", "some", "sorted"],
)
async def test_a_walk_finds_everyone_once_and_in_order(lister, acme, criterion, sort_by, expected):
    walked, totals = [], set()
    for offset in range(0, len(expected) + 3, 3):
        total, names = await page(lister, acme.operator, criterion, sort_by, offset)
        walked += names
        totals.add(total)

    assert walked == expected
    assert totals == {len(expected)}


async def test_a_page_is_the_same_whether_it_is_walked_or_jumped_to(lister, acme):
    walked = [await page(lister, acme.operator, PEOPLE, BY_NAME, offset) for offset in (0, 3, 6, 9)]

    jumped = [await page(lister, acme.operator, PEOPLE, BY_NAME, offset) for offset in (9, 6, 3, 0)]

    assert walked == jumped[::-1]


async def test_a_walk_by_place_is_not_taken_for_one_by_offset(lister, acme):
    first = await lister.memberships.search(acme.operator, EVERYONE, limit=4)
    second = await lister.memberships.search(acme.operator, EVERYONE, limit=4, after=first.end)

    assert [member.user_name for member in second.memberships] == NAMES[3:7]
    assert await page(lister, acme.operator, EVERYONE, None, 4) == (21, NAMES[3:6])


async def test_who_stays_is_not_missed_when_others_leave_during_a_walk(services, acme, monkeypatch):
    monkeypatch.setattr(membership_lists, "DEEP", 4)
    members = [await services.memberships.create(acme.operator, MembershipDraft(name)) for name in NAMES]
    await page(services, acme.operator, EVERYONE, None, 3)

    for member in members[:3]:
        await services.memberships.remove(acme.operator, member.id)

    _, names = await page(services, acme.operator, EVERYONE, None, 6)
    assert names == NAMES[5:8]
