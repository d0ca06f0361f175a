"""Sessions that end because the door by which they began is closed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Update, and_, bindparam, exists, not_, or_, update

from rollbook.domain.sessions import SignInMethod
from rollbook.persistence.database import WriteTx
from rollbook.persistence.sessions import ENDED
from rollbook.persistence.statements import Statement, one_of
from rollbook.persistence.tables import memberships, sessions

_session = sessions.c
_open = (_session.organization_id == bindparam("in_organization"), _session.ended_at.is_(None))
_through_sso = _session.method == str(SignInMethod.SSO)
_but_this = _session.id != bindparam("kept_session")
_by_an_admins_passkey = and_(
    _session.method == str(SignInMethod.PASSKEY),
    exists().where(
        memberships.c.organization_id == _session.organization_id,
        memberships.c.id == _session.membership_id,
        memberships.c.admin_granted,
    ),
)


def _end() -> Update:
    return update(sessions).where(*_open).values(ENDED).returning(_session.id)


_END_THROUGH_SSO = Statement(_end().where(_through_sso, _but_this), scans=True)
_END_THROUGH_OTHERS = Statement(
    _end().where(not_(or_(_through_sso, _by_an_admins_passkey)), _but_this),
    scans=True,
)
_END_SSO_OF = Statement(_end().where(_through_sso, _session.membership_id == bindparam("of_membership")))

_END_OTHERS_OF = Statement(_end().where(not_(_through_sso), one_of(_session.membership_id, "of_memberships")))

_NONE = "00000000-0000-0000-0000-000000000000"  # no session has it


async def end_through_sso(tx: WriteTx, organization_id: str, *, kept: str | None, at: datetime) -> int:
    """End the sessions that began through the identity provider, but the one to keep; how many."""
    rows = await tx.all(_END_THROUGH_SSO, in_organization=organization_id, kept_session=kept or _NONE, at=at)
    return len(rows)


async def end_through_others(tx: WriteTx, organization_id: str, *, kept: str | None, at: datetime) -> int:
    """End the sessions that began through any other door, but the one to keep and those of admins by passkey."""
    rows = await tx.all(_END_THROUGH_OTHERS, in_organization=organization_id, kept_session=kept or _NONE, at=at)
    return len(rows)


async def end_sso_of(tx: WriteTx, organization_id: str, membership_id: str, *, at: datetime) -> int:
    """End a member's sessions that began through the identity provider; how many."""
    return len(await tx.all(_END_SSO_OF, in_organization=organization_id, of_membership=membership_id, at=at))


async def end_others_of(tx: WriteTx, organization_id: str, membership_ids: Sequence[str], *, at: datetime) -> int:
    """End the sessions of these members that began through any other door; how many."""
    ids = list(membership_ids)
    return len(await tx.all(_END_OTHERS_OF, in_organization=organization_id, of_memberships=ids, at=at))
