"""Every refusal of the domain, named once and without a word of HTTP.

    DomainError
    ├── Unauthenticated      no credential, or none that is valid
    │   └── SignInRefused    … somebody who wanted to sign in, with the reason
    ├── Forbidden            inside the organization, but without the right
    ├── SignInAgain          allowed, but only to who has shown a moment ago who they are
    ├── NotFound             no such object in the actor's organization
    ├── AlreadyExists        a unique key is taken
    ├── InvalidValue         a value that the attribute cannot hold
    ├── ReadOnly             a value that the caller may not change
    │   └── ManagedBySource  … because the identity provider owns it
    ├── VersionMismatch      the object changed since the caller read it
    ├── LastAdmin            an organization may not be left without an admin
    ├── NotSupported         asked for something that Rollbook does not do
    ├── TooLarge             more than a limit allows
    ├── RateLimited          too much in too short a time
    ├── KeyReused            an idempotency key that stood for something else
    ├── ProviderFailed       an identity provider could not be reached, or its answer was not valid
    └── Busy                 the database is occupied; the same call may succeed later

Each facade renders these in one table, and a test proves both tables complete.
"""

from typing import ClassVar


class DomainError(Exception):
    """A refusal that the caller can understand and act on. `message` is written for a person."""

    code: ClassVar[str] = "DOMAIN_ERROR"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class Unauthenticated(DomainError):
    """The credential is missing, malformed, unknown, revoked, expired, or of another kind."""

    code = "UNAUTHENTICATED"


class SignInRefused(Unauthenticated):
    """Somebody who wanted to sign in may not. `problem` is one of `SignInProblem`; the page has a text for each."""

    code = "SIGN_IN_REFUSED"

    def __init__(self, message: str, *, problem: str) -> None:
        super().__init__(message)
        self.problem = problem


class SignInAgain(DomainError):
    """What is dangerous needs a sign-in of the last ten minutes; this session's is older."""

    code = "SIGN_IN_AGAIN"


class ProviderFailed(DomainError):
    """An identity provider could not be reached, or what it answered was not valid. The message is for an admin."""

    code = "PROVIDER_FAILED"


class Forbidden(DomainError):
    """The actor is known but lacks the permission."""

    code = "FORBIDDEN"


class NotFound(DomainError):
    """No such object in the actor's organization; another organization's object is not found either."""

    code = "NOT_FOUND"


class AlreadyExists(DomainError):
    """A unique key is held by another object. `field` names the key.

    `membership_id` is the active member who stands in the way of adding the same person again.
    """

    code = "CONFLICT"

    def __init__(self, message: str, *, field: str, membership_id: str | None = None) -> None:
        super().__init__(message)
        self.field = field
        self.membership_id = membership_id


class InvalidValue(DomainError):
    """A value that the attribute `field` cannot hold."""

    code = "VALIDATION"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class ReadOnly(DomainError):
    """The attribute `field` cannot be changed by the caller."""

    code = "READ_ONLY"

    def __init__(self, message: str, *, field: str) -> None:
        super().__init__(message)
        self.field = field


class ManagedBySource(ReadOnly):
    """The attribute is owned by the identity provider, so it changes there."""

    code = "MANAGED_BY_SOURCE"


class VersionMismatch(DomainError):
    """The object is at version `current`, not at the one that the caller expected.

    `membership_id` says which member it is, if it is one.
    """

    code = "VERSION_CONFLICT"

    def __init__(self, message: str, *, current: int, membership_id: str | None = None) -> None:
        super().__init__(message)
        self.current = current
        self.membership_id = membership_id


class LastAdmin(DomainError):
    """The change would leave the organization without an active admin."""

    code = "LAST_ADMIN"


class NotSupported(DomainError):
    """Rollbook does not do this, and says what to do instead."""

    code = "NOT_SUPPORTED"


class TooLarge(DomainError):
    """The request asks for more than `limit` allows."""

    code = "LIMIT_EXCEEDED"

    def __init__(self, message: str, *, limit: int) -> None:
        super().__init__(message)
        self.limit = limit


class RateLimited(DomainError):
    """Too much was asked in too short a time; after `retry_after` seconds it will be granted."""

    code = "RATE_LIMITED"

    def __init__(self, message: str, *, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class KeyReused(DomainError):
    """The caller's idempotency key stood for another operation, or for the same one with another input."""

    code = "KEY_REUSED"


class Busy(DomainError):
    """The database could not take the change in time; nothing was written."""

    code = "BUSY"
