"""The grammar of filters and of PATCH paths."""

import time

import pytest

from rollbook.scim.errors import ScimError
from rollbook.scim.filter_text import (
    MAX_DEPTH,
    MAX_LENGTH,
    Comparison,
    Conjunction,
    Disjunction,
    Element,
    Negation,
    Path,
    parse,
    parse_path,
)


def eq(path, value):
    return Comparison(path, "eq", value)


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ('userName eq "ada"', eq("userName", "ada")),
        ('  userName   EQ\t"ada" ', eq("userName", "ada")),
        ("active eq true", eq("active", True)),
        ("active eq False", eq("active", False)),
        ("title eq null", eq("title", None)),
        ("age ge 7", Comparison("age", "ge", 7)),
        ("title pr", Comparison("title", "pr", None)),
        ('urn:a:2.0:User:x.y co "z"', Comparison("urn:a:2.0:User:x.y", "co", "z")),
        ('a eq "1" and b eq "2"', Conjunction((eq("a", "1"), eq("b", "2")))),
        ('a eq "1" or b eq "2" and c eq "3"', Disjunction((eq("a", "1"), Conjunction((eq("b", "2"), eq("c", "3")))))),
        ('(a eq "1" or b eq "2") and c eq "3"', Conjunction((Disjunction((eq("a", "1"), eq("b", "2"))), eq("c", "3")))),
        ('not (a eq "1")', Negation(eq("a", "1"))),
        ('emails[type eq "work"]', Element("emails", eq("type", "work"))),
        ('emails[type eq "work"].value eq "x"', Element("emails", eq("type", "work"), eq("value", "x"))),
    ],
)
def test_a_filter_is_read_as_its_expression(text, expression):
    assert parse(text) == expression


@pytest.mark.parametrize(
    ("literal", "value"),
    [
        (r'"a \"quoted\" word"', 'a "quoted" word'),
        (r'"back\\slash"', "back\\slash"),
        (r'"\u00e9\ud83d\ude00"', "é😀"),
        ('"and ] ) ( [ or"', "and ] ) ( [ or"),
        ('""', ""),
        ('"o\'brien+x@x.test"', "o'brien+x@x.test"),
    ],
)
def test_the_text_of_a_value_is_that_of_json(literal, value):
    assert parse(f"userName eq {literal}") == eq("userName", value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "userName",
        "userName eq",
        "userName eq ada",
        'userName is "ada"',
        'userName eq "ada',
        'userName eq "ada" and',
        'userName eq "ada" "bob"',
        'userName eq "ada" xor active eq true',
        '(userName eq "ada"',
        'userName eq "ada")',
        'not userName eq "ada"',
        'emails[type eq "work"',
        'emails[type eq "work"].value',
        'emails[] eq "x"',
        '"userName" eq "ada"',
        "eq eq eq",
        r'userName eq "\ud800"',
        r'userName eq "a\u0000b"',
        'userName eq "line\nbreak"',
        "userName eq [1]",
        'userName; drop eq "x"',
    ],
)
def test_what_is_no_filter_is_refused_as_such(text):
    with pytest.raises(ScimError) as refused:
        parse(text)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def test_a_refusal_says_where_and_why():
    with pytest.raises(ScimError) as refused:
        parse('userName is "ada"')

    assert refused.value.detail == (
        "The filter is not valid at character 10: an operator such as eq was expected instead of is."
    )


def test_a_filter_may_be_nested_to_a_limit():
    parse("(" * MAX_DEPTH + "a pr" + ")" * MAX_DEPTH)

    with pytest.raises(ScimError):
        parse("(" * 4000 + "a pr" + ")" * 4000)


def test_a_filter_may_be_long_to_a_limit():
    room = MAX_LENGTH - len('a eq ""')

    parse(f'a eq "{"x" * room}"')

    with pytest.raises(ScimError):
        parse(f'a eq "{"x" * (room + 1)}"')


@pytest.mark.parametrize("text", ['"' + "\\" * 8000, "a" * 8000, "(" * 8000, 'a eq "' * 1300, " " * 8000])
def test_no_text_takes_long_to_read(text):
    began = time.perf_counter()

    with pytest.raises(ScimError):
        parse(text)

    assert time.perf_counter() - began < 0.5


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("title", Path("title")),
        ("name.givenName", Path("name.givenName")),
        ("urn:x:2.0:User:department", Path("urn:x:2.0:User:department")),
        ('emails[type eq "work"]', Path("emails", eq("type", "work"))),
        ('emails[type eq "work"].value', Path("emails", eq("type", "work"), "value")),
        ('emails[type eq "work" and primary eq true]', Path("emails", parse('type eq "work" and primary eq true'))),
    ],
)
def test_a_path_is_read_in_its_parts(text, path):
    assert parse_path(text) == path


@pytest.mark.parametrize("text", ["", "[]", "emails[", "emails[type]", 'emails[type eq "x"] value', "a b", '"a"', "1a"])
def test_what_is_no_path_is_refused_as_such(text):
    with pytest.raises(ScimError) as refused:
        parse_path(text)

    assert (refused.value.status, refused.value.scim_type) == (400, "invalidPath")
