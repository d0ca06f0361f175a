"""What can be an SSO connection, and what is said of what cannot."""

import pytest

from rollbook.domain.errors import InvalidValue
from rollbook.domain.sso import ConnectionDraft, Provider
from rollbook.domain.sso_checks import checked_draft, tidied_draft

SECRET = "s3cr3t-of-the-client"


def entered(**other):
    values = {"provider": Provider.OTHER, "issuer": "https://idp.example", "client_id": "id", "client_secret": SECRET}
    return ConnectionDraft(**values | other)


@pytest.mark.parametrize(
    "issuer",
    [
        "https://idp.example",
        "https://idp.example/",
        "https://acme.okta.com/oauth2/default",
        "https://login.microsoftonline.com/5f9f4d34-3a3c-4b1f-8d5f-1c4f2f7f0a11/v2.0",
        "https://idp.example:8443/realms/acme",
        "http://127.0.0.1:9000",
        "http://localhost:9000",
        "http://[::1]:9000",
    ],
)
def test_an_issuer_is_kept_exactly_as_it_is(issuer):
    assert checked_draft(entered(issuer=f" {issuer}\n")).issuer == issuer


@pytest.mark.parametrize(
    ("issuer", "said"),
    [
        ("", "blank"),
        ("idp.example", "is a URL"),
        ("ftp://idp.example", "https://"),
        ("http://idp.example", "https://"),
        ("http://127.0.0.1.nip.example", "https://"),
        ("http://10.0.0.1", "https://"),
        ("https://", "is a URL"),
        ("https://user:pass@idp.example", "is a URL"),
        ("https://idp.example/a b", "is a URL"),
        ("https://idp.example:port", "not a URL"),
        ("https://[idp.example", "not a URL"),
        ("https://idp.example?tenant=1", "no query"),
        ("https://login.microsoftonline.com/common/v2.0", "your own directory"),
        ("https://login.microsoftonline.com/organizations/v2.0", "your own directory"),
        ("https://idp.example/#a", "no fragment"),
        ("https://idp.example/.well-known/openid-configuration", "without /.well-known"),
        ("https://idp.exämple", "ASCII"),
        ("https://idp.example/\nHost: x", "printable"),
        ("https://idp.example/" + "a" * 2048, "at most 2048"),
    ],
)
def test_what_is_no_issuer_is_refused_and_the_text_says_why(issuer, said):
    with pytest.raises(InvalidValue, match=said) as caught:
        checked_draft(entered(issuer=issuer))

    assert caught.value.field == "issuer"


@pytest.mark.parametrize(
    ("field", "name"), [("client_id", "clientId"), ("client_secret", "clientSecret"), ("issuer", "issuer")]
)
@pytest.mark.parametrize("value", ["", "  ", f"{SECRET}\0", f"{SECRET}é", SECRET * 1000])
def test_a_value_that_cannot_be_kept_is_refused_without_being_repeated(field, name, value):
    for check in (checked_draft, tidied_draft):
        with pytest.raises(InvalidValue) as caught:
            check(entered(**{field: value}))
        assert caught.value.field == name
        assert SECRET not in caught.value.message


def test_spaces_around_what_was_pasted_are_left_out():
    checked = checked_draft(entered(client_id=" id ", client_secret=f"\t{SECRET}\n"))

    assert (checked.client_id, checked.client_secret) == ("id", SECRET)
    assert checked_draft(entered(client_secret=None)).client_secret is None


def test_one_that_is_only_tried_may_have_any_issuer():
    assert tidied_draft(entered(issuer=" http://idp.example?x ")).issuer == "http://idp.example?x"
