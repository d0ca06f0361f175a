"""A public service method begins by asking for a permission, on behalf of an actor; what is dangerous asks for more.

What each caller is then answered, door by door, stands in the tables of tests/policy.
"""

import ast
import re

from .sources import PACKAGE, named, public_methods, python_files, without_docstring

MAKES_THE_ACTOR = "there is no actor yet: it answers who somebody is"
OPERATOR_ONLY = "only the command line offers it, to who has file access to the database"
OF_THE_PROCESS = "the server calls it for itself, on nobody's behalf"
A_STEP = "a step inside the transactions of other methods, which have asked"

WITHOUT_PERMISSION = {
    "Entrance.begin": A_STEP,
    "Entrance.invitation_digest": A_STEP,
    "Entrance.opened_id_token": A_STEP,
    "Entrance.present": A_STEP,
    "Erasure.erase": OPERATOR_ONLY,
    "Idempotency.forget": OF_THE_PROCESS,
    "Invitations.accept": MAKES_THE_ACTOR,
    "Invitations.organization_of": "there is no actor: the sign-in page asks it for whoever has the link",
    "JobRunner.run": OF_THE_PROCESS,
    "JobRunner.stop": OF_THE_PROCESS,
    "JobRunner.turn": OF_THE_PROCESS,
    "JobRunner.wake": OF_THE_PROCESS,
    "Organizations.create": OPERATOR_ONLY,
    "Organizations.list": OPERATOR_ONLY,
    "Organizations.operator": OPERATOR_ONLY,
    "Passkeys.begin_sign_in": MAKES_THE_ACTOR,
    "Passkeys.sign_in": MAKES_THE_ACTOR,
    "Provisioning.forget": OF_THE_PROCESS,
    "Provisioning.keep_noted": OF_THE_PROCESS,
    "Provisioning.note": "it keeps also what was refused to a token that has ended, which may do nothing",
    "Services.ready": OF_THE_PROCESS,
    "Sessions.authenticate": MAKES_THE_ACTOR,
    "Sessions.forget": OF_THE_PROCESS,
    "Sessions.is_elsewhere": MAKES_THE_ACTOR,
    "Sessions.keep_uses": OF_THE_PROCESS,
    "Sessions.redeem": MAKES_THE_ACTOR,
    "Setup.complete": MAKES_THE_ACTOR,
    "Setup.create_link": OPERATOR_ONLY,
    "Setup.is_done": "there is no actor: the sign-in page tells it to whoever comes",
    "SignIn.find": MAKES_THE_ACTOR,
    "SignIn.finish": MAKES_THE_ACTOR,
    "SignIn.start": MAKES_THE_ACTOR,
    "SignIn.start_joining": MAKES_THE_ACTOR,
    "Tokens.authenticate": MAKES_THE_ACTOR,
    "Tokens.keep_uses": OF_THE_PROCESS,
    "WayOut.url": "SignIn.way_out, which makes it, has asked; it reads no database",
}

DANGEROUS = {
    "LoginDomains.add",
    "LoginDomains.prove",
    "LoginDomains.remove",
    "Passkeys.begin_registration",
    "Passkeys.register",
    "Passkeys.remove",
    "SignIn.start_linking",
    "Sso.enforce",
    "Sso.remove",
    "Sso.save",
    "Sso.unlink",
    "Tokens.issue",
    "Tokens.revoke",
    "Tokens.rotate",
    "Tokens.update",
}
"""What opens a door, or closes one: whoever is signed in must have shown who they are in the last ten minutes."""

DANGEROUS_FOR_AN_ADMIN = {"Invitations.create", "Invitations.resend"}
"""What opens a door only if it is an admin's: it asks as soon as it knows that it is."""

READS = "reads"
NOT_DANGEROUS = {
    "LoginDomains.list": READS,
    "Passkeys.list": READS,
    "SignIn.way_out": READS,
    "SignIn.start_again": "it is how one shows anew who one is",
    "Sso.get": READS,
    "Sso.identities_of": READS,
    "Sso.test": "changes nothing, and sends the kept secret to no other issuer",
    "Tokens.by_id": READS,
    "Tokens.by_ids": READS,
    "Tokens.list": READS,
}
"""The other methods of the services that look after the doors, and why they ask for no more than the permission."""


def test_a_service_method_begins_by_requiring_a_permission():
    open_methods = {
        name
        for path in python_files(PACKAGE / "services")
        for name, method in public_methods(path)
        if not _begins_with_require(method) and not _is_property(method)
    }

    assert sorted(open_methods) == sorted(WITHOUT_PERMISSION)


def test_what_is_dangerous_needs_a_recent_sign_in_before_anything_is_read():
    asking = {
        name
        for path in python_files(PACKAGE / "services")
        for name, method in public_methods(path)
        if _asks_for_recent_sign_in(method)
    }

    assert asking == DANGEROUS


def test_a_link_that_makes_an_admin_is_handed_out_by_who_signed_in_a_moment_ago():
    path = PACKAGE / "services" / "invitations.py"
    asking = {name for name, method in public_methods(path) if "_require_role(actor, " in ast.unparse(method)}
    (asked,) = [
        node
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.FunctionDef) and node.name == "_require_role"
    ]

    assert asking == DANGEROUS_FOR_AN_ADMIN
    assert "require_recent_sign_in(actor, " in ast.unparse(asked)


def test_each_method_of_the_doors_is_decided_to_be_dangerous_or_not():
    methods = {
        name
        for door in ("login_domains", "passkeys", "sign_in", "sso", "tokens")
        for name, method in public_methods(PACKAGE / "services" / f"{door}.py")
        if not _is_property(method)
    }

    assert methods - set(WITHOUT_PERMISSION) == DANGEROUS | set(NOT_DANGEROUS)


def test_no_facade_offers_what_is_the_operators():
    methods = "|".join(name.partition(".")[2] for name, why in WITHOUT_PERMISSION.items() if why == OPERATOR_ONLY)
    calls = [
        named(path)
        for path in python_files(PACKAGE / "graphql", PACKAGE / "scim", PACKAGE / "sign_in")
        if re.search(rf"(erasure|organizations|setup)\.({methods})\b", path.read_text(encoding="utf-8"))
    ]

    assert calls == []


def _begins_with_require(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    first = without_docstring(method)[0]
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Call)
        and isinstance(first.value.func, ast.Name)
        and first.value.func.id == "require"
        and isinstance(first.value.args[0], ast.Name)
        and first.value.args[0].id == "actor"
    )


def _asks_for_recent_sign_in(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether one of the statements before the first that waits for something is this question."""
    for statement in without_docstring(method):
        if any(isinstance(node, ast.Await | ast.AsyncWith | ast.AsyncFor) for node in ast.walk(statement)):
            return False
        if isinstance(statement, ast.Expr) and ast.unparse(statement).startswith("require_recent_sign_in(actor, "):
            return True
    return False


def _is_property(method: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any(isinstance(each, ast.Name) and each.id == "property" for each in method.decorator_list)
