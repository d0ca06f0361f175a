"""Wrong credentials: how many an address may try, and who is not kept out by it."""

import pytest

from rollbook.domain import lockout as module
from rollbook.domain.errors import RateLimited, Unauthenticated
from rollbook.domain.lockout import Lockout
from rollbook.domain.rates import Rate

from .test_rates import Clock

HERE = "192.0.2.1"


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def lockout(clock):
    return Lockout(Rate(3, 60), clock=clock)


def try_wrong(lockout, address, secret="wrong"):
    with lockout.watching(address, secret):
        raise Unauthenticated("no")


def try_good(lockout, address, secret):
    with lockout.watching(address, secret):
        pass


def lock_out(lockout, address):
    for number in range(3):
        with pytest.raises(Unauthenticated):
            try_wrong(lockout, address, f"guess {number}")


def test_after_too_many_wrong_credentials_an_address_is_told_to_wait(lockout):
    lock_out(lockout, HERE)

    with pytest.raises(RateLimited) as refusal:
        try_wrong(lockout, HERE)

    assert refusal.value.retry_after == 20


def test_a_credential_that_was_never_good_is_not_even_tried_then(lockout):
    lock_out(lockout, HERE)

    with pytest.raises(RateLimited):
        try_good(lockout, HERE, "the right guess")


def test_a_credential_that_was_good_before_passes_from_an_address_that_is_locked_out(lockout):
    try_good(lockout, HERE, "okta")
    lock_out(lockout, HERE)

    try_good(lockout, HERE, "okta")


def test_a_good_credential_that_became_wrong_counts_like_any_other(lockout):
    try_good(lockout, HERE, "revoked")
    lock_out(lockout, HERE)

    with pytest.raises(Unauthenticated):
        try_wrong(lockout, HERE, "revoked")
    with pytest.raises(RateLimited):
        try_wrong(lockout, HERE, "revoked")


def test_after_a_while_another_may_be_tried(lockout, clock):
    lock_out(lockout, HERE)

    clock.now += 20

    with pytest.raises(Unauthenticated):
        try_wrong(lockout, HERE)


def test_another_address_is_not_concerned(lockout):
    lock_out(lockout, HERE)

    try_good(lockout, "192.0.2.2", "good")
    try_good(lockout, None, "good as well")


@pytest.mark.parametrize(
    ("address", "same"),
    [("2001:db8::1", "2001:db8::9:9"), ("fe80::1%eth0", "fe80::2"), ("::ffff:192.0.2.1", "192.0.2.1")],
)
def test_a_network_of_64_bits_counts_as_one_address(lockout, address, same):
    lock_out(lockout, address)

    with pytest.raises(RateLimited):
        try_good(lockout, same, "good")


@pytest.mark.parametrize(
    ("address", "another"),
    [("2001:db8::1", "2001:db8:0:1::1"), ("::ffff:192.0.2.1", "::ffff:192.0.2.2"), ("not:an:address", "another:one")],
)
def test_another_network_is_not_concerned(lockout, address, another):
    lock_out(lockout, address)

    try_good(lockout, another, "good")


def test_what_fails_for_another_reason_is_no_wrong_credential(lockout):
    for _ in range(10):
        with pytest.raises(ZeroDivisionError), lockout.watching(HERE, "any"):
            _ = 1 / 0

    try_good(lockout, HERE, "good")


def test_only_so_many_good_credentials_are_remembered_and_the_oldest_use_is_forgotten_first(lockout, monkeypatch):
    monkeypatch.setattr(module, "MOST_KNOWN", 2)
    for secret in ("a", "b", "a", "c"):
        try_good(lockout, HERE, secret)

    lock_out(lockout, HERE)

    try_good(lockout, HERE, "a")
    try_good(lockout, HERE, "c")
    with pytest.raises(RateLimited):
        try_good(lockout, HERE, "b")
