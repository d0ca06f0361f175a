"""What the schemas say about case is what comparisons go by."""

from rollbook.domain.documents import CASE_EXACT
from rollbook.scim.attributes import AttributeType
from rollbook.scim.schemas import USER

_TEXTS = (AttributeType.STRING, AttributeType.REFERENCE, AttributeType.BINARY)
_OF_THE_MEMBERSHIP = {("externalId",), ("id",), ("schemas",), ("password",)}
_MADE_BY_ROLLBOOK = ("groups", "meta")


def test_the_case_exact_attributes_of_a_profile_are_those_of_the_schemas():
    exact = set()
    for schema in USER.schemas:
        for attribute in schema.attributes:
            path = (schema.id, attribute.name) if schema.is_extension else (attribute.name,)
            each = [(*path, sub.name) for sub in attribute.sub_attributes if sub.case_exact and sub.type in _TEXTS]
            exact.update(each or ([path] if attribute.case_exact else []))

    assert {path for path in exact if path[0] not in _MADE_BY_ROLLBOOK} - _OF_THE_MEMBERSHIP == CASE_EXACT
