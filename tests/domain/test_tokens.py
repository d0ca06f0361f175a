"""The secrets of tokens, links and sessions, and what is kept and shown of them."""

import re
import string

import pytest

from rollbook.domain.errors import InvalidValue
from rollbook.domain.policy import API_SCOPES, Permission
from rollbook.domain.tokens import MAX_NAME, SecretKind, checked_name, digest, hint_of, kind_of, mint, parse_scopes

LETTERS = string.digits + string.ascii_letters


@pytest.mark.parametrize("kind", SecretKind)
def test_a_minted_secret_tells_its_kind(kind):
    secret = mint(kind)

    assert re.fullmatch(rf"rollbook_{kind}_[0-9A-Za-z]{{49}}", secret)
    assert kind_of(secret) is kind


def test_no_two_secrets_are_alike():
    assert len({mint(SecretKind.SCIM) for _ in range(500)}) == 500


def test_every_mistyped_character_is_noticed():
    secret = mint(SecretKind.SCIM)
    prefix, _, random = secret.rpartition("_")

    for at, letter in enumerate(random):
        for other in LETTERS:
            if other != letter:
                assert kind_of(f"{prefix}_{random[:at]}{other}{random[at + 1 :]}") is None


def test_two_exchanged_neighbours_are_noticed():
    secret = mint(SecretKind.API)
    start = len("rollbook_api_")

    for at in range(start, len(secret) - 1):
        if secret[at] != secret[at + 1]:
            assert kind_of(secret[:at] + secret[at + 1] + secret[at] + secret[at + 2 :]) is None


def test_text_around_a_secret_is_no_secret():
    secret = mint(SecretKind.SCIM)

    for text in ("", "rollbook_scim_", secret[:-1], f"{secret}0", f" {secret}", f"{secret}\n", f"Bearer {secret}"):
        assert kind_of(text) is None


def test_a_well_formed_secret_of_an_unknown_kind_is_no_secret():
    random = mint(SecretKind.SCIM).rpartition("_")[2]

    assert kind_of(f"rollbook_oauth_{random}") is None
    assert kind_of(f"rollbook_SCIM_{random}") is None
    assert kind_of(f"other_scim_{random}") is None
    assert kind_of(f"rollbook_scim_{random[:-1]}\N{ARABIC-INDIC DIGIT ONE}") is None


def test_a_digest_depends_on_the_secret_the_kind_and_the_pepper():
    secret = mint(SecretKind.SCIM)
    kept = digest(b"pepper", SecretKind.SCIM, secret)

    assert kept == digest(b"pepper", SecretKind.SCIM, secret)
    assert len(kept) == 32
    others = {
        digest(b"other", SecretKind.SCIM, secret),
        digest(b"pepper", SecretKind.API, secret),
        digest(b"pepper", SecretKind.SCIM, mint(SecretKind.SCIM)),
    }
    assert len(others | {kept}) == 4


def test_a_hint_shows_the_kind_and_the_last_four_characters_only():
    secret = mint(SecretKind.SCIM)

    assert hint_of(secret) == f"rollbook_scim_…{secret[-4:]}"


def test_a_name_is_kept_without_outer_spaces():
    assert checked_name("  Okta, production ") == "Okta, production"
    assert checked_name("é" * MAX_NAME) == "é" * MAX_NAME


@pytest.mark.parametrize("name", ["", "   ", "x" * (MAX_NAME + 1), "two\nlines", "bell\a", "nul\0"])
def test_a_name_that_cannot_be_listed_is_refused(name):
    with pytest.raises(InvalidValue) as refusal:
        checked_name(name)

    assert refusal.value.field == "name"


def test_scopes_are_read_from_a_comma_separated_list():
    assert parse_scopes("members:read, audit:read,,") == {Permission.MEMBERS_READ, Permission.AUDIT_READ}
    assert parse_scopes("all") == API_SCOPES
    assert parse_scopes("") == frozenset()


@pytest.mark.parametrize(
    "text", ["members", "MEMBERS:READ", "all,members:read", "operate", "provision", "directory:read"]
)
def test_what_is_not_a_scope_is_named_in_the_refusal(text):
    with pytest.raises(InvalidValue) as refusal:
        parse_scopes(text)

    assert refusal.value.field == "scopes"
    assert repr(text.split(",")[0]) in refusal.value.message
    assert "members:read" in refusal.value.message
