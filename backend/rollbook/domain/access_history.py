"""Who had access at an earlier moment: a membership as it is, with everything taken back that happened to it since.

What happened is read from the audit trail, the newest event first. That needs no more of the trail than what is
younger than the moment, and a member whom nothing touched since is as they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import MemberFilter
from rollbook.domain.erasure import ERASED
from rollbook.domain.groups import GroupId
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Grants, Role, effective
from rollbook.domain.values import key

CHANGES_MEMBERS = frozenset(
    {
        AuditAction.GROUP_MEMBERS_CHANGED,
        AuditAction.INVITATION_ACCEPTED,
        AuditAction.LOGIN_LINK_CREATED,  # it may make an admin, or reactivate one
        AuditAction.MEMBERSHIP_CREATED,
        AuditAction.MEMBERSHIP_REMOVED,
        AuditAction.MEMBERSHIP_REVIVED,
        AuditAction.MEMBERSHIP_UPDATED,
        AuditAction.ORGANIZATION_CREATED,
        AuditAction.USER_ERASED,
    }
)
"""The actions that write a membership. Others touch one too, such as a sign-in, and leave it as it is."""

_GROUP_ROLES: Mapping[str, Role] = {GroupId.ADMINS: Role.ADMIN, GroupId.USERS: Role.USER}
_PROFILE = "profile."
_FIELDS = frozenset({"active", "email", "externalId", "grants", "name", "source", "userName"})


@immutable
class Touched:
    """An event as far as it tells of one of the memberships that it touched; `gained`: a group got it, or lost it.

    `changes` tells by field the value before and the value after.
    """

    membership_id: str
    event_id: str
    occurred_at: datetime
    action: AuditAction
    target: str
    changes: Mapping[str, Sequence[Any]]
    gained: bool | None


@immutable
class Standing:
    """What decides a member's access, and who looks after their profile."""

    active: bool
    grants: Grants
    source: Source

    @property
    def role(self) -> Role | None:
        """The effective role, or None without access."""
        return effective(self.grants) if self.active else None


@immutable
class PastMember:
    """A membership as it was at a moment, and since when it had its role then, or had none."""

    membership: Membership
    role_since: datetime


class Return:
    """The way of one membership from the present back to a moment: fed with what touched it since, the newest first."""

    def __init__(self, present: Standing | Membership, moment: datetime) -> None:
        self._present = present
        self._moment = moment
        self._then: dict[str, Any] = {}

    def take_back(self, event: Touched) -> None:
        """Take one event back; each is older than the one before, and those up to the moment are none to take back."""
        if event.occurred_at > self._moment:
            self._undo(self._then, event)

    def standing(self) -> Standing:
        """How the member stood at the moment."""
        then, present = self._then, self._present
        source = Source(then.get("source") or present.source)
        return Standing(bool(then.get("active", present.active)), frozenset(self._grants(then)), source)

    def _undo(self, state: dict[str, Any], event: Touched) -> bool:
        """Make the state the one before the event; False if the event tells nothing that a membership has.

        A state holds what is another than at present.
        """
        if event.action is AuditAction.GROUP_MEMBERS_CHANGED:
            role = _GROUP_ROLES[event.target]
            held = self._grants(state)
            state["grants"] = held - {role} if event.gained else held | {role}
            return True
        told = [name for name in event.changes if name in _FIELDS or name.startswith(_PROFILE)]
        for name in told:
            state[name] = event.changes[name][0]
        return bool(told)

    def _grants(self, state: Mapping[str, Any]) -> set[Role]:
        return {Role(grant) for grant in state.get("grants", self._present.grants) or ()}

    def _role(self, state: Mapping[str, Any]) -> Role | None:
        return effective(self._grants(state)) if state.get("active", self._present.active) else None


class WholeReturn(Return):
    """The same for all that there is of a membership.

    Fed with older events too, it knows when the member was changed last, and since when they had their role.
    """

    def __init__(self, present: Membership, moment: datetime) -> None:
        super().__init__(present, moment)
        self._membership = present
        self._version = present.version
        self._updated_at = present.updated_at if present.updated_at <= moment else None
        self._older: dict[str, Any] | None = None
        self._role_since: datetime | None = None

    def take_back(self, event: Touched) -> None:
        """Take one event back; each is older than the one before."""
        if event.occurred_at > self._moment:
            if self._undo(self._then, event) and event.action is not AuditAction.MEMBERSHIP_REMOVED:
                self._version -= 1  # an end is none
            return
        if self._older is None:
            self._older = dict(self._then)
        had = self._role(self._older)
        if not self._undo(self._older, event):
            return
        self._updated_at = self._updated_at or event.occurred_at
        begins = self._older.get("active", True) is None
        if self._role_since is None and (begins or self._role(self._older) is not had):
            self._role_since = event.occurred_at

    def sketch(self) -> Membership:
        """The membership as it was at the moment, as far as a list's filter asks; the rest is as it is now."""
        present, then, standing = self._membership, self._then, self.standing()
        return replace(
            present,
            user_name=then.get("userName", present.user_name) or "",
            email=then.get("email", present.email),
            name=then.get("name", present.name) or ERASED,  # nobody else is without a name
            active=standing.active,
            grants=standing.grants,
            source=standing.source,
        )

    def past(self) -> PastMember:
        """The membership as it was at the moment."""
        present = self._membership
        membership = replace(
            self.sketch(),
            external_id=self._then.get("externalId", present.external_id),
            profile=self._profile(),
            version=max(self._version, 1),
            updated_at=self._updated_at or present.created_at,
        )
        return PastMember(membership, self._role_since or present.created_at)

    def _profile(self) -> Profile:
        changed = {name: value for name, value in self._then.items() if name.startswith(_PROFILE)}
        if not changed:
            return self._membership.profile
        attributes = {_PROFILE + name: value for name, value in self._membership.profile.attributes.items()} | changed
        told = {name: value for name, value in attributes.items() if value is not None and value != ERASED}
        return Profile.of({name.removeprefix(_PROFILE): value for name, value in told.items()})


def shows(wanted: MemberFilter, membership: Membership) -> bool:
    """Whether a listing with this filter shows the membership: what persistence asks its columns, asked here."""
    conditions = (
        not wanted.active or membership.active in wanted.active,
        not wanted.roles or membership.role in wanted.roles,
        not wanted.sources or membership.source in wanted.sources,
        is_listed(wanted.group, membership),
        wanted.created_since is None or membership.created_at >= wanted.created_since,
        wanted.created_before is None or membership.created_at < wanted.created_before,
        wanted.search is None or _is_found(wanted.search, membership, user_names=wanted.search_user_names),
    )
    return all(conditions)


def is_listed(group: GroupId | None, member: Standing | Membership) -> bool:
    """Whether the group lists the member; no group lists everybody."""
    return group is None or (member.active and _GROUP_ROLES[group] in member.grants)


def _is_found(search: str, membership: Membership, *, user_names: bool) -> bool:
    word = key(search)
    texts = [membership.name, membership.email or "", *([membership.user_name] if user_names else [])]
    return any(word in key(text) for text in texts)
