from rollbook.domain.memberships import MembershipDraft
from rollbook.domain.policy import Permission

async def test_it(services, acme):
    m = await services.memberships.create(acme.operator, MembershipDraft("bo@acme.test"))
    assert m.email == "bo@acme.test"
    got = await services.memberships.get(acme.operator, m.id)
    assert got == m
    x = await services.memberships.update(acme.operator, m.id, lambda b: b.with_active(False))
    assert not x.active and x.version == 2
