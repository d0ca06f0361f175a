"""Every form in which Entra changes a user, as a list of requests and what must be so after each."""

from collections.abc import Iterable, Iterator
from typing import Any

from rollbook.domain.immutable import immutable
from rollbook.simulator.assignment import Assigned
from rollbook.simulator.attribute_paths import Attributes, is_filtered, read, top
from rollbook.simulator.checks import Wrongs, judge
from rollbook.simulator.entra_messages import (
    DEPARTMENT,
    EMPLOYEE_NUMBER,
    MANAGER,
    WORK_EMAIL,
    EntraDialect,
    app_role,
)
from rollbook.simulator.entra_users import manager_operation
from rollbook.simulator.exchange import Answer, Check
from rollbook.simulator.messages import Resource, patch

MOBILE = 'phoneNumbers[type eq "mobile"].value'
STREET = 'addresses[type eq "work"].streetAddress'


@immutable
class Trial:
    """One PATCH, and the values that must then be there; with ``refused``, it must change nothing."""

    fact: str
    purpose: str
    body: Resource
    wanted: Attributes
    refused: bool = False
    role: str = ""


def trials(dialect: EntraDialect, boss: Assigned, base: str) -> Iterator[Trial]:
    """The changes, in order; each rests on those before it. ``boss`` is somebody else, who is already there."""
    op = dialect.operation
    yield Trial("E-42", "add a single value", patch(op("add", "nickName", "Babs")), {"nickName": "Babs"})
    several = {
        WORK_EMAIL: "Trial.Two+Entra@ACME.test",
        "displayName": "Trial  Two",
        "name.givenName": "Trial-Two",
        "name.familyName": "Ångström-O'Neil",
        EMPLOYEE_NUMBER: "0077",
    }
    yield Trial("E-43", "change several attributes", dialect.update(several, absent=[EMPLOYEE_NUMBER]), several)
    yield from _on_absent(dialect)
    in_order = patch(op("remove", "nickName"), op("add", "nickName", "B."), op("replace", "nickName", "Bab"))
    yield Trial("E-62", "apply several operations on one attribute in order", in_order, {"nickName": "Bab"})
    taken = patch(op("replace", "nickName", "Lost"), op("replace", "userName", boss.person.user_name))
    yield Trial("E-62", "apply all operations or none", taken, {"nickName": "Bab"}, refused=True)
    if dialect is EntraDialect.LEGACY:
        path = 'emails[type eq "home"].value'
        body = patch(op("remove", path, "home@acme.test"))
        yield Trial("E-53", "remove an e-mail, with its value", body, {path: None})
    yield from _cleared(dialect)
    yield from _managers(dialect, boss, base)
    # never a role that a server may know as its administrator's
    for fact_of, path, name in (
        ("add an app role", "roles", "Reader"),
        ("set the primary app role", 'roles[primary eq "True"].value', "Viewer"),
    ):
        value = [{"value": app_role(name)}] if path == "roles" else app_role(name)
        yield Trial("E-52", fact_of, patch(op("add", path, value)), {}, role=name)


def _on_absent(dialect: EntraDialect) -> Iterator[Trial]:
    op = dialect.operation
    for fact, purpose, verb, path, value in (
        ("E-60", "add to an element that is not there", "add", MOBILE, "+46 (0)70-123 45 67"),
        ("E-60", "replace in an element that is not there", "replace", STREET, "1 Main Street"),
        ("E-63", "name a part in capitals", "add", 'addresses[type eq "work"].Locality', "Lund"),
    ):
        wanted = {path.replace("Locality", "locality"): value}
        yield Trial(fact, purpose, patch(op(verb, path, value)), wanted)
    mixed: dict[str, Any] = {
        'emails[type eq "home"].value': "home@acme.test",
        'emails[type eq "home"].display': "At home",
        'emails[type eq "home"].primary': False,
        'emails[type eq "work"].display': "At work",
        'emails[type eq "other"].primary': False,
        'emails[type eq "other"].value': "other@acme.test",
    }
    operations = (op("replace" if '"work"' in path else "add", path, value) for path, value in mixed.items())
    wanted = {path: value for path, value in mixed.items() if value is not False}  # false may be left out
    yield Trial("E-61", "build e-mails part by part", patch(*operations), wanted)


def _cleared(dialect: EntraDialect) -> Iterator[Trial]:
    for value, said, paths in (
        ("", "an empty text", ("title", DEPARTMENT, MOBILE)),
        (None, "null", ("nickName", EMPLOYEE_NUMBER, STREET)),
    ):
        body = dialect.update(dict.fromkeys(paths, value))
        yield Trial("E-51", f"clear attributes by {said}", body, dict.fromkeys(paths))


def _managers(dialect: EntraDialect, boss: Assigned, base: str) -> Iterator[Trial]:
    forms = ("in an array, without the URN", "as a bare id", "as an object")
    ends = (dialect.operation("replace", MANAGER, ""), dialect.operation("remove", MANAGER))
    for form, how in enumerate(forms):
        operation = manager_operation(dialect, boss, base, form)
        yield Trial("E-49", f"set the manager {how}", patch(operation), {MANAGER: boss.id})
        if form < len(ends):
            yield Trial("E-50", "take the manager away", patch(ends[form]), {MANAGER: None})


def has_role(name: str) -> Check:
    """The app role is there, as it was sent or as the server reads it (E-52)."""

    def wrongs(answer: Answer) -> Wrongs:
        if name not in str(answer.resource.get("roles")):
            yield f"roles with {name}", answer.resource.get("roles")

    return judge("Keep an app role, which comes as JSON inside a text.", wrongs)


def one_of_each_type(paths: Iterable[str]) -> Check:
    """Where the paths choose an element by its type, no two are of one (E-64)."""
    names = dict.fromkeys(top(path) for path in paths if is_filtered(path))

    def wrongs(answer: Answer) -> Wrongs:
        for name in names:
            elements: list[Any] = read(answer.resource, name) or []
            types = [one.get("type") for one in elements if isinstance(one, dict) and one.get("type")]
            if len(types) != len(set(types)):
                yield f"{name} of different types", types

    return judge("Change the element that the filter finds; make one only where it finds none.", wrongs)
