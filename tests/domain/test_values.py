"""Ids, times and the keys by which text is compared."""

import unicodedata
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rollbook.domain.values import first_id, is_address, is_storable, key, new_id, parse_id, rfc3339

AN_ID = "0198f2a4-7c1e-7b3a-9d42-5f0c6e8a1b2d"


def test_ids_are_canonical_and_sort_by_their_making():
    ids = [new_id() for _ in range(200)]

    assert ids == sorted(ids)
    assert len(set(ids)) == 200
    assert [parse_id(made) for made in ids] == ids


def test_the_first_id_of_a_moment_lies_between_those_made_before_and_after():
    before = new_id()
    now = datetime.now(UTC)

    assert first_id(now, later_by=timedelta(seconds=-1)) < before < first_id(now, later_by=timedelta(seconds=1))
    assert first_id(datetime(2026, 3, 1, tzinfo=UTC)) == "019ca6b1-dc00-7000-8000-000000000000"


def test_the_first_id_of_a_moment_outside_of_what_ids_can_tell_is_the_nearest():
    assert first_id(datetime(1, 1, 1, tzinfo=UTC), later_by=timedelta(days=-1)) == first_id(
        datetime(1970, 1, 1, tzinfo=UTC)
    )
    assert parse_id(first_id(datetime(9999, 12, 31, tzinfo=UTC), later_by=timedelta(days=10**6)))


def test_an_id_is_itself():
    assert parse_id(AN_ID) == AN_ID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "admins",
        "1",
        AN_ID.upper(),
        AN_ID.replace("-", ""),
        f"{{{AN_ID}}}",
        f"urn:uuid:{AN_ID}",
        f" {AN_ID}",
        f"{AN_ID}\n",
        AN_ID[:-1] + "g",
        AN_ID[:-1] + "\0",
        AN_ID[:-1] + "\N{FULLWIDTH DIGIT ONE}",
        "0198f2a47-c1e-7b3a-9d42-5f0c6e8a1b2d",
    ],
)
def test_any_other_spelling_is_no_id(text):
    assert parse_id(text) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann@Acme.Test", "ann@acme.test"),
        (unicodedata.normalize("NFC", "Zoë"), unicodedata.normalize("NFD", "ZOË")),
        ("Straße", "STRASSE"),
        ("Straße", "STRAẞE"),
        (unicodedata.normalize("NFC", "İnci"), unicodedata.normalize("NFD", "İnci")),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("\N{KELVIN SIGN}", "k"),
        ("\N{ANGSTROM SIGN}", "å"),
    ],
)
def test_text_that_differs_in_case_or_composition_has_one_key(one, other):
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ann", "anne"),
        ("Zoë", "Zoe"),
        ("i", "\N{LATIN SMALL LETTER DOTLESS I}"),
        ("İ", "i"),
        ("ann", "ann "),
        ("\N{LATIN SMALL LIGATURE FI}x", "fx"),
    ],
)
def test_text_that_differs_in_more_has_two_keys(one, other):
    assert key(one) != key(other)


@given(st.text())
def test_the_key_of_composed_and_decomposed_text_is_the_same(text):
    assert key(unicodedata.normalize("NFC", text)) == key(unicodedata.normalize("NFD", text))


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_ascii_gives_what_the_long_way_gives(text):
    assert key(text) == unicodedata.normalize("NFC", text).casefold()


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 3, 1, 9, 5, 7, 123_999, tzinfo=UTC), "2026-03-01T09:05:07.123Z"),
        (datetime(2026, 3, 1, 9, 5, 7, tzinfo=UTC), "2026-03-01T09:05:07.000Z"),
        (datetime(2026, 3, 1, 0, 30, tzinfo=timezone(timedelta(hours=2))), "2026-02-28T22:30:00.000Z"),
    ],
)
def test_a_moment_is_told_in_utc_with_milliseconds(moment, text):
    assert rfc3339(moment) == text


@pytest.mark.parametrize("text", ["a@acme.test", "ann.lee+x@mail.acme.test", "zoë@exämple.test"])
def test_an_address_has_a_local_part_and_a_domain_with_a_dot(text):
    assert is_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "ann", "ann@acme", "@acme.test", "ann@", "a@b@acme.test", "a n@acme.test", "ann@acme.", "a@acme.test\n"],
)
def test_other_text_is_no_address(text):
    assert not is_address(text)


@pytest.mark.parametrize(("text", "storable"), [("", True), ("Zoë 🦊\n", True), ("a\0", False), ("a\udfff", False)])
def test_text_with_nul_or_half_a_character_cannot_be_stored(text, storable):
    assert is_storable(text) is storable
