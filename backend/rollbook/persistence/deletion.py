"""Deleting an organization with all that belongs to it: counted, and deleted in stretches that end soon."""

from datetime import datetime

from sqlalchemy import Select, Table, bindparam, delete, exists, func, not_, select, tuple_, update
from sqlalchemy.types import Integer

from rollbook.persistence import sso_connections as connections
from rollbook.persistence.database import Database, ReadTx, WriteTx
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import (
    invitations,
    jobs,
    login_links,
    memberships,
    metadata,
    organizations,
    passkeys,
    sessions,
    sso_connections,
    sso_identities,
    tokens,
    users,
)
from rollbook.persistence.types import Id

STRETCH = 2000
"""How many rows one transaction deletes at most, so that nobody else waits long."""

TENANT_TABLES = [table for table in reversed(metadata.sorted_tables) if "organization_id" in table.primary_key.columns]
"""Every table of a tenant; what refers to another one comes before it."""

_DOORS = (tokens, sessions, login_links, invitations, passkeys, sso_identities, sso_connections)
_organization_id = bindparam("organization_id", type_=Id())
_limit = bindparam("limit", type_=Integer())
_ORGANIZATION = "organizations"


def _stretch_of(table: Table) -> Select[tuple[object, ...]]:
    return select(*table.primary_key).where(table.c.organization_id == _organization_id).limit(_limit)


_COUNT = {
    table.name: Statement(
        select(func.count()).select_from(table).where(table.c.organization_id == _organization_id), scans=True
    )
    for table in TENANT_TABLES
}
_DELETE = {
    table.name: Statement(
        delete(table).where(tuple_(*table.primary_key).in_(_stretch_of(table))).returning(table.c.organization_id),
        scans=True,
    )
    for table in TENANT_TABLES
}
_theirs = users.c.created_by_organization_id == _organization_id
# a membership anywhere else, living or ended, or an invitation there: somebody else relies on the account
_elsewhere = exists().where(
    memberships.c.user_id == users.c.id, memberships.c.organization_id != _organization_id
) | exists().where(invitations.c.email_key == users.c.email_key, invitations.c.organization_id != _organization_id)
_here = exists().where(memberships.c.user_id == users.c.id)
_COUNT_USERS = Statement(select(func.count()).select_from(users).where(_theirs, not_(_elsewhere)), scans=True)
_DELETE_USERS = Statement(
    delete(users)
    .where(users.c.id.in_(select(users.c.id).where(_theirs, not_(_elsewhere), not_(_here)).limit(_limit)))
    .returning(users.c.id),
    scans=True,
)
_END_JOBS = Statement(
    update(jobs)
    .where(jobs.c.organization_id == bindparam("in_organization", type_=Id()), jobs.c.finished_at.is_(None))
    .values(finished_at=bindparam("at"))
)
_LOCK = Statement(select(organizations.c.id).where(organizations.c.id == _organization_id).with_for_update())
_DELETE_ORGANIZATION = Statement(delete(organizations).where(organizations.c.id == _organization_id))


async def contents(tx: ReadTx, organization_id: str) -> dict[str, int]:
    """How many rows of each table go with the organization; tables without any are left out."""
    counted = {_ORGANIZATION: 1}
    for table in reversed(TENANT_TABLES):
        counted[table.name] = await _number(tx, _COUNT[table.name], organization_id)
    counted["users"] = await _number(tx, _COUNT_USERS, organization_id)
    return {name: number for name, number in counted.items() if number}


async def close_doors(tx: WriteTx, organization_id: str, *, at: datetime) -> None:
    """Delete every credential of the organization and end its jobs, so that nothing comes while the rest is deleted."""
    # whoever signs in holds it until they are in, so that nobody is linked between the identities and the connection
    await connections.find_for_update(tx, organization_id)
    await tx.execute(_END_JOBS, in_organization=organization_id, at=at)
    for table in _DOORS:
        while await tx.all(_DELETE[table.name], organization_id=organization_id, limit=STRETCH):
            pass


async def empty(database: Database, organization_id: str) -> None:
    """Delete what belongs to the organization, stretch by stretch, and the users whom nobody else needs.

    What was deleted stays so if this is interrupted; another time goes on from there.
    """
    for statement in (*(_DELETE[table.name] for table in TENANT_TABLES), _DELETE_USERS):
        more = True
        while more:
            async with database.write() as tx:
                gone = await tx.all(statement, organization_id=organization_id, limit=STRETCH)
            more = len(gone) == STRETCH


async def delete_organization(tx: WriteTx, organization_id: str) -> None:
    """Delete the organization, which nobody can write to meanwhile, and what came since it was emptied."""
    await tx.one(_LOCK, organization_id=organization_id)
    for statement in (*(_DELETE[table.name] for table in TENANT_TABLES), _DELETE_USERS):
        while await tx.all(statement, organization_id=organization_id, limit=STRETCH):
            pass
    await tx.execute(_DELETE_ORGANIZATION, organization_id=organization_id)


async def _number(tx: ReadTx, statement: Statement, organization_id: str) -> int:
    row = await tx.one(statement, organization_id=organization_id)
    assert row is not None, "a count has one row"
    return int(row[0])
