"""The tables leave nothing out: a field, a mutation, a subscription or a type of object without a row fails here."""

from typing import Any

from graphql import GraphQLObjectType
from strawberry.types.base import StrawberryObjectDefinition

from rollbook.graphql.queries import _FIND
from rollbook.graphql.schema import schema

from . import changes, reads

PARTS = {
    "MembershipSeries.points": "Organization.membershipSeries",
    "ProvisioningSeries.points": "Organization.provisioningSeries",
}
"""Fields that only work out what came with the field named here."""


def _resolved_fields() -> set[str]:
    """Every field of the schema that does more than to hand out a value that its object came with.

    Ids, and the parts of a page, are told to whomever the object or the page is told.
    """
    return {
        f"{definition.name}.{schema.config.name_converter.get_graphql_name(field)}"
        for definition in _definitions()
        if not definition.name.endswith("Connection")
        for field in definition.fields
        if field.base_resolver is not None and field.python_name != "_id"
    }


def _definitions() -> list[StrawberryObjectDefinition]:
    types = [each for each in schema._schema.type_map.values() if isinstance(each, GraphQLObjectType)]
    told: list[Any] = [each.extensions.get("strawberry-definition") for each in types]
    return [definition for definition in told if definition is not None]


def test_every_field_that_asks_a_service_has_a_row():
    fields = {field for field in _resolved_fields() if not field.startswith("Mutation.")} - set(PARTS)
    rows = {row.split()[0] for row in reads.TABLE}

    assert fields - rows == set()


def test_every_type_of_object_can_be_asked_for_by_its_id_in_the_table():
    assert {row.split()[1] for row in reads.TABLE if row.startswith("Query.node ")} == set(_FIND)


def test_every_mutation_has_a_row():
    mutations = {field.partition(".")[2] for field in _resolved_fields() if field.startswith("Mutation.")}

    assert {row.split()[0] for row in changes.TABLE} == mutations


def test_each_row_is_asked():
    assert (set(reads.TABLE), set(changes.TABLE)) == (set(reads.DOCUMENTS), set(changes.INPUTS))
