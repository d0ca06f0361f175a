"""What a schema says about an attribute (RFC 7643 section 2.2), and how an attribute is found by its name."""

from collections.abc import Callable, Mapping
from dataclasses import field
from enum import StrEnum
from typing import Any

from rollbook.domain.immutable import immutable
from rollbook.scim.filter_text import Expression


class AttributeType(StrEnum):
    """The data types that Rollbook's schemas use (RFC 7643 section 2.3)."""

    BINARY = "binary"
    BOOLEAN = "boolean"
    COMPLEX = "complex"
    DATE_TIME = "dateTime"
    REFERENCE = "reference"
    STRING = "string"


class Mutability(StrEnum):
    """When a client may write an attribute."""

    IMMUTABLE = "immutable"
    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    WRITE_ONLY = "writeOnly"


class Returned(StrEnum):
    """When an attribute stands in an answer."""

    ALWAYS = "always"
    DEFAULT = "default"
    NEVER = "never"


class Uniqueness(StrEnum):
    """Whether two resources may have the same value; `server` means unique within the organization."""

    NONE = "none"
    SERVER = "server"


@immutable
class Attribute:
    """One attribute or sub-attribute. An unpublished one is known to the engine but not told by /Schemas."""

    name: str
    description: str
    type: AttributeType = AttributeType.STRING
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    sub_attributes: tuple["Attribute", ...] = ()
    published: bool = True
    by_name: Mapping[str, "Attribute"] = field(init=False, repr=False, compare=False)
    is_complex: bool = field(init=False, repr=False, compare=False)
    """Whether the attribute's values have sub-attributes."""
    is_read_only: bool = field(init=False, repr=False, compare=False)
    """Whether clients can never write the attribute."""
    _plain: Any = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for name, value in {
            "by_name": {each.name.lower(): each for each in self.sub_attributes},
            "is_complex": self.type is AttributeType.COMPLEX,
            "is_read_only": self.mutability is Mutability.READ_ONLY,
            "_plain": _PLAIN.get(self.type, type(None)),
        }.items():
            object.__setattr__(self, name, value)

    def is_plain(self, value: Any) -> bool:
        """Whether this is one value of the attribute as it is kept: of most there is nothing more to say."""
        return type(value) is self._plain and value != ""

    def sub_attribute(self, name: str) -> "Attribute | None":
        """The sub-attribute of this name, whatever its case (RFC 7643 section 2.1)."""
        return self.by_name.get(name.lower())

    def as_json(self) -> dict[str, Any]:
        """The attribute as /Schemas tells it (RFC 7643 section 7)."""
        told: dict[str, Any] = {
            "name": self.name,
            "type": str(self.type),
            "multiValued": self.multi_valued,
            "description": self.description,
            "required": self.required,
        }
        if self.type in (AttributeType.STRING, AttributeType.REFERENCE, AttributeType.BINARY):
            told["caseExact"] = self.case_exact
        told |= {
            "mutability": str(self.mutability),
            "returned": str(self.returned),
            "uniqueness": str(self.uniqueness),
        }
        if self.canonical_values:
            told["canonicalValues"] = list(self.canonical_values)
        if self.reference_types:
            told["referenceTypes"] = list(self.reference_types)
        if self.sub_attributes:
            told["subAttributes"] = [each.as_json() for each in self.sub_attributes if each.published]
        return told


_PLAIN: Mapping[AttributeType, type] = {
    AttributeType.BOOLEAN: bool,
    AttributeType.DATE_TIME: str,
    AttributeType.REFERENCE: str,
    AttributeType.STRING: str,
}


@immutable
class Schema:
    """A named set of attributes. An extension's attributes stand in a resource under the schema's URN."""

    id: str
    name: str
    description: str
    attributes: tuple[Attribute, ...]
    is_extension: bool = False
    paths: Mapping[str, "AttributePath"] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", {each.name.lower(): AttributePath(self, each) for each in self.attributes})

    def path(self, name: str) -> "AttributePath | None":
        """The path of the attribute of this name, whatever its case."""
        return self.paths.get(name.lower())

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name, whatever its case."""
        path = self.path(name)
        return None if path is None else path.attribute


@immutable
class AttributePath:
    """Where a path leads: a schema, one of its attributes, perhaps some of its elements, perhaps a sub-attribute.

    `where` is the filter that chooses elements of a multi-valued attribute, `test` what it says of one; None chooses
    all of them.
    """

    schema: Schema
    attribute: Attribute
    sub: Attribute | None = None
    where: Expression | None = None
    test: Callable[[Mapping[str, Any]], bool] | None = None

    @property
    def name(self) -> str:
        """The attribute's name and the sub-attribute's, for messages."""
        return f"{self.attribute.name}.{self.sub.name}" if self.sub else self.attribute.name


@immutable
class ResourceType:
    """A kind of resource, its endpoint, and the schemas that its resources may use."""

    name: str
    endpoint: str
    description: str
    schema: Schema
    extensions: tuple[Schema, ...] = ()
    by_urn: Mapping[str, Schema] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_urn", {each.id.lower(): each for each in self.schemas})

    @property
    def schemas(self) -> tuple[Schema, ...]:
        """The core schema and the extensions."""
        return (self.schema, *self.extensions)

    def schema_of(self, urn: str) -> Schema | None:
        """The schema with this URN, whatever its case."""
        return self.by_urn.get(urn.lower())

    def find(self, text: str) -> AttributePath | None:
        """Where an attribute path without a filter leads: `title`, `name.givenName`, `urn:…:User:department`.

        None for an attribute that no schema of the resource type has. An extension's attributes need their URN.
        """
        schema, rest = self.split(text)
        if schema is None:
            return None
        name, dot, sub_name = rest.partition(".")
        attribute = schema.attribute(name)
        if attribute is None:
            return None
        if not dot:
            return AttributePath(schema, attribute)
        sub = attribute.sub_attribute(sub_name)
        return None if sub is None else AttributePath(schema, attribute, sub)

    def split(self, text: str) -> tuple[Schema | None, str]:
        """The schema that a qualified name starts with (None if unknown) and the name that is left.

        A name without a URN belongs to the core schema (RFC 7644 section 3.10).
        """
        lowered = text.lower()
        if not lowered.startswith("urn:"):
            return self.schema, text
        for schema in self.schemas:
            prefix = schema.id.lower()
            if lowered == prefix:
                return schema, ""
            if lowered.startswith(f"{prefix}:"):
                return schema, text[len(prefix) + 1 :]
        return None, text
