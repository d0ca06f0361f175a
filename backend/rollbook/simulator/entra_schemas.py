"""Whether a server's ``/Schemas`` let Entra build its attribute mapping (E-20)."""

from collections.abc import Iterator, Mapping
from typing import Any

from rollbook.simulator.checks import Wrongs, judge, resources
from rollbook.simulator.entra_messages import DEPARTMENT, EMPLOYEE_NUMBER, MANAGER, WORK_EMAIL
from rollbook.simulator.exchange import Answer, Check
from rollbook.simulator.messages import GROUP, USER

MAPPED_OF_USER = (
    "userName",
    "externalId",
    "active",
    "displayName",
    "title",
    "preferredLanguage",
    "name.formatted",
    "name.givenName",
    "name.familyName",
    WORK_EMAIL,
    *(
        f'addresses[type eq "work"].{part}'
        for part in ("formatted", "streetAddress", "locality", "region", "postalCode", "country")
    ),
    *(f'phoneNumbers[type eq "{kind}"].value' for kind in ("work", "mobile", "fax")),
    EMPLOYEE_NUMBER,
    DEPARTMENT,
    MANAGER,
)
MAPPED_OF_GROUP = ("displayName", "externalId", "members")
"""The targets of Entra's default mappings."""

_WORDS: Mapping[str, tuple[str, ...]] = {
    "type": ("string", "boolean", "decimal", "integer", "dateTime", "reference", "complex", "binary"),
    "mutability": ("readOnly", "readWrite", "immutable", "writeOnly"),
    "returned": ("always", "never", "default", "request"),
    "uniqueness": ("none", "server", "global"),
}
_BY_REFERENCE = ("manager", "members")


def discoverable() -> Check:
    """Every mapped attribute is found, whatever its capitals; no null, and each characteristic in the RFC's words."""

    def wrongs(answer: Answer) -> Wrongs:
        schemas = {str(one.get("id")): one for one in resources(answer)}
        of_user = {
            name
            for urn, schema in schemas.items()
            if urn != GROUP
            for name in _names(schema, "" if urn == USER else f"{urn}:")
        }
        of_group = set(_names(schemas.get(GROUP, {}), ""))
        for kind, mapped, found in (("User", MAPPED_OF_USER, of_user), ("Group", MAPPED_OF_GROUP, of_group)):
            if missing := [name for name in mapped if name.lower() not in found]:
                yield f"every mapped attribute of {kind}", f"missing: {missing}"
        if odd := list(_odd(answer.body, "Schemas")):
            yield "no null, and the words of RFC 7643 section 7", odd

    return judge("List in /Schemas, with canonicalValues of type, every attribute that may be mapped.", wrongs)


def _names(schema: Mapping[str, Any], prefix: str) -> Iterator[str]:
    """The names under which Entra's own test knows the attributes of a schema, in lower case."""
    for attribute in _objects(schema.get("attributes")):
        name, subs = f"{prefix}{attribute.get('name')}", _objects(attribute.get("subAttributes"))
        if attribute.get("type") != "complex" or attribute.get("name") in _BY_REFERENCE:
            yield name.lower()
        elif not attribute.get("multiValued"):
            yield from (f"{name}.{sub.get('name')}".lower() for sub in subs)
        else:
            types = next((sub.get("canonicalValues") for sub in subs if sub.get("name") == "type"), None)
            kinds = types if isinstance(types, list) else []
            chosen = [f'type eq "{kind}"' for kind in kinds] or ['primary eq "True"']
            yield from (f"{name}[{choice}].{sub.get('name')}".lower() for choice in chosen for sub in subs)


def _odd(value: Any, where: str) -> Iterator[str]:
    """Where there is a null, or a characteristic in words of the server's own."""
    if isinstance(value, list):
        value = dict(enumerate(value))
    for key, inner in value.items() if isinstance(value, dict) else ():
        if inner is None or ("name" in value and inner not in _WORDS.get(key, (inner,))):
            yield f"{where}.{key}: {inner}"
        yield from _odd(inner, f"{where}.{key}")


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
