"""What the client raises: one class for each code of docs/errors.md that a program may want to tell apart.

RollbookError
├── Unreachable         nobody answered
└── Refused             the server said no, and why
    ├── Busy            occupied; repeat the same call
    ├── Conflict        a value that must be unique is taken
    ├── Forbidden       the token lacks a scope
    ├── KeyReused       the idempotency key stood for something else
    ├── LastAdmin       the organization would be left without an admin
    ├── LimitExceeded   more than a limit allows
    ├── ManagedBySource the identity provider owns the value
    ├── NotFound        no such object in the organization
    ├── ProviderFailed  somebody outside, such as DNS, did not answer well
    ├── RateLimited     too much in too short a time
    ├── Unauthenticated the token is none, revoked or expired
    ├── Invalid         a value cannot be accepted
    └── VersionConflict the object changed since it was read
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rollbook.client.generated.fragments import Member


class RollbookError(Exception):
    """Everything that the client raises."""


class Unreachable(RollbookError):
    """Nobody answered, or what answered is no Rollbook. Whether a change was made is not known."""


class Refused(RollbookError):
    """The server refused, and changed nothing. The text says what is wrong and what to do.

    `code` is one of docs/errors.md, `path` the argument that is meant, `request_id` what the server's log knows it by.
    """

    def __init__(
        self, code: str, message: str, *, path: list[str] | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.path = path
        self.request_id = request_id


class Busy(Refused):
    """The server is occupied. Repeat the same call in a moment."""


class Conflict(Refused):
    """A value that must be unique is taken, or the person cannot be added a second time."""


class Forbidden(Refused):
    """The token lacks the permission."""


class Invalid(Refused):
    """A value cannot be accepted."""


class KeyReused(Refused):
    """The idempotency key was used before for something else."""


class LastAdmin(Refused):
    """The organization would be left without an active admin."""


class LimitExceeded(Refused):
    """More is asked for than a limit allows."""


class ManagedBySource(Refused):
    """The identity provider manages this member's profile; change it there."""


class NotFound(Refused):
    """There is no such object in the organization."""


class ProviderFailed(Refused):
    """Somebody outside, such as DNS or the identity provider, did not answer well."""


class RateLimited(Refused):
    """Too much in too short a time, and waiting as often as the client waits did not help."""


class Unauthenticated(Refused):
    """The token is not one, was revoked, or has expired."""


class VersionConflict(Refused):
    """The object changed since it was read; nothing was written. Look at `current` and repeat the change.

    `current` is the member as they are now; None if they are gone, or the object is no member.
    """

    current_version: int | None = None
    current: "Member | None" = None


_BY_CODE: Mapping[str, type[Refused]] = {
    "BUSY": Busy,
    "CONFLICT": Conflict,
    "FORBIDDEN": Forbidden,
    "INVALID_ID": Invalid,
    "KEY_REUSED": KeyReused,
    "LAST_ADMIN": LastAdmin,
    "LIMIT_EXCEEDED": LimitExceeded,
    "MANAGED_BY_SOURCE": ManagedBySource,
    "NOT_FOUND": NotFound,
    "PROVIDER_FAILED": ProviderFailed,
    "RATE_LIMITED": RateLimited,
    "UNAUTHENTICATED": Unauthenticated,
    "VALIDATION": Invalid,
    "VERSION_CONFLICT": VersionConflict,
}


def refused(code: str, told: Mapping[str, Any], request_id: str | None) -> Refused:
    """The error of this code, from how the server tells of it; an unknown code is a plain `Refused`."""
    error = _BY_CODE.get(code, Refused)(
        code, str(told.get("message", code)), path=told.get("path"), request_id=request_id
    )
    if isinstance(error, VersionConflict):
        error.current_version = told.get("currentVersion")
    return error
