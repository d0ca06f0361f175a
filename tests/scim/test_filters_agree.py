"""For random people and random filters, each database finds exactly whom a plain evaluation in memory finds."""

import random

import pytest

from rollbook.domain.criteria import EVERYONE
from rollbook.domain.documents import document
from rollbook.domain.matching import matches
from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.profiles import Profile
from rollbook.domain.roles import Role, grants_for
from rollbook.scim.filters import criterion_of
from rollbook.scim.reading import Reading
from rollbook.scim.schemas import ENTERPRISE_URN, USER

WORDS = (
    "ada",
    "Ada",
    "ADA L",
    "é",
    "e\u0301",
    "ß",
    "SS",
    "İ",
    "a%b",
    "a_b",
    "x",
    "",
    "work",
    "home",
    "o'neill",
    '"q"',
    "\\",
    "日本",
)
TYPES = ("work", "Home", "other")
TEXTS = (
    "userName",
    "externalId",
    "displayName",
    "title",
    "nickName",
    "name.givenName",
    "name.familyName",
    "profileUrl",
)
TEXTS += (f"{ENTERPRISE_URN}:department", f"{ENTERPRISE_URN}:manager.value", "manager", "id", "userType", "locale")
MANY = {"emails": ("value", "type", "display"), "phoneNumbers": ("value", "type"), "photos": ("value", "type")}
MANY |= {"addresses": ("locality", "type"), "roles": ("value", "type"), "groups": ("value", "display", "type")}
OPERATORS = ("eq", "ne", "co", "sw", "ew", "gt", "ge", "lt", "le")


def a_person(chance: random.Random, number: int) -> MembershipDraft:
    def word() -> str:
        return chance.choice(WORDS) or "w"

    profile = {
        name: word() for name in ("displayName", "title", "nickName", "profileUrl", "locale") if chance.random() < 0.5
    }
    if chance.random() < 0.5:
        profile["name"] = {name: word() for name in ("givenName", "familyName") if chance.random() < 0.7} or {
            "formatted": "x"
        }
    for name, subs in MANY.items():
        if name != "groups" and chance.random() < 0.6:
            profile[name] = [an_element(chance, name, subs, number, at) for at in range(chance.randint(1, 3))]
    if chance.random() < 0.5:
        profile[ENTERPRISE_URN] = {"department": word(), "manager": {"value": word()}}
    return MembershipDraft(
        user_name=f"{word()}{number}",
        external_id=chance.choice((None, f"{word()}-{number}")),
        active=chance.random() < 0.7,
        grants=chance.choice((None, grants_for(Role.ADMIN), frozenset())),
        profile=Profile.of(profile),
    )


def an_element(chance: random.Random, name: str, subs: tuple[str, ...], number: int, at: int) -> dict[str, object]:
    element: dict[str, object] = {sub: chance.choice(WORDS) or "w" for sub in subs if chance.random() < 0.7}
    if name == "emails":
        element["value"] = f"{chance.choice(('Ada', 'bo', 'é'))}{number}.{at}@acme.test"
    if chance.random() < 0.3:
        element["primary"] = chance.random() < 0.5
    return element or {"type": "work"}


def a_filter(chance: random.Random, depth: int = 0) -> str:
    roll = chance.random()
    if depth < 3 and roll < 0.2:
        return f"({a_filter(chance, depth + 1)} {chance.choice(('and', 'or'))} {a_filter(chance, depth + 1)})"
    if depth < 3 and roll < 0.3:
        return f"not ({a_filter(chance, depth + 1)})"
    if roll < 0.5:
        name = chance.choice(tuple(MANY))
        inner = in_element(chance, name)
        if chance.random() < 0.3 and name != "addresses":
            return f"{name}[{inner}].value {chance.choice(OPERATORS)} {literal(chance)}"
        return f"{name}[{inner}]"
    if roll < 0.6:
        return chance.choice(
            (
                *(
                    "active eq true",
                    "active ne true",
                    "active eq false",
                    "active pr",
                    "emails pr",
                    "name pr",
                    "groups pr",
                ),
                *("phoneNumbers eq null", "addresses ne null", "manager eq null", "roles.value eq null", "meta pr"),
                *(f'schemas eq "{ENTERPRISE_URN}"', 'schemas ew ":Group"', 'not (schemas co "extension")'),
            )
        )
    if roll < 0.65:
        return f'meta.created {chance.choice(("gt", "le"))} "2026-01-01T00:00:00Z"'
    if roll < 0.7:
        return f"{chance.choice((*TEXTS, *MANY, ENTERPRISE_URN + ':manager'))} pr"
    name = chance.choice(TEXTS + tuple(f"{many}.{sub}" for many, subs in MANY.items() for sub in subs))
    value = "null" if chance.random() < 0.05 else literal(chance)
    return f"{name} {chance.choice(OPERATORS if value != 'null' else ('eq', 'ne'))} {value}"


def in_element(chance: random.Random, name: str) -> str:
    def term() -> str:
        if chance.random() < 0.2:
            return "primary eq true" if name not in ("groups",) else 'type eq "direct"'
        negated = chance.random() < 0.2
        text = f"{chance.choice(MANY[name])} {chance.choice(OPERATORS)} {literal(chance)}"
        return f"not ({text})" if negated else text

    return f" {chance.choice(('and', 'or'))} ".join(term() for _ in range(chance.randint(1, 3)))


def literal(chance: random.Random) -> str:
    text = chance.choice((*WORDS, *TYPES, "admins", "Ada1.0@ACME.test", "bo2.0@acme.test", "ada3"))
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("seed", range(6))
async def test_a_database_finds_whom_memory_finds(services, acme, seed):
    chance = random.Random(seed)
    for number in range(25):
        await services.memberships.create(acme.operator, a_person(chance, number))
    everyone = (await services.memberships.search(acme.operator, EVERYONE, limit=100)).memberships
    documents = {member.id: document(member) for member in everyone}
    assert len(documents) == 26

    found_some = 0
    for _ in range(80):
        text = a_filter(chance)
        criterion = criterion_of(text, USER, Reading())
        found = await services.memberships.search(acme.operator, criterion, limit=100)
        expected = [member_id for member_id, each in documents.items() if matches(criterion, each)]
        assert ([member.id for member in found.memberships], found.total) == (expected, len(expected)), text
        found_some += 0 < len(expected) < len(documents)

    assert found_some > 20  # filters that find nobody or everybody prove little
