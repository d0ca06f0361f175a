"""Every public service method begins by asking for a permission, on behalf of an actor."""

import ast
import re

from .sources import PACKAGE, named, public_methods, python_files, without_docstring

MAKES_THE_ACTOR = "there is no actor yet: it answers who somebody is"
OPERATOR_ONLY = "only the command line offers it, to who has file access to the database"
OF_THE_PROCESS = "the server calls it for itself, on nobody's behalf"

WITHOUT_PERMISSION = {
    "Erasure.erase": OPERATOR_ONLY,
    "Idempotency.forget": OF_THE_PROCESS,
    "Invitations.accept": MAKES_THE_ACTOR,
    "JobRunner.run": OF_THE_PROCESS,
    "JobRunner.stop": OF_THE_PROCESS,
    "JobRunner.turn": OF_THE_PROCESS,
    "JobRunner.wake": OF_THE_PROCESS,
    "Organizations.create": OPERATOR_ONLY,
    "Organizations.list": OPERATOR_ONLY,
    "Organizations.operator": OPERATOR_ONLY,
    "Provisioning.forget": OF_THE_PROCESS,
    "Services.clock": OF_THE_PROCESS,
    "Services.ready": OF_THE_PROCESS,
    "Sessions.authenticate": MAKES_THE_ACTOR,
    "Sessions.redeem": MAKES_THE_ACTOR,
    "Tokens.authenticate": MAKES_THE_ACTOR,
    "Tokens.keep_uses": OF_THE_PROCESS,
}


def test_a_service_method_begins_by_requiring_a_permission():
    open_methods = {
        name
        for path in python_files(PACKAGE / "services")
        for name, method in public_methods(path)
        if not _begins_with_require(method)
    }

    assert sorted(open_methods) == sorted(WITHOUT_PERMISSION)


def test_no_facade_offers_what_is_the_operators():
    methods = "|".join(name.partition(".")[2] for name, why in WITHOUT_PERMISSION.items() if why == OPERATOR_ONLY)
    calls = [
        named(path)
        for path in python_files(PACKAGE / "graphql", PACKAGE / "scim")
        if re.search(rf"(erasure|organizations)\.({methods})\b", path.read_text(encoding="utf-8"))
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
