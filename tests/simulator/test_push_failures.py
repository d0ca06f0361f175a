"""Every way to lose or keep a wrong member of a pushed group is seen, and the members are put back."""

import pytest

from rollbook.simulator.okta_messages import OktaDialect
from tests.simulator.conftest import Simulate, failures
from tests.simulator.fake_server import FakeServer, Refusal


@pytest.mark.parametrize("dialect", list(OktaDialect))
async def test_a_lost_member_fails_the_push_and_is_put_back(simulate: Simulate, dialect: OktaDialect):
    class Forgetful(FakeServer):
        pushes = 0

        def known(self, members):
            self.pushes += 1
            kept = super().known(members)
            return kept[1:] if self.pushes == self.forgets_at else kept

        # the last push of the conversation is the one with an unknown member
        forgets_at = 4

    server = Forgetful("Users")
    boss = server.add_user("boss@x.test")["id"]
    server.group("Users")["members"].append(boss)

    verdict = await simulate(server, dialect)

    assert failures(verdict) == [("O-52", "nobody missing", f"\"missing: ['{boss}']\"")]
    assert set(server.group("Users")["members"]) == set(server.users)


@pytest.mark.parametrize("dialect", list(OktaDialect))
async def test_a_push_that_an_unknown_member_makes_fail_is_seen(simulate: Simulate, dialect: OktaDialect):
    class Strict(FakeServer):
        def known(self, members):
            if any(member["value"] not in self.users for member in members):
                raise Refusal(400, "Unknown member.", "invalidValue")
            return super().known(members)

    server = Strict("Users")

    verdict = await simulate(server, dialect)

    wanted = "status 200 or 204" if dialect is OktaDialect.CATALOG else "status 200"
    assert failures(verdict) == [
        ("O-59", wanted, 'status 400, "Unknown member."'),
        ("O-52", "nobody missing", "\"missing: ['user 2']\""),
    ]
    assert set(server.group("Users")["members"]) == set(server.users)


async def test_a_replacement_that_only_adds_fails(simulate: Simulate):
    class Additive(FakeServer):
        def apply(self, group, operation):
            if operation["op"] != "remove":
                super().apply(group, operation)

    server = Additive("Users")

    verdict = await simulate(server)

    assert failures(verdict) == [
        ("O-52", "nobody too many", "\"too many: ['user 5']\""),
        ("O-52", "nobody too many", "\"too many: ['user 2']\""),
    ]


async def test_a_group_that_does_not_show_its_members_is_not_pushed_to(simulate: Simulate):
    class Silent(FakeServer):
        def rendered(self, group):
            return {key: value for key, value in super().rendered(group).items() if key != "members"}

    server = Silent()
    boss = server.add_user("boss@x.test")["id"]
    server.add_group("Users", boss)

    verdict = await simulate(server, OktaDialect.CUSTOM_APP)

    assert verdict.passed
    assert server.group("Users")["members"] == [boss]
    said = "Nothing is pushed to Users: it does not list its members, and a push could remove some."
    assert said in verdict.notes
