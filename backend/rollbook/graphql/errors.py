"""How a domain error is told: one table for result unions, and one function for top-level errors."""

import logging
from collections.abc import Iterable, Mapping
from typing import Any

from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.types.field import StrawberryField

from rollbook.domain.errors import (
    AlreadyExists,
    Busy,
    DomainError,
    Forbidden,
    InvalidValue,
    KeyReused,
    LastAdmin,
    ManagedBySource,
    NotFound,
    NotSupported,
    ProviderFailed,
    RateLimited,
    ReadOnly,
    SignInAgain,
    SignInRefused,
    TooLarge,
    Unauthenticated,
    VersionMismatch,
)
from rollbook.graphql.context import Info
from rollbook.graphql.memberships import Member
from rollbook.graphql.organizations import read_organization
from rollbook.graphql.sso import SsoConnection
from rollbook.graphql.user_errors import (
    BusyError,
    ConflictError,
    ErrorCode,
    ForbiddenError,
    IdempotencyError,
    LastAdminError,
    LimitExceededError,
    ManagedBySourceError,
    NotFoundError,
    OrganizationConflictError,
    ProviderError,
    SignInAgainError,
    SsoConnectionConflictError,
    UserError,
    ValidationError,
    VersionConflictError,
)
from rollbook.web.door import INTERNAL, INTERNAL_MESSAGE

_log = logging.getLogger("rollbook.graphql")

UNION_MEMBERS: Mapping[type[DomainError], type[UserError]] = {
    AlreadyExists: ConflictError,
    Busy: BusyError,
    Forbidden: ForbiddenError,
    InvalidValue: ValidationError,
    KeyReused: IdempotencyError,
    LastAdmin: LastAdminError,
    ManagedBySource: ManagedBySourceError,
    NotFound: NotFoundError,
    ProviderFailed: ProviderError,
    SignInAgain: SignInAgainError,
    TooLarge: LimitExceededError,
    VersionMismatch: VersionConflictError,
}
"""By which member of a result union a domain error is told."""

TOP_LEVEL: frozenset[type[DomainError]] = frozenset(
    {NotSupported, RateLimited, ReadOnly, SignInRefused, Unauthenticated}
)
"""Domain errors that no mutation answers with; should one occur, it is a top-level error with its code."""

_ARGUMENTS = {"displayName": "name", "emails.value": "email", "userName": "email"}
"""By which argument a domain field was given, where the names differ."""

BAD_REQUEST = "BAD_REQUEST"
OPERATION_TOO_LARGE = "OPERATION_TOO_LARGE"


class UnionMember:
    """Turns one kind of domain error into its member, in every mutation whose result union has that member."""

    def __init__(self, exception_type: type[DomainError], error_type: type[UserError]) -> None:
        self.exception_type = exception_type
        self.error_type = error_type

    async def handle(self, exception: DomainError, *, field: StrawberryField, info: Info) -> UserError:
        """The union member that tells of the error."""
        rest: dict[str, Any] = {}
        if isinstance(exception, TooLarge):
            rest = {"limit": exception.limit}
        if isinstance(exception, VersionMismatch):
            current = await _current(info, exception.membership_id)
            rest = {"current_version": current.version if current else exception.current, "current": current}
        code = ErrorCode[self.exception_type.code]
        return self.error_type(code=code, message=exception.message, path=_path(exception), **rest)


class OrganizationConflict:
    """Tells of a `VersionMismatch` in the mutations that change the organization itself, which has another state."""

    exception_type = VersionMismatch
    error_type = OrganizationConflictError

    async def handle(
        self, exception: VersionMismatch, *, field: StrawberryField, info: Info
    ) -> OrganizationConflictError:
        """The union member that tells of the error."""
        current = await read_organization(info.context)
        return OrganizationConflictError(
            code=ErrorCode[exception.code],
            message=exception.message,
            path=None,
            current_version=current.version,
            current=current,
        )


class SsoConnectionConflict:
    """Tells of a `VersionMismatch` in the mutation that changes the SSO connection."""

    exception_type = VersionMismatch
    error_type = SsoConnectionConflictError

    async def handle(
        self, exception: VersionMismatch, *, field: StrawberryField, info: Info
    ) -> SsoConnectionConflictError:
        """The union member that tells of the error."""
        current = await info.context.services.sso.get(info.context.actor)
        return SsoConnectionConflictError(
            code=ErrorCode[exception.code],
            message=exception.message,
            path=None,
            current_version=exception.current if current is None else current.version,
            current=None if current is None else SsoConnection.of(current),
        )


async def _current(info: Info, membership_id: str | None) -> Member | None:
    if membership_id is None:
        return None
    try:
        current = await info.context.loaders.memberships.load(membership_id)
    except Forbidden:  # a token may write members without reading them
        return None
    return None if current is None else Member.of(current)


def _path(error: DomainError) -> list[str] | None:
    named = getattr(error, "field", None)
    return None if named is None else ["input", *_ARGUMENTS.get(named, named).split(".")]


HANDLERS: tuple[UnionMember | OrganizationConflict | SsoConnectionConflict, ...] = (
    *(UnionMember(exception_type, error_type) for exception_type, error_type in UNION_MEMBERS.items()),
    OrganizationConflict(),
    SsoConnectionConflict(),
)


def safe_errors(errors: Iterable[GraphQLError], request_id: str) -> list[GraphQLError]:
    """The errors as a client may see them: refusals with their code, bugs without any detail but the request id.

    What is hidden from the client is logged with its traceback.
    """
    return [_safe(error, request_id) for error in errors]


def _safe(error: GraphQLError, request_id: str) -> GraphQLError:
    cause = error.original_error
    if isinstance(cause, DomainError):
        return _told(error, cause.message, {"code": cause.code})
    if isinstance(cause, RecursionError):
        return _told(error, "The operation is nested too deeply.", {"code": OPERATION_TOO_LARGE})
    if isinstance(error, GraphQLSyntaxError) and error.message.endswith(
        "Parsing aborted."
    ):  # too many tokens, too deep
        return _told(error, error.message, {"code": OPERATION_TOO_LARGE})
    if cause is None or isinstance(cause, GraphQLError):
        return _told(error, error.message, {"code": BAD_REQUEST} | (error.extensions or {}))
    _log.error("GraphQL field %s failed; request %s", error.path, request_id, exc_info=cause)
    return _told(error, f"{INTERNAL_MESSAGE} Request id: {request_id}.", {"code": INTERNAL, "requestId": request_id})


def _told(error: GraphQLError, message: str, extensions: dict[str, Any]) -> GraphQLError:
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        extensions=extensions,
    )
