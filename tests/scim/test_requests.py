"""Requests as they come from the socket: paths, queries and bodies."""

import orjson
import pytest

from rollbook.scim.errors import ScimError
from rollbook.scim.requests import MAX_DEPTH, Request, parsed


def a_request(path="/scim/v2/Users", query=b""):
    scope = {"method": "GET", "path": path, "root_path": "/scim/v2", "headers": [], "query_string": query}
    return Request.of(scope, None, "r1")


@pytest.mark.parametrize(
    ("path", "segments"),
    [
        ("/scim/v2/Users", ["Users"]),
        ("/scim/v2/Users/", ["Users"]),
        ("/scim/v2//Users//7/", ["Users", "7"]),
        ("/scim/v2", []),
        ("/scim/v2/", []),
    ],
)
def test_empty_segments_do_not_count(path, segments):
    # E-03
    assert a_request(path).segments == segments


@pytest.mark.parametrize(
    ("query", "parameters"),
    [
        (b"", {}),
        (b"filter=userName+eq+%22u%22&", {"filter": 'userName eq "u"'}),
        (b"filter=userName%20eq%20%22a%2Bb%22", {"filter": 'userName eq "a+b"'}),
        (b"aadOptscim062020&count=5", {"aadoptscim062020": "", "count": "5"}),
        (b"&&startIndex=1&=&", {"startindex": "1", "": ""}),
        (b"Filter=x", {"filter": "x"}),
        (b"filter=a%26b%3Dc%23d%27", {"filter": "a&b=c#d'"}),
        (b"filter=caf%C3%A9", {"filter": "café"}),
    ],
)
def test_a_query_is_read_as_clients_write_it(query, parameters):
    # X-01, E-03, E-23
    assert a_request(query=query).parameters() == parameters


@pytest.mark.parametrize("query", [b"filter=%FF%FE", "filter=é".encode(), b"&".join([b"a=1"] * 101)])
def test_a_query_that_cannot_be_read_is_refused(query):
    with pytest.raises(ScimError) as refused:
        a_request(query=query).parameters()

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidValue")


def test_two_filters_are_refused():
    with pytest.raises(ScimError) as refused:
        a_request(query=b"filter=a&FILTER=b").parameters()

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def nested(depth):
    return b'{"a":' * depth + b"1" + b"}" * depth


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"  ",
        b"{",
        b"[]",
        b"null",
        b'"text"',
        b"5",
        b"{'a':1}",
        b'{"a":NaN}',
        b'{"a":1e999}',
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'{"a":"line\nbreak"}',
        b"userName=ada",
        nested(MAX_DEPTH + 1),
        nested(5000),
        b'{"a":' + b"[" * 100_000,
    ],
)
def test_a_body_that_is_no_json_object_is_refused_as_such(body):
    with pytest.raises(ScimError) as refused:
        parsed(body)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidSyntax")


def test_a_body_may_be_nested_to_a_limit():
    assert parsed(nested(MAX_DEPTH)) == orjson.loads(nested(MAX_DEPTH))


@pytest.mark.parametrize("body", [b'{"a":"x\\u0000"}', b'{"a":[{"b\\u0000":1}]}'])
def test_the_character_that_no_database_keeps_is_refused(body):
    with pytest.raises(ScimError) as refused:
        parsed(body)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidValue")


def test_a_backslash_before_u0000_is_only_a_text():
    assert parsed(b'{"a":"x\\\\u0000"}') == {"a": "x\\u0000"}


def test_of_a_name_written_twice_the_last_counts():
    assert parsed(b'{"a":1,"a":2}') == {"a": 2}
