"""Proves that each matcher of the conversations fails when it should, and what templates become."""

import pytest

from . import matching, templates


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ({"a": 1}, {"a": 1, "b": 2}),
        ([{"a": 1}, 2], [{"a": 1, "b": 2}, 2]),
        (None, None),
        ({"$ref": "x"}, {"$ref": "x"}),
        ({"$any": "string"}, ""),
        ({"$any": "integer"}, 3),
        ({"$any": "boolean"}, False),
        ({"$any": "array"}, []),
        ({"$any": "object"}, {}),
        ({"$not_empty": True}, "x"),
        ({"$not_empty": True}, 0),
        ({"$length": 2}, ["x", "y"]),
        ({"$contains": "b"}, "abc"),
        ({"$contains": {"a": 1}}, [{"a": 2}, {"a": 1, "b": 2}]),
        ({"$each": {"a": 1}}, [{"a": 1}, {"a": 1, "b": 2}]),
        ({"$each": 1}, []),
        ({"$unordered": [1, 2, 2]}, [2, 1, 2]),
        ({"$one_of": [1, "a"]}, "a"),
        ({"$all": [{"a": 1}, {"b": 2}]}, {"a": 1, "b": 2}),
        ({"$not": {"a": 1}}, {"a": 2}),
        ({"$not": {"a": 1}}, {}),
        ({"$length": 2, "$contains": "x"}, ["x", "y"]),
    ],
)
def test_it_matches(pattern, value):
    matching.check(pattern)

    assert matching.mismatches(pattern, value) == []


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        (1, "1"),
        (1, True),
        (True, 1),
        (None, False),
        ("a", "A"),
        ({"a": None}, {}),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, [1]),
        ({}, None),
        ([1], [1, 2]),
        ([1, 2], [2, 1]),
        ([1], {"0": 1}),
        ({"$ref": "x"}, {}),
        ({"$any": "string"}, 1),
        ({"$any": "string"}, None),
        ({"$any": "integer"}, True),
        ({"$any": "integer"}, "1"),
        ({"$any": "boolean"}, "true"),
        ({"$any": "boolean"}, 0),
        ({"$any": "array"}, {}),
        ({"$any": "object"}, []),
        ({"$not_empty": True}, ""),
        ({"$not_empty": True}, None),
        ({"$not_empty": True}, []),
        ({"$not_empty": True}, {}),
        ({"a": {"$not_empty": True}}, {}),
        ({"a": {"$not": 1}}, {}),
        ({"$length": 2}, ["x"]),
        ({"$length": 2}, 2),
        ({"$contains": "d"}, "abc"),
        ({"$contains": 1}, [2, 3]),
        ({"$contains": 1}, 1),
        ({"$each": 1}, [1, 2]),
        ({"$each": 1}, 1),
        ({"$unordered": [1, 2]}, [1, 2, 2]),
        ({"$unordered": [1, 2, 2]}, [1, 2]),
        ({"$unordered": [1, 2]}, [1, 3]),
        ({"$unordered": [1]}, 1),
        ({"$one_of": [1, 2]}, 3),
        ({"$one_of": []}, None),
        ({"$all": [{"a": 1}, {"b": 2}]}, {"a": 1, "b": 3}),
        ({"$not": {"a": 1}}, {"a": 1, "b": 2}),
        ({"$length": 2, "$contains": "x"}, ["y", "y"]),
    ],
)
def test_it_does_not_match(pattern, value):
    matching.check(pattern)

    assert matching.mismatches(pattern, value) != []


def test_every_matcher_is_proven_to_fail():
    marks = test_it_does_not_match.pytestmark
    patterns = [pattern for mark in marks for pattern, _ in mark.args[1]]

    assert {name for pattern in patterns if matching.is_matcher(pattern) for name in pattern} == set(matching.MATCHERS)


def test_each_difference_is_told_with_its_place():
    pattern = {"name": {"givenName": "Ada"}, "emails": [{"value": "a"}], "urn:x": {"y": 1}}
    value = {"name": {"givenName": "Bob"}, "emails": [{"value": "b"}]}

    assert matching.mismatches(pattern, value) == [
        "$.name.givenName: expected 'Ada', got 'Bob'",
        "$.emails[0].value: expected 'a', got 'b'",
        "$[\"urn:x\"]: expected {'y': 1}, but it is absent",
    ]


def test_a_text_that_is_one_placeholder_keeps_the_type():
    assert templates.resolve(["{{n}}", "no. {{n}}"], {"n": 3}) == [3, "no. 3"]


def test_for_each_gives_one_element_for_each():
    template = [0, {"$for_each": "ids", "put": {"value": "{{each}}"}}, 9]

    assert templates.resolve(template, {"ids": ["a", "b"]}) == [0, {"value": "a"}, {"value": "b"}, 9]


def test_a_copy_is_changed_and_the_captured_object_is_not():
    read = {"name": {"givenName": "Ada"}, "urn:x": {"y": 1}}
    template = {"$copy_of": "read", "but": {"$.name.givenName": "{{new}}", '$["urn:x"].y': 2, "$.active": True}}

    copied = templates.resolve(template, {"read": read, "new": "Augusta"})

    assert copied == {"name": {"givenName": "Augusta"}, "urn:x": {"y": 2}, "active": True}
    assert read == {"name": {"givenName": "Ada"}, "urn:x": {"y": 1}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [{"a": [{"b": 1}, {"b": 2}, {}]}]),
        ("$.a[1].b", [2]),
        ("$.a[*].b", [1, 2]),
        ("$.a[9].b", []),
        ("$.x", []),
        ("$.a.b", []),
    ],
)
def test_a_path_finds_what_is_there(path, found):
    assert templates.find(path, {"a": [{"b": 1}, {"b": 2}, {}]}) == found
