"""In an organization of 100 000, every statement of every hot path finds what it looks for by an index."""

import asyncio
from contextlib import closing

from benchmarks.clients import Client
from benchmarks.crowds import fill
from benchmarks.hot_paths import HOT_PATHS, HotPaths
from benchmarks.installations import found
from benchmarks.plans import plans, recorded, serving_here
from rollbook.services.opening import open_services

MEMBERS = 100_000
AT_LEAST = 30
"""Fewer statements than that would mean that they are not heard any more."""


async def test_every_statement_of_the_hot_paths_reads_an_index(settings):
    async with open_services(settings) as services:
        organization = await found(services, "acme")
    await fill(settings, organization.id, range(MEMBERS))

    with recorded() as statements, serving_here(settings) as url:
        await asyncio.to_thread(_walk_all, url, organization)
    told = await plans(settings, statements)

    assert len(told) > AT_LEAST
    assert any("FROM memberships" in plan.sql for plan in told)
    assert {plan.sql: plan.steps for plan in told if plan.scans} == {}


def _walk_all(url, organization):
    with closing(Client(url, organization)) as client:
        paths = HotPaths(client, MEMBERS // 2)
        for act in HOT_PATHS.values():
            act(paths)
