"""Erasing a person: what is left of a membership and of an event when nothing in it tells who it was."""

from dataclasses import replace
from typing import Any

from rollbook.domain.audit import AuditAction, Changes
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership
from rollbook.domain.profiles import Profile
from rollbook.domain.values import is_address, key

ERASED = "(erased)"
"""What stands where a value of the person stood."""

_SAYS_NOT_WHO = frozenset({"active", "grants", "source", "userId"})
"""The fields of a membership's change that stay readable; userId is a number that no row explains any more."""

_NAMES_NOBODY = frozenset(
    {AuditAction.GROUP_MEMBERS_CHANGED, AuditAction.ORGANIZATION_CREATED, AuditAction.USER_ERASED}
)
"""Actions that touch memberships, and whose target is a group, an organization or an id."""


@immutable
class Traces:
    """The texts by which somebody is known: names, userNames, externalIds and addresses, as keys."""

    keys: frozenset[str]

    @property
    def addresses(self) -> frozenset[str]:
        """Those that nobody else can have, so that they are looked for inside of other texts too."""
        return frozenset(each for each in self.keys if is_address(each))

    def in_text(self, text: str) -> bool:
        """Whether a text is one of them, or holds one of the addresses."""
        return key(text) in self.keys or self.holds_address(text)

    def holds_address(self, text: str) -> bool:
        """Whether one of the addresses is somewhere in a text."""
        folded = key(text)
        return any(address in folded for address in self.addresses)

    def without(self, value: Any) -> Any:
        """The JSON value with `ERASED` for every text in which a trace is."""
        if isinstance(value, str):
            return ERASED if self.in_text(value) else value
        if isinstance(value, list):
            return [self.without(each) for each in value]
        if isinstance(value, dict):
            return {name: self.without(each) for name, each in value.items()}
        return value


@immutable
class Told:
    """What an event tells of people, in texts."""

    actor_name: str
    target: str
    changes: Changes
    warning: str | None


def traces_of(*texts: str | None) -> Traces:
    """The traces that these texts are; blank ones and `ERASED` are none."""
    return Traces(frozenset(key(text) for text in texts if text and text.strip() and text != ERASED))


def erased_membership(membership: Membership) -> Membership:
    """The membership with its id, and without anything that was said of the person."""
    return replace(
        membership,
        user_name="",
        external_id=None,
        email=None,
        name="",
        active=False,
        grants=frozenset(),
        profile=Profile(),
    )


def erased_event(action: AuditAction, told: Told, traces: Traces, *, about: bool, by: bool) -> Told:
    """What an event tells afterwards. `about`: it touched a membership of the person; `by`: the person acted."""
    keeps_target = action in _NAMES_NOBODY or not (about or traces.in_text(told.target))
    if not about or action is AuditAction.GROUP_MEMBERS_CHANGED:
        changes = {field: (traces.without(old), traces.without(new)) for field, (old, new) in told.changes.items()}
    else:
        changes = {
            field: pair if field in _SAYS_NOT_WHO else (_blank(pair[0]), _blank(pair[1]))
            for field, pair in told.changes.items()
        }
    return Told(
        actor_name=ERASED if by else told.actor_name,
        target=told.target if keeps_target else ERASED,
        changes=changes,
        warning=traces.without(told.warning),
    )


def _blank(value: Any) -> Any:
    return None if value is None else ERASED
