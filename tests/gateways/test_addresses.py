"""Which addresses are taken for public ones."""

import pytest

from rollbook.gateways.addresses import is_public, may_be_public


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",  # carrier-grade NAT
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",  # where clouds keep the secrets of their machines
        "172.16.0.1",
        "192.0.0.1",
        "192.0.0.9",
        "192.0.0.192",  # where a cloud keeps them too
        "192.0.2.1",
        "168.63.129.16",
        "192.88.99.1",
        "192.168.0.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:a9fe:a9fe",
        "64:ff9b::7f00:1",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "64:ff9b::c000:c0",
        "64:ff9b::101:101%eth0",
        "::ffff:1.1.1.1%eth0",
        "::ffff:192.0.0.192",
        "100::1",
        "100:0:0:1::1",
        "2001::1",
        "2001:1::1",
        "2001:4:112::1",
        "2001:20::1",
        "2001:30::1",
        "2001:1ff:ffff::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "4000::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fe80::1%eth0",
        "2606:4700::1111%eth0",
        "fec0::1",
        "ff02::1",
        "ff0e::1",
        "",
        "localhost",
        "1.2.3",
        "0177.0.0.1",
    ],
)
def test_an_address_that_is_not_of_the_public_internet_is_not_public(address):
    assert is_public(address) is False


@pytest.mark.parametrize(
    "address",
    [
        "192.0.43.8",
        "1.1.1.1",
        "2606:4700::1111",
        "::ffff:1.1.1.1",
        "64:ff9b::101:101",
        "172.32.0.1",
        "192.0.1.1",
        "2001:200::1",
    ],
)
def test_an_address_of_the_public_internet_is_public(address):
    assert is_public(address) is True


@pytest.mark.parametrize(
    ("host", "may"),
    [
        ("login.example.com", True),
        ("1.1.1.1", True),
        ("10.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("a.localhost", False),
        ("127.1", False),
        ("2130706433", False),
        ("login.0x7f", False),
        ("login.0x", False),
        ("4.login.example", True),
        ("login.x7f", True),
    ],
)
def test_some_hosts_can_be_judged_without_dns(host, may):
    assert may_be_public(host) is may
