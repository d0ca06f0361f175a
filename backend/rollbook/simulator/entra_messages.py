"""What Microsoft Entra writes: a person as mapped attributes, and the bodies of its requests in both dialects."""

import json
import uuid
from collections.abc import Container, Iterable
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from rollbook.simulator.attribute_paths import Attributes, is_filtered, nested
from rollbook.simulator.messages import ENTERPRISE_USER, GROUP, USER, Resource, patch
from rollbook.simulator.people import Person

COMPLIANT_FLAG = "aadOptscim062020"
"""What an administrator puts behind the tenant URL to get the compliant dialect (E-03)."""

WORK_EMAIL = 'emails[type eq "work"].value'
DEPARTMENT = f"{ENTERPRISE_USER}:department"
EMPLOYEE_NUMBER = f"{ENTERPRISE_USER}:employeeNumber"
MANAGER = f"{ENTERPRISE_USER}:manager"

_DIRECTORY = uuid.UUID("5b1f2d0e-9d0c-4f5e-8a53-0a8f6a1d7c11")
_MICROSOFT_GROUP = "http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group"


class EntraDialect(StrEnum):
    """Which of Entra's two ways of writing a PATCH is spoken (section 2.4)."""

    LEGACY = "legacy"
    """Without the flag: Add, Replace and Remove, booleans as text, one operation a path."""
    COMPLIANT = "compliant"
    """With the flag: lower case, booleans, and what needs no filter in one operation without a path."""

    def operation(self, op: str, path: str, *value: Any) -> Resource:
        """One operation on a path (E-40, E-41)."""
        if self is EntraDialect.COMPLIANT:
            return {"op": op, "path": path} | ({"value": value[0]} if value else {})
        return {"op": op.capitalize(), "path": path} | ({"value": _text(value[0])} if value else {})

    def update(self, changes: Attributes, *, absent: Container[str] = ()) -> Resource:
        """A PATCH of one or several mapped attributes; the server has no value yet at the absent ones (E-42, E-43)."""
        plain = {path: value for path, value in changes.items() if not is_filtered(path)}
        at_once = self is EntraDialect.COMPLIANT and len(plain) > 1
        operations = [
            self.operation("add" if path in absent else "replace", path, value)
            for path, value in changes.items()
            if not (at_once and path in plain)
        ]
        return patch(*operations, *([{"op": "replace", "value": plain}] if at_once else []))

    def add_members(self, ids: Iterable[str]) -> Resource:
        """A PATCH that adds members (E-45)."""
        return patch(self.operation("add", "members", [{"$ref": None, "value": id} for id in ids]))

    def remove_members(self, ids: Iterable[str]) -> Resource:
        """A PATCH that takes out these members and no others (E-44)."""
        if self is EntraDialect.COMPLIANT:
            return patch(*(self.operation("remove", f'members[value eq "{id}"]') for id in ids))
        return patch(self.operation("remove", "members", [{"$ref": None, "value": id} for id in ids]))


class Matching(StrEnum):
    """The attribute by which Entra matches its people with those of the server."""

    USER_NAME = "userName"
    EXTERNAL_ID = "externalId"


def object_id(name: str) -> str:
    """The id in Entra of a person or group, which is sent as externalId; the same in every run."""
    return str(uuid.uuid5(_DIRECTORY, name.casefold()))


def attributes_of(person: Person) -> dict[str, Any]:
    """What the default mapping makes of a person. What they do not have is not in it."""
    known = {
        "userName": person.user_name,
        "externalId": object_id(person.user_name),
        "active": True,
        "displayName": person.display_name,
        "name.formatted": person.display_name,
        "name.givenName": person.given_name,
        "name.familyName": person.family_name,
        WORK_EMAIL: person.email,
        "title": person.title,
        DEPARTMENT: person.department,
    }
    return {path: value for path, value in known.items() if value != ""}


def new_user(attributes: Attributes) -> Resource:
    """The body of a create, with the empty values that come with it (B-E1, E-30)."""
    empty: Resource = {"addresses": None, "title": None, "manager": None, "roles": []}
    user = empty | nested(attributes)
    for email in user.get("emails", ()):
        email["primary"] = email["type"] == "work"
    return {"schemas": [USER, ENTERPRISE_USER]} | user | {"meta": {"resourceType": "User"}}


def new_group(name: str) -> Resource:
    """The body of a create of a group, with a schema that is none of SCIM's (B-E2, E-35)."""
    known = {"externalId": object_id(name), "displayName": name, "meta": {"resourceType": "Group"}}
    return {"schemas": [GROUP, _MICROSOFT_GROUP]} | known


def app_role(name: str) -> str:
    """An app role as Entra sends it: JSON inside a text (E-52)."""
    return json.dumps({"id": object_id(name), "value": name, "displayName": name})


def lookup(kind: str, condition: str, *, before: str = "", plus: bool = False) -> str:
    """The path of a filtered list, percent-encoded; with ``plus``, its spaces as + (E-23)."""
    encoded = quote(condition, safe="")
    return f"/{kind}?{before}filter={encoded.replace('%20', '+') if plus else encoded}"


def _text(value: Any) -> Any:
    """E-41: a boolean goes as text."""
    return str(value) if isinstance(value, bool) else value
