"""No query per row: the number of statements does not grow with the page."""

from contextlib import asynccontextmanager

import pytest

from rollbook.graphql.context import Context
from rollbook.graphql.schema import schema
from rollbook.services import Services
from tests.conftest import BASE_URL

from .client import a_member

MEMBERS = """{ organization { id members(first: 200) {
  edges { cursor node { id name email role source status version } }
  pageInfo { hasNextPage endCursor } totalCount
} } }"""

EVERYTHING = """{
  viewer { name permissions }
  organization {
    id name groups { memberCount } scimTokens { id }
    members(first: 200) {
      nodes { name user { email } groups { displayName memberCount } }
      edges { node { user { name } groups { memberCount } } }
      pageInfo { hasNextPage } totalCount
    }
  }
}"""


class Counting:
    """A database that counts the statements that are read through it."""

    def __init__(self, database):
        self._database = database
        self.statements = 0

    @asynccontextmanager
    async def read(self):
        async with self._database.read() as tx:
            yield _CountingTx(self, tx)


class _CountingTx:
    def __init__(self, counter, tx):
        self._counter = counter
        self._tx = tx

    async def one(self, statement, **parameters):
        self._counter.statements += 1
        return await self._tx.one(statement, **parameters)

    async def all(self, statement, **parameters):
        self._counter.statements += 1
        return await self._tx.all(statement, **parameters)


@pytest.fixture
def statements(services, acme):
    async def statements(query):
        database = Counting(services._database)
        context = Context(Services(database, b"pepper"), acme.operator, BASE_URL, "r-1")
        # the operator never comes through this door, but holds every permission
        result = await schema.execute(query.replace("viewer { name permissions }", ""), context_value=context)
        assert result.errors is None
        return database.statements

    return statements


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (MEMBERS, 3),  # the organization, the page, the total
        (
            EVERYTHING,
            11,
        ),  # and groups, their version, tokens, users once, sizes of both groups for each level
    ],
    ids=["the member list of the page", "everything"],
)
async def test_a_page_of_many_costs_as_many_statements_as_a_page_of_one(services, acme, statements, query, count):
    of_one = await statements(query)
    for number in range(20):
        await a_member(services, acme, f"m{number}@acme.test")

    of_many = await statements(query)

    assert (of_one, of_many) == (count, count)


async def test_what_is_not_asked_for_is_not_read(statements, acme):
    assert await statements("{ organization { members { totalCount } } }") == 2
    assert await statements("{ organization { members { pageInfo { hasNextPage } nodes { id } } } }") == 2
    assert await statements("{ organization { members { __typename } } }") == 1
