"""What the database holds of a person in every organization, but for the audit trail: found, and taken out."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, false, func, null, or_, select, update
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import Boolean

from rollbook.domain.erasure import ERASED, Traces, erased_membership
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership
from rollbook.domain.users import User
from rollbook.domain.values import is_storable, key, parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.membership_rows import COLUMNS, from_row, to_row
from rollbook.persistence.statements import Statement
from rollbook.persistence.tables import (
    invitations,
    job_rows,
    jobs,
    login_links,
    membership_emails,
    memberships,
    passkeys,
    sessions,
    sso_identities,
    tokens,
    users,
)
from rollbook.persistence.types import Id

_USER = (users.c.id, users.c.email, users.c.name, users.c.created_by_organization_id, users.c.created_at)
_BY_ID = Statement(select(*_USER).where(users.c.id == bindparam("user_id")).with_for_update())
_BY_EMAIL = Statement(select(*_USER).where(users.c.email_key == bindparam("of_email")).with_for_update())
_HOLDERS = Statement(
    select(memberships.c.user_id)
    .where(memberships.c.email_key == bindparam("of_email"))
    .distinct()
    .order_by(memberships.c.user_id)
    .limit(20),
    scans=True,
)
_ORGANIZATIONS = Statement(
    select(memberships.c.organization_id)
    .where(memberships.c.user_id == bindparam("of_user"))
    .distinct()
    .order_by(memberships.c.organization_id)
)
_MEMBERSHIPS = Statement(
    select(*COLUMNS, memberships.c.ended_at)
    .where(memberships.c.user_id == bindparam("of_user"))
    .order_by(memberships.c.organization_id, memberships.c.id)
    .with_for_update()
)


def of_membership(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The conditions that a row belongs to the membership of the person."""
    return (
        table.c.organization_id == bindparam("in_organization", type_=Id()),
        table.c.membership_id == bindparam("of_membership", type_=Id()),
    )


_EMAILS = Statement(select(membership_emails.c.email_key).where(*of_membership(membership_emails)))
_DELETE = {
    table.name: Statement(delete(table).where(*of_membership(table)).returning(table.c.organization_id))
    for table in (membership_emails, sessions, login_links, invitations, passkeys, sso_identities)
}
"""A session tells of a person's browser and address, an identity and a passkey by what others know them."""
_DELETE_INVITATIONS = Statement(
    delete(invitations).where(invitations.c.email_key == bindparam("of_email")).returning(invitations.c.organization_id)
)
_KEPT = {"organization_id", "id", "created_at"}
_ERASE_MEMBERSHIP = Statement(
    update(memberships)
    .where(
        memberships.c.organization_id == bindparam("in_organization"),
        memberships.c.id == bindparam("of_membership"),
        memberships.c.user_name != "",
    )
    .values({name: bindparam(f"new_{name}") for name in (*memberships.c.keys(),) if name not in _KEPT})
    .returning(memberships.c.id)
)
_ERASE_USER = Statement(
    update(users)
    .where(users.c.id == bindparam("user_id"), or_(users.c.email.is_not(None), users.c.name != ""))
    .values(email=null(), email_key=null(), name="")
    .returning(users.c.id)
)
_ERASE_JOB_ROWS = Statement(
    update(job_rows)
    .where(*of_membership(job_rows), job_rows.c.about != ERASED)
    .values(about=ERASED, message=null())
    .returning(job_rows.c.number)
)
_ERASE_JOBS_MADE = Statement(
    update(jobs)
    .where(
        jobs.c.organization_id == bindparam("in_organization"),
        jobs.c.principal == bindparam("of_principal"),
        jobs.c.created_by != ERASED,
    )
    .values(created_by=ERASED)
    .returning(jobs.c.id),
    scans=True,
)
_ERASE_MAKER = {
    column: Statement(
        update(column.table)
        .where(column.table.c.organization_id == bindparam("in_organization"), column == bindparam("of_name"))
        .values({column.name: ERASED})
        .returning(column.table.c.id),
        scans=True,
    )
    for column in (tokens.c.created_by, tokens.c.revoked_by, invitations.c.invited_by)
}


_ERASE_JOB_ROW = Statement(
    update(job_rows)
    .where(
        job_rows.c.organization_id == bindparam("in_organization"),
        job_rows.c.job_id == bindparam("of_job"),
        job_rows.c.number == bindparam("of_number"),
    )
    .values(about=ERASED, message=null())
)
_INVITED = Statement(
    select(invitations.c.organization_id).where(invitations.c.email_key == bindparam("of_email")).distinct()
)


class beyond_ascii(ColumnElement[bool]):
    """Whether a text has a letter that not every database folds."""

    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, column: ColumnElement[str]) -> None:
        self.column = column


@compiles(beyond_ascii)
def _beyond_ascii(element: beyond_ascii, compiler: SQLCompiler, **options: Any) -> str:
    column = compiler.process(element.column, **options)
    bytes_of = f"length(CAST({column} AS BLOB))" if compiler.dialect.name == "sqlite" else f"octet_length({column})"
    return f"length({column}) <> {bytes_of}"


@immutable
class Held:
    """A membership of the person, and when it ended, if it did."""

    membership: Membership
    ended_at: datetime | None


async def find_user(tx: WriteTx, who: str) -> User | None:
    """The user with this id or sign-in address, locked, or None."""
    canonical = parse_id(who)
    if canonical is not None:
        row = await tx.one(_BY_ID, user_id=canonical)
    else:
        row = await tx.one(_BY_EMAIL, of_email=key(who)) if is_storable(who) else None
    return User(*row) if row else None


async def users_with_address(tx: ReadTx, email: str) -> list[str]:
    """The ids of users who have or had the address in some organization, though they do not sign in with it."""
    rows = await tx.all(_HOLDERS, of_email=key(email)) if is_storable(email) else []
    return [row[0] for row in rows]


async def organizations_of(tx: ReadTx, user_id: str) -> list[str]:
    """Every organization in which the user is or was a member."""
    return [row[0] for row in await tx.all(_ORGANIZATIONS, of_user=user_id)]


async def memberships_of(tx: WriteTx, user_id: str) -> list[Held]:
    """Every membership of the user, living or ended, locked."""
    rows = await tx.all(_MEMBERSHIPS, of_user=user_id)
    return [Held(from_row(row[: len(COLUMNS)]), row[len(COLUMNS)]) for row in rows]


async def addresses_of(tx: ReadTx, membership: Membership) -> list[str]:
    """The keys of all the addresses of a living member."""
    return [row[0] for row in await tx.all(_EMAILS, **named(membership))]


async def erase_membership(tx: WriteTx, held: Held, *, at: datetime) -> dict[str, int]:
    """End the membership and leave only its id, and delete what let its member in; how many rows of each table."""
    membership, keys = held.membership, named(held.membership)
    gone = {name: len(await tx.all(statement, **keys)) for name, statement in _DELETE.items()}
    left = to_row(erased_membership(membership)) | {
        "searchable": {},
        "version": membership.version + 1,
        "updated_at": at,
        "ended_at": held.ended_at or at,
    }
    values = {f"new_{name}": value for name, value in left.items()}
    gone["memberships"] = len(await tx.all(_ERASE_MEMBERSHIP, **keys, **values))
    gone["job_rows"] = len(await tx.all(_ERASE_JOB_ROWS, **keys))
    principal = f"member:{membership.id}"
    made = await tx.all(_ERASE_JOBS_MADE, in_organization=membership.organization_id, of_principal=principal)
    gone["jobs"] = len(made)
    return gone


async def invited_to(tx: ReadTx, traces: Traces) -> set[str]:
    """The organizations that have invited one of the person's addresses."""
    return {row[0] for address in sorted(traces.addresses) for row in await tx.all(_INVITED, of_email=address)}


async def erase_invitations(tx: WriteTx, traces: Traces) -> list[str]:
    """Delete every invitation to one of the person's addresses; the organization of each."""
    organizations = []
    for address in sorted(traces.addresses):
        organizations += [row[0] for row in await tx.all(_DELETE_INVITATIONS, of_email=address)]
    return organizations


async def erase_maker(tx: WriteTx, organization_id: str, name: str) -> dict[str, int]:
    """Take a name out of who made and revoked tokens, and who invited; how many rows of each table."""
    changed: dict[str, int] = {}
    for column, statement in _ERASE_MAKER.items():
        rows = await tx.all(statement, in_organization=organization_id, of_name=name)
        changed[column.table.name] = changed.get(column.table.name, 0) + len(rows)
    return changed


async def is_in_a_job(tx: ReadTx, organization_id: str, traces: Traces) -> bool:
    """Whether a job that is not finished yet, and so still has its input, names one of the person's addresses."""
    found = Statement(
        select(jobs.c.input).where(
            jobs.c.organization_id == bindparam("in_organization"),
            may_hold(jobs.c.input, traces),
        ),
        scans=True,
    )
    return any(map(traces.holds_address, [row[0] for row in await tx.all(found, in_organization=organization_id)]))


async def erase_job_rows(tx: WriteTx, organization_id: str, traces: Traces) -> int:
    """Take the person out of the rows of jobs that name one of their addresses; how many rows."""
    found = Statement(
        select(job_rows.c.job_id, job_rows.c.number, job_rows.c.about).where(
            job_rows.c.organization_id == bindparam("in_organization"), may_hold(job_rows.c.about, traces)
        ),
        scans=True,
    )
    theirs = [row for row in await tx.all(found, in_organization=organization_id) if traces.holds_address(row[2])]
    for job_id, number, _ in theirs:
        await tx.execute(_ERASE_JOB_ROW, in_organization=organization_id, of_job=job_id, of_number=number)
    return len(theirs)


async def erase_user(tx: WriteTx, user_id: str) -> bool:
    """Take the sign-in address and the name from the user; False if both were gone."""
    return await tx.one(_ERASE_USER, user_id=user_id) is not None


def may_hold(column: ColumnElement[str], traces: Traces) -> ColumnElement[bool]:
    """The condition that one of the addresses may be somewhere in the column; `Traces` tells whether it is.

    A database does not fold every letter as `key` does, so that a text beyond ASCII is always looked at.
    """
    there = (func.lower(column).contains(address, autoescape=True) for address in sorted(traces.addresses))
    return (
        and_(column.contains("@", autoescape=True), or_(beyond_ascii(column), *there)) if traces.addresses else false()
    )


def named(membership: Membership) -> dict[str, Any]:
    """The parameters of `of_membership`."""
    return {"in_organization": membership.organization_id, "of_membership": membership.id}
