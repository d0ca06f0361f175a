"""What another implementation reads in the same filter (docs/decisions/0013)."""

import json

from hypothesis import given
from hypothesis import strategies as st
from scim2_models.path import Comparison as TheirComparison
from scim2_models.path import LogicalExpr, Not, Present, ScimFilter, ValuePath

from rollbook.scim.filter_text import Comparison, Conjunction, Disjunction, Element, Negation, parse

NAMES = st.sampled_from(["userName", "title", "name.givenName", "urn:a:b:2.0:User:department", "meta.created"])
PARTS = st.sampled_from(["type", "value", "primary"])
VALUES = st.none() | st.booleans() | st.integers(-9, 99) | st.text("aZ é\"\\()[]' and", max_size=8)
OPERATORS = st.sampled_from(["eq", "ne", "co", "sw", "ew", "gt", "lt", "ge", "le"])


def terms(names):
    """The text of a comparison, mostly."""
    compared = st.builds(
        lambda name, operator, value: f"{name} {operator} {json.dumps(value)}", names, OPERATORS, VALUES
    )
    return compared | names.map(lambda name: f"{name} pr")


def nested(inner):
    """Texts that are built of other texts, with and without parentheses that change what they mean."""
    return (
        inner.map(lambda text: f"not ({text})")
        | inner.map(lambda text: f"({text})")
        | st.builds(lambda a, b: f"{a} and {b}", inner, inner)
        | st.builds(lambda a, b: f"{a} or {b}", inner, inner)
    )


WHERE = st.recursive(terms(PARTS), nested, max_leaves=4)
ELEMENTS = WHERE.map(lambda text: f"emails[{text}]") | st.builds(
    lambda where, operator: f'emails[{where}].value {operator} "x"', WHERE, OPERATORS
)
FILTERS = st.recursive(terms(NAMES) | ELEMENTS, nested, max_leaves=8)


@given(FILTERS)
def test_a_filter_means_what_it_means_to_others(text):
    assert plain(parse(text)) == theirs(ScimFilter(text).ast)


def plain(expression):
    """Our reading, as nested tuples."""
    match expression:
        case Comparison(path, operator, value):
            return (operator, path, value)
        case Conjunction(parts):
            return joined("and", map(plain, parts))
        case Disjunction(parts):
            return joined("or", map(plain, parts))
        case Negation(term):
            return ("not", plain(term))
        case Element(path, where, None):
            return ("some", path, plain(where))
        case Element(path, where, comparison):
            return ("some", path, joined("and", [plain(where), plain(comparison)]))


def theirs(node):
    """Their reading, in the same form."""
    match node:
        case TheirComparison():
            return (str(node.op), str(node.attr_path), node.value)
        case Present():
            return ("pr", str(node.attr_path), None)
        case Not():
            return ("not", theirs(node.expr))
        case LogicalExpr():
            return joined(str(node.op), map(theirs, node.terms))
        case ValuePath():
            return ("some", str(node.attr_path), theirs(node.val_filter))


def joined(operator, parts):
    """Equal operators side by side are one, whatever parentheses stand around them."""
    flat = []
    for part in parts:
        flat += part[1] if part[0] == operator else [part]
    return (operator, flat)
