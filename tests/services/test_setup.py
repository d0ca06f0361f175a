"""How a new installation gets its first organization and its first admin."""

import asyncio

import pytest

from rollbook.domain.audit import AuditAction
from rollbook.domain.criteria import EVERYONE
from rollbook.domain.errors import InvalidValue, Unauthenticated
from rollbook.domain.groups import GroupId
from rollbook.domain.roles import Role
from rollbook.domain.sessions import Device, Visitor
from rollbook.domain.tokens import SecretKind, kind_of, mint
from rollbook.persistence.secret_file import pepper
from rollbook.services import Services
from tests.services.conftest import PEPPER
from tests.services.rows import all_rows

VISITOR = Visitor(Device("Firefox", "192.0.2.7"), request_id="r1")
ACME = {"handle": "acme", "name": "Acme", "admin_email": "ada@acme.test", "visitor": VISITOR}

AT_ONCE = 6
ROUNDS = 8


def another(number):
    """What somebody else enters, of which nothing is taken."""
    return ACME | {"handle": f"acme-{number}", "admin_email": f"ada{number}@acme.test"}


@pytest.fixture
async def services(database, settings, clock):
    return Services(database, await pepper(database, settings.secrets_path, PEPPER.decode()), clock)


async def refused(services, secret, **given):
    with pytest.raises(Unauthenticated) as refusal:
        await services.setup.complete(secret, **ACME | given)
    return refusal.value.message


async def test_one_step_makes_the_organization_its_groups_its_admin_and_a_session(services):
    link = await services.setup.create_link()

    secret, actor = await services.setup.complete(link, **ACME)

    (organization,) = await services.organizations.list()
    members = await services.memberships.search(actor, EVERYONE, offset=0, limit=10)
    (admin,) = members.memberships
    assert (organization.handle, organization.name, organization.id) == ("acme", "Acme", actor.organization_id)
    assert (admin.email, admin.role, admin.active, admin.id) == ("ada@acme.test", Role.ADMIN, True, actor.membership_id)
    assert [group.id for group in await services.groups.list(actor)] == [GroupId.ADMINS, GroupId.USERS]
    assert kind_of(secret) is SecretKind.SESSION
    signed_in = await services.sessions.authenticate(secret)
    assert (signed_in.membership_id, signed_in.role) == (admin.id, Role.ADMIN)


async def test_it_is_one_event_of_who_did_it(services):
    link = await services.setup.create_link()

    _, actor = await services.setup.complete(link, **ACME)

    (event,) = await services.audit.events(actor)
    assert (event.action, event.target) == (AuditAction.ORGANIZATION_CREATED, "acme")
    assert (event.actor_kind, event.actor_id, event.request_id) == ("session", actor.id, "r1")


async def test_who_sets_up_has_just_shown_who_they_are(services, clock):
    link = await services.setup.create_link()

    _, actor = await services.setup.complete(link, **ACME)

    assert actor.authenticated_at == clock()


async def test_a_link_works_once_and_then_there_are_none(services):
    link = await services.setup.create_link()
    await services.setup.complete(link, **ACME)

    assert "not valid any more" in await refused(services, link, handle="other", admin_email="eve@evil.test")
    assert await services.setup.create_link() is None
    assert [each.handle for each in await services.organizations.list()] == ["acme"]


async def test_only_the_newest_link_works(services):
    first, second = await services.setup.create_link(), await services.setup.create_link()

    await refused(services, first)

    await services.setup.complete(second, **ACME)


async def test_a_link_works_for_a_quarter_of_an_hour(services, clock):
    link = await services.setup.create_link()
    clock.move(minutes=15)

    await refused(services, link)

    assert await services.organizations.list() == []


async def test_a_link_from_before_there_was_an_organization_is_void(services):
    link = await services.setup.create_link()
    await services.organizations.create("globex", "Globex", "g@globex.test")

    await refused(services, link)

    assert [each.handle for each in await services.organizations.list()] == ["globex"]


@pytest.mark.parametrize(
    "made",
    [
        lambda: "",
        lambda: "rollbook_setup_x",
        lambda: mint(SecretKind.LINK),
        lambda: mint(SecretKind.SETUP),
        lambda: "\0",
    ],
    ids=["nothing", "too short", "a login link", "another set-up link", "a control character"],
)
async def test_what_is_no_set_up_link_opens_nothing(services, made):
    await services.setup.create_link()

    await refused(services, made(), handle="NOT A HANDLE")

    assert await services.organizations.list() == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"handle": "No Handle"}, "handle"), ({"name": " "}, "name"), ({"admin_email": "ada"}, "email")],
)
async def test_a_typing_error_leaves_nothing_behind_and_the_link_valid(services, wrong, field):
    link = await services.setup.create_link()

    with pytest.raises(InvalidValue) as refusal:
        await services.setup.complete(link, **ACME | wrong)

    assert refusal.value.field == field
    assert await services.organizations.list() == []
    await services.setup.complete(link, **ACME)


async def test_of_two_who_set_up_at_once_one_succeeds(services):
    link = await services.setup.create_link()

    outcomes = await asyncio.gather(
        *(services.setup.complete(link, **ACME | {"handle": f"acme-{n}"}) for n in range(4)), return_exceptions=True
    )

    refusals = [outcome for outcome in outcomes if not isinstance(outcome, tuple)]
    assert [type(refusal) for refusal in refusals] == [Unauthenticated] * 3
    assert len(await services.organizations.list()) == 1


async def test_of_links_that_are_made_at_once_one_is_kept(services, database):
    for _ in range(ROUNDS):
        await asyncio.gather(*(services.setup.create_link() for _ in range(AT_ONCE)))

        assert len((await all_rows(database))["setup_links"]) == 1


async def test_of_links_that_are_made_at_once_one_is_valid_and_makes_one_organization(services):
    links = await asyncio.gather(*(services.setup.create_link() for _ in range(AT_ONCE)))

    outcomes = await asyncio.gather(
        *(services.setup.complete(link, **another(n)) for n, link in enumerate(links)), return_exceptions=True
    )

    refusals = [outcome for outcome in outcomes if not isinstance(outcome, tuple)]
    assert [type(refusal) for refusal in refusals] == [Unauthenticated] * (AT_ONCE - 1)
    assert len(await services.organizations.list()) == 1
    assert await services.setup.create_link() is None


async def test_a_link_that_is_made_while_another_is_used_makes_no_second_organization(services):
    first = await services.setup.create_link()
    made, *links = await asyncio.gather(
        services.setup.complete(first, **ACME),
        *(services.setup.create_link() for _ in range(AT_ONCE)),
        return_exceptions=True,
    )

    later = await asyncio.gather(
        *(services.setup.complete(link, **another(n)) for n, link in enumerate(links) if link is not None),
        return_exceptions=True,
    )

    # whichever came first: the link was used, or it had a newer one in its place
    assert [each for each in [made, *later] if not isinstance(each, tuple | Unauthenticated)] == []
    assert len([each for each in [made, *later] if isinstance(each, tuple)]) == 1
    assert len(await services.organizations.list()) == 1
