"""Asks a door as one caller, and says in one word what came of it.

`yes`   it was told, or done
`own`   it was told or done, but in the caller's own organization: nothing of ours was told or changed
`idle`  it was answered, and there was nothing to do
`null`  nothing was told, as if there were no such thing
`no`    refused: the permission is missing
`gone`  refused: there is no such object in the caller's organization
`again` refused: the sign-in was too long ago
`401`   refused at the door: there is no credential, or it opens another door, or it is good no more

Any other word is the code of the refusal, in small letters. A word with ! says that rows changed which should not have.
"""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
from graphql import GraphQLUnionType, build_schema, get_named_type

from rollbook.graphql.schema import sdl
from tests.conftest import BASE_URL
from tests.graphql.live import watching

from .world import Copy, Rows, World, copy_of, inner_id

SCHEMA = build_schema(sdl())
CODES = {"FORBIDDEN": "no", "NOT_FOUND": "gone", "SIGN_IN_AGAIN": "again", "UNAUTHENTICATED": "401"}
ANOTHER_ORGANIZATIONS = {"other", "foreign"}

Answer = tuple[str, bool]
"""The word, and whether it says that something was done."""


async def words(
    world: World, folder: Path, callers: tuple[str, ...], ask: Callable[[Copy, str], Awaitable[Answer]]
) -> dict[str, str]:
    """What every caller is told; whoever changed something leaves a fresh copy of the world to the next."""
    told: dict[str, str] = {}
    waiting = list(callers)
    while waiting:
        async with copy_of(world, folder / f"{len(waiting)}.sqlite3") as copy:
            before = copy.rows()
            while waiting:
                caller = waiting.pop(0)
                word, done = await ask(copy, caller)
                after = copy.rows()
                told[caller] = _judged(world, caller, word, done, before, after)
                if after != before:
                    break
    return told


def _judged(world: World, caller: str, word: str, done: bool, before: Rows, after: Rows) -> str:
    if not done:
        return word if after == before else f"{word}!"
    if caller in ANOTHER_ORGANIZATIONS:
        return word if world.belonging(after) == world.belonging(before) else f"{word}!"
    return word if after != before else "idle"


async def read(world: World, copy: Copy, caller: str, document: str, variables: dict[str, Any]) -> Answer:
    """The answer to a query."""
    answer = await _post(world, copy, caller, document, variables)
    if answer.status_code == 401:
        return "401", False
    body = answer.json()
    value = body.get("data")
    while isinstance(value, dict | list) and len(value) > 0:
        if isinstance(value, dict) and len(value) > 1:
            break
        value = value[0] if isinstance(value, list) else next(iter(value.values()))
    if value is None:
        return _code(body["errors"]) if "errors" in body else "null", False
    assert "errors" not in body, body["errors"]
    return _told(world, caller, answer.text, variables, "empty" if value == [] else "yes"), False


async def change(world: World, copy: Copy, caller: str, mutation: str, given: dict[str, Any]) -> Answer:
    """The answer to a mutation with this input."""
    answer = await _post(world, copy, caller, _mutation(mutation), {"input": world.named(given)})
    if answer.status_code == 401:
        return "401", False
    body = answer.json()
    if "errors" in body:
        return _code(body["errors"]), False
    told = body["data"][mutation]
    if "code" in told:
        return CODES.get(told["code"], told["code"].lower()), False
    return _told(world, caller, answer.text, given, "yes"), True


async def watch(world: World, copy: Copy, caller: str, document: str, variables: dict[str, Any]) -> Answer:
    """The answer to a subscription: its first event."""
    headers = world.credentials[caller]
    async with watching(copy.app(), headers, document, **world.named(variables)) as stream:
        if stream.status == 401:
            return "401", False
        body = await stream.body()
    assert body is not None
    if "errors" in body:
        return _code(body["errors"]), False
    return _told(world, caller, json.dumps(body), variables, "yes"), False


async def provision(world: World, copy: Copy, caller: str, method: str, path: str, body: Any) -> Answer:
    """The answer to a SCIM request: its status."""
    credential = world.credentials.get(f"{caller} scim", world.credentials[caller])
    place, content = _inner(world, path), None if body is None else json.dumps(_inner(world, body))
    async with _client(copy) as client:
        answer = await client.request(
            method,
            f"/scim/v2{place}",
            content=content,
            headers={"Content-Type": "application/scim+json"} | credential,
        )
    told = "" if caller == "scim" else ", ".join(world.traces(answer.text, f"{place} {content}"))
    done = answer.is_success and method != "GET" and not path.endswith("/.search")
    return f"{answer.status_code} tells of {told}!" if told else str(answer.status_code), done


def _inner(world: World, value: Any) -> Any:
    """The value with what SCIM calls an object wherever its name stands, such as "@bo"."""
    if isinstance(value, dict):
        return {name: _inner(world, each) for name, each in value.items()}
    if isinstance(value, list):
        return [_inner(world, each) for each in value]
    before, name = value.split("@") if isinstance(value, str) and "@" in value else (value, None)
    if name not in world.ids:
        return value
    return before + inner_id(world.ids[name])


async def _post(world: World, copy: Copy, caller: str, document: str, variables: dict[str, Any]) -> httpx.Response:
    body = {"query": document, "variables": world.named(variables)}
    async with _client(copy) as client:
        return await client.post("/graphql", json=body, headers=world.credentials[caller], timeout=60)


def _client(copy: Copy) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=copy.app(), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=BASE_URL)


def _mutation(name: str) -> str:
    assert SCHEMA.mutation_type is not None
    field = SCHEMA.mutation_type.fields[name]
    refusals = "...on UserError { code }" if isinstance(get_named_type(field.type), GraphQLUnionType) else ""
    if not field.args:
        return f"mutation {{ {name} {{ __typename {refusals} }} }}"
    given = field.args["input"].type
    return f"mutation($input: {given}) {{ {name}(input: $input) {{ __typename {refusals} }} }}"


def _code(errors: list[dict[str, Any]]) -> str:
    code = errors[0]["extensions"]["code"]
    return CODES.get(code, code.lower())


def _told(world: World, caller: str, answer: str, asked: dict[str, Any], word: str) -> str:
    if caller not in ANOTHER_ORGANIZATIONS:
        return word
    traces = world.traces(answer, json.dumps(world.named(asked)))
    return f"tells of {', '.join(traces)}!" if traces else "own"
