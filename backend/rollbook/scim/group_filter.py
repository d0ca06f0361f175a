"""Which of the two groups a filter chooses; members are asked for in the database, never read as a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from rollbook.domain.actors import Actor
from rollbook.domain.criteria import (
    And,
    Attribute,
    Comparison,
    Criterion,
    Kind,
    Not,
    Operator,
    Or,
    Place,
    Present,
    Some,
)
from rollbook.domain.groups import Group
from rollbook.domain.matching import matches
from rollbook.domain.memberships import Membership
from rollbook.domain.values import key
from rollbook.scim.errors import ScimError, invalid_filter
from rollbook.services import Services

MAX_QUESTIONS = 10
"""How many questions about members a filter may ask besides those by id; each is a search."""

_START = Place(None, str(UUID(int=0)))
_MEMBER = {"type": key("User")}
"""What all members have in common."""

_ALWAYS, _NEVER = And(()), Or(())


async def chosen(services: Services, actor: Actor, groups: Sequence[Group], criterion: Criterion) -> list[Group]:
    """The groups that satisfy the criterion. E-19: a member is looked up by its id, whatever the group's size."""
    ids: dict[str, None] = {}
    questions: dict[Criterion, Criterion] = {}
    for term in _about_members(criterion):
        named = _ids(_of_element(term))
        if named is None:
            questions[term] = _of_membership(_of_element(term))
        else:
            ids |= dict.fromkeys(named)
    if len(questions) > MAX_QUESTIONS:
        raise invalid_filter(
            f"The filter asks {len(questions)} questions about members; at most {MAX_QUESTIONS} can be asked at once."
        )
    members = await services.memberships.by_ids(actor, list(ids)) if ids else {}
    found = []
    for group in groups:
        answers = {term: await _has_member(services, actor, group, asked) for term, asked in questions.items()}
        if matches(_answered(criterion, answers), document(group, members)):
            found.append(group)
    return found


def document(group: Group, members: Mapping[str, Membership]) -> dict[str, Any]:
    """The group as criteria see it, of its members those that are asked for."""
    return {
        "id": str(group.id),
        "displayName": key(group.display_name),
        "meta": {"created": group.created_at, "lastModified": group.updated_at},
        "members": [
            {"value": member.id} for member in members.values() if member.active and group.role in member.grants
        ],
    }


def _about_members(criterion: Criterion) -> Iterator[Criterion]:
    """The innermost terms that are about members."""
    match criterion:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _about_members(term)
        case Not(term):
            yield from _about_members(term)
        case Some(("members",)) | Comparison(Attribute(("members", *_))) | Present(Attribute(("members", *_))):
            yield criterion


def _of_element(term: Criterion) -> Criterion:
    """What such a term says of one member."""
    match term:
        case Some(_, inner):
            return inner
        case Comparison(attribute) | Present(attribute) if len(attribute.path) > 1:
            return replace(term, attribute=Attribute(attribute.path[1:], attribute.kind))
        case _:
            return _ALWAYS


def _ids(term: Criterion) -> list[str] | None:
    """The ids that a term about one member asks for, or None if it asks for anything else."""
    match term:
        case Comparison(Attribute(("value",)), Operator.EQUALS, str(member)):
            return [member]
        case Or(terms) if terms:
            named = [_ids(each) for each in terms]
            return None if None in named else [member for each in named for member in each or ()]
        case _:
            return None


def _of_membership(term: Criterion) -> Criterion:
    """The same of the membership that the member is. Raises 400 `invalidFilter` for names and addresses."""
    match term:
        case And(terms) | Or(terms):
            return replace(term, terms=tuple(_of_membership(each) for each in terms))
        case Not(inner):
            return Not(_of_membership(inner))
        case Comparison(Attribute(("value",))) | Present(Attribute(("value",))):
            return replace(term, attribute=Attribute(("id",), Kind.EXACT))
        case Comparison(Attribute(("type",))) | Present(Attribute(("type",))):
            return _ALWAYS if matches(term, _MEMBER) else _NEVER
        case _:
            raise _not_supported()


async def _has_member(services: Services, actor: Actor, group: Group, asked: Criterion) -> bool:
    in_group = Comparison(Attribute(("groups", "value"), Kind.EXACT, many=True), Operator.EQUALS, str(group.id))
    # from a place on and with a number, so that nobody is counted
    found = await services.memberships.search(actor, And((in_group, asked)), limit=1, after=_START, total=0)
    return bool(found.memberships)


def _answered(criterion: Criterion, answers: Mapping[Criterion, bool]) -> Criterion:
    """The criterion with the answers in the place of the questions."""
    if criterion in answers:
        return _ALWAYS if answers[criterion] else _NEVER
    match criterion:
        case And(terms) | Or(terms):
            return replace(criterion, terms=tuple(_answered(term, answers) for term in terms))
        case Not(term):
            return Not(_answered(term, answers))
        case _:
            return criterion


def _not_supported() -> ScimError:
    return invalid_filter("Groups are filtered by members, members.value and members.type; not by a member's name.")
