"""Bulk-loads members into a database, past the services: a million of them must not take a first sync's time."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import asyncpg
from sqlalchemy import Dialect, Table

from rollbook.domain.memberships import Membership, Source
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from rollbook.domain.values import key, new_id
from rollbook.persistence import sqlite
from rollbook.persistence.membership_rows import to_row
from rollbook.persistence.statements import POSTGRESQL, SQLITE
from rollbook.persistence.tables import membership_emails, memberships, users
from rollbook.settings import Settings

_CHUNK = 10_000
_GIVEN = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald", "Frances", "Tony")
_FAMILY = ("Lovelace", "Hopper", "Turing", "Dijkstra", "Liskov", "Knuth", "Allen", "Hoare", "Wirth", "Lamport")
_DEPARTMENTS = ("Engineering", "Sales", "Support", "Finance", "Legal")

Rows = Sequence[dict[str, Any]]
Chunk = Iterable[tuple[Table, Rows]]
"""Rows of some tables that belong together: loaded in one transaction, where the database has any use for it."""


def person(number: int) -> dict[str, Any]:
    """The profile of the person with this number, as an identity provider would send it."""
    given, family = _GIVEN[number % 8], _FAMILY[number // 8 % 10]
    return {
        "name": {"givenName": given, "familyName": family, "formatted": f"{given} {family}"},
        "displayName": f"{given} {family} {number}",
        "emails": [{"value": user_name(number), "type": "work", "primary": True}],
        "title": f"Engineer {number % 100}",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User": {
            "employeeNumber": str(number),
            "department": _DEPARTMENTS[number % 5],
        },
    }


def user_name(number: int) -> str:
    """The userName and e-mail address of the person with this number."""
    return f"person{number:07}@crowd.test"


def external_id(number: int) -> str:
    """The externalId of the person with this number."""
    return f"00u{number:07}"


async def fill(settings: Settings, organization_id: str, numbers: range) -> None:
    """Make the people with these numbers active members with the role user."""
    await fill_all(settings, {organization_id: numbers})


async def fill_all(settings: Settings, crowds: Mapping[str, range]) -> None:
    """The same for many organizations, by their ids; no two of them may have a number in common."""
    await store(settings, (chunk for id_, numbers in crowds.items() for chunk in _chunks(id_, numbers)))


async def store(settings: Settings, chunks: Iterable[Chunk]) -> None:
    """Write the rows, and let the database look at what it has now."""
    if settings.embedded:
        _store_sqlite(settings, chunks)
    else:
        await _store_postgresql(settings.url, chunks)


def _store_sqlite(settings: Settings, chunks: Iterable[Chunk]) -> None:
    connection = sqlite.connect(settings.database_path)
    connection.execute("PRAGMA cache_size = -1048576")
    try:
        for tables in chunks:
            connection.execute("BEGIN IMMEDIATE")
            for table, rows in tables:
                marks = ", ".join("?" * len(table.columns))
                _insert(connection, f"INSERT INTO {table.name} VALUES ({marks})", _encoded(table, rows, SQLITE))
            connection.execute("COMMIT")
    finally:
        connection.close()


def _insert(connection: sqlite3.Connection, sql: str, rows: Iterator[tuple[Any, ...]]) -> None:
    connection.executemany(sql, rows)


async def _store_postgresql(url: str, chunks: Iterable[Chunk]) -> None:
    connection = await asyncpg.connect(url)
    try:
        for tables in chunks:
            for table, rows in tables:
                await connection.copy_records_to_table(table.name, records=_encoded(table, rows, POSTGRESQL))
        await connection.execute("VACUUM ANALYZE")
    finally:
        await connection.close()


def _encoded(table: Table, rows: Rows, dialect: Dialect) -> Iterator[tuple[Any, ...]]:
    encoders = [(column.name, column.type.dialect_impl(dialect).bind_processor(dialect)) for column in table.columns]
    for row in rows:
        yield tuple(row.get(name) if encode is None else encode(row.get(name)) for name, encode in encoders)


def _chunks(organization_id: str, numbers: range) -> Iterator[Chunk]:
    at = datetime.now(UTC)
    for start in range(0, len(numbers), _CHUNK):
        members = [_membership(organization_id, number, at) for number in numbers[start : start + _CHUNK]]
        yield (
            (users, [_user_row(member) for member in members]),
            (memberships, [{**to_row(member), "version": 1, "created_at": at, "updated_at": at} for member in members]),
            (membership_emails, [_email_row(member) for member in members]),
        )


def _membership(organization_id: str, number: int, at: datetime) -> Membership:
    profile = Profile.of(person(number))
    return Membership(
        id=new_id(),
        organization_id=organization_id,
        user_id=new_id(),
        user_name=user_name(number),
        external_id=external_id(number),
        email=user_name(number),
        name=profile.attributes["displayName"],
        active=True,
        grants=frozenset({Role.USER}),
        source=Source.SCIM,
        profile=profile,
        version=1,
        created_at=at,
        updated_at=at,
    )


def _user_row(member: Membership) -> dict[str, Any]:
    return {
        "id": member.user_id,
        "email": member.email,
        "email_key": key(member.email or ""),
        "name": member.name,
        "created_by_organization_id": member.organization_id,
        "created_at": member.created_at,
    }


def _email_row(member: Membership) -> dict[str, Any]:
    return {
        "organization_id": member.organization_id,
        "email_key": key(member.email or ""),
        "membership_id": member.id,
    }
