"""What the environment may say of proxies, cookies over plain http, and the security contact."""

import pytest

from rollbook.settings import InvalidSetting, Settings


def read(**given: str) -> Settings:
    return Settings.read({f"ROLLBOOK_{name}": value for name, value in given.items()})


def test_without_settings_nobody_is_believed_and_nothing_is_insecure():
    settings = read(TRUSTED_PROXIES="", INSECURE_COOKIES="", SECURITY_CONTACT="")

    assert (settings.trusted_proxies, settings.insecure_cookies, settings.security_contact) == ((), False, None)
    assert settings == Settings.read({})


def test_proxies_are_addresses_and_networks():
    settings = read(TRUSTED_PROXIES="10.0.0.5, 10.1.0.0/16,::1,fd00::/8,")

    assert settings.trusted_proxies == ("10.0.0.5", "10.1.0.0/16", "::1", "fd00::/8")


@pytest.mark.parametrize("value", ["*", "proxy.example.com", "10.0.0.5/8", "0.0.0.0/0", "::/0", "10.0.0.5 10.0.0.6"])
def test_who_cannot_be_told_from_others_is_no_proxy(value):
    with pytest.raises(InvalidSetting, match=r"^ROLLBOOK_TRUSTED_PROXIES has '"):
        read(TRUSTED_PROXIES=value)


@pytest.mark.parametrize(
    ("value", "contact"),
    [
        ("security@acme.test", "mailto:security@acme.test"),
        ("mailto:security@acme.test", "mailto:security@acme.test"),
        ("https://acme.test/security", "https://acme.test/security"),
        ("tel:+1-201-555-0123", "tel:+1-201-555-0123"),
    ],
)
def test_a_contact_is_a_uri(value, contact):
    assert read(SECURITY_CONTACT=value).security_contact == contact


@pytest.mark.parametrize(
    "value", ["security", "http://acme.test", "ftp:a@b", "a b@acme.test", "a@acme.test\nExpires: x", "ä@acme.test"]
)
def test_what_nobody_can_write_to_is_no_contact(value):
    with pytest.raises(InvalidSetting, match=r"^ROLLBOOK_SECURITY_CONTACT is"):
        read(SECURITY_CONTACT=value)


def test_insecure_cookies_are_on_or_off():
    assert read(INSECURE_COOKIES="on").insecure_cookies
    assert not read(INSECURE_COOKIES="off").insecure_cookies
    with pytest.raises(InvalidSetting, match="it should be on or off"):
        read(INSECURE_COOKIES="yes")
