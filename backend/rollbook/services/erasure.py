"""How the operator erases a person from the whole installation (docs/decisions/0010)."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.audit import AuditAction, Changes, changes_between
from rollbook.domain.erasure import Traces, traces_of
from rollbook.domain.errors import InvalidValue, LastAdmin, NotFound
from rollbook.domain.groups import GroupId
from rollbook.domain.immutable import immutable
from rollbook.domain.users import User
from rollbook.domain.values import Clock, first_id, now
from rollbook.persistence import erasing, erasing_events, erasing_log, groups, memberships, organizations
from rollbook.persistence.database import Collision, Database, ReadTx, WriteTx
from rollbook.persistence.erasing import Held
from rollbook.persistence.erasing_events import Event
from rollbook.persistence.erasing_log import FIRST, Naming
from rollbook.services.leaving import NO_ADMIN_LEFT
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

_SLACK = timedelta(minutes=1)
"""An entry is written a moment after it got its id, which tells the time of the machine."""

_NAMING_FIELDS = ("email", "externalId", "name", "userName")


@immutable
class Erased:
    """Whose data went, the handles of the organizations in which it was, and how many rows of each table."""

    user_id: str
    organizations: tuple[str, ...]
    rows: Mapping[str, int]


@immutable
class _Logged:
    """By organization the entries of its log that name the person, of those up to about `new_after`."""

    naming: Naming
    new_after: str
    ids: dict[str, list[str]]


class _Rehearsal(Exception):
    def __init__(self, erased: Erased) -> None:
        super().__init__()
        self.erased = erased


class Erasure:
    """The operation on a person, whom no single organization owns. Only the command line offers it."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def erase(self, who: str, *, force: bool = False, rehearse: bool = False) -> Erased:
        """Take everything that tells who a person is out of the installation, in one transaction.

        `who` is the user's id or sign-in address. Their memberships end; what happened stays told, without their name.
        `rehearse`: nothing is kept of it. Raises `NotFound`, and `LastAdmin` unless `force`.
        """
        try:
            return await once_more(lambda: self._erase(who, force, rehearse))
        except _Rehearsal as rehearsal:
            return rehearsal.erased

    async def _erase(self, who: str, force: bool, rehearse: bool) -> Erased:
        logged = await self._logged(who)
        async with self._database.write() as tx:
            user = await _found(tx, who)
            theirs = await erasing.organizations_of(tx, user.id)
            for organization_id in theirs:
                await groups.lock(tx, organization_id, GroupId.ADMINS)
            held = await erasing.memberships_of(tx, user.id)
            left_alone = await _without_admin(tx, held)
            if left_alone and not force:
                raise LastAdmin(
                    f"They are the last active admin of {', '.join(await _handles(tx, left_alone))}. Make somebody "
                    "else an admin there first, or say --force: rollbook admin login-link lets one in again."
                )
            at = self._clock()
            rows, touched = await self._take_out(tx, user, held, theirs, logged, at=at)
            handles = await _handles(tx, touched)
            erased = Erased(user.id, tuple(handles), {name: number for name, number in sorted(rows.items()) if number})
            if rehearse:
                raise _Rehearsal(erased)
            if erased.rows:
                await self._record(tx, user, held, theirs, left_alone, at=at)
        return erased

    async def _logged(self, who: str) -> "_Logged":
        """The entries of the provisioning log that name the person, read before anything is locked.

        A log can be long. What is new in it by then is read again by the transaction that erases.
        """
        async with self._database.write() as tx:  # locks the person for as long as it takes to see who they are
            user = await _found(tx, who)
            theirs = await erasing.organizations_of(tx, user.id)
            traces, _, _ = await _traces(tx, user, await erasing.memberships_of(tx, user.id))
            places = sorted({*theirs, *await erasing.invited_to(tx, traces)})
        logged = _Logged(Naming(traces), first_id(now(), later_by=-_SLACK), {})
        for organization_id in places:
            async with self._database.read() as reading:
                logged.ids[organization_id] = await _named_in_log(reading, organization_id, logged.naming)
        return logged

    async def _take_out(
        self,
        tx: WriteTx,
        user: User,
        held: Sequence[Held],
        theirs: Sequence[str],
        logged: "_Logged",
        *,
        at: datetime,
    ) -> tuple[Counter[str], list[str]]:
        """Take the person out of every table: how many rows of each, and the organizations where something was."""
        rows = Counter[str]()
        traces, names, events = await _traces(tx, user, held)
        for each in held:
            rows.update(await erasing.erase_membership(tx, each, at=at))
        invited = await erasing.erase_invitations(tx, traces)
        rows["invitations"] += len(invited)
        touched = sorted({*theirs, *invited})
        for organization_id in touched:
            events = await erasing_events.events_naming(tx, organization_id, traces) | events
            rows["provisioning_requests"] += await _erase_log(tx, organization_id, logged, traces, held)
            if await erasing.is_in_a_job(tx, organization_id, traces):
                raise InvalidValue("A job that names them is not finished yet. Try again when it is.", field="who")
            rows["job_rows"] += await erasing.erase_job_rows(tx, organization_id, traces)
            for name in names:
                rows.update(await erasing.erase_maker(tx, organization_id, name))
        for event in events.values():
            rows["audit_events"] += await erasing_events.erase_event(tx, event, traces)
        rows["users"] += await erasing.erase_user(tx, user.id)
        return rows, touched

    async def _record(
        self,
        tx: WriteTx,
        user: User,
        held: Sequence[Held],
        theirs: Sequence[str],
        left_alone: Sequence[str],
        *,
        at: datetime,
    ) -> None:
        """One event in each organization of the person, which names the user by their id only."""
        for organization_id in theirs:
            there = [each for each in held if each.membership.organization_id == organization_id]
            await record(
                tx,
                Actor(ActorKind.OPERATOR, Channel.CLI, organization_id, name="operator"),
                AuditAction.USER_ERASED,
                user.id,
                at=at,
                changes=_lost(there),
                memberships=[each.membership.id for each in there],
                warning=NO_ADMIN_LEFT if organization_id in left_alone else None,
            )


def _lost(held: Sequence[Held]) -> Changes:
    """The access that the person had in an organization, if their membership there had not ended before: who had
    access then is told from the trail.
    """
    living = (each.membership for each in held if each.ended_at is None)
    changes = changes_between(next(living, None), None)
    return {name: pair for name, pair in changes.items() if name in ("active", "grants")}


async def _found(tx: WriteTx, who: str) -> User:
    user = await erasing.find_user(tx, who)
    if user is not None:
        return user
    known = await erasing.users_with_address(tx, who)
    hint = f" Users known by it in an organization: {', '.join(known)}. Say which by id." if known else ""
    raise NotFound(f"There is no user with the id or the sign-in address {who!r}.{hint}")


async def _without_admin(tx: WriteTx, held: Sequence[Held]) -> list[str]:
    """The organizations whose last active admin the person is."""
    left_alone = []
    for each in held:
        member = each.membership
        is_admin = each.ended_at is None and member.is_active_admin
        if is_admin and not await memberships.has_other_admin(tx, member.organization_id, member.id):
            left_alone.append(member.organization_id)
    return left_alone


async def _handles(tx: WriteTx, organization_ids: Sequence[str]) -> list[str]:
    found = [await organizations.find(tx, organization_id) for organization_id in organization_ids]
    return sorted(organization.handle for organization in found if organization is not None)


async def _named_in_log(tx: ReadTx, organization_id: str, naming: Naming, after: str | None = FIRST) -> list[str]:
    ids: list[str] = []
    while after is not None:
        found, after = await erasing_log.entries_naming(tx, organization_id, naming, after=after)
        ids += found
    return ids


async def _erase_log(tx: WriteTx, organization_id: str, logged: "_Logged", traces: Traces, held: Sequence[Held]) -> int:
    """Delete what the log has of the person: what was found before, and what is new since."""
    if organization_id not in logged.ids or not logged.naming.covers(traces):
        raise Collision("the person was renamed, or became known elsewhere, while the log was read")
    new = await _named_in_log(tx, organization_id, logged.naming, logged.new_after)
    memberships = [each.membership.id for each in held if each.membership.organization_id == organization_id]
    return await erasing_log.erase_log(tx, organization_id, [*logged.ids[organization_id], *new], memberships)


async def _traces(tx: ReadTx, user: User, held: Sequence[Held]) -> tuple[Traces, list[str], dict[str, Event]]:
    """All texts by which the person is and was known, the names among them as they were written, and their events."""
    events: dict[str, Event] = {}
    addresses: list[str] = []
    for each in held:
        events |= await erasing_events.events_of(tx, each.membership)
        addresses += await erasing.addresses_of(tx, each.membership)
    names = {user.name, *(each.membership.name for each in held)}
    texts = [user.email, *names, *addresses]
    for each in held:
        texts += [each.membership.user_name, each.membership.external_id, each.membership.email]
    for event in events.values():
        if event.by:
            names.add(event.told.actor_name)
        if event.about:
            told = [value for field in _NAMING_FIELDS for value in event.told.changes.get(field, ())]
            texts += [value for value in told if isinstance(value, str)]
            names |= {value for value in event.told.changes.get("name", ()) if isinstance(value, str)}
    traces = traces_of(*texts, *names)
    return traces, sorted(name for name in names if traces_of(name).keys), events
