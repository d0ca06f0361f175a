"""How large an operation may be, measured without a database."""

import time

import pytest
from graphql import GraphQLError, parse

from rollbook.graphql import limits
from rollbook.graphql.limits import Measure, Size, list_sizes, refuse_too_large
from rollbook.graphql.pagination import DEFAULT_PAGE
from rollbook.graphql.schema import schema

PAGED = {"members": 50}


def measured(document, variables=None, name=None):
    return Measure(parse(document), variables or {}, PAGED).operation(name)


def test_a_page_multiplies_what_is_below_it():
    size = measured("{ organization { members(first: 20) { nodes { user { id } } } } }")

    # organization + 20 rows of members, each with nodes and user
    assert size == Size(depth=4, aliases=0, widest=1, top=1, nodes=1 + 20 + 20 * 2)


def test_a_page_without_a_size_counts_as_the_default():
    assert measured("{ members { totalCount } }").nodes == 50


@pytest.mark.parametrize(
    ("variables", "nodes"), [({"n": 7}, 7), ({"n": 200.0}, 200), ({"n": None}, 50), ({}, 50), ({"n": "x"}, 50)]
)
def test_a_page_size_in_a_variable_counts(variables, nodes):
    assert measured("query($n: Int) { members(first: $n) { totalCount } }", variables).nodes == nodes


def test_a_list_that_is_no_connection_counts_as_it_says():
    sizes = list_sizes(schema._schema)

    assert sizes["members"] == sizes["history"] == DEFAULT_PAGE
    assert (sizes["groups"], sizes["targets"], sizes["points"], sizes["membershipSeries"]) == (2, 5, 400, 3)
    assert not {"nodes", "edges", "grants", "permissions", "types"} & sizes.keys()
    document = "{ organization { membershipSeries { source points { total } } } }"
    assert Measure(parse(document), {}, sizes).operation(None).nodes == 1 + 3 + 3 * 400


def test_the_page_of_the_settings_with_all_that_it_can_show_is_within_the_limits():
    document = """{ organization { members(first: 200) { nodes { user { id } groups { memberCount }
                    lastProvisioning { actor { name } } } facets { role { count } } } tokens { id } } }"""

    refuse_too_large(Measure(parse(document), {}, list_sizes(schema._schema)).operation(None))


def test_a_history_of_every_member_with_everyone_touched_is_too_large():
    document = "{ members(first: 200) { nodes { history { nodes { targets { member { id } } } } } } }"

    with pytest.raises(GraphQLError, match="nodes; at most 10000"):
        refuse_too_large(Measure(parse(document), {}, list_sizes(schema._schema)).operation(None))


def test_a_long_document_is_measured_in_time_that_grows_with_its_length():
    def seconds(fields):
        document = parse("{ a { " + "b { c d e } " * fields + "} }")
        started = time.process_time()
        Measure(document, {}, PAGED).operation(None)
        return time.process_time() - started

    assert min(seconds(20_000) for _ in range(3)) < 25 * min(seconds(2000) for _ in range(3))


@pytest.mark.parametrize(("variables", "nodes"), [({}, 200), ({"n": 7}, 7), ({"n": None}, 50)])
def test_a_variable_that_is_left_out_counts_as_its_default(variables, nodes):
    assert measured("query($n: Int = 200) { members(first: $n) { totalCount } }", variables).nodes == nodes


def test_a_negative_page_size_does_not_make_an_operation_smaller():
    assert measured("{ a { b } members(last: -1000) { totalCount } }").nodes == 2


def test_root_fields_are_counted_through_fragments():
    assert measured("{ ...A ...A } fragment A on Query { viewer { name } organization { name } }").top == 4


def test_aliases_are_counted_wherever_they_stand():
    assert measured("{ a: viewer { b: name ...F } } fragment F on Viewer { c: kind d: __typename }").aliases == 4


def test_only_the_named_operation_is_measured():
    document = "query Small { viewer { name } } query Large { members(first: 200) { nodes { id } } }"

    assert measured(document, name="Small").nodes == 1
    assert measured(document, name="Large").nodes == 400


def test_introspection_is_neither_deep_nor_costly():
    assert measured("{ __schema { types { fields { type { name } } } } }") == Size(widest=1, top=1)


def test_fragments_that_double_60_times_are_measured_at_once():
    chain = " ".join(f"fragment F{i} on A {{ ...F{i + 1} ...F{i + 1} }}" for i in range(60))
    document = "{ a { ...F0 } } " + chain + " fragment F60 on A { b { c } }"
    started = time.perf_counter()

    size = measured(document)

    assert size.nodes == 10**9
    assert time.perf_counter() - started < 1


def test_fragments_that_contain_themselves_or_are_missing_do_not_break_the_measure():
    assert measured("{ a { ...A } } fragment A on X { b { ...B ...Missing } } fragment B on X { ...A }").depth == 2


@pytest.mark.parametrize(
    ("size", "told"),
    [
        (Size(depth=limits.MAX_DEPTH + 1), "13 levels deep; at most 12"),
        (Size(aliases=limits.MAX_ALIASES + 1), "31 aliases; at most 30"),
        (Size(top=limits.MAX_ROOT_FIELDS + 1), "21 root fields; at most 20"),
        (Size(widest=limits.MAX_FIELDS + 1), "201 fields in one selection; at most 200"),
        (Size(nodes=limits.MAX_NODES + 1), "10001 nodes; at most 10000"),
    ],
)
def test_a_size_over_a_limit_is_refused_by_name(size, told):
    with pytest.raises(GraphQLError, match=told) as refusal:
        refuse_too_large(size)

    assert refusal.value.extensions == {"code": "OPERATION_TOO_LARGE"}


def test_a_size_at_every_limit_passes():
    refuse_too_large(
        Size(limits.MAX_DEPTH, limits.MAX_ALIASES, limits.MAX_FIELDS, limits.MAX_ROOT_FIELDS, limits.MAX_NODES)
    )
