"""How domain errors are told, and how bugs are not."""

import logging

from graphql import GraphQLError

from rollbook.domain import errors as domain
from rollbook.graphql.errors import TOP_LEVEL, UNION_MEMBERS, safe_errors
from rollbook.graphql.user_errors import ErrorCode


def _refusals(parent=domain.DomainError):
    for child in parent.__subclasses__():
        if child.__module__ == domain.__name__:
            yield child
            yield from _refusals(child)


def test_every_domain_error_is_told_by_a_union_member_or_at_the_top_level():
    assert {*UNION_MEMBERS, *TOP_LEVEL} == set(_refusals())
    assert not set(UNION_MEMBERS) & TOP_LEVEL


def test_every_error_code_is_used_by_exactly_one_domain_error():
    assert sorted(error.code for error in UNION_MEMBERS) == sorted(code.name for code in ErrorCode)


def test_a_refusal_keeps_its_words_and_its_code():
    refused = GraphQLError("wrapped", path=["organization"], original_error=domain.Forbidden("Only admins can."))

    (told,) = safe_errors([refused], "r-1")

    assert told.formatted == {
        "message": "Only admins can.",
        "path": ["organization"],
        "extensions": {"code": "FORBIDDEN"},
    }


def test_a_bug_is_hidden_from_the_client_and_logged_with_its_traceback(caplog):
    secret = ValueError("password=hunter2")

    with caplog.at_level(logging.ERROR, "rollbook.graphql"):
        (told,) = safe_errors([GraphQLError("wrapped", path=["viewer"], original_error=secret)], "r-1")

    assert told.formatted["extensions"] == {"code": "INTERNAL", "requestId": "r-1"}
    assert "hunter2" not in str(told.formatted)
    assert [record.exc_info[1] for record in caplog.records] == [secret]
    assert "r-1" in caplog.text


def test_an_error_of_the_client_keeps_its_words():
    (told,) = safe_errors([GraphQLError("Cannot query field 'x'.")], "r-1")

    assert told.formatted == {"message": "Cannot query field 'x'.", "extensions": {"code": "BAD_REQUEST"}}


def test_an_operation_that_exhausts_the_stack_is_too_large():
    (told,) = safe_errors([GraphQLError("deep", original_error=RecursionError())], "r-1")

    assert told.extensions == {"code": "OPERATION_TOO_LARGE"}
