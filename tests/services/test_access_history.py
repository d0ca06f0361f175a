"""Members as of a moment: what the services tell later is what one saw then, on both databases."""

import random
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

from rollbook.domain.access_history import CHANGES_MEMBERS
from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import MemberFilter, Page, Position
from rollbook.domain.erasure import ERASED
from rollbook.domain.errors import DomainError, Forbidden, InvalidValue
from rollbook.domain.facets import Tally, facets_of
from rollbook.domain.groups import GroupChange, GroupId
from rollbook.domain.memberships import Membership, Source
from rollbook.domain.policy import Permission
from rollbook.domain.roles import Role, grants_for
from rollbook.domain.sessions import SOMEBODY
from rollbook.persistence import memberships
from rollbook.services import Services, access_history
from tests.builders import a_draft, a_session, a_tool, every_member, okta, signed_in
from tests.services.conftest import PEPPER

EVERYBODY = MemberFilter(active=frozenset())
FILTERS = [
    EVERYBODY,
    MemberFilter(),
    MemberFilter(active=frozenset({False})),
    MemberFilter(roles=frozenset({Role.ADMIN})),
    MemberFilter(sources=frozenset({Source.SCIM}), search="P1"),
    replace(EVERYBODY, search="new name"),
    replace(EVERYBODY, group=GroupId.USERS),
]


@pytest.fixture
async def services(database, clock):
    return Services(database, PEPPER, clock)


@dataclass(frozen=True)
class Seen:
    """The members at a moment, by id, and since when each had the role."""

    at: datetime
    members: dict[str, Membership]
    role_since: dict[str, datetime]


class World:
    """An organization in which things happen at random, and what was seen of it after each of them."""

    def __init__(self, services, acme, idp, session, clock, seed):
        self.services, self.operator, self.idp, self.session, self.clock = services, acme.operator, idp, session, clock
        self.chance = random.Random(seed)
        self.people = [f"p{number}@acme.test" for number in range(7)]
        self.seen: list[Seen] = []
        self.done: Counter[str] = Counter()

    async def live(self, times, without=()):
        acts = [each for name, each in vars(World).items() if name.startswith("do_") and name not in without]
        for _ in range(times):
            self.clock.move(seconds=self.chance.randint(1, 5000))
            act = self.chance.choice(acts)
            try:
                await act(self)
                self.done[act.__name__] += 1
            except DomainError:
                pass  # refused, which is no change
            await self.look()

    async def look(self):
        members = {member.id: member for member in await every_member(self.services, self.operator)}
        before = self.seen[-1] if self.seen else Seen(self.clock.moment, {}, {})
        since = {
            id_: before.role_since[id_]
            if id_ in before.members and before.members[id_].role is member.role
            else self.clock.moment
            for id_, member in members.items()
        }
        self.seen.append(Seen(self.clock.moment, members, since))

    def somebody(self):
        return self.chance.choice([*self.seen[-1].members.values()])

    def actor(self):
        return self.chance.choice([self.operator, self.idp, self.session])

    async def do_create(self):
        who = self.chance.choice(self.people)
        grants = self.chance.choice([None, grants_for(Role.ADMIN), frozenset()])
        active = self.chance.random() < 0.8
        person = a_draft(who, external_id=f"x-{who}", grants=grants, active=active, displayName=f"Name of {who}")
        await self.services.memberships.create(self.chance.choice([self.operator, self.idp]), person)

    async def do_describe(self):
        number = self.chance.randint(0, 99)
        other = a_draft(f"u{number}@acme.test", title="Boss", displayName=f"New name {number}")

        def change(before):
            return before.described(
                user_name=other.user_name, external_id=f"e{number}", active=before.active, profile=other.profile
            )

        await self.services.memberships.update(self.actor(), self.somebody().id, change)

    async def do_change_role(self):
        role = self.chance.choice([*Role])
        await self.services.memberships.change_role(self.actor(), self.somebody().id, role)

    async def do_turn_on_or_off(self):
        wanted = self.chance.random() < 0.6
        await self.services.memberships.update(self.actor(), self.somebody().id, lambda each: each.with_active(wanted))

    async def do_remove(self):
        await self.services.memberships.remove(self.actor(), self.somebody().id)

    async def do_change_group(self):
        some = self.chance.sample([*self.seen[-1].members], k=min(3, len(self.seen[-1].members)))
        group = self.chance.choice([*GroupId])
        change = self.chance.choice(
            [GroupChange(add=some), GroupChange(remove=some), GroupChange(replace=[*some, self.session.membership_id])]
        )
        await self.services.groups.change(self.chance.choice([self.operator, self.idp]), group, change)

    async def do_invite(self):
        role = self.chance.choice([*Role])
        who = self.chance.choice(self.people)
        _, link = await self.services.invitations.create(self.operator, who, role, lifetime=timedelta(days=1))
        await self.services.invitations.accept(link, SOMEBODY)

    async def do_make_a_login_link(self):
        await self.services.sessions.create_login_link(self.operator, self.chance.choice(self.people))

    async def do_sign_in(self):
        await a_session(self.services, self.operator, "a@acme.test")

    async def do_erase(self):
        if self.chance.random() < 0.3 and (who := self.somebody()).id != self.session.membership_id:
            await self.services.erasure.erase(who.user_id, force=True)


async def a_world(services, acme, clock, seed):
    idp = await okta(services, acme.operator)
    session = await signed_in(services, acme.operator, "a@acme.test")
    world = World(services, acme, idp, session, clock, seed)
    await world.look()
    return world


@pytest.mark.parametrize("erases", [False, True], ids=["everybody is known", "some are erased"])
async def test_the_members_as_of_a_moment_are_those_whom_one_saw_then(services, acme, clock, erases, monkeypatch):
    monkeypatch.setattr(access_history, "EVENTS_AT_ONCE", 7)
    monkeypatch.setattr(access_history, "MEMBERS_AT_ONCE", 3)
    world = await a_world(services, acme, clock, seed=1)

    await world.live(150, without=set() if erases else {"do_erase"})

    acts = {name for name in vars(World) if name.startswith("do_")} - (set() if erases else {"do_erase"})
    assert set(world.done) == acts
    history = services.access_history
    for seen in world.seen:
        told = await history.page(acme.operator, EVERYBODY, seen.at, Page(size=100))
        assert [each.id for each in told.rows] == sorted(seen.members)
        expected = [told_of(seen.members[each.id], like=each) for each in told.rows]
        assert [told_of(each) for each in told.rows] == expected, seen.at
        review = await history.review(acme.operator, seen.at, after=None, limit=100)
        assert {each.past.membership.id: each.past.role_since for each in review} == seen.role_since, seen.at


def told_of(member, like=None):
    """What is compared: everything, or what is still told of them if a value of theirs was erased since."""
    if ERASED not in texts_of(like or member):
        return member, member.version, member.created_at, member.updated_at
    return member.id, member.active, member.grants, member.source, member.created_at


def texts_of(member):
    return {member.name, member.email, member.user_name, member.external_id}


async def test_filters_pages_counts_and_facets_are_of_that_moment(services, acme, clock, monkeypatch):
    monkeypatch.setattr(access_history, "MEMBERS_AT_ONCE", 4)
    world = await a_world(services, acme, clock, 3)
    await world.live(60, without={"do_erase"})
    history = services.access_history

    for seen in world.seen[::6]:
        for wanted in FILTERS:
            expected = [id_ for id_, member in sorted(seen.members.items()) if is_wanted(wanted, member)]
            forward = await pages(history, acme.operator, wanted, seen.at)
            backward = await pages(history, acme.operator, wanted, seen.at, backward=True)
            assert (forward, backward) == (expected, expected)
            count, _ = await history.numbers(acme.operator, wanted, seen.at)
            assert count == len(expected)
    _, facets = await history.numbers(acme.operator, MemberFilter(), seen.at)
    tallies = [Tally(each.active, each.role, each.source, 1) for each in seen.members.values()]
    assert facets == facets_of(tallies, MemberFilter())


async def pages(history, actor, wanted, moment, *, backward=False):
    """All ids of the list in its order, read in pages of two."""
    found: list[str] = []
    place = None
    while True:
        end = {"before" if backward else "after": place}
        read = await history.page(actor, wanted, moment, Page(size=2, backward=backward, **end))
        ids = [member.id for member in read.rows]
        found = [*ids, *found] if backward else [*found, *ids]
        if not (read.has_previous if backward else read.has_next):
            return found
        place = Position(ids[0 if backward else -1], ids[0 if backward else -1])


def is_wanted(wanted, member):
    """The filter, said once more and otherwise."""
    words = f"{member.name}\n{member.email}\n{member.user_name}".lower()
    return (
        (not wanted.active or member.active in wanted.active)
        and (
            not wanted.roles or (member.active and max(member.grants, key=[*Role].index, default=None) in wanted.roles)
        )
        and (not wanted.sources or member.source in wanted.sources)
        and (wanted.group is None or (member.active and wanted.group.removesuffix("s") in member.grants))
        and (wanted.search is None or wanted.search.lower() in words)
    )


async def test_whoever_left_or_was_erased_is_still_among_those_who_had_access(services, acme, clock):
    clock.move(hours=1)
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test", displayName="Bo"))
    cy = await services.memberships.create(acme.operator, a_draft("cy@acme.test", displayName="Cy"))
    then = clock.moment
    clock.move(hours=1)
    await services.memberships.remove(acme.operator, bo.id)
    await services.erasure.erase(cy.user_id)

    told = await services.access_history.page(acme.operator, MemberFilter(), then, Page(size=10))
    now = await services.access_history.page(acme.operator, EVERYBODY, clock.moment, Page(size=10))

    assert [(each.name, each.role) for each in told.rows[1:]] == [("Bo", Role.USER), (ERASED, Role.USER)]
    assert [each.id for each in now.rows] == [acme.admin.id]


async def test_whoever_waited_for_a_member_to_be_free_comes_behind_who_held_them(services, acme, clock, monkeypatch):
    bo = await services.memberships.create(acme.operator, a_draft("bo@acme.test", active=False))
    holders = memberships.holders_for_update

    async def after_a_while(*given, **named):
        found = await holders(*given, **named)
        clock.move(seconds=5)  # as if another transaction had held the row until now
        return found

    monkeypatch.setattr(memberships, "holders_for_update", after_a_while)
    revived = await services.memberships.create(acme.operator, a_draft("bo@acme.test"))
    (event, *_) = await services.audit.events(acme.operator)
    assert (revived.id, revived.updated_at, event.occurred_at) == (bo.id, clock.moment, clock.moment)

    await services.sessions.create_login_link(acme.operator, "bo@acme.test")
    (event, *_) = await services.audit.events(acme.operator)
    assert (event.action, event.occurred_at) == (AuditAction.LOGIN_LINK_CREATED, clock.moment)


async def test_a_review_tells_when_somebody_was_last_seen_by_then(services, acme, clock):
    session = await signed_in(services, acme.operator, "a@acme.test")
    first = clock.moment
    clock.move(days=2)
    secret = await a_session(services, acme.operator, "a@acme.test")
    second = clock.moment
    clock.move(minutes=30)
    await services.sessions.authenticate(secret)
    await services.sessions.keep_uses()

    seen = [
        (await services.access_history.review(session, moment, after=None, limit=9))[0].last_seen
        for moment in (first + timedelta(days=1), second + timedelta(minutes=1), clock.moment)
    ]

    assert seen == [first, second, clock.moment]


async def test_a_moment_must_be_past_and_of_the_organization(services, acme, clock):
    for moment in (clock.moment + timedelta(seconds=1), acme.organization.created_at - timedelta(seconds=1)):
        with pytest.raises(InvalidValue) as refusal:
            await services.access_history.page(acme.operator, EVERYBODY, moment, Page())
        assert refusal.value.field == "asOf"


@pytest.mark.parametrize("scope", [Permission.AUDIT_READ, Permission.MEMBERS_READ])
async def test_it_takes_the_trail_and_the_members(services, acme, clock, scope):
    tool = await a_tool(services, acme.operator, frozenset({scope}))
    history = services.access_history

    for ask in (
        lambda: history.page(tool, EVERYBODY, clock.moment, Page()),
        lambda: history.numbers(tool, EVERYBODY, clock.moment),
        lambda: history.review(tool, clock.moment, after=None, limit=1),
    ):
        with pytest.raises(Forbidden):
            await ask()


def test_every_action_is_known_to_change_members_or_not():
    others = {"invitation.accepted", "login_link.created", "organization.created", "user.erased"}
    expected = {each for each in AuditAction if each.partition(".")[0] in ("group", "membership")} | others

    assert expected == CHANGES_MEMBERS
