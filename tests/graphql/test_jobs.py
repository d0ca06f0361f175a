"""Bulk changes and imports through GraphQL: begun by a mutation, read as a job with its rows."""

import asyncio

import httpx
import pytest

from rollbook.app import create_app
from rollbook.domain.criteria import EVERYONE
from rollbook.domain.policy import Permission
from rollbook.domain.tokens import TokenKind
from tests.conftest import BASE_URL

from .client import a_member, global_id, member_id, with_token

JOB = "job { id kind status dryRun total done failed failure createdBy startedAt finishedAt }"
READ = """query($id: ID!, $first: Int, $after: String, $onlyFailed: Boolean! = false) { job(id: $id) {
  status total done failed failure
  rows(first: $first, after: $after, onlyFailed: $onlyFailed) {
    nodes { number about outcome code message member { email } } pageInfo { hasNextPage endCursor }
  }
} }"""


@pytest.fixture
def client(http, api_token):
    return with_token(http, api_token)


@pytest.fixture
async def bo(services, acme):
    return await a_member(services, acme, "bo@acme.test", name="Bo")


async def work_off(services):
    while await services.job_runner.turn():
        pass


async def members_of(services, organization):
    return (await services.memberships.search(organization.operator, EVERYONE, offset=0, limit=100)).memberships


async def change(client, *members, **given):
    given["memberIds"] = [member if isinstance(member, str) else member_id(member) for member in members]
    return await client.change("bulkUpdateMembers", f"...on BulkUpdateMembersSuccess {{ {JOB} }}", **given)


async def importing(client, csv, **given):
    return await client.change("importMembers", f"...on ImportMembersSuccess {{ {JOB} }}", csv=csv, **given)


async def test_a_bulk_change_is_a_job_whose_rows_tell_what_came_of_it(client, services, acme, bo):
    answer = await change(client, bo, acme.admin, change="SET_ROLE", role="USER")
    queued = answer["job"]
    await work_off(services)

    job = (await client.data(READ, id=queued["id"]))["job"]

    assert (answer["__typename"], queued["kind"], queued["status"]) == (
        "BulkUpdateMembersSuccess",
        "BULK_UPDATE",
        "QUEUED",
    )
    assert (queued["total"], queued["done"], queued["createdBy"], queued["startedAt"]) == (2, 0, "Tools", None)
    rows = job.pop("rows")["nodes"]
    assert job == {"status": "DONE", "total": 2, "done": 2, "failed": 1, "failure": None}
    assert "another member an admin" in rows[1].pop("message")
    assert rows == [
        {
            "number": 1,
            "about": bo.id,
            "outcome": "UNCHANGED",
            "code": None,
            "message": None,
            "member": {"email": "bo@acme.test"},
        },
        {"number": 2, "about": acme.admin.id, "outcome": "FAILED", "code": "LAST_ADMIN", "member": None},
    ]


async def test_an_import_is_a_job_too(client, services, acme, bo):
    answer = await importing(client, "email,name\nann@acme.test,Ann Lee\nbo@acme.test,\nx,\n")
    await work_off(services)

    job = (await client.data(READ, id=answer["job"]["id"]))["job"]

    assert [(row["about"], row["outcome"], row["code"]) for row in job["rows"]["nodes"]] == [
        ("ann@acme.test", "CREATED", None),
        ("bo@acme.test", "UNCHANGED", None),
        ("x", "FAILED", "VALIDATION"),
    ]
    assert [member.name for member in await members_of(services, acme)] == ["A", "Bo", "Ann Lee"]


async def test_a_dry_run_changes_nothing(client, services, acme, bo):
    answer = await importing(client, "email\nann@acme.test", dryRun=True)
    await change(client, bo, change="REMOVE", dryRun=True)
    await work_off(services)

    job = (await client.data(READ, id=answer["job"]["id"]))["job"]

    assert [(row["outcome"], row["member"]) for row in job["rows"]["nodes"]] == [("CREATED", None)]
    assert await members_of(services, acme) == [acme.admin, bo]


async def test_a_job_that_is_asked_for_twice_with_one_key_is_one_job(client, services, acme):
    answers = [await importing(client, "email\nann@acme.test", idempotencyKey="k1") for _ in range(2)]
    other = await importing(client, "email\nbo@acme.test", idempotencyKey="k1")
    await work_off(services)

    assert answers[0] == answers[1]
    assert other["code"] == "KEY_REUSED"
    again = await importing(client, "email\nann@acme.test", idempotencyKey="k1")
    assert (again["job"]["id"], again["job"]["status"]) == (answers[0]["job"]["id"], "DONE")
    assert len(await members_of(services, acme)) == 2


@pytest.mark.parametrize(
    ("given", "type_name", "path"),
    [
        ({"memberIds": [], "change": "REMOVE"}, "ValidationError", ["input", "memberIds"]),
        ({"memberIds": ["x"], "change": "REMOVE"}, "ValidationError", ["input", "memberIds"]),
        ({"memberIds": [global_id("Member", "\0")], "change": "REMOVE"}, "ValidationError", ["input", "memberIds"]),
        ({"memberIds": [global_id("User", "x")], "change": "REMOVE"}, "ValidationError", ["input", "memberIds"]),
        ({"memberIds": [global_id("Member", "x")] * 501, "change": "REMOVE"}, "LimitExceededError", None),
    ],
)
async def test_a_bulk_change_that_makes_no_sense_is_refused(client, given, type_name, path):
    answer = await client.change("bulkUpdateMembers", **given)

    assert (answer["__typename"], answer["path"]) == (type_name, path)


@pytest.mark.parametrize("given", [{"change": "SET_ROLE"}, {"change": "REMOVE", "role": "USER"}])
async def test_a_role_goes_with_set_role(client, bo, given):
    answer = await change(client, bo, **given)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", "role"])


@pytest.mark.parametrize("csv", ["", "name\nAnn", "email\n", 'email\n"x', "email\n\ufffd"])
async def test_a_text_that_cannot_be_imported_is_refused(client, csv):
    answer = await importing(client, csv)

    assert (answer["__typename"], answer["path"]) == ("ValidationError", ["input", "csv"])


async def test_the_rows_of_a_job_are_read_page_by_page(client, services):
    answer = await importing(client, "email\nu1@acme.test\nx\nu2@acme.test\ny\n")
    await work_off(services)
    job_id = answer["job"]["id"]

    first = (await client.data(READ, id=job_id, first=3))["job"]["rows"]
    rest = (await client.data(READ, id=job_id, first=3, after=first["pageInfo"]["endCursor"]))["job"]["rows"]
    failed = (await client.data(READ, id=job_id, onlyFailed=True))["job"]["rows"]

    assert [row["number"] for row in first["nodes"]] == [1, 2, 3]
    assert ([row["number"] for row in rest["nodes"]], rest["pageInfo"]["hasNextPage"]) == ([4], False)
    assert [row["about"] for row in failed["nodes"]] == ["x", "y"]


async def test_a_cancelled_job_does_nothing_more(client, services, acme):
    job_id = (await importing(client, "email\nann@acme.test"))["job"]["id"]
    select = "...on CancelJobSuccess { job { status done } }"

    answers = [await client.change("cancelJob", select, jobId=job_id, idempotencyKey="k1") for _ in range(2)]
    await work_off(services)

    assert answers == [{"__typename": "CancelJobSuccess", "job": {"status": "CANCELLED", "done": 0}}] * 2
    assert await members_of(services, acme) == [acme.admin]
    listed = await client.data("{ organization { jobs(first: 5) { nodes { id status } edges { cursor } } } }")
    assert listed["organization"]["jobs"]["nodes"] == [{"id": job_id, "status": "CANCELLED"}]


async def test_another_organizations_job_does_not_exist(client, http, services, globex):
    job_id = (await importing(client, "email\nann@acme.test"))["job"]["id"]
    scopes = frozenset({Permission.MEMBERS_READ, Permission.MEMBERS_WRITE})
    _, secret = await services.tokens.issue(globex.operator, TokenKind.API, "Theirs", scopes=scopes)
    theirs = with_token(http, secret)

    assert await theirs.data("query($id: ID!) { job(id: $id) { id } node(id: $id) { id } }", id=job_id) == {
        "job": None,
        "node": None,
    }
    assert (await theirs.change("cancelJob", jobId=job_id))["__typename"] == "NotFoundError"
    assert await client.data("query($id: ID!) { node(id: $id) { id __typename } }", id=job_id) == {
        "node": {"id": job_id, "__typename": "Job"}
    }


async def test_a_token_without_the_scope_begins_no_job(http, services, acme, bo):
    _, secret = await services.tokens.issue(acme.operator, TokenKind.API, "Reader")
    reader = with_token(http, secret)

    answers = [await change(reader, bo, change="REMOVE"), await importing(reader, "email\nann@acme.test")]

    assert [answer["code"] for answer in answers] == ["FORBIDDEN"] * 2
    assert await reader.data("{ organization { jobs { nodes { id } } } }") == {"organization": {"jobs": {"nodes": []}}}


async def test_a_server_runs_the_jobs_that_it_is_asked_for(settings, api_token):
    app = create_app(settings)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE_URL) as http,
        asyncio.timeout(30),
    ):
        client = with_token(http, api_token)
        job_id = (await importing(client, "email\nann@acme.test"))["job"]["id"]

        while (job := (await client.data(READ, id=job_id))["job"])["status"] in {"QUEUED", "RUNNING"}:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    assert (job["status"], job["done"], job["failed"]) == ("DONE", 1, 0)
