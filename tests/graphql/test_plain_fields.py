"""What is answered by plans is what the executor answers by itself, in the same order and with the same errors."""

import pytest
from strawberry.schema.schema import StrawberryGraphQLCoreExecutionContext

from rollbook.graphql import plain_fields
from rollbook.graphql.memberships import Member
from rollbook.graphql.schema import schema

from .client import a_member, member_id, signed_in

MEMBERS = """query($first: Int, $with: Boolean = true) { organization { __typename id members(first: $first) {
  edges { cursor node { id: email userName theirId: id ...Rest } }
  nodes { __typename role user { name email } name grants @include(if: $with) createdAt groups { id } status }
  totalCount pageInfo { hasNextPage endCursor }
} } }
fragment Rest on Member { ... on Node { id2: id } version source externalId role lastProvisioning { id action } }"""
TRAIL = """{ organization { auditEvents { nodes { id action channel occurredAt actor { kind name } target
  changes { field before after } targets { gained member { name } } } } tokens { __typename id name expiresAt } } }"""


@pytest.fixture
async def browser(http, services, acme):
    for number in range(3):
        await a_member(services, acme, f"m{number}@acme.test")
    return await signed_in(http, services, acme, "a@acme.test")


@pytest.fixture
def answers(browser, monkeypatch):
    """The answer by plans, and the one without them."""

    async def answers(query, **variables):
        planned = (await browser.send(query, **variables)).text
        with monkeypatch.context() as plain:
            plain.setattr(schema, "execution_context_class", StrawberryGraphQLCoreExecutionContext)
            return planned, (await browser.send(query, **variables)).text

    return answers


@pytest.mark.parametrize(
    ("query", "variables"),
    [
        (MEMBERS, {"first": 3}),
        (MEMBERS, {"with": False}),
        (TRAIL, {}),
        ("{ viewer { name permissions } organization { name groups { id displayName memberCount } } }", {}),
        ("{ __schema { types { name fields { name type { name } } } } }", {}),
    ],
    ids=["members", "left out", "trail", "viewer", "introspection"],
)
async def test_it_is_the_same_to_the_letter(answers, query, variables):
    planned, plain = await answers(query, **variables)

    assert planned == plain
    assert '"errors"' not in planned


async def test_plans_are_used_for_members(browser, acme, monkeypatch):
    shown = []

    def counted(field, parent_type):
        shown.append((parent_type.name, show := made(field, parent_type)))
        return show

    made = plain_fields._show_of
    monkeypatch.setattr(plain_fields, "_show_of", counted)
    await browser.data("query($id: ID!) { member(id: $id) { id name role user { name } } }", id=member_id(acme.admin))

    assert [show is not None for name, show in shown if name == "Member"] == [True, True, True, False]


async def test_rows_of_plain_fields_are_shown_without_the_executor(browser, monkeypatch):
    executed = []
    execute_fields = plain_fields.PlanningExecutor.execute_fields

    def counted(self, parent_type, *arguments):
        executed.append(parent_type.name)
        return execute_fields(self, parent_type, *arguments)

    monkeypatch.setattr(plain_fields.PlanningExecutor, "execute_fields", counted)
    found = await browser.data("{ organization { members { nodes { __typename id name role grants createdAt } } } }")
    assert len(found["organization"]["members"]["nodes"]) == 4
    assert "Member" not in executed

    await browser.data("{ organization { members { nodes { id groups { id displayName } } } } }")
    assert executed.count("Member") == 4


@pytest.mark.parametrize(
    ("field", "value"), [("name", None), ("name", object()), ("role", "no role"), ("grants", [None]), ("version", "x")]
)
async def test_what_cannot_be_shown_is_an_error_with_the_executors_words(answers, monkeypatch, field, value):
    of = Member.of

    def broken(membership):
        member = of(membership)
        setattr(member, field, value)
        return member

    monkeypatch.setattr(Member, "of", staticmethod(broken))

    planned, plain = await answers("{ organization { members { nodes { id name role grants version } } } }")

    assert '"errors"' in planned
    assert without_request_ids(planned) == without_request_ids(plain)


def without_request_ids(text):
    return [part for part in text.split('"') if not part.startswith(("01", "Rollbook failed"))]
