"""Proves that a mistake in a conversation file is an error, and not an exchange that checks less."""

import copy
import json
import re

import pytest

from . import templates
from .conversation import BadConversation, a_person, load, read

CONVERSATION = {
    "fact": "O-17",
    "title": "a creation",
    "given": [{"user": "ada", "with": {"active": False}}, {"users": "people", "count": 2}],
    "exchanges": [
        {
            "say": "read",
            "request": {"method": "GET", "path": "/Users/{{ada}}"},
            "expect": {"status": 200, "body": {"id": "{{ada}}"}, "capture": {"ada_read": "$"}},
        },
        {
            "say": "write",
            "request": {
                "method": "PUT",
                "path": "/Users/{{ada}}",
                "body": {"$copy_of": "ada_read", "but": {"$.active": True}},
            },
            "expect": {"status": [200], "absent": ["$.password"], "body": {"active": True}, "within_ms": 600},
        },
    ],
}


def changed(path, value):
    document = copy.deepcopy(CONVERSATION)
    *way, last = templates.steps(path)
    place = document
    for step in way:
        place = place[step]
    place[last] = value
    return document


def test_a_conversation_is_read_whole():
    conversation = read("O-17_a_creation", CONVERSATION)

    assert [step.expect.status for step in conversation.exchanges] == [(200,), (200,)]
    assert conversation.given[0].request.body == a_person("ada", active=False)
    assert conversation.given[1].count == 2


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("$.facts", "O-17", "no such key: facts"),
        ("$.fact", "17", "not an id such as"),
        ("$.title", 3, "title cannot be 3"),
        ("$.exchanges", [], "at least one"),
        ("$.given[0].wiht", {}, "no such key: wiht"),
        ("$.given[1].count", True, "count cannot be True"),
        ("$.given[0].user", "token", "cannot name"),
        ("$.exchanges[0].expects", {}, "no such key: expects"),
        ("$.exchanges[0].say", None, "say cannot be None"),
        ("$.exchanges[0].request.method", "get", "is none of"),
        ("$.exchanges[0].request.path", "Users", "must begin with /"),
        ("$.exchanges[0].request.path", "/Users/{{bob}}", "nothing captured: bob"),
        ("$.exchanges[0].request.headers", {"Accept": 1}, "Accept must be a text or null"),
        ("$.exchanges[0].request.json", {}, "no such key: json"),
        ("$.exchanges[1].request.text", "{", "either body or text"),
        ("$.exchanges[1].request.body.but", {"active": True}, "not a path"),
        ("$.exchanges[1].request.body.but", {"$": True}, "does not name one attribute"),
        ("$.exchanges[1].request.body.bit", {}, "must be"),
        ("$.exchanges[1].request.body", {"members": {"$for_each": "people", "put": "{{each}}"}}, "inside an array"),
        ("$.exchanges[1].request.body", ["{{each}}"], "nothing captured: each"),
        ("$.exchanges[0].expect.status", "200", "status cannot be '200'"),
        ("$.exchanges[0].expect.status", [], "not a status"),
        ("$.exchanges[0].expect.status", [200, 204], "may be 204 has no body"),
        ("$.exchanges[0].expect.capture", {"ada": "id"}, "not a path"),
        ("$.exchanges[0].expect.capture", {"admin_id": "$.id"}, "cannot name"),
        ("$.exchanges[0].expect.absent", ["$.a[-1]"], "not a path"),
        ("$.exchanges[0].expect.body", {"id": {"$something": True}}, "no such matcher: $something"),
        ("$.exchanges[0].expect.body", {"id": {"$not_empty": True, "x": 1}}, "matchers and attributes"),
        ("$.exchanges[0].expect.body", {"id": {"$any": "text"}}, "$any"),
        ("$.exchanges[0].expect.body", {"id": {"$not_empty": False}}, "$not_empty is always true"),
        ("$.exchanges[0].expect.body", {"id": {"$length": "2"}}, "$length"),
        ("$.exchanges[0].expect.body", {"id": {"$unordered": {}}}, "$unordered takes an array"),
    ],
)
def test_a_mistake_is_an_error(path, value, complaint):
    with pytest.raises(ValueError, match=re.escape(complaint)):
        read("O-17_a_creation", changed(path, value))


@pytest.mark.parametrize("missing", ["fact", "title", "exchanges"])
def test_a_missing_key_is_an_error(missing):
    document = {name: value for name, value in CONVERSATION.items() if name != missing}

    with pytest.raises(BadConversation, match=f"{missing} is missing"):
        read("O-17_a_creation", document)


def test_a_value_is_known_only_after_its_capture():
    document = changed("$.exchanges", CONVERSATION["exchanges"][::-1])

    with pytest.raises(BadConversation, match="nothing captured: ada_read"):
        read("O-17_a_creation", document)


def test_a_key_twice_is_an_error(tmp_path):
    file = tmp_path / "O-17_a_creation.json"
    file.write_text('{"fact": "O-17", "fact": "O-18"}')

    with pytest.raises(BadConversation, match="a key stands twice"):
        load(file)


def test_the_file_is_named_after_its_fact(tmp_path):
    file = tmp_path / "O-18_a_creation.json"
    file.write_text(json.dumps(CONVERSATION))

    with pytest.raises(BadConversation, match="must begin with the fact, O-17_"):
        load(file)
