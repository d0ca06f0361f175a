"""The refusals that a mutation can answer with: the members of its result union besides success."""

from enum import Enum
from typing import TYPE_CHECKING, Annotated

import strawberry

from rollbook.graphql.memberships import Member
from rollbook.graphql.sso import SsoConnection

if TYPE_CHECKING:
    from rollbook.graphql.organizations import Organization


@strawberry.enum(description="What kind of refusal it is. New codes may be added; treat an unknown one as VALIDATION.")
class ErrorCode(Enum):
    """The codes of the domain errors that a mutation can answer with."""

    BUSY = strawberry.enum_value("BUSY", description="The database is occupied; repeat the same call in a moment.")
    CONFLICT = strawberry.enum_value("CONFLICT", description="A value that must be unique is taken.")
    FORBIDDEN = strawberry.enum_value("FORBIDDEN", description="You lack the permission.")
    KEY_REUSED = strawberry.enum_value(
        "KEY_REUSED", description="The idempotencyKey stood for another mutation or another input."
    )
    LAST_ADMIN = strawberry.enum_value(
        "LAST_ADMIN", description="The organization would be left without an active admin."
    )
    LIMIT_EXCEEDED = strawberry.enum_value("LIMIT_EXCEEDED", description="More is asked for than a limit allows.")
    MANAGED_BY_SOURCE = strawberry.enum_value(
        "MANAGED_BY_SOURCE", description="The identity provider owns this value; change it there."
    )
    NOT_FOUND = strawberry.enum_value("NOT_FOUND", description="There is no such object in your organization.")
    PROVIDER_FAILED = strawberry.enum_value(
        "PROVIDER_FAILED", description="Somebody outside, such as DNS or the identity provider, did not answer well."
    )
    SIGN_IN_AGAIN = strawberry.enum_value(
        "SIGN_IN_AGAIN", description="A session needs a sign-in of the last 10 minutes for this."
    )
    VALIDATION = strawberry.enum_value("VALIDATION", description="A value cannot be accepted.")
    VERSION_CONFLICT = strawberry.enum_value(
        "VERSION_CONFLICT", description="The object changed since you read it; nothing was written."
    )


@strawberry.interface(description="A refusal that the caller can understand and act on. Nothing was changed.")
class UserError:
    """What every refusal tells."""

    code: ErrorCode = strawberry.field(description="What kind of refusal it is.")
    message: str = strawberry.field(description="What is wrong and what to do, written for a person.")
    path: list[str] | None = strawberry.field(
        description="Where the refused value stands in the arguments, e.g. [input, email]; null if it is no one value."
    )


@strawberry.type(description="The database is occupied. Repeat the same call in a moment.")
class BusyError(UserError):
    """Tells of `Busy`."""


@strawberry.type(description="A value that must be unique is taken, or the person cannot be added a second time.")
class ConflictError(UserError):
    """Tells of `AlreadyExists`."""


@strawberry.type(description="You lack the permission.")
class ForbiddenError(UserError):
    """Tells of `Forbidden`."""


@strawberry.type(description="The idempotencyKey was used before for something else. Use a new one.")
class IdempotencyError(UserError):
    """Tells of `KeyReused`."""


@strawberry.type(description="The organization would be left without an active admin. Make somebody else admin first.")
class LastAdminError(UserError):
    """Tells of `LastAdmin`."""


@strawberry.type(description="More is asked for than a limit allows.")
class LimitExceededError(UserError):
    """Tells of `TooLarge`."""

    limit: int = strawberry.field(description="How much is allowed.")


@strawberry.type(description="The identity provider manages this member's profile. Change it there.")
class ManagedBySourceError(UserError):
    """Tells of `ManagedBySource`."""


@strawberry.type(description="There is no such object in your organization.")
class NotFoundError(UserError):
    """Tells of `NotFound`."""


@strawberry.type(description="Somebody outside, such as DNS or the identity provider, did not answer well.")
class ProviderError(UserError):
    """Tells of `ProviderFailed`."""


@strawberry.type(description="For this a session needs a sign-in of the last 10 minutes. Sign in again and repeat it.")
class SignInAgainError(UserError):
    """Tells of `SignInAgain`."""


@strawberry.type(description="A value cannot be accepted.")
class ValidationError(UserError):
    """Tells of `InvalidValue`."""


@strawberry.type(description="The member changed since you read it. Look at the current state and repeat the change.")
class VersionConflictError(UserError):
    """Tells of `VersionMismatch`."""

    current_version: int = strawberry.field(description="The version that the member has now.")
    current: Member | None = strawberry.field(
        description="The member as it is now; null if it was removed in the meantime, or you may not read it."
    )


@strawberry.type(description="The organization changed since you read it. Look at it and repeat the change.")
class OrganizationConflictError(UserError):
    """Tells of `VersionMismatch` where the organization itself is changed."""

    current_version: int = strawberry.field(description="The version that the organization has now.")
    current: Annotated["Organization", strawberry.lazy("rollbook.graphql.organizations")] = strawberry.field(
        description="The organization as it is now."
    )


@strawberry.type(description="The SSO connection changed since you read it. Look at it and repeat the change.")
class SsoConnectionConflictError(UserError):
    """Tells of `VersionMismatch` where the SSO connection is changed."""

    current_version: int = strawberry.field(description="The version that the connection has now.")
    current: SsoConnection | None = strawberry.field(
        description="The connection as it is now; null if it was removed in the meantime."
    )


Refusal = BusyError | ForbiddenError | IdempotencyError | LimitExceededError | ValidationError
"""What every mutation can answer with."""

ChangeRefusal = Refusal | NotFoundError | VersionConflictError
"""What every change of a member can answer with."""
