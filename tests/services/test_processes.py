"""Several processes over one database at once: what each was told is true afterwards."""

import asyncio
from collections import Counter

from tests.builders import ADMIN_AND_USER, a_draft, every_member
from tests.services.another_process import started

PROCESSES = 3


async def together(settings, *works):
    """What each process said, all of them told to start at one moment."""
    processes = await asyncio.gather(*(started(settings, *work) for work in works))
    assert [await process.line() for process in processes] == ["ready"] * len(works)
    for process in processes:
        await process.go_on()
    said = [await process.line() for process in processes]
    assert [await process.end() for process in processes] == [0] * len(works)
    return said


async def test_of_processes_that_create_one_person_one_succeeds(services, settings, acme):
    said = await together(settings, *[("create", "bo@acme.test")] * PROCESSES)

    assert Counter(said) == {"ok": 1, "CONFLICT": PROCESSES - 1}
    assert [member.user_name for member in await every_member(services, acme.operator)] == [
        "a@acme.test",
        "bo@acme.test",
    ]


async def test_of_processes_that_each_demote_an_admin_one_finds_the_last(services, settings, acme):
    others = [
        await services.memberships.create(acme.operator, a_draft(f"b{at}@acme.test", grants=ADMIN_AND_USER))
        for at in range(PROCESSES - 1)
    ]

    said = await together(settings, *(("demote", member.id) for member in (acme.admin, *others)))

    assert Counter(said) == {"ok": PROCESSES - 1, "LAST_ADMIN": 1}
    assert await services.groups.count(acme.operator, "admins") == 1


async def test_additions_of_processes_to_one_group_are_all_kept(services, settings, acme):
    made = await asyncio.gather(
        *(services.memberships.create(acme.operator, a_draft(f"u{at}", grants=frozenset())) for at in range(100))
    )
    ids = [member.id for member in made]

    said = await together(settings, *(("add_to_users", *ids[at::PROCESSES]) for at in range(PROCESSES)))

    assert said == ["ok"] * PROCESSES
    assert await services.groups.count(acme.operator, "users") == 101
