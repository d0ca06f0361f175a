"""Very long bodies are read beside the event loop, step by step, and mean what they mean when they are short."""

import gc
import json

import orjson
import pytest

from rollbook.domain.stretches import STRETCH, in_order, stretches
from rollbook.scim import requests
from rollbook.scim.answering import _answered
from rollbook.scim.bulk_message import MAX_PAYLOAD
from rollbook.scim.errors import ScimError, invalid_value
from rollbook.scim.long_bodies import AT_ONCE, COLLECTOR, holds, is_blank, let_go, may_nest, read_stepwise
from rollbook.scim.requests import UNCOLLECTED_BODY, VERY_LONG_BODY

from .people import GROUP, PATCH, ada, created, refusal

DOCUMENTS = [
    '{"a": [1, -0, 1.5, 1e3, 12345678901234567890123, true, null, "x"], "a": {"b": "\\u00e9\\ud83d\\ude00"}}',
    '{"é": ["\\\\u0041", "\\n", ""], "": {}}',
]
NO_DOCUMENTS = [
    '{"a": NaN}',
    '{"a": -Infinity}',
    '{"a": "\\ud800"}',
    '{"a": 01}',
    '{"a": "\n"}',
    '{"a": 1,}',
    '{"a": 1} x',
    "\ufeff{}",
    "",
]


@pytest.mark.parametrize("text", DOCUMENTS)
def test_stepwise_the_same_is_read(text):
    assert read_stepwise(text.encode()) == orjson.loads(text)


@pytest.mark.parametrize("body", [*(text.encode() for text in NO_DOCUMENTS), b'{"a": "\xff"}'])
def test_stepwise_the_same_is_refused(body):
    with pytest.raises(orjson.JSONDecodeError):
        orjson.loads(body)
    with pytest.raises(ValueError, match=r"."):
        read_stepwise(body)


@pytest.mark.parametrize("before", [0, 5, AT_ONCE - 6, AT_ONCE - 3, AT_ONCE, 2 * AT_ONCE - 1])
def test_what_a_body_holds_is_found_wherever_it_stands(before):
    body = b"x" * before + b"\\u0000"

    assert holds(body, b"\\u0000")
    assert holds(body + b"x" * AT_ONCE, b"\\u0000")
    assert not holds(body[:-1], b"\\u0000")


@pytest.mark.parametrize("before", [0, AT_ONCE - 4, AT_ONCE - 2, AT_ONCE])
def test_stepwise_half_a_character_is_refused_wherever_it_stands(before):
    with pytest.raises(ValueError, match="half a pair"):
        read_stepwise(b'"' + b"x" * before + b'\\ud800"')
    with pytest.raises(ValueError, match="half a pair"):
        read_stepwise(b'[{"' + b"x" * before + b'\\ude00": 1}]')
    assert read_stepwise(b'"' + b"x" * before + b'\\ud83d\\ude00"') == "x" * before + "😀"


@pytest.mark.parametrize("character", ["é", "€", "😀"])
@pytest.mark.parametrize("before", range(4))
def test_stepwise_no_character_is_cut(character, before):
    text = json.dumps(["x" * before + character * AT_ONCE, "y"], ensure_ascii=False)

    assert read_stepwise(text.encode()) == json.loads(text)


@pytest.mark.parametrize("wrong", [b"\xff", b"\x80" * 5, b"\xe2\x82"])
def test_stepwise_the_place_is_told_from_the_beginning_of_the_body(wrong):
    body = b'"' + "é".encode() * AT_ONCE + wrong + b'"'

    with pytest.raises(UnicodeDecodeError, match=f"position {1 + 2 * AT_ONCE}"):
        read_stepwise(body)


def test_brackets_are_counted_to_the_end_of_a_body():
    body = b"[" * 3 + b"x" * AT_ONCE + b"{" * 3

    assert may_nest(body, 5)
    assert not may_nest(body, 6)


@pytest.mark.parametrize("text", [*DOCUMENTS, "[[[{}], [1, 2]], {}, null]", '"x"', "1"])
def test_all_of_a_document_is_emptied(text):
    document = json.loads(text)
    inner = [each for each in [document] if isinstance(each, (dict, list))]
    for each in inner:
        values = each.values() if isinstance(each, dict) else each
        inner.extend(value for value in values if isinstance(value, (dict, list)))

    let_go(document)

    assert not any(inner)


@pytest.mark.parametrize("text", ['["a"]', '{"a": "\\u0000"}', '{"a": ' + "[" * 70 + "]" * 70 + "}"])
def test_a_document_that_is_refused_is_emptied_too(monkeypatch, text):
    emptied = []
    monkeypatch.setattr(requests, "let_go", emptied.append)

    with pytest.raises(ScimError):
        requests.parsed(text.encode())

    assert emptied == [json.loads(text)]


async def test_a_refusal_does_not_hold_what_it_came_from():
    async def refuse(request):
        try:
            raise ValueError
        except ValueError:
            raise invalid_value("Not this.") from None

    response = await _answered(refuse, None)

    assert (response.refusal.__traceback__, response.refusal.__context__) == (None, None)


def test_a_body_is_blank_if_all_of_it_is():
    assert is_blank(b"")
    assert is_blank(b" \r\n\t" * AT_ONCE)
    assert not is_blank(b" " * AT_ONCE + b"x")


@pytest.mark.parametrize(
    "text", ["[" * 600_000, '{"a":' * 300_000, "x" * VERY_LONG_BODY], ids=["lists", "objects", "x"]
)
async def test_a_very_long_body_that_is_no_json_is_refused_like_a_short_one(scim, services, acme, text):
    response = await scim.put("/Groups/users", content=text.ljust(VERY_LONG_BODY))

    assert refusal(response) == (400, "invalidSyntax")
    assert await services.groups.count(acme.operator, "users") == 1


@pytest.mark.parametrize(
    ("address", "value", "status"),
    [
        ("/Groups/users", {"value": "nobody", "display": "x" * 1024}, 204),
        ("/Groups/nobody", {"value": "nobody", "display": "x" * 1024}, 404),
        ("/Groups/users", ["x" * 1024], 400),
    ],
)
async def test_the_collector_pauses_while_a_very_long_body_is_worked_on_whatever_comes_of_it(
    scim, monkeypatch, address, value, status
):
    ran = []
    monkeypatch.setattr(requests, "let_go", lambda document: ran.append(gc.isenabled()))
    operation = {"op": "add", "path": "members", "value": [value] * (UNCOLLECTED_BODY // 1024)}

    response = await scim.patch(address, json={"schemas": [PATCH], "Operations": [operation]})

    assert response.status_code == status
    assert ran == [False]
    assert gc.isenabled()


def test_the_collector_runs_again_when_nobody_needs_the_pause():
    COLLECTOR.pause()
    COLLECTOR.pause()
    COLLECTOR.resume()
    assert not gc.isenabled()

    COLLECTOR.resume()
    assert gc.isenabled()


def test_the_collector_does_not_pause_for_a_bulk():
    assert MAX_PAYLOAD <= UNCOLLECTED_BODY


async def test_a_very_long_push_does_what_a_short_one_does(scim, services, acme):
    person = await created(scim, ada())
    unknown = [{"value": f"{at:08}-0000-7000-8000-000000000000", "display": "x" * 100} for at in range(8_000)]
    body = {"schemas": [GROUP], "displayName": "Users", "members": [*unknown, {"value": person["id"]}]}
    sent = json.dumps(body)
    assert len(sent) > VERY_LONG_BODY

    put = await scim.put("/Groups/users", content=sent)

    assert put.status_code == 200
    assert [each["value"] for each in put.json()["members"]] == [person["id"]]
    operation = {"op": "remove", "path": "members", "value": body["members"]}
    removed = await scim.patch("/Groups/users", json={"schemas": [PATCH], "Operations": [operation]})
    assert removed.status_code == 204
    assert await services.groups.count(acme.operator, "users") == 0


def test_values_come_in_stretches_and_in_order():
    values = [f"{(at * 7919) % 10_007:05}" for at in range(2 * STRETCH + 1)]

    assert [len(stretch) for stretch in stretches(values)] == [STRETCH, STRETCH, 1]
    assert in_order(values) == sorted(values)
    assert (list(stretches([])), in_order([])) == ([], [])
