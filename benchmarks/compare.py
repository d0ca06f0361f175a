"""Rollbook on both databases beside a bare ASGI app and the peers, under the same load in interleaved rounds.

`python -m benchmarks.compare [--members 1000] [--seconds 4] [--rounds 3] [--no-peers] [--output results]`
"""

import argparse
import json
import platform
import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlsplit

from benchmarks.crowds import user_name
from benchmarks.load import Outcome, Sent, load, require_wrk
from benchmarks.targets import Target, resource, targets

_PATCH = json.dumps(
    {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "path": "active", "value": "FLAG"}],
    }
).replace('"FLAG"', "{b}")
_PAGE = json.dumps({"query": "{ organization { members(first: 50) { nodes { id name email role status source } } } }"})


def _new_person() -> str:
    person = resource(0)
    name = "new{n}@crowd.test"
    person |= {"userName": name, "emails": [{"value": name, "type": "work", "primary": True}]}
    return json.dumps(person)


def _requests(members: int) -> dict[str, Callable[[Target], list[Sent]]]:
    """By operation: the requests that are sent to a target in turn."""
    some = range(0, members, max(1, members // 500))
    return {
        "ServiceProviderConfig": lambda target: [Sent("GET", "/ServiceProviderConfig")],
        "GET user by id": lambda target: [Sent("GET", f"/Users/{each}") for each in target.ids],
        "filter userName eq": lambda target: [
            Sent("GET", "/Users?filter=" + quote(f'userName eq "{user_name(each)}"')) for each in some
        ],
        "list of 100": lambda target: [Sent("GET", "/Users?startIndex=1&count=100")],
        "PATCH active": lambda target: [Sent("PATCH", f"/Users/{each}", _PATCH) for each in target.ids],
        "POST user": lambda target: [Sent("POST", "/Users", _new_person())],
    }


def main() -> None:
    """Measure as the command line says, print Markdown, and write both forms if asked."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--members", type=int, default=1000)
    arguments.add_argument("--seconds", type=int, default=4)
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--no-peers", action="store_true")
    arguments.add_argument("--output", type=Path)
    asked = arguments.parse_args()
    require_wrk()
    with ExitStack() as stack:
        running = targets(stack, asked.members, peers=not asked.no_peers)
        results = _measure(running, asked.members, asked.seconds, asked.rounds)
        memory = {target.name: target.resident_megabytes() for target in running}
    text = _markdown(results, memory, asked.members)
    print(text)
    if asked.output is not None:
        asked.output.with_suffix(".md").write_text(text)
        told = {"python": platform.python_version(), "members": asked.members, "memory_mb": memory}
        told["results"] = {
            operation: {name: vars(outcome) for name, outcome in row.items()} for operation, row in results.items()
        }
        asked.output.with_suffix(".json").write_text(json.dumps(told, indent=2))


def _measure(running: list[Target], members: int, seconds: int, rounds: int) -> dict[str, dict[str, Outcome]]:
    results = {}
    unique = 0
    for operation, requests in _requests(members).items():
        outcomes: dict[str, list[Outcome]] = {target.name: [] for target in running}
        for _ in range(rounds):
            for target in running:
                unique += 10_000_000
                sent = requests(target) or [Sent("GET", "/")]
                outcomes[target.name].append(_one(target, sent, seconds, unique))
        results[operation] = {name: _median(each) for name, each in outcomes.items()}
    outcomes = {target.name: [] for target in running if target.graphql_headers}
    for _ in range(rounds):
        for target in running:
            if target.graphql_headers:
                outcomes[target.name].append(_one(target, [Sent("POST", "/graphql", _PAGE)], seconds, 0, graphql=True))
    return results | {"GraphQL members(first: 50)": {name: _median(each) for name, each in outcomes.items()}}


def _one(target: Target, sent: list[Sent], seconds: int, unique: int, *, graphql: bool = False) -> Outcome:
    url = urlsplit(target.url)
    prefix = "" if graphql else url.path
    headers = target.graphql_headers if graphql else target.headers
    asked = [Sent(each.method, prefix + each.path, each.body) for each in sent]
    return load(f"{url.scheme}://{url.netloc}", asked, headers, seconds=seconds, first_number=unique)


def _median(outcomes: list[Outcome]) -> Outcome:
    ordered = sorted(outcomes, key=lambda outcome: outcome.rate)
    middle = ordered[len(ordered) // 2]
    return Outcome(middle.rate, middle.p50, middle.p99, sum(outcome.failed for outcome in outcomes))


def _markdown(results: Mapping[str, Mapping[str, Outcome]], memory: Mapping[str, float], members: int) -> str:
    names = list(memory)
    floor = statistics.median(row[names[0]].rate for row in results.values() if names[0] in row)
    lines = [f"{members} members; requests a second (p50 / p99 in ms, ratio to the floor of {floor:.0f})", ""]
    lines += ["| operation | " + " | ".join(names[1:]) + " |", "| --- |" + " --- |" * (len(names) - 1)]
    for operation, row in results.items():
        cells = [_cell(row[name], floor) if name in row else "" for name in names[1:]]
        lines.append(f"| {operation} | " + " | ".join(cells) + " |")
    lines.append("| memory | " + " | ".join(f"{memory[name]:.0f} MB" for name in names[1:]) + " |")
    return "\n".join(lines) + "\n"


def _cell(outcome: Outcome, floor: float) -> str:
    failed = f", {outcome.failed} failed" if outcome.failed else ""
    return f"{outcome.rate:.0f} ({outcome.p50:.1f} / {outcome.p99:.1f}, {outcome.rate / floor:.3f}){failed}"


if __name__ == "__main__":
    main()
