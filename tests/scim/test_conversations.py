"""Plays every conversation under `conversations/` on both databases, and keeps their number complete."""

from pathlib import Path

import pytest

from .conversation import load
from .player import Player

CONVERSATIONS = Path(__file__).parent / "conversations"
FILES = sorted(CONVERSATIONS.glob("*/*.json"))


def facts(letter, *numbers):
    return {f"{letter}-{number:02}" for numbers_of in numbers for number in numbers_of}


FACTS = {
    "okta": facts("O", range(1, 8), range(10, 24), range(30, 46), range(50, 62), range(70, 76)),
    "entra": facts("E", range(1, 10), range(10, 24), range(30, 39), range(40, 54), range(60, 70), range(70, 81)),
    "others": facts("X", range(1, 13)),
    "strict": facts("S", range(1, 13)),
}
"""What is known of each client's traffic, and of the strict profile, by the ids of the facts."""

OAUTH = "about tokens of OAuth, which Rollbook does not issue yet"
RATE = "about how often the client sends and what it does when it is told to wait; how it is told is in test_rates.py"

WITHOUT_CONVERSATION = {
    "O-01": "TLS and the host's name are the operator's, in front of Rollbook",
    "O-04": "true of every answer, so an invariant that the player checks in each exchange",
    "O-07": "the token names the organization, so that the address need not; see test_users_get.py",
    "O-38": "Okta never sends a DELETE for a user, so nothing goes over the wire",
    "O-45": "Okta keeps no log of what it sent: the trace is our provisioning log, which SCIM does not show",
    "O-58": "a precondition on Okta's side: which members it sends",
    "O-71": RATE,
    "O-72": "what Okta does with a refusal: a task for its admin",
    "O-73": RATE,
    "O-74": "a limit on time, which O-23 checks where Okta's suite does",
    "O-75": "a fault of ours has no conversation; that a repeat is harmless is shown by E-77",
    "E-01": "TLS is the operator's, in front of Rollbook",
    "E-05": OAUTH,
    "E-06": OAUTH,
    "E-07": OAUTH,
    "E-08": OAUTH,
    "E-09": OAUTH,
    "E-74": "when Entra gives up; it follows from the answers of all other conversations",
    "E-75": "a rate that Rollbook has to hold, which a conversation does not measure",
    "E-76": RATE,
    "E-78": RATE,
    "E-79": "Entra sends no bulk requests today",
    "E-80": "Entra sends neither passwords nor groups in groups",
    "X-10": "a server and not a client: what its clients leave out",
}
"""Facts that no exchange can show, and why."""


def file_id(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


@pytest.mark.parametrize("file", FILES, ids=file_id)
async def test_the_conversation_goes_as_written(file, http, acme, scim_token, strict_token):
    conversation = load(file)
    player = Player(http, token=scim_token, strict_token=strict_token, admin_id=acme.admin.id, client=file.parent.name)

    await player.play(conversation)


@pytest.mark.parametrize("file", FILES, ids=file_id)
def test_the_file_is_a_conversation(file):
    assert load(file).name == file.stem


@pytest.mark.parametrize("client", FACTS)
def test_every_fact_about_a_client_has_a_conversation_or_a_reason_for_having_none(client):
    told = {load(file).fact for file in CONVERSATIONS.glob(f"{client}/*.json")}

    assert FACTS[client] - told == FACTS[client] & set(WITHOUT_CONVERSATION)


def test_a_strict_conversation_is_about_the_profile_or_a_leniency_that_another_one_shows():
    told = {load(file).fact for file in CONVERSATIONS.glob("strict/*.json")}

    assert told <= set().union(*FACTS.values()) - set(WITHOUT_CONVERSATION)
