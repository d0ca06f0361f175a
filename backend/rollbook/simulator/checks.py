"""What both identity providers need to find in an answer. Each function makes one check, or reads an answer."""

import unicodedata
from collections.abc import Callable, Collection, Iterator
from typing import Any

from rollbook.simulator.attribute_paths import Attributes, read
from rollbook.simulator.exchange import Answer, Check, Failure, shown
from rollbook.simulator.messages import ENTERPRISE_USER, ERROR, LIST_RESPONSE, USER, Resource
from rollbook.simulator.people import Person

Wrongs = Iterator[tuple[str, Any]]
"""All that is wrong in an answer: what was expected, in words, and the value that came instead."""


def judge(remedy: str, wrongs: Callable[[Answer], Wrongs]) -> Check:
    """A check of everything that can be wrong; all of it together is one failure."""

    def check(answer: Answer) -> Failure | None:
        found = list(wrongs(answer))
        came = "; ".join(shown(value) for _, value in found)
        return Failure("; ".join(wanted for wanted, _ in found), came, remedy) if found else None

    return check


def answered(*statuses: int, remedy: str) -> Check:
    """The status is one of these."""
    wanted = f"status {' or '.join(map(str, statuses))}"
    return lambda answer: None if answer.status in statuses else Failure(wanted, f"status {answer.described()}", remedy)


def if_returned(check: Check) -> Check:
    """Makes the check only where a body came: a PATCH may answer 204 without one (O-35, O-61)."""
    return lambda answer: None if answer.status == 204 else check(answer)


def refused(status: int, remedy: str, *, scim_type: str | None = None) -> Check:
    """A refusal with this status and a SCIM error body that explains it (O-21, O-70, RFC 7644 section 3.12)."""

    def wrongs(answer: Answer) -> Wrongs:
        body, detail = answer.resource, answer.resource.get("detail")
        if ERROR not in _list(body.get("schemas")):
            yield f"schemas with {ERROR}", body.get("schemas")
        # O-70: Okta takes the number of its own examples as well as the string of the standard
        if str(body.get("status")) != str(status):
            yield f'status "{status}" in the body', body.get("status")
        if not isinstance(detail, str) or not detail.strip():
            yield "detail, a text for the administrator", detail
        if scim_type and body.get("scimType") != scim_type:
            yield f"scimType {scim_type}", body.get("scimType")

    explained = judge("Give every refusal a SCIM error body: the administrator reads its detail.", wrongs)
    right_status = answered(status, remedy=remedy)
    return lambda answer: right_status(answer) or explained(answer)


def listed(*, count: int = 100, paged: bool = True) -> Check:
    """A ListResponse whose numbers are numbers (O-12, O-41) and which holds no more than was asked for.

    Without pages only the total has to be there (RFC 7644 section 3.4.2).
    """

    def wrongs(answer: Answer) -> Wrongs:
        body, found = answer.resource, answer.resource.get("Resources", [])
        if LIST_RESPONSE not in _list(body.get("schemas")):
            yield f"schemas with {LIST_RESPONSE}", body.get("schemas")
        for key in ("totalResults", "startIndex", "itemsPerPage") if paged else ("totalResults",):
            if type(body.get(key)) is not int:
                yield f"{key}, a number", body.get(key)
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            yield "Resources, an array of objects", found
        elif len(found) > count:
            yield f"at most {count} Resources", len(found)

    formed = judge("Answer a ListResponse; at a number in quotes Okta stops importing without a word.", wrongs)
    right_status = answered(200, remedy="Answer a list with 200, also when it is empty.")
    return lambda answer: right_status(answer) or formed(answer)


def matches(
    value: str, *, attribute: str = "userName", exact: bool = False, ids: Collection[str] | None = None
) -> Check:
    """The filter found at most one resource, which has this value, and just ``ids`` if given (O-20, O-30, E-16)."""
    wanted = f"nobody but {value}" if ids is None else f"the ids {shown(list(ids))}" if ids else "no match"
    capitals = "" if exact else " and whatever the capitals"

    def wrongs(answer: Answer) -> Wrongs:
        found = resources(answer)
        right = all(_equal(read(one, attribute), value, fold=not exact) for one in found)
        right &= answer.resource["totalResults"] == len(found) <= 1
        right &= all(isinstance(one.get("id"), str) for one in found)
        if not right or (ids is not None and {one.get("id") for one in found} != set(ids)):
            came = ([one.get("id"), *([] if attribute == "id" else [read(one, attribute)])] for one in found)
            yield wanted, [answer.resource["totalResults"], *came]

    return judge(f"Apply the filter {attribute} eq, on the present value{capitals}.", wrongs)


def holds(values: Attributes) -> Check:
    """The resource in the body, or the first of a list, has these values, to the letter (E-31).

    None asks for no value; an empty one counts as none, as it does for Entra (E-51).
    """

    def wrongs(answer: Answer) -> Wrongs:
        one = subject(answer)
        for path, value in values.items():
            came = read(one, path)
            if not same(came, value):
                yield f"{path} {'unset' if value is None else shown(value)}", came

    return judge(
        "Store each value as it was sent, return it so, and leave an attribute that was cleared unset.", wrongs
    )


def user(person: Person, *, id: str | None = None, active: bool) -> Check:
    """The body is this person's whole user resource (O-17, O-18)."""

    def wrongs(answer: Answer) -> Wrongs:
        body, name = answer.resource, _object(answer.resource.get("name"))
        if USER not in _list(body.get("schemas")):
            yield f"schemas with {USER}", body.get("schemas")
        if not isinstance(body.get("id"), str) or body["id"] != (id or body["id"]):
            yield f"id {id or ''}".strip(), body.get("id")
        if not _equal(body.get("userName"), person.user_name, fold=True):
            yield f"userName {person.user_name}", body.get("userName")
        if not _equal(name.get("givenName"), person.given_name):
            yield f"name.givenName {person.given_name}", name.get("givenName")
        if not _equal(name.get("familyName"), person.family_name):
            yield f"name.familyName {person.family_name}", name.get("familyName")
        if not any(_equal(_object(one).get("value"), person.email, fold=True) for one in _list(body.get("emails"))):
            yield f"emails with {person.email}", body.get("emails")
        if body.get("active") is not active:
            yield f"active {shown(active)}", body.get("active")
        if "password" in body:
            yield "no password", "a password"

    return judge("Answer the whole user as it now is, and never a password.", wrongs)


def readable(*, id: str | None = None) -> Check:
    """The user in the body, or the first of a list, has the six attributes that Okta's own suite reads (O-12, O-13)."""

    def wrongs(answer: Answer) -> Wrongs:
        one = subject(answer)
        name, emails = _object(one.get("name")), _list(one.get("emails"))
        texts = {key: one.get(key) for key in ("id", "userName")}
        texts |= {f"name.{key}": name.get(key) for key in ("givenName", "familyName")}
        texts["emails[0].value"] = _object(emails[0]).get("value") if emails else None
        for key, value in texts.items():
            if not isinstance(value, str) or not value:
                yield f"{key}, not empty", value
        if not isinstance(one.get("active"), bool):
            yield "active, true or false", one.get("active")
        if one.get("id") != (id or one.get("id")):
            yield f"id {id}", one.get("id")

    return judge("Give every user these attributes; compose what is missing from the e-mail's local part.", wrongs)


def kept(sent: Resource) -> Check:
    """These attributes are as they were sent. Those that a server may compute are not compared."""
    compared = ("userName", "externalId", "displayName", "title", "locale", "active", "emails", ENTERPRISE_USER)

    def wrongs(answer: Answer) -> Wrongs:
        for key in compared:
            if key in sent and _comparable(sent[key]) != _comparable(answer.resource.get(key)):
                yield f"{key} {shown(sent[key])}", answer.resource.get(key)

    return judge("Store what you return when it is sent back, and change nothing else.", wrongs)


def members(*, include: Collection[str], only: bool) -> Check:
    """The group has these members, and with ``only`` no others (O-52, O-54, O-55)."""

    def wrongs(answer: Answer) -> Wrongs:
        there = set(members_of(answer.resource))
        if missing := set(include) - there:
            yield "nobody missing", f"missing: {sorted(missing)}"
        if only and (extra := there - set(include)):
            yield "nobody too many", f"too many: {sorted(extra)}"

    return judge("Apply every operation of a push, in order, and answer all members in GET /Groups/{id}.", wrongs)


def resources(answer: Answer) -> list[Resource]:
    """The resources in a list answer."""
    found: list[Resource] = answer.resource.get("Resources", [])
    return found


def subject(answer: Answer) -> Resource:
    """The resource in the body, or the first one of a list."""
    return next(iter(resources(answer)), {}) if "Resources" in answer.resource else answer.resource


def same(came: Any, wanted: Any) -> bool:
    """Whether a value is the wanted one. A reference may come as an object (E-49), and no value as an empty one."""
    if isinstance(came, dict) and not isinstance(wanted, dict):
        came = came.get("value")
    if came in ("", [], {}):
        came = None
    return _equal(came, wanted) if isinstance(wanted, str) else came is wanted


def members_of(group: Resource) -> dict[str, Resource]:
    """The members of a group as the server returned it, by id, in the form in which they may be sent back."""
    found = [_object(one) for one in _list(group.get("members"))]
    wanted = ("value", "display", "type")
    return {
        one["value"]: {key: one[key] for key in wanted if key in one}
        for one in found
        if isinstance(one.get("value"), str)
    }


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _equal(came: Any, wanted: str, *, fold: bool = False) -> bool:
    if not isinstance(came, str):
        return False
    left, right = (unicodedata.normalize("NFC", text) for text in (came, wanted))
    return left.casefold() == right.casefold() if fold else left == right


def _comparable(value: Any) -> Any:
    """Multi-valued attributes have no order, and a server may add sub-attributes to their elements."""
    if isinstance(value, list):
        return sorted(shown(_object(one).get("value", one)) for one in value)
    return value
