"""What the provisioning log keeps of a bulk request: its operations, one by one."""

from rollbook.domain.provisioning import ProvisioningOutcome
from tests.log import log

from .bulk import change, creation, end, members_of, message
from .people import bare, created

SUCCEEDED, REFUSED = ProvisioningOutcome.SUCCEEDED, ProvisioningOutcome.REFUSED


async def test_each_operation_has_an_entry_and_the_request_has_none(scim, services, acme):
    gone = await created(scim, bare("gone@x.test"))
    answer = await scim.post(
        "/Bulk",
        json=message(
            creation("a", bare("ada@x.test")),
            creation("b", bare("ADA@x.test")),
            change("/Groups/admins", {"op": "add", "path": "members", "value": members_of("a")}),
            change("/Users/bulkId:nobody", {"op": "replace", "path": "active", "value": False}),
            {"method": "POST", "path": "/Users", "bulkId": "a2"},
            end(f"/Users/{gone['id']}"),
        ),
        headers={"User-Agent": "OKTA SCIM Integration"},
    )

    entries = [each for each in await log(services, acme) if each.request_id == answer.headers["x-request-id"]]

    told = [(each.method, each.path, each.status, each.outcome, each.about) for each in reversed(entries)]
    assert told[:4] == [
        ("POST", "/Users", 201, SUCCEEDED, "ada@x.test"),
        ("POST", "/Users", 409, REFUSED, "ADA@x.test"),
        ("PATCH", "/Groups/admins", 204, SUCCEEDED, "Admins"),
        ("DELETE", f"/Users/{gone['id']}", 204, SUCCEEDED, "gone@x.test"),
    ]
    # these never came to their endpoints
    assert told[4:] == [
        ("PATCH", "/Users/bulkId:n•••", 400, REFUSED, ""),
        ("POST", "/Users", 400, REFUSED, ""),
    ]
    assert {each.client for each in entries} == {"okta"}
    assert len({each.token_id for each in entries}) == 1
    assert '"bulkId:' not in str(entries[3].request_body)


async def test_a_request_that_is_refused_as_a_whole_has_one_entry(scim, services, acme):
    await scim.post("/Bulk", json={"schemas": [], "Operations": []})
    await scim.post("/Bulk", json=message(creation("a", bare("ada@x.test")), failOnErrors=0))

    entries = await log(services, acme)

    assert [(each.method, each.path, each.status) for each in entries] == [("POST", "/Bulk", 400)] * 2
    assert "ada" not in entries[0].request_body
    assert "bulkId" in entries[0].request_body


async def test_what_was_not_tried_is_not_kept(scim, services, acme):
    operations = [creation(str(number), {"schemas": []}) for number in range(5)]
    await scim.post("/Bulk", json=message(*operations, failOnErrors=2))

    assert [each.status for each in await log(services, acme)] == [400, 400]
