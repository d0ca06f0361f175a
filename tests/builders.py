"""Actors and drafts for tests, all made through the services, so that no impossible world is built."""

from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import EVERYONE, And, Attribute, Comparison, Criterion, Kind, Operator, Some
from rollbook.domain.memberships import Membership, MembershipDraft
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role
from rollbook.domain.tokens import Dialect, TokenKind
from rollbook.services import Services

NOBODY = "0198f2a4-7c1e-7b3a-9d42-5f0c6e8a1b2d"
"""An id that no object has."""

ADMIN_AND_USER = frozenset({Role.ADMIN, Role.USER})


def a_draft(user_name: str, email: str | None = None, **rest: Any) -> MembershipDraft:
    """A person; profile attributes by their SCIM names, everything else by the draft's."""
    own = {name: rest.pop(name) for name in ("external_id", "active", "grants") if name in rest}
    if email is not None:
        rest["emails"] = [{"value": email, "type": "work", "primary": True}]
    return MembershipDraft(user_name, profile=Profile.of(rest), **own)


async def okta(services: Services, operator: Actor, dialect: Dialect = Dialect.AUTO) -> Actor:
    """The organization's identity provider, with a SCIM token of its own."""
    _, secret = await services.tokens.issue(operator, TokenKind.SCIM, "Okta", dialect=dialect)
    return await services.tokens.authenticate(secret, TokenKind.SCIM)


async def a_tool(services: Services, operator: Actor, scopes: frozenset[Permission] = API_SCOPES) -> Actor:
    """A program with an API token of these scopes."""
    _, secret = await services.tokens.issue(operator, TokenKind.API, "Tools", scopes=scopes)
    return await services.tokens.authenticate(secret, TokenKind.API)


async def a_session(services: Services, operator: Actor, email: str, role: Role = Role.ADMIN) -> str:
    """The secret of a session of this person, who is made a member as needed and then has the role."""
    secret, actor = await services.sessions.redeem(await services.sessions.create_login_link(operator, email))
    if role is not Role.ADMIN:
        assert actor.membership_id is not None
        await services.memberships.change_role(operator, actor.membership_id, role)
    return secret


async def signed_in(services: Services, operator: Actor, email: str, role: Role = Role.ADMIN) -> Actor:
    """This person, signed in to the settings pages, with the role that they have now."""
    return await services.sessions.authenticate(await a_session(services, operator, email, role))


async def every_member(services: Services, actor: Actor) -> list[Membership]:
    """All living memberships of the actor's organization, inactive ones included, in the order of their making."""
    return (await services.memberships.search(actor, EVERYONE, offset=0, limit=1000)).memberships


def equals(attribute: str, value: str | bool, where: tuple[tuple[str, str], ...] = ()) -> Criterion:
    """The criterion that an attribute has this value; of an e-mail, also that its other parts have theirs."""
    many, _, sub = attribute.partition(".")
    if where:
        terms = ((sub, value), *where)
        parts = tuple(Comparison(Attribute((name,)), Operator.EQUALS, part) for name, part in terms)
        return Some((many,), And(parts))
    kind = {"active": Kind.BOOLEAN, "externalId": Kind.EXACT, "id": Kind.EXACT}.get(attribute, Kind.TEXT)
    path = (many, sub) if sub else (attribute,)
    return Comparison(Attribute(path, kind, many=bool(sub)), Operator.EQUALS, value)
