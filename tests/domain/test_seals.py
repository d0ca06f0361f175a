"""Seals: what clients hold for us is known again, and what is kept of a content does not give it away."""

import hashlib

from rollbook.domain.seals import Seal


def test_what_was_sealed_opens_for_its_purpose_only():
    seal = Seal(b"key")
    sealed = seal.close("page:acme", b"content")

    assert seal.open("page:acme", sealed) == b"content"
    assert seal.open("page:globex", sealed) is None
    assert Seal(b"other").open("page:acme", sealed) is None


def test_a_fingerprint_is_the_same_for_the_same_content_and_purpose_only():
    seal = Seal(b"key")
    known = seal.fingerprint("once:saveSsoConnection", b"content")

    assert seal.fingerprint("once:saveSsoConnection", b"content") == known
    assert seal.fingerprint("once:saveSsoConnection", b"contents") != known
    assert seal.fingerprint("once:addMember", b"content") != known


def test_a_fingerprint_cannot_be_made_without_the_key():
    known = Seal(b"key").fingerprint("once", b"a guessable secret")

    assert known != Seal(b"other").fingerprint("once", b"a guessable secret")
    assert hashlib.sha256(b"a guessable secret").digest() not in known
    assert len(known) == 32
