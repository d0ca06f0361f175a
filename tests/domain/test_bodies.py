"""What the provisioning log keeps of a body: short enough to be read, and still JSON."""

from time import process_time

import orjson
import pytest

from rollbook.domain.bodies import MOST_BYTES, kept, kept_of, unread, without_secrets


def test_a_short_body_is_kept_as_it_is():
    document = {"userName": "ada@x.test", "active": True, "emails": [{"value": "ada@x.test"}], "größe": 1.5, "n": None}

    for body in (kept(document), kept_of(orjson.dumps(document)), unread(orjson.dumps(document))):
        assert (orjson.loads(body.text), body.shortened, body.secrets) == (document, False, ())


def test_lists_texts_and_objects_are_cut_and_say_so():
    body = kept(
        {"members": [{"value": str(n)} for n in range(1000)], "t": "x" * 1001, "o": {str(n): n for n in range(99)}}
    )

    document = orjson.loads(body.text)
    assert body.shortened is True
    assert [*document["members"][:2], *document["members"][19:]] == [
        {"value": "0"},
        {"value": "1"},
        {"value": "19"},
        "… 980 more",
    ]
    assert document["t"] == "x" * 1000 + "…"
    assert (len(document["o"]), document["o"]["…"]) == (61, "… 39 more")


@pytest.mark.parametrize(
    "document",
    [
        [["ä" * 1000] * 20] * 20,
        {f"{n:0300}": {str(m): "x" * 300 for m in range(100)} for n in range(100)},
        {"a": [[[["x" * 1000] * 20] * 20] * 20] * 20},
    ],
)
def test_whatever_comes_is_json_of_a_bounded_size(document):
    body = kept(document, 10**6)

    orjson.loads(body.text)
    assert body.shortened is True
    assert len(body.text.encode()) <= MOST_BYTES


def test_a_deep_body_is_cut_where_nobody_reads_on():
    body = unread(b"[" * 500 + b"]" * 500)

    assert body.text == "[" * 16 + '"…"' + "]" * 16


def test_what_is_no_json_is_told_by_its_size():
    assert (unread(b"<user/>").text, unread(b"").text) == ("not JSON, 7 bytes", "not JSON, 0 bytes")


def test_what_is_hidden_is_known_so_that_it_can_be_hidden_elsewhere():
    body = kept({"Password": "swordfish", "sub": {"api_key": ["k-123", {"n": 12345}]}, "token": None, "title": "Dr"})

    assert orjson.loads(body.text) == {"Password": "•••", "sub": {"api_key": "•••"}, "token": None, "title": "Dr"}
    assert set(body.secrets) == {"swordfish", "k-123", "12345"}
    assert without_secrets("not swordfish", body.secrets) == "not •••"
    assert kept_of(b'{"title":"a swordfish"}', body.secrets).text == '{"title":"a •••"}'


def test_of_a_body_with_more_secrets_than_can_be_looked_for_nothing_is_kept():
    body = kept({"userName": "secret-60", "token": [f"secret-{number}" for number in range(10_000)]}, 10**6)

    assert (body.text, body.shortened, body.hides) == ('"…"', True, True)
    assert kept_of(b'{"title":"secret-60"}', body.secrets).text == '"…"'


def test_a_text_is_not_cut_in_the_middle_of_a_secret():
    known = "swordfish" * 100
    token = "rollbook_scim_" + "A" * 40

    body = kept({"password": known, "title": known * 9, "nickName": f"{token} " * 200, "x": known + "y" * 10**5}, 10**6)

    assert "swordfish" not in body.text
    assert "rollbook" not in body.text
    assert orjson.loads(body.text)["x"] == "…"


@pytest.mark.parametrize(
    "hostile",
    [
        "pass" + "a" * 10**6,
        "password" * 125_000,
        "eyJ-" * 250_000,
        "eyJaaaaaaaa-" * 80_000,
        "key-" + "a" * 10**6,
        "bearer " + " " * 10**6,
        "token[" * 160_000,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_looked_for_takes_time_by_the_length_of_a_text_only(hostile):
    # a step for each pair of places would take minutes here
    begun = process_time()
    without_secrets(hostile)
    kept({"displayName": hostile, "attributes": {str(number): hostile[:4000] for number in range(60)}}, 10**6)

    assert process_time() - begun < 10


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('title eq "x" and password eq "a b" and', 'title eq "•••" and password eq •••'),
        ("filter=password eq 'correct horse battery'", "filter=password eq •••"),
        ("password eq correct horse battery", "password eq •••"),
        ("emails[secret eq 12]", "emails[secret eq •••"),
        ("password:swordfish=1", "password:•••"),
        ("Authorization: Bearer abcdefgh12", "Authorization: •••"),
        ("x.-eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh.c2ln", "x.-•••"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJh.c2ln is it", "••• is it"),
        ("rollbook_scim_0123456789abcdef0123 is it", "••• is it"),
        ("eyJ is no token", "eyJ is no token"),
        ("a tokenless sentence", "a tokenless sentence"),
    ],
)
def test_secrets_in_a_text_are_hidden_and_the_rest_of_it_stays(text, shown):
    assert without_secrets(text) == shown
