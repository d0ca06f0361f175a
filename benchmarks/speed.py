"""Speed: Rollbook on both databases beside a bare ASGI app and the peers, under the same load in interleaved rounds."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass

from benchmarks.figures import MISSING, Measured, Part, Round, Table, best, grouped, megabytes, verdict, within
from benchmarks.installations import installation, refusal, version_of
from benchmarks.load import CONNECTIONS, Outcome, Sent, load, require_wrk
from benchmarks.machine import pinned
from benchmarks.operations import (
    AT_FLOOR,
    LARGE_GROUP,
    MANY,
    SMALL_GROUP,
    Operation,
    WrongAnswer,
    check,
    operations,
)
from benchmarks.peering import SCIM2, SCIMMY, Unavailable, peer_versions, scim2_server, scimmy
from benchmarks.targets import FEW, FLOOR, IN_FLUX, Target, floor, rollbook

Results = dict[str, dict[str, Measured]]
"""By operation, then by target."""


@dataclass(frozen=True)
class Plan:
    """How long and how often is measured, with how many people. `everything`: all operations, and all targets."""

    members: int
    seconds: int
    rounds: int
    everything: bool = True
    many: int | None = MANY


FULL = (Plan(1_000, 2, 5), Plan(20_000, 2, 3, everything=False, many=None))
QUICK = (Plan(1_000, 1, 1, many=2_000), Plan(2_000, 1, 1, everything=False, many=None))
_FLOOR_SECONDS = 1
_WARM_SECONDS = 1
_ENOUGH = 2 * CONNECTIONS
_MOST_SECONDS = 60
_GROUP_LIMIT = 1.5


def measure(plans: Sequence[Plan], *, peers: bool = True) -> Part:
    """All plans, one after another. `WrongAnswer` if a target answers anything with an error."""
    require_wrk()
    tables: list[Table] = []
    data = {}
    for plan in plans:
        with ExitStack() as stack:
            targets, absent = _started(stack, plan, peers=peers)
            loaded = {each.name: each.held_megabytes() for each in targets}
            results = _results(targets, plan)
            memory = {
                each.name: (loaded[each.name], each.held_megabytes(), each.database_megabytes()) for each in targets
            }
        tables += _tables(plan, [each.name for each in targets], results, memory, absent)
        told = {name: {target: each.told() for target, each in row.items()} for name, row in results.items()}
        data[str(plan.members)] = {"plan": vars(plan), "results": told, "megabytes": memory, "not_measured": absent}
    refused, database = _about_databases()
    tables[0] = Table(tables[0].title, tables[0].head, tables[0].rows, [*tables[0].notes, *refused])
    return Part(tables, data, {"PostgreSQL": database} | peer_versions(), pinned("the load and PostgreSQL"))


def _about_databases() -> tuple[list[str], str]:
    with installation("sqlite") as settings:
        refused = refusal(settings, workers=2)
    with installation("postgresql") as settings:
        version = asyncio.run(version_of(settings))
    return ([] if refused is None else [f"SQLite with 2 workers is not measured: “{refused}”"]), version


def _started(stack: ExitStack, plan: Plan, *, peers: bool) -> tuple[list[Target], dict[str, str]]:
    """The targets that run, and why others do not."""
    print(f"speed: loading {plan.members} people into each", flush=True)
    running = [stack.enter_context(each) for each in _own(plan)]
    absent = {}
    known: dict[str, Callable[[int], AbstractContextManager[Target]]] = {SCIM2: scim2_server, SCIMMY: scimmy}
    for name, peer in known.items():
        if not peers:
            absent[name] = "left out by --no-peers"
            continue
        try:
            running.append(stack.enter_context(peer(plan.members)))
        except Unavailable as reason:
            absent[name] = str(reason)
            print(f"speed: {name} is NOT MEASURED: {reason}", flush=True)
    return running, absent


def _own(plan: Plan) -> Iterator[AbstractContextManager[Target]]:
    yield floor()
    yield rollbook("sqlite", plan.members, many=plan.many)
    yield rollbook("postgresql", plan.members, many=plan.many)
    if plan.everything:
        yield rollbook("postgresql", plan.members, workers=2, many=plan.many)


def _results(targets: Sequence[Target], plan: Plan) -> Results:
    chosen = operations(all_of_them=plan.everything)
    results = {}
    for operation in chosen:
        print(f"speed: {operation.name}", flush=True)
        results[operation.name] = _rounds(targets, operation, plan)
    return results


def _rounds(targets: Sequence[Target], operation: Operation, plan: Plan) -> dict[str, Measured]:
    base, *others = targets
    asked = {each.name: operation.requests(each, plan.members) for each in others}
    chosen = [each for each in others if asked[each.name]]
    for target in chosen:
        check(target, operation, asked[target.name][0], 0)
    # one was sent by the check, and some more until everything is compiled and cached that will be
    numbers = {each.name: _warmed(each, operation, asked[each.name]) for each in chosen}
    rounds: dict[str, list[Round]] = {name: [] for name in (FLOOR, *numbers)}
    for number in range(plan.rounds):
        bare = _bare(base)
        rounds[FLOOR].append(Round(bare, bare.rate))
        for target in chosen if number % 2 == 0 else reversed(chosen):
            outcome = _loaded(target, operation, asked[target.name], plan.seconds, numbers[target.name])
            numbers[target.name] = outcome.next
            before, bare = bare, _bare(base)
            rounds[target.name].append(Round(outcome, (before.rate + bare.rate) / 2))
            rounds[FLOOR].append(Round(bare, bare.rate))
    return {name: Measured(each) for name, each in rounds.items()}


def _bare(base: Target) -> Outcome:
    """What the floor answers now: before and after each load, because the machine drifts within seconds."""
    return load(base.origin, [Sent("GET", "/")], {}, seconds=_FLOOR_SECONDS)


def _warmed(target: Target, operation: Operation, sent: Sequence[Sent]) -> int:
    """The number to go on with after a load that does not count."""
    headers = operation.headers(target)
    return load(target.origin, sent, headers, seconds=_WARM_SECONDS, first_number=1, pinned=target.pinned).next


def _loaded(target: Target, operation: Operation, sent: Sequence[Sent], seconds: int, number: int) -> Outcome:
    """A load of so many seconds, or of as many more as a slow target needs for some answers on each connection."""
    headers = operation.headers(target)
    while True:
        outcome = load(target.origin, sent, headers, seconds=seconds, first_number=number, pinned=target.pinned)
        if outcome.failed:
            failed = f"{outcome.failed} requests failed under load, {outcome.refused} of them by an error status"
            raise WrongAnswer(f"{target.name}, {operation.name}: {failed}")
        if outcome.requests >= _ENOUGH or (outcome.requests and seconds >= _MOST_SECONDS):
            return outcome
        if seconds >= _MOST_SECONDS:
            raise WrongAnswer(f"{target.name}, {operation.name}: no answer in {seconds} s")
        number, seconds = outcome.next, min(3 * seconds, _MOST_SECONDS)


def _tables(
    plan: Plan,
    names: Sequence[str],
    results: Results,
    memory: Mapping[str, tuple[float, float, float | None]],
    absent: Mapping[str, str],
) -> Iterator[Table]:
    people = f"{grouped(plan.members)} members"
    notes = [
        f"{CONNECTIONS} keep-alive connections of wrk; medians of {plan.rounds} interleaved rounds "
        f"of {plan.seconds} s. Every answer was a good one.",
        *(f"{name} is not measured: {why}." for name, why in absent.items()),
        *_groups(plan),
        *_lacking(names, results),
    ]
    head = ["operation", *names]
    yield Table(
        f"Requests a second, {people}",
        head,
        [[name, *(_cell(row, each, lambda one: grouped(one.rate)) for each in names)] for name, row in results.items()],
        notes,
    )
    yield Table(
        f"p50 / p99 in milliseconds, {people}",
        head,
        [
            [name, *(_cell(row, each, lambda one: f"{one.p50:.2f} / {one.p99:.2f}") for each in names)]
            for name, row in results.items()
        ],
    )
    yield _required(f"Ratios, {people}", names, results)
    yield Table(
        f"Memory, {people}",
        ["", *names],
        [
            [row, *(megabytes(memory[name][at]) for name in names)]
            for at, row in enumerate(("after loading", "at the end", "the database's own processes"))
        ],
        ["All processes of a server together. The peers keep their people in it."],
    )


def _groups(plan: Plan) -> Iterator[str]:
    if plan.many is not None:
        yield (
            f"The small group has {FEW} members besides the {IN_FLUX} that leave and join it again, one in each PATCH; "
            f"the large one has {grouped(plan.many)}, of which {IN_FLUX} do."
        )


def _lacking(names: Sequence[str], results: Results) -> Iterator[str]:
    for operation in operations():
        without = [name for name in names if name not in results.get(operation.name, names)]
        if without:
            yield f"{operation.name}: {', '.join(without)}: {operation.lacking}."


def _cell(row: Mapping[str, Measured], name: str, said: Callable[[Measured], str]) -> str:
    return said(row[name]) if name in row else MISSING


def _required(title: str, names: Sequence[str], results: Results) -> Table:
    own = [name for name in names if name.startswith("Rollbook")]
    peers = [name for name in names if name in (SCIM2, SCIMMY)]
    rows = []
    for operation in operations():
        row = results.get(operation.name, {})
        fastest = best(row[name] for name in peers if name in row)
        if any(name in row for name in own):
            standing = (_standing(row[name], fastest, operation) if name in row else MISSING for name in own)
            rows.append([operation.name, *_marks(operation), *standing])
    if results.get(LARGE_GROUP):
        small, large = results[SMALL_GROUP], results[LARGE_GROUP]
        slower = [within(small[name].rate / large[name].rate, _GROUP_LIMIT) for name in own]
        rows.append([f"{LARGE_GROUP}, times as long as of a small one", f"{_GROUP_LIMIT}", MISSING, *slower])
    return Table(
        title,
        ["operation", "must", "goal", *own],
        rows,
        [
            "To what the bare ASGI app answered just before and after; then to the best peer of the run.",
            f"Must and goal are requests a second on a machine whose bare app answers {grouped(AT_FLOOR)}, and count "
            "as ratios to it.",
            "More workers are compared with the bare app in one process.",
        ],
    )


def _marks(operation: Operation) -> tuple[str, str]:
    if operation.required is None:
        return MISSING, MISSING
    return f"{operation.required.must / AT_FLOOR:.3f}", f"{operation.required.goal / AT_FLOOR:.3f}"


def _standing(measured: Measured, fastest: Measured | None, operation: Operation) -> str:
    said = [f"{measured.ratio:.3f}"]
    if operation.required is not None:
        said.append(verdict(measured.ratio, operation.required))
    if fastest is not None:
        said.append(f"{measured.rate / fastest.rate:.1f} times the best peer")
    return ", ".join(said)
