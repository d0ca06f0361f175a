"""What /Schemas tells, one attribute or sub-attribute at a time, and values that fit what it tells."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from .people import CORE, ENTERPRISE, read


@dataclass(frozen=True)
class Told:
    """An attribute, or one of its sub-attributes, as /Schemas tells it."""

    urn: str
    attribute: dict[str, Any]
    sub: dict[str, Any] | None = None

    @property
    def last(self) -> dict[str, Any]:
        """The description of what the path ends with."""
        return self.sub or self.attribute

    @property
    def name(self) -> str:
        """The attribute's path without a URN."""
        return self.attribute["name"] if self.sub is None else f"{self.attribute['name']}.{self.sub['name']}"

    @property
    def path(self) -> str:
        """The attribute's path, qualified where it stands in an extension."""
        return self.name if self.urn == CORE else f"{self.urn}:{self.name}"

    @property
    def is_single(self) -> bool:
        """Whether a resource has one value of it at most."""
        return not self.attribute["multiValued"]

    @property
    def is_leaf(self) -> bool:
        """Whether it holds a value itself."""
        return self.last["type"] != "complex"

    @property
    def is_written(self) -> bool:
        """Whether clients write it."""
        return self.attribute["mutability"] == "readWrite" and self.last["mutability"] == "readWrite"

    def whole(self, resource: dict[str, Any]) -> Any:
        """The value of the attribute in a resource, with all sub-attributes; None without one."""
        container = resource if self.urn == CORE else resource.get(self.urn, {})
        return container.get(self.attribute["name"])

    def values(self, resource: dict[str, Any]) -> list[Any]:
        """The values of this very (sub-)attribute in a resource."""
        whole = self.whole(resource)
        elements = whole if isinstance(whole, list) else [] if whole is None else [whole]
        if self.sub is None:
            return elements
        return [element[self.sub["name"]] for element in elements if self.sub["name"] in element]

    def body(self, value: Any) -> dict[str, Any]:
        """The part of a resource in which this (sub-)attribute has the value."""
        if self.sub is not None:
            value = {self.sub["name"]: value}
        if self.attribute["multiValued"]:
            value = [value]
        inner = {self.attribute["name"]: value}
        return inner if self.urn == CORE else {self.urn: inner}

    def a_value(self, word: str) -> Any:
        """A value that fits, in letters of both cases; the word makes it another one."""
        return a_value(self.last, word)


def a_value(description: dict[str, Any], word: str) -> Any:
    """A value of what is described, with everything that clients write in it."""
    kind = description["type"]
    if kind == "complex":
        return {
            each["name"]: a_value(each, word)
            for each in description["subAttributes"]
            if each["mutability"] != "readOnly"
        }
    if kind == "boolean":
        return True
    if kind == "binary":
        return {"one": "T25lT25l", "two": "VHdvVHdv"}.get(word, "QUJDREVG")
    if kind == "reference":
        return f"https://x.test/{description['name'].strip('$')}/{word.capitalize()}"
    return f"{word.capitalize()} {description['name']}"


async def told(client: httpx.AsyncClient, *urns: str) -> list[Told]:
    """Every attribute and sub-attribute of these schemas, otherwise of those of a User."""
    found: list[Told] = []
    for urn in urns or (CORE, ENTERPRISE):
        for attribute in (await read(client, f"/Schemas/{urn}"))["attributes"]:
            found += [Told(urn, attribute), *(Told(urn, attribute, sub) for sub in attribute.get("subAttributes", ()))]
    return found


def everything(attributes: list[Told], *words: str) -> dict[str, Any]:
    """A User with every attribute that clients write; a multi-valued one has a value for each word."""
    body: dict[str, Any] = {"schemas": [CORE, ENTERPRISE], ENTERPRISE: {}}
    for each in attributes:
        if each.sub is not None or each.attribute["mutability"] == "readOnly":
            continue
        container = body if each.urn == CORE else body[each.urn]
        values = [each.a_value(word) for word in words]
        if each.attribute["multiValued"]:
            for value in values[1:]:
                value["primary"] = False
        container[each.attribute["name"]] = values if each.attribute["multiValued"] else values[0]
    return body


def flat(attributes: list[dict[str, Any]], prefix: str = "") -> Iterator[str]:
    """The names under which Entra's agent knows the attributes of a schema (E-20)."""
    for attribute in attributes:
        name = prefix + attribute["name"]
        yield name
        subs = attribute.get("subAttributes", ())
        types = [kind for sub in subs if sub["name"] == "type" for kind in sub.get("canonicalValues", ())]
        for sub in subs:
            yield f"{name}.{sub['name']}"
            if attribute["multiValued"]:
                yield from (f'{name}[type eq "{kind}"].{sub["name"]}' for kind in types)
