"""Sessions, as they are kept: by the digest of their secret."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, func, insert, null, or_, select, update
from sqlalchemy.types import Integer

from rollbook.domain.criteria import Page
from rollbook.domain.immutable import immutable
from rollbook.domain.sessions import IDLE_LIMIT, Device, Session, SignInMethod
from rollbook.domain.values import parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.memberships import mark
from rollbook.persistence.paging import Pages
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import memberships, sessions

_column = sessions.c
_at = bindparam("at", type_=_column.expires_at.type)
_idle_since = bindparam("idle_since", type_=_column.last_seen_at.type)
_not_ended = _column.ended_at.is_(None)
_is_live = and_(_not_ended, _column.expires_at > _at, _column.last_seen_at > _idle_since)
_here = _column.organization_id == bindparam("organization_id")
_COLUMNS = (
    _column.id,
    _column.organization_id,
    _column.membership_id,
    _column.method,
    _column.created_at,
    _column.authenticated_at,
    _column.last_seen_at,
    _column.expires_at,
    _column.user_agent,
    _column.address,
)
_of_a_member = (memberships.c.organization_id == _column.organization_id) & (memberships.c.id == _column.membership_id)
_SELECT = select(*_COLUMNS).where(_here)
_FIND = Statement(
    select(*_COLUMNS, memberships.c.name, memberships.c.admin_granted, memberships.c.user_granted)
    .join(memberships, _of_a_member)
    .where(_column.digest == bindparam("digest"), _is_live, memberships.c.active, memberships.c.ended_at.is_(None))
)
_BY_ID = Statement(_SELECT.where(_column.id == bindparam("id")))
_LIVE = Statement(_SELECT.where(_column.id == bindparam("id"), _is_live))
_OF_MEMBER = Statement(
    _SELECT.where(_column.membership_id == bindparam("membership_id"), _is_live)
    .order_by(_column.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)
_COUNTS = Statement(
    select(_column.membership_id, func.count())
    .where(_here, one_of(_column.membership_id, "membership_ids"), _is_live)
    .group_by(_column.membership_id)
)
_PAGES = Pages(_SELECT.where(_is_live), _column.id, lambda place: place.id, descending=True)
_ID_TOKEN = Statement(select(_column.id_token).where(_here, _column.id == bindparam("id"), _not_ended))
_INSERT = Statement(insert(sessions))
_in_organization = _column.organization_id == bindparam("in_organization")
ENDED = {"ended_at": bindparam("at"), "id_token": null()}
"""What an ended session is set to, bound by `at`: the provider's token is kept no longer than it lives."""

_END = Statement(
    update(sessions)
    .where(_in_organization, _column.id == bindparam("session_id"), _not_ended)
    .values(ENDED)
    .returning(_column.id)
)
_END_BY_DIGEST = Statement(update(sessions).where(_column.digest == bindparam("of_digest"), _not_ended).values(ENDED))
_end_of_members = (
    update(sessions).where(_in_organization, one_of(_column.membership_id, "of_memberships"), _not_ended).values(ENDED)
)
_END_ALL = Statement(_end_of_members)
_END_OF_MEMBERS = Statement(_end_of_members.returning(_column.id))
_END_OTHERS = Statement(
    update(sessions)
    .where(
        _in_organization,
        _column.membership_id == bindparam("of_membership"),
        _column.id != bindparam("but_session"),
        _not_ended,
    )
    .values(ENDED)
    .returning(_column.id)
)
_SEEN = Statement(
    update(sessions)
    .where(_in_organization, _column.id == bindparam("session_id"), _column.last_seen_at < _at, _not_ended)
    .values(last_seen_at=_at)
)
_END_LAPSED = Statement(
    update(sessions)
    .where(_not_ended, or_(_column.expires_at <= _at, _column.last_seen_at <= _idle_since))
    .values(ENDED),
    scans=True,
)
_FORGET_DEVICES = Statement(
    update(sessions)
    .where(
        _column.ended_at <= bindparam("until", type_=_column.ended_at.type),
        or_(_column.user_agent.is_not(None), _column.address.is_not(None), _column.id_token.is_not(None)),
    )
    .values(user_agent=null(), address=null(), id_token=null()),
    scans=True,
)

_NONE = "00000000-0000-0000-0000-000000000000"  # no session has it


@immutable
class SignedIn:
    """A live session and what its member is in the organization now."""

    session: Session
    name: str
    admin_granted: bool
    user_granted: bool


async def insert_session(tx: WriteTx, session: Session, digest: bytes, *, id_token: bytes | None = None) -> None:
    """Keep a new session of a locked member; `id_token` is the provider's, encrypted, kept while the session lives."""
    await mark(tx, session.organization_id, session.membership_id)
    await tx.execute(
        _INSERT,
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


async def find_by_id(tx: ReadTx, organization_id: str, session_id: str) -> Session | None:
    """The session of the organization with this id, ended or not, or None."""
    canonical = parse_id(session_id)
    row = None if canonical is None else await tx.one(_BY_ID, organization_id=organization_id, id=canonical)
    return _session(row) if row else None


async def find_live(tx: ReadTx, organization_id: str, session_id: str, *, at: datetime) -> Session | None:
    """The same, but None for one that has ended."""
    canonical = parse_id(session_id)
    if canonical is None:
        return None
    row = await tx.one(_LIVE, organization_id=organization_id, id=canonical, at=at, idle_since=at - IDLE_LIMIT)
    return _session(row) if row else None


async def live_of(tx: ReadTx, organization_id: str, membership_id: str, *, at: datetime, limit: int) -> list[Session]:
    """The live sessions of a member, the newest first."""
    rows = await tx.all(
        _OF_MEMBER,
        organization_id=organization_id,
        membership_id=membership_id,
        at=at,
        idle_since=at - IDLE_LIMIT,
        limit=limit,
    )
    return [_session(row) for row in rows]


async def counts(tx: ReadTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> dict[str, int]:
    """How many live sessions each of these members has; who has none is left out."""
    ids = [canonical for text in membership_ids if (canonical := parse_id(text)) is not None]
    if not ids:
        return {}
    rows = await tx.all(_COUNTS, organization_id=organization_id, membership_ids=ids, at=at, idle_since=at - IDLE_LIMIT)
    return {str(membership_id): count for membership_id, count in rows}


async def page(tx: ReadTx, organization_id: str, page: Page, *, at: datetime) -> list[Session]:
    """The page's live sessions and one more, the newest first, in the direction in which the page was read."""
    rows = await _PAGES.read(tx, page, organization_id=organization_id, at=at, idle_since=at - IDLE_LIMIT)
    return [_session(row) for row in rows]


async def id_token(tx: ReadTx, organization_id: str, session_id: str) -> bytes | None:
    """The provider's token of a session that has not ended, encrypted; None if it did not come through SSO."""
    row = await tx.one(_ID_TOKEN, organization_id=organization_id, id=session_id)
    return None if row is None or row[0] is None else bytes(row[0])


async def end_by_digest(tx: WriteTx, digest: bytes, *, at: datetime) -> None:
    """End the session with this secret, of whichever organization, if it has not ended: who brings it holds it."""
    await tx.execute(_END_BY_DIGEST, of_digest=digest, at=at)


async def end(tx: WriteTx, organization_id: str, session_id: str, *, at: datetime) -> bool:
    """End one session; False if it had ended already."""
    return await tx.one(_END, in_organization=organization_id, session_id=session_id, at=at) is not None


async def end_of_members(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> int:
    """End every session of these members in this organization; how many there were."""
    ids = list(membership_ids)
    return len(await tx.all(_END_OF_MEMBERS, in_organization=organization_id, of_memberships=ids, at=at))


async def end_all(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> None:
    """The same where nobody asks how many there were."""
    await tx.later(_END_ALL, in_organization=organization_id, of_memberships=list(membership_ids), at=at)


async def end_others(
    tx: WriteTx, organization_id: str, membership_id: str, session_id: str | None, *, at: datetime
) -> int:
    """End every session of a member but this one; how many there were."""
    rows = await tx.all(
        _END_OTHERS,
        in_organization=organization_id,
        of_membership=membership_id,
        but_session=session_id or _NONE,
        at=at,
    )
    return len(rows)


async def note_uses(tx: WriteTx, uses: Iterable[tuple[str, str, datetime]]) -> None:
    """Keep when sessions were last used: (organization, session, time). One that has ended stays as it is."""
    for organization_id, session_id, at in uses:
        await tx.execute(_SEEN, in_organization=organization_id, session_id=session_id, at=at)


async def end_lapsed(tx: WriteTx, *, at: datetime) -> None:
    """Mark the sessions of every organization as ended that are too old, or were not used for too long."""
    await tx.execute(_END_LAPSED, at=at, idle_since=at - IDLE_LIMIT)


async def forget_devices(tx: WriteTx, *, until: datetime) -> None:
    """Forget from where sessions came that ended until then. The audit trail still needs whose they were."""
    await tx.execute(_FORGET_DEVICES, until=until)


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
