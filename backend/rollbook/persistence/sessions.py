"""Sessions and login links, as they are kept: by the digest of their secret."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from rollbook.domain.sessions import IDLE_LIMIT, Device, Session, SignInMethod
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import login_links, memberships, sessions

_INSERT_LINK = Statement(insert(login_links))
_OWNER_OF_LINK = Statement(
    select(login_links.c.organization_id, login_links.c.membership_id).where(
        login_links.c.digest == bindparam("link_digest")
    )
)
_USE_LINK = Statement(
    update(login_links)
    .where(
        login_links.c.digest == bindparam("link_digest"),
        login_links.c.used_at.is_(None),
        login_links.c.expires_at > bindparam("at", type_=login_links.c.expires_at.type),
    )
    .values(used_at=bindparam("at"))
    .returning(login_links.c.id)
)
_INSERT_SESSION = Statement(insert(sessions))
_FIND = Statement(
    select(
        sessions.c.id,
        sessions.c.organization_id,
        sessions.c.membership_id,
        sessions.c.method,
        sessions.c.created_at,
        sessions.c.authenticated_at,
        sessions.c.last_seen_at,
        sessions.c.expires_at,
        sessions.c.user_agent,
        sessions.c.address,
        memberships.c.name,
        memberships.c.admin_granted,
        memberships.c.user_granted,
    )
    .join(
        memberships,
        (memberships.c.organization_id == sessions.c.organization_id) & (memberships.c.id == sessions.c.membership_id),
    )
    .where(
        sessions.c.digest == bindparam("digest"),
        sessions.c.ended_at.is_(None),
        sessions.c.expires_at > bindparam("at", type_=sessions.c.expires_at.type),
        sessions.c.last_seen_at > bindparam("idle_since", type_=sessions.c.last_seen_at.type),
        memberships.c.active,
        memberships.c.ended_at.is_(None),
    )
)
_END = Statement(
    update(sessions)
    .where(
        sessions.c.organization_id == bindparam("in_organization"),
        sessions.c.id == bindparam("session_id"),
        sessions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
    .returning(sessions.c.id)
)
_END_BY_DIGEST = Statement(
    update(sessions)
    .where(
        sessions.c.organization_id == bindparam("in_organization"),
        sessions.c.digest == bindparam("of_digest"),
        sessions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
)
_END_ALL = Statement(
    update(sessions)
    .where(
        sessions.c.organization_id == bindparam("in_organization"),
        sessions.c.membership_id == bindparam("of_membership"),
        sessions.c.ended_at.is_(None),
    )
    .values(ended_at=bindparam("at"))
)
_VOID_LINKS = Statement(
    update(login_links)
    .where(
        login_links.c.organization_id == bindparam("in_organization"),
        login_links.c.membership_id == bindparam("of_membership"),
        login_links.c.used_at.is_(None),
    )
    .values(used_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A live session and what its member is in the organization now."""

    session: Session
    name: str
    admin_granted: bool
    user_granted: bool


async def insert_link(
    tx: WriteTx,
    organization_id: str,
    membership_id: str,
    *,
    link_id: str,
    digest: bytes,
    at: datetime,
    expires_at: datetime,
) -> None:
    """Keep a new login link."""
    await tx.execute(
        _INSERT_LINK,
        organization_id=organization_id,
        id=link_id,
        membership_id=membership_id,
        digest=digest,
        created_at=at,
        expires_at=expires_at,
        used_at=None,
    )


async def owner_of_link(tx: ReadTx, digest: bytes) -> tuple[str, str] | None:
    """Whom a link lets in, valid or not: (organization, membership), or None if it is unknown."""
    row = await tx.one(_OWNER_OF_LINK, link_digest=digest)
    return (row[0], row[1]) if row else None


async def use_link(tx: WriteTx, digest: bytes, *, at: datetime) -> bool:
    """Use a link up; False if it is unknown, used or expired."""
    return await tx.one(_USE_LINK, link_digest=digest, at=at) is not None


async def insert_session(tx: WriteTx, session: Session, digest: bytes, *, id_token: bytes | None = None) -> None:
    """Keep a new session; `id_token` is the provider's, encrypted."""
    await tx.execute(
        _INSERT_SESSION,
        organization_id=session.organization_id,
        id=session.id,
        membership_id=session.membership_id,
        digest=digest,
        method=str(session.method),
        created_at=session.created_at,
        authenticated_at=session.authenticated_at,
        last_seen_at=session.last_seen_at,
        expires_at=session.expires_at,
        ended_at=None,
        user_agent=session.device.user_agent,
        address=session.device.address,
        id_token=id_token,
    )


async def find(tx: ReadTx, digest: bytes, *, at: datetime) -> SignedIn | None:
    """The live session of an active member whose secret has this digest, or None."""
    row = await tx.one(_FIND, digest=digest, at=at, idle_since=at - IDLE_LIMIT)
    return SignedIn(_session(row), *row[-3:]) if row else None


async def end_by_digest(tx: WriteTx, organization_id: str, digest: bytes, *, at: datetime) -> None:
    """End the session with this secret, if it is one of the organization that has not ended."""
    await tx.execute(_END_BY_DIGEST, in_organization=organization_id, of_digest=digest, at=at)


async def end(tx: WriteTx, organization_id: str, session_id: str, *, at: datetime) -> bool:
    """End one session; False if it had ended already."""
    return await tx.one(_END, in_organization=organization_id, session_id=session_id, at=at) is not None


async def end_access(tx: WriteTx, organization_id: str, membership_id: str, *, at: datetime) -> None:
    """End every session and login link of a member in this organization."""
    await tx.execute(_END_ALL, in_organization=organization_id, of_membership=membership_id, at=at)
    await tx.execute(_VOID_LINKS, in_organization=organization_id, of_membership=membership_id, at=at)


def _session(row: Row) -> Session:
    id_, organization_id, membership_id, method, created, authenticated, seen, expires, user_agent, address = row[:10]
    return Session(
        id_,
        organization_id,
        membership_id,
        SignInMethod(method),
        created,
        authenticated,
        seen,
        expires,
        Device(user_agent, address),
    )
