"""Proves that the player sends what a conversation says and fails on a wrong answer, against literal answers."""

import json

import httpx
import pytest

from .conversation import a_person, read
from .player import ConversationFailed, Player

USER = a_person("ada") | {"id": "1", "meta": {"location": "http://rollbook.test/scim/v2/Users/1"}}
SCIM_TYPE = {"Content-Type": "application/scim+json"}


@pytest.fixture
def asked():
    """The requests that reached the server, in order."""
    return []


@pytest.fixture
def player(asked):
    def answer(request):
        asked.append(request)
        if request.method == "POST":
            return httpx.Response(201, json=USER, headers=SCIM_TYPE | {"Location": USER["meta"]["location"]})
        return httpx.Response(200, json=USER, headers=SCIM_TYPE | {"ETag": 'W/"1"'})

    return player_of(answer)


def player_of(answer):
    http = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="http://rollbook.test")
    return Player(http, token="secret", strict_token="strict secret", admin_id="0")


def conversation(*exchanges, given=({"user": "ada"},)):
    document = {"fact": "O-17", "title": "x", "given": list(given), "exchanges": list(exchanges)}
    return read("O-17_x", document)


def reading(*, path="/Users/{{ada}}", sent=None, **expect):
    request = {"method": "GET", "path": path, "headers": sent or {}}
    return {"say": "read ada", "request": request, "expect": {"status": 200} | expect}


async def test_the_token_and_the_captured_id_are_sent(player, asked):
    await player.play(conversation(reading(path='/Users/{{ada}}?filter=userName eq "a b"', body={"id": "{{ada}}"})))

    assert [request.headers["Authorization"] for request in asked] == ["Bearer secret", "Bearer secret"]
    assert [request.url.raw_path for request in asked] == [
        b"/scim/v2/Users",
        b"/scim/v2/Users/1?filter=userName%20eq%20%22a%20b%22",
    ]
    assert json.loads(asked[0].content) == a_person("ada")


async def test_a_changed_copy_of_what_was_read_is_sent(player, asked):
    body = {"$copy_of": "ada_read", "but": {"$.active": False}}
    writing = {"method": "PUT", "path": "/Users/{{ada}}", "body": body}

    await player.play(
        conversation(
            reading(capture={"ada_read": "$"}),
            {"say": "write ada", "request": writing, "expect": {"status": 200}},
        )
    )

    assert json.loads(asked[2].content) == USER | {"active": False}
    assert asked[2].headers["Content-Type"] == "application/scim+json; charset=utf-8"


async def test_a_text_is_sent_as_it_is(player, asked):
    request = {"method": "POST", "path": "/Users", "text": '{"userName": '}

    await player.play(conversation({"say": "not JSON", "request": request, "expect": {"status": 201}}, given=[]))

    assert asked[0].content == b'{"userName": '


async def test_a_header_of_the_request_replaces_the_usual_one_and_null_drops_it(player, asked):
    await player.play(
        conversation(
            reading(sent={"authorization": "{{token}}", "Accept": None}),
            reading(sent={"Authorization": None, "User-Agent": None}),
        )
    )

    assert asked[1].headers["Authorization"] == "secret"
    assert "Accept" not in asked[1].headers
    assert asked[2].headers["Accept"] == "application/scim+json"
    assert not {"authorization", "user-agent"} & set(asked[2].headers)


async def test_people_are_created_and_captured_as_a_list(player, asked):
    await player.play(conversation(reading(), given=[{"user": "ada"}, {"users": "people", "count": 2}]))

    assert player.known["people"] == ["1", "1"]
    assert [json.loads(request.content)["userName"] for request in asked[1:3]] == [
        "people_0001@x.test",
        "people_0002@x.test",
    ]


async def test_an_answer_is_judged_by_what_it_gave(player):
    await player.play(conversation(reading(capture={"of": "$.userName"}, body={"emails": [{"value": "{{of}}"}]})))

    assert player.known["of"] == "ada@x.test"


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"status": [201, 204]}, "status: expected 201 or 204, got 200"),
        ({"body": {"userName": "bob@x.test"}}, "$.userName: expected 'bob@x.test', got 'ada@x.test'"),
        ({"headers": {"ETag": 'W/"2"'}}, "header ETag"),
        ({"headers": {"Location": {"$not_empty": True}}}, "header Location"),
        ({"absent": ["$.emails[0].type"]}, "$.emails[0].type: expected to be absent"),
        ({"capture": {"nick": "$.nickName"}}, "to remember as nick, but it is absent"),
        ({"capture": {"kinds": "$.phoneNumbers[*].type"}}, "to remember as kinds, but it is absent"),
        ({"within_ms": -1}, "time: expected at most -1 ms"),
    ],
)
async def test_a_wrong_answer_fails_and_the_report_says_why(player, expect, complaint):
    with pytest.raises(ConversationFailed) as failure:
        await player.play(conversation(reading(**expect)))

    report = str(failure.value)
    assert complaint in report
    assert report.startswith("read ada\nGET http://rollbook.test/scim/v2/Users/1\n")
    assert "answer: 200 {" in report


async def test_the_first_wrong_answer_ends_the_conversation(player, asked):
    with pytest.raises(ConversationFailed):
        await player.play(conversation(reading(status=404), reading()))

    assert len(asked) == 2


async def test_a_wrong_answer_to_a_given_fails(asked):
    player = player_of(lambda _: httpx.Response(200, json=USER, headers=SCIM_TYPE))

    with pytest.raises(ConversationFailed, match="expected 201, got 200"):
        await player.play(conversation(reading()))


async def test_an_answer_that_breaks_an_invariant_fails_though_nothing_of_it_was_expected():
    player = player_of(lambda _: httpx.Response(200, json=USER | {"name": {}}, headers=SCIM_TYPE))

    with pytest.raises(ConversationFailed, match="givenName must be there"):
        await player.play(conversation(reading(path="/Users/1"), given=[]))
