"""What the command line refuses by itself, and one line for each failure that a person can do something about."""

import sqlite3

from rollbook.domain.errors import DomainError
from rollbook.settings import InvalidSetting


class Refused(Exception):
    """The command cannot do what was asked. The message says why, and what to do."""


def reason_of(error: Exception) -> str | None:
    """The failure in one line, or None if it is a fault of the program and its traceback is wanted."""
    if isinstance(error, DomainError | InvalidSetting | Refused):
        return str(error)
    from rollbook.client.errors import RollbookError

    if isinstance(error, RollbookError):
        return str(error)
    from pydantic import ValidationError

    if isinstance(error, ValidationError):  # a newer server has a value that the client was not made for
        return "The server answered what this version of the command line does not know. Use the server's version."
    from rollbook.persistence.migrations import DatabaseNewer
    from rollbook.persistence.opening import DatabaseBehind, DatabaseUnreachable
    from rollbook.persistence.secret_file import WrongSecrets

    if isinstance(error, DatabaseBehind | DatabaseNewer | DatabaseUnreachable | WrongSecrets):
        return _first_line(error)
    cause = _of_the_driver(error)
    if isinstance(cause, sqlite3.Error):
        return _reason_of_sqlite(cause)
    if isinstance(cause, OSError):
        return _first_line(cause)
    return f"PostgreSQL refuses: {_first_line(cause)}" if _is_refusal_of_postgresql(cause) else None


def _of_the_driver(error: Exception) -> BaseException:
    """What the database's driver raised, where SQLAlchemy stands around it, as it does while migrating."""
    from sqlalchemy.exc import DBAPIError

    if not isinstance(error, DBAPIError) or error.orig is None:
        return error
    return error.orig.__cause__ or error.orig


def _reason_of_sqlite(error: sqlite3.Error) -> str | None:
    blameless = {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PERM,
        sqlite3.SQLITE_READONLY,
    }
    primary_code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return f"The embedded database cannot be used: {_first_line(error)}" if primary_code in blameless else None


def _is_refusal_of_postgresql(error: BaseException) -> bool:
    try:
        import asyncpg
    except ImportError:
        return False
    return isinstance(
        error,
        asyncpg.CannotConnectNowError
        | asyncpg.ClientConfigurationError
        | asyncpg.InsufficientPrivilegeError
        | asyncpg.InvalidAuthorizationSpecificationError
        | asyncpg.InvalidCatalogNameError
        | asyncpg.PostgresConnectionError
        | asyncpg.TooManyConnectionsError,
    )


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
