"""One PATCH operation on one target, applied to a document (RFC 7644 sections 3.5.2.1 to 3.5.2.3).

A step puts new values into the document and never changes one in place.
"""

from collections.abc import Sequence
from typing import Any

import orjson

from rollbook.domain.documents import comparable
from rollbook.domain.immutable import immutable
from rollbook.scim import tolerance
from rollbook.scim.attributes import AttributePath
from rollbook.scim.errors import ScimError, mutability, no_target
from rollbook.scim.patch_message import Op
from rollbook.scim.reading import Reading
from rollbook.scim.validation import check_number

Document = dict[str, Any]
Element = dict[str, Any]

_HOLLOW = frozenset({"primary", "type"})


@immutable
class Step:
    """An operation with its value in canonical form; None clears.

    A remove may name what it takes away: `listed` of several values, in the form in which they compare, `only` of one.
    None stands for: whatever is there.
    """

    op: Op
    target: AttributePath
    value: Any = None
    listed: Sequence[Element] | None = None
    only: Any = None

    def apply(self, document: Document, reading: Reading) -> None:
        """Put the outcome into the document. Raises 400 `mutability` or `noTarget`."""
        if self.op is Op.ADD and self.value is None:
            return  # adding nothing changes nothing
        schema, attribute = self.target.schema, self.target.attribute
        container: Document = dict(document.get(schema.id, {})) if schema.is_extension else document
        value = self._next(container.get(attribute.name), reading)
        if value not in (None, [], {}):
            container[attribute.name] = value
        elif attribute.required or attribute.name == "active":
            # RFC 7644 section 3.5.2: what is required cannot become unassigned
            raise mutability(f"{attribute.name} cannot be removed; send the value that it shall have.")
        else:
            container.pop(attribute.name, None)
        if schema.is_extension:
            document.pop(schema.id, None)
            if container:
                document[schema.id] = container

    def _next(self, current: Any, reading: Reading) -> Any:
        """The attribute's value after this step."""
        target = self.target
        if target.attribute.multi_valued:
            elements: list[Element] = current or []
            if target.where is None and target.sub is None:
                return self._next_values(elements)
            return self._next_elements(elements, reading)
        if self.only is not None and self._misses(current):
            return current
        if target.sub is not None:
            return _with(current or {}, target.sub.name, self.value)
        if target.attribute.is_complex and self.value is not None:
            return _merged(current or {}, self.value)
        return self.value

    def _next_values(self, current: list[Element]) -> list[Element]:
        """The whole multi-valued attribute after this step."""
        if self.op is Op.ADD:
            joined, touched = _joined(current, self.value)
            check_number(self.target.attribute, joined)
            return _with_one_primary(joined, touched)
        if self.op is Op.REPLACE:
            return _joined([], self.value or [])[0]
        return [each for each in current if not self._lists(each)]

    def _next_elements(self, current: list[Element], reading: Reading) -> list[Element]:
        """The elements after this step changed those that the path chooses."""
        target = self.target
        chosen = {at for at, each in enumerate(current) if target.test is None or target.test(each)}
        if self.value is None:
            if not chosen and target.where is not None:
                tolerance.nothing_chosen(target.name, self._no_target(), reading)
            kept = [self._cleared(each) if at in chosen else each for at, each in enumerate(current)]
            return [each for each in kept if each is not None]
        if not chosen:
            return self._with_new_element(current, reading)
        changed = [self._changed(each) if at in chosen else each for at, each in enumerate(current)]
        return _with_one_primary(changed, chosen)

    def _cleared(self, element: Element) -> Element | None:
        """The element without what the path names; None if nothing worth keeping is left of it."""
        if self.target.sub is None:
            return None if self._lists(element) else element
        if self.only is not None and self._misses(element):
            return element
        rest = _with(element, self.target.sub.name, None)
        # E-50, E-53: an e-mail without its value is no e-mail, whatever its type
        return rest if rest.keys() - _HOLLOW else None

    def _lists(self, element: Element) -> bool:
        """Whether a remove takes the element away."""
        if self.listed is None:
            return True
        found = comparable(element, (self.target.attribute.name,))
        return any(_named(each).items() <= found.items() for each in self.listed)

    def _misses(self, holder: Any) -> bool:
        """Whether a remove names another value than the one that is there, in an element or in the attribute."""
        target = self.target
        path: tuple[str, ...] = (target.schema.id,) if target.schema.is_extension else ()
        path += (target.attribute.name,) if target.sub is None else (target.attribute.name, target.sub.name)
        found = holder if target.sub is None else (holder or {}).get(target.sub.name)
        if isinstance(self.only, dict) and isinstance(found, dict):
            return not _named(comparable(self.only, path)).items() <= comparable(found, path).items()
        return bool(comparable(found, path) != comparable(self.only, path))

    def _changed(self, element: Element) -> Element:
        if self.target.sub is not None:
            return _with(element, self.target.sub.name, self.value)
        # Section 3.5.2.3: the values that the filter matches are replaced as a whole
        return self.value if self.op is Op.REPLACE else {**element, **self.value}

    def _with_new_element(self, current: list[Element], reading: Reading) -> list[Element]:
        target = self.target
        element: Element = {}
        if target.where is not None:
            if self.op is Op.REPLACE and reading.strict:
                raise self._no_target()
            element = tolerance.new_element(target.where, target.attribute, self._no_target())
            if self.op is Op.REPLACE:
                reading.note(f"{target.attribute.name}: the path chose no value, so a new one was made.")
        element |= self.value if target.sub is None else {target.sub.name: self.value}
        check_number(target.attribute, [*current, element])
        return _with_one_primary([*current, element], {len(current)})

    def _no_target(self) -> ScimError:
        return no_target(f"{self.target.name}: the path's filter chooses none of the values.")


def _with(values: Element, name: str, value: Any) -> Element:
    if value is not None:
        return {**values, name: value}
    return {each: inner for each, inner in values.items() if each != name}


def _merged(current: Element, named: Element) -> Element | None:
    """Section 3.5.2.3: of a complex value those sub-attributes change that are named; None clears one.

    E-50: where the value is all that is named and it is cleared, nothing is left: a manager without it is none.
    """
    if "value" in named and all(inner is None for inner in named.values()):
        return None
    return {name: inner for name, inner in {**current, **named}.items() if inner is not None}


def _named(element: Element) -> Element:
    """What tells an element of a remove from the others: its value if it has one, and the type if that is named."""
    return {name: element[name] for name in ("value", "type") if name in element} if "value" in element else element


def _joined(current: list[Element], added: Sequence[Element]) -> tuple[list[Element], set[int]]:
    """The values with the added ones, and where these are; one that is there already is brought up to date."""
    places = {_key(each): at for at, each in enumerate(current)}
    joined = list(current)
    touched = set()
    for element in added:
        at = places.setdefault(_key(element), len(joined))
        if at == len(joined):
            joined.append(element)
        else:
            joined[at] = {**joined[at], **element}
        touched.add(at)
    return joined, touched


def _key(element: Element) -> Any:
    """RFC 7643 section 2.4: a pair of type and value stands at most once in an attribute."""
    if "value" in element:
        return element["value"], str(element.get("type", "")).lower()
    return orjson.dumps(element, option=orjson.OPT_SORT_KEYS)


def _with_one_primary(elements: list[Element], touched: set[int]) -> list[Element]:
    """RFC 7644 section 3.5.2: a value that was made primary takes that from the one which had it."""
    primary = next((at for at in sorted(touched) if elements[at].get("primary") is True), None)
    if primary is None:
        return elements
    return [
        {**each, "primary": False} if at != primary and each.get("primary") is True else each
        for at, each in enumerate(elements)
    ]
