"""Plays every conversation under `conversations/` on both databases, and keeps their number complete."""

from pathlib import Path

import pytest

from .conversation import load
from .player import Player

CONVERSATIONS = Path(__file__).parent / "conversations"
FILES = sorted(CONVERSATIONS.glob("*/*.json"))

OKTA_FACTS = frozenset(f"O-{number}" for number in (*range(10, 24), *range(30, 46), *range(50, 62)))
"""The facts about what Okta sends: test credentials, its specification suite, users, groups."""

WITHOUT_CONVERSATION = {
    "O-38": "Okta never sends a DELETE for a user, so nothing goes over the wire",
    "O-45": "Okta keeps no log of what it sent: the trace is our provisioning log, which SCIM does not show",
    "O-58": "a precondition on Okta's side: which members it sends",
}
"""Facts that no exchange can show, and why."""


def file_id(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


@pytest.mark.parametrize("file", FILES, ids=file_id)
async def test_the_conversation_goes_as_written(file, http, acme, scim_token):
    conversation = load(file)
    player = Player(http, token=scim_token, admin_id=acme.admin.id)

    await player.play(conversation)


@pytest.mark.parametrize("file", FILES, ids=file_id)
def test_the_file_is_a_conversation(file):
    assert load(file).name == file.stem


def test_every_fact_about_okta_has_a_conversation_or_a_reason_for_having_none():
    told = {load(file).fact for file in CONVERSATIONS.glob("okta/*.json")}

    assert OKTA_FACTS - told == set(WITHOUT_CONVERSATION)
