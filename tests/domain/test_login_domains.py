"""Domains as people write them, and whose addresses count as being on one."""

import pytest

from rollbook.domain.errors import InvalidValue
from rollbook.domain.login_domains import checked_domain, domain_of, new_challenge


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("acme.example", "acme.example"),
        (" ACME.Example.\n", "acme.example"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("BÜCHER.example", "xn--bcher-kva.example"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("acme。example", "acme.example"),
        ("a.b.c.d.example", "a.b.c.d.example"),
        ("1e100.net", "1e100.net"),
    ],
)
def test_a_domain_is_read_as_dns_knows_it(written, domain):
    assert checked_domain(written) == domain


@pytest.mark.parametrize(
    "written",
    [
        "",
        " ",
        ".",
        "com",
        "localhost",
        "acme.example..",
        ".acme.example",
        "acme..example",
        "-acme.example",
        "ac_me.example",
        "ac me.example",
        "*.acme.example",
        "bo@acme.example",
        "@acme.example",
        "https://acme.example",
        "acme.example/path",
        "acme.example:443",
        "127.0.0.1",
        "\uff11.2.3.4",  # with a wide digit
        "1.2",
        "::1",
        "[::1]",
        "acme.example\0",
        "acme.\ud800example",
        "a" * 64 + ".example",
        ".".join(["a" * 60] * 4) + ".example",
        "ü" * 100_000 + ".example",
    ],
)
def test_what_is_no_domain_is_refused_with_a_short_text(written):
    with pytest.raises(InvalidValue) as caught:
        checked_domain(written)

    assert caught.value.field == "domain"
    assert len(caught.value.message) < 600


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("bo@acme.example", "acme.example"),
        ("Bo@ACME.Example", "acme.example"),
        ("bo@bücher.example", "xn--bcher-kva.example"),
        ("bo@BÜCHER.example", "xn--bcher-kva.example"),
        ("bo@xn--bcher-kva.example", "xn--bcher-kva.example"),
        ('"a@evil.example"@acme.example', "acme.example"),
        ("bo@strasse.example", "strasse.example"),
        ("bo@straße.example", None),
        ("bo", None),
        ("@acme.example", None),
        ("bo@", None),
        ("bo@ acme.example", None),
        ("bo@acme.example ", None),
    ],
)
def test_an_address_is_on_the_domain_after_its_last_at_sign(email, domain):
    assert domain_of(email) == domain


def test_no_two_challenges_are_the_same():
    assert len({new_challenge() for _ in range(100)}) == 100
