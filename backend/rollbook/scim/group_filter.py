"""Which of the two groups a filter chooses; members are asked for one by one, never read as a list."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import And, Attribute, Comparison, Criterion, Not, Operator, Or, Present, Some
from rollbook.domain.groups import Group
from rollbook.domain.matching import matches
from rollbook.domain.memberships import Membership
from rollbook.domain.values import key
from rollbook.scim.errors import ScimError, invalid_filter
from rollbook.services import Services

MAX_MEMBERS = 1000
"""How many members one filter may ask for."""


async def chosen(services: Services, actor: Actor, groups: Sequence[Group], criterion: Criterion) -> list[Group]:
    """The groups that satisfy the criterion. E-19: a member is looked up by its id, whatever the group's size."""
    ids = list(dict.fromkeys(_member_ids(criterion)))
    if len(ids) > MAX_MEMBERS:
        raise invalid_filter(f"The filter asks for {len(ids)} members; at most {MAX_MEMBERS} are looked up at once.")
    members = await services.memberships.by_ids(actor, ids) if ids else {}
    return [group for group in groups if matches(criterion, _document(group, members))]


def _document(group: Group, members: Mapping[str, Membership]) -> dict[str, Any]:
    """The group as criteria see it, of its members those that are asked for."""
    return {
        "id": str(group.id),
        "displayName": key(group.display_name),
        "meta": {"created": group.created_at, "lastModified": group.updated_at},
        "members": [
            {"value": member.id} for member in members.values() if member.active and group.role in member.grants
        ],
    }


def _member_ids(criterion: Criterion) -> Iterator[str]:
    """The ids of members that the criterion asks for. Raises 400 for any other question about members."""
    match criterion:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _member_ids(term)
        case Not(term):
            yield from _member_ids(term)
        case Some(("members",), term):
            yield from _ids_in_element(term)
        case Comparison(Attribute(path=("members", "value")), Operator.EQUALS, str(member)):
            yield member
        case Comparison(Attribute(path=("members", *_))) | Present(Attribute(path=("members", *_))):
            raise _not_supported()
        case _:
            return


def _ids_in_element(criterion: Criterion) -> Iterator[str]:
    match criterion:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _ids_in_element(term)
        case Comparison(Attribute(path=("value",)), Operator.EQUALS, str(member)):
            yield member
        case _:
            raise _not_supported()


def _not_supported() -> ScimError:
    return invalid_filter('Groups are filtered by a member\'s id only: members[value eq "…"] or members eq "…".')
