"""What a token may be given, and how long it may live; what `require` cannot know."""

from collections.abc import Set
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.errors import Forbidden, InvalidValue, TooLarge
from rollbook.domain.policy import API_SCOPES, SCIM_PERMISSIONS, Permission, permissions_of
from rollbook.domain.tokens import MAX_LIFETIME, TokenKind
from rollbook.persistence import organizations, tokens
from rollbook.persistence.database import ReadTx

MOST_LIVE = 100
"""How many tokens of an organization can work at once, so that a list shows all of them."""


async def require_room(tx: ReadTx, actor: Actor, at: datetime) -> None:
    """Return if the organization can have one more token that works; otherwise raise `TooLarge`."""
    live = await tokens.all_of(tx, actor.organization_id, live_at=at, limit=MOST_LIVE)
    if len(live) >= MOST_LIVE:
        raise TooLarge(f"An organization has at most {MOST_LIVE} tokens that work. Revoke one first.", limit=MOST_LIVE)


def granted_scopes(actor: Actor, kind: TokenKind, scopes: frozenset[Permission]) -> frozenset[Permission]:
    """The scopes of a new token of this kind, whose secret the actor will see; a SCIM token has none.

    Raises `Forbidden` for a right that the actor does not hold, `InvalidValue` for what is no scope.
    """
    granted = scopes_for(kind, scopes)
    # whoever may make SCIM tokens gives the right to provision with them, and no other that they lack
    require_all(actor, granted or SCIM_PERMISSIONS - {Permission.PROVISION})
    return granted


def scopes_for(kind: TokenKind, scopes: frozenset[Permission]) -> frozenset[Permission]:
    """The scopes that a token of this kind can have: none for SCIM; `InvalidValue`."""
    if kind is TokenKind.SCIM:
        return frozenset()
    if not scopes or not scopes <= API_SCOPES:
        raise InvalidValue(
            f"An API token has at least one of the scopes {', '.join(sorted(API_SCOPES))}.", field="scopes"
        )
    return scopes


def require_all(actor: Actor, wanted: Set[Permission]) -> None:
    """Return if the actor holds all that a token is to be given; otherwise raise `Forbidden`."""
    missing = sorted(wanted - permissions_of(actor))
    if missing:
        raise Forbidden(f"A token cannot be given more than its maker holds; missing here: {', '.join(missing)}.")


async def allowed_lifetime(tx: ReadTx, actor: Actor, lifetime: timedelta | None) -> timedelta | None:
    """The lifetime of a new token, or `InvalidValue` if it is none, or longer than the organization allows."""
    longest = await _longest(tx, actor)
    if lifetime is None and longest is not None:
        raise InvalidValue(
            f"In this organization a token must expire within {longest.days} days: say after how many.",
            field="expiresInDays",
        )
    allowed = MAX_LIFETIME if longest is None else min(longest, MAX_LIFETIME)
    if lifetime is not None and not timedelta(0) < lifetime <= allowed:
        raise InvalidValue(f"A token lives from 1 to {allowed.days} days.", field="expiresInDays")
    return lifetime


async def end_of_successor(tx: ReadTx, actor: Actor, lifetime: timedelta | None, at: datetime) -> datetime | None:
    """When the successor of a token expires: after the same lifetime, or the longest that the organization allows."""
    ends = [each for each in (lifetime, await _longest(tx, actor)) if each is not None]
    return at + min(ends) if ends else None


async def _longest(tx: ReadTx, actor: Actor) -> timedelta | None:
    organization = await organizations.find(tx, actor.organization_id)
    days = None if organization is None else organization.settings.token_max_lifetime_days
    return None if days is None else timedelta(days=days)
