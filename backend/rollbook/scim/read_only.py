"""Values that clients send for attributes which only Rollbook writes."""

from collections.abc import Mapping, Sequence
from typing import Any

from rollbook.scim.errors import mutability
from rollbook.scim.patch import ReadOnlyValue
from rollbook.scim.patch_message import Op
from rollbook.scim.reading import Reading
from rollbook.scim.requests import kind

# Of meta, what changes by itself: an honest echo of these is soon out of date
_MOVING = frozenset({"lastmodified", "version"})


def check_read_only(sent: Sequence[ReadOnlyValue], current: Mapping[str, Any], reading: Reading) -> None:
    """Return if what was sent may be ignored; otherwise raise 400 `mutability`.

    An equal value is an echo and passes without a word (O-33, O-53). Another one is noted, and refused where an
    operation's path aims at the attribute or where the dialect is strict.
    """
    for each in sent:
        attribute, name = each.target.attribute.name, each.target.name
        if _says_nothing(each) or _is_echo(each, current.get(attribute)):
            continue
        wish = "be removed" if each.op is Op.REMOVE else f"become {kind(each.value)}"
        refusal = mutability(f"{name} is read-only and cannot {wish}; leave it out or send it as it is.")
        if each.by_path:
            raise refusal
        reading.tolerate(f"{name} was ignored: it is read-only.", refusal)


def _says_nothing(sent: ReadOnlyValue) -> bool:
    # Okta creates users with an empty list of groups (B-O1)
    return not sent.by_path and sent.value in (None, [], {})


def _is_echo(sent: ReadOnlyValue, current: Any) -> bool:
    target, value = sent.target, sent.value
    if value is None:
        return current is None
    if target.sub is not None or target.where is not None:
        value = {(target.sub or target.attribute).name: value}
    if target.attribute.name == "groups" and isinstance(value, list):
        return _ids(value) == _ids(current or [])
    if target.attribute.name == "meta" and isinstance(value, dict) and isinstance(current, dict):
        known = {key.lower(): each for key, each in current.items()}
        stable = {key.lower(): each for key, each in value.items() if key.lower() not in _MOVING and each is not None}
        return all(known.get(key) == each for key, each in stable.items())
    return bool(value == current)


def _ids(groups: list[Any]) -> set[str]:
    return {str(group.get("value")) if isinstance(group, dict) else str(group) for group in groups}
