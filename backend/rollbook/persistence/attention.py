"""What is read to find out what needs attention. Everything is bounded, however long the log and the lists are."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, not_, or_, select, union_all
from sqlalchemy.types import Integer

from rollbook.domain.attention import Refusals
from rollbook.domain.provisioning import ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.values import first_id, key
from rollbook.persistence import provisioning, provisioning_lists
from rollbook.persistence.audit_lists import SLACK
from rollbook.persistence.database import ReadTx
from rollbook.persistence.planning import in_turn, rare
from rollbook.persistence.statements import Statement, one_of
from rollbook.persistence.tables import memberships, provisioning_requests, tokens
from rollbook.persistence.types import Id, UtcDateTime

MOST_FAILURES = 2_000
"""How many of the newest refusals and failures are looked at."""

MOST_SUCCESSES = 5_000
"""How many of the newest successes are looked through for those of a group, which no index finds."""

_entry = provisioning_requests.c
_member = memberships.c
_token = tokens.c
_here = _entry.organization_id == bindparam("organization_id")
_is_write = and_(
    or_(*(_entry.method == method for method in ("DELETE", "PATCH", "POST", "PUT"))),
    not_(_entry.path.like("%/.search")),
)
_since = bindparam("since", type_=UtcDateTime())
_FAILED = (ProvisioningOutcome.FAILED, ProvisioningOutcome.REFUSED)
_DONE = (ProvisioningOutcome.SUCCEEDED, ProvisioningOutcome.UNCHANGED)


def _newest(outcome: ProvisioningOutcome, limit: int) -> Select[Any]:
    """The newest entries of an outcome since a moment, from an index that covers them."""
    return (
        select(_entry.id)
        .where(_here, _entry.outcome == outcome.value, _entry.id >= bindparam("since_id", type_=Id()))
        .order_by(_entry.id.desc())
        .limit(limit)
    )


def _newest_of(outcomes: Collection[ProvisioningOutcome], limit: int) -> Any:
    # each by itself, or the order would be made by sorting all there are
    parts = (_newest(outcome, limit).subquery() for outcome in outcomes)
    return union_all(*(select(part.c.id) for part in parts)).subquery("newest")


def _rows_of(newest: Any) -> Any:
    return in_turn(newest, provisioning_requests, _entry.id == newest.c.id)


_failures = _newest_of(_FAILED, MOST_FAILURES)
_FAILING = Statement(
    select(*provisioning_lists.COLUMNS)
    .select_from(_rows_of(_failures))
    .where(_here, _is_write, _entry.status != 401, _entry.status >= 400, _entry.occurred_at >= _since)
    .order_by(_entry.id.desc()),
    scans=True,
)
_refused = _newest_of((ProvisioningOutcome.REFUSED,), MOST_FAILURES)
_REFUSED_TOKENS = Statement(
    select(_entry.token_id, func.count(), func.min(_entry.occurred_at), func.max(_entry.occurred_at))
    .select_from(_rows_of(_refused))
    .where(_here, _entry.status == 401, _entry.token_id.is_not(None), _entry.occurred_at >= _since)
    .group_by(_entry.token_id),
    scans=True,
)
_is_done = or_(*(_entry.outcome == outcome.value for outcome in _DONE))
_LAST_DONE = Statement(
    select(_entry.membership_id, func.max(_entry.occurred_at))
    .where(
        _here,
        one_of(_entry.membership_id, "ids"),
        _entry.id >= bindparam("since_id", type_=Id()),
        _is_done,
        _is_write,
    )
    .group_by(_entry.membership_id),
    scans=True,
)
_successes = _newest_of(_DONE, MOST_SUCCESSES)
_LAST_DONE_OF_GROUPS = Statement(
    select(_entry.path, func.max(_entry.occurred_at))
    .select_from(_rows_of(_successes))
    .where(_here, _is_write, _entry.path.like("/Groups/%"))
    .group_by(_entry.path),
    scans=True,
)


def _living_with(column: Any) -> Select[Any]:
    return select(column, _member.id).where(
        _member.organization_id == bindparam("organization_id"),
        _member.ended_at.is_(None),
        one_of(column, "keys", texts=True),
    )


_WITH_KEYS = Statement(union_all(_living_with(_member.user_name_key), _living_with(_member.email_key)), scans=True)
_active = and_(_member.organization_id == bindparam("organization_id"), _member.ended_at.is_(None), _member.active)
_TWO_ACTIVE = Statement(select(_member.id).where(_active).limit(2))
_TWO_ADMINS = Statement(select(_member.id).where(_active, rare(_member.admin_granted.is_(True))).limit(2))
_GONE = Statement(
    select(_member.id, _member.ended_at).where(
        _member.organization_id == bindparam("organization_id"),
        one_of(_member.id, "ids"),
        or_(_member.ended_at.is_not(None), _member.active.is_(False)),
    )
)
_EXPIRED = Statement(
    select(_token.id)
    .where(
        _token.organization_id == bindparam("organization_id"),
        _token.revoked_at.is_(None),
        _token.expires_at > _since,
        _token.expires_at <= bindparam("at", type_=UtcDateTime()),
    )
    .order_by(_token.id.desc())
    .limit(bindparam("limit", type_=Integer()))
)


async def active_admins(tx: ReadTx, organization_id: str) -> int:
    """How many active members are admins: 0, 1, or 2 for more than one."""
    return len(await tx.all(_TWO_ADMINS, organization_id=organization_id))


async def active_members(tx: ReadTx, organization_id: str) -> int:
    """How many active members there are: 0, 1, or 2 for more than one."""
    return len(await tx.all(_TWO_ACTIVE, organization_id=organization_id))


async def gone(tx: ReadTx, organization_id: str, membership_ids: Collection[str]) -> dict[str, datetime | None]:
    """Those of these members who have no access any more: when the membership ended, or None where it is inactive."""
    if not membership_ids:
        return {}
    rows = await tx.all(_GONE, organization_id=organization_id, ids=sorted(membership_ids))
    return {row[0]: row[1] for row in rows}


async def expired_tokens(
    tx: ReadTx, organization_id: str, *, since: datetime, at: datetime, limit: int
) -> Sequence[str]:
    """The tokens that nobody revoked and that expired between these moments, the youngest first."""
    rows = await tx.all(_EXPIRED, organization_id=organization_id, since=since, at=at, limit=limit)
    return [row[0] for row in rows]


async def refused_tokens(tx: ReadTx, organization_id: str, *, since: datetime) -> dict[str, Refusals]:
    """By token, how often it was shown since then although it does not work."""
    rows = await tx.all(_REFUSED_TOKENS, organization_id=organization_id, **_from(since))
    return {token_id: Refusals(count, first, last) for token_id, count, first, last in rows}


async def failing(tx: ReadTx, organization_id: str, *, since: datetime) -> list[ProvisioningRequest]:
    """The writes since then that came to nothing and that no later write has made good, the newest first.

    For a person, that is a later write that was done: about the member with the id in the path, or with the userName
    or e-mail address that was sent; for a group, one at the same address.
    """
    rows = await tx.all(_FAILING, organization_id=organization_id, **_from(since))
    entries = [provisioning.from_row([*row, None, None]) for row in rows]
    if not entries:
        return []
    members = await _members_with(tx, organization_id, {key(entry.about) for entry in entries if entry.about})
    ids = {id for entry in entries if (id := _whom(entry, members)) is not None}
    done: Mapping[str, datetime] = {}
    if ids:
        found = await tx.all(_LAST_DONE, organization_id=organization_id, ids=sorted(ids), **_from(since))
        done = {row[0]: row[1] for row in found}
    if any(entry.path.startswith("/Groups/") for entry in entries):
        found = await tx.all(_LAST_DONE_OF_GROUPS, organization_id=organization_id, **_from(since))
        done = {**done, **{row[0]: row[1] for row in found}}
    return [entry for entry in entries if not _is_later(done, _whom(entry, members) or entry.path, entry)]


async def _members_with(tx: ReadTx, organization_id: str, keys: Collection[str]) -> Mapping[str, str]:
    if not keys:
        return {}
    rows = await tx.all(_WITH_KEYS, organization_id=organization_id, keys=sorted(keys))
    return {row[0]: row[1] for row in rows}


def _whom(entry: ProvisioningRequest, members: Mapping[str, str]) -> str | None:
    """The member whose later success would make it good: who has the id in the path, or by now the name that was sent.

    Not who stood in the way of somebody new: what succeeds for them helps nobody else.
    """
    if entry.membership_id is not None and entry.path == f"/Users/{entry.membership_id}":
        return entry.membership_id
    return None if entry.path.startswith("/Groups") else members.get(key(entry.about))


def _is_later(done: Mapping[str, datetime], whom: str, entry: ProvisioningRequest) -> bool:
    return whom in done and done[whom] > entry.occurred_at


def _from(since: datetime) -> dict[str, Any]:
    return {"since": since, "since_id": first_id(since, later_by=-SLACK)}
