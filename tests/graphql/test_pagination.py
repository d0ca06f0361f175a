"""Cursors, and the pages that arguments ask for."""

import base64
from dataclasses import replace

import pytest

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.criteria import Page, Position
from rollbook.domain.errors import Busy, InvalidValue, TooLarge
from rollbook.domain.seals import Seal
from rollbook.graphql.pagination import Cursors, Paged

ACTOR = Actor(ActorKind.OPERATOR, Channel.CLI, "01a20e2a-9c42-77e7-b085-a0723dc83d6e", "operator")
SEAL = Seal(b"pepper")
CURSORS = Cursors(SEAL, ACTOR, "members", "name", "False")
HERE = Position("ann ä", "01a20e2a-9c42-77e7-b085-a0723dc83d6f")


def page(first=None, after=None, last=None, before=None):
    return CURSORS.page(first, after, last, before)


def test_a_cursor_leads_back_to_its_place():
    assert CURSORS.read(CURSORS.write(HERE), argument="after") == HERE


@pytest.mark.parametrize(
    "other",
    [
        Cursors(SEAL, ACTOR, "members", "name", "True"),
        Cursors(SEAL, ACTOR, "members", "email", "False"),
        Cursors(SEAL, ACTOR, "audit_events"),
        Cursors(SEAL, replace(ACTOR, organization_id=HERE.id), "members", "name", "False"),
        Cursors(Seal(b"another installation"), ACTOR, "members", "name", "False"),
    ],
    ids=["direction", "order", "list", "organization", "installation"],
)
def test_a_cursor_of_another_list_or_order_is_refused(other):
    with pytest.raises(InvalidValue, match="not a cursor of this list in this order") as refusal:
        CURSORS.read(other.write(HERE), argument="after")

    assert refusal.value.field == "after"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "abc",
        "ä",
        "%%%%",
        CURSORS.write(HERE)[:-2],
        CURSORS.write(HERE) + "=",
        "A" + CURSORS.write(HERE)[1:],
        base64.urlsafe_b64encode(b'["ann", "01a20e2a-9c42-77e7-b085-a0723dc83d6f"]').decode(),
    ],
)
def test_what_was_not_sealed_here_is_refused(broken):
    with pytest.raises(InvalidValue, match="not a cursor"):
        page(before=broken)


def test_a_cursor_with_one_changed_letter_is_refused():
    cursor = CURSORS.write(HERE)

    for at, letter in enumerate(cursor):
        changed = cursor[:at] + ("B" if letter == "A" else "A") + cursor[at + 1 :]
        with pytest.raises(InvalidValue):
            CURSORS.read(changed, argument="after")


def test_the_default_page_is_the_first_50():
    assert page() == Page(size=50)


def test_last_pages_backward():
    assert page(last=3, before=CURSORS.write(HERE)) == Page(size=3, before=HERE, backward=True)


def test_first_and_last_together_are_refused():
    with pytest.raises(InvalidValue, match="not both"):
        page(first=1, last=1)


@pytest.mark.parametrize("size", [0, -1])
def test_a_page_of_nothing_is_refused(size):
    with pytest.raises(InvalidValue, match="at least 1"):
        page(first=size)


def test_a_page_over_200_is_refused():
    with pytest.raises(TooLarge, match="at most 200") as refusal:
        page(last=201)

    assert refusal.value.limit == 200


async def test_a_page_that_cannot_be_read_is_tried_once_for_all_of_its_fields():
    tries = []

    async def read():
        tries.append(1)
        raise Busy("later")

    paged = Paged(read, str)

    for field in (paged.rows, paged.info, paged.placed):
        with pytest.raises(Busy):
            await field()
    assert tries == [1]
