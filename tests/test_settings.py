"""What the environment may say of the traffic at the doors, and what is refused."""

import pytest

from rollbook.settings import InvalidSetting, Outside, Settings, Traffic


def traffic(**given: str) -> Traffic:
    return Settings.read({f"ROLLBOOK_{name}": value for name, value in given.items()}).traffic


def test_without_settings_there_are_generous_limits():
    assert Settings.read({}).traffic == Traffic(
        graphql_requests_per_minute=600,
        graphql_cost_per_minute=100_000,
        graphql_timeout_seconds=10,
        scim_requests_per_second=300,
        sign_ins_per_minute=300,
        trusted_documents_only=False,
        cors_origins=(),
    )


def test_every_limit_can_be_set():
    set_ = traffic(
        GRAPHQL_REQUESTS_PER_MINUTE="1",
        GRAPHQL_COST_PER_MINUTE="5000",
        GRAPHQL_TIMEOUT_SECONDS="60",
        SCIM_REQUESTS_PER_SECOND="25",
        SIGN_INS_PER_MINUTE="7",
        TRUSTED_DOCUMENTS="ui",
        CORS_ORIGINS="https://tools.example.com, http://127.0.0.1:5173,",
    )

    assert set_ == Traffic(1, 5000, 60, 25, 7, True, ("https://tools.example.com", "http://127.0.0.1:5173"))


def test_each_rate_can_be_switched_off():
    set_ = traffic(GRAPHQL_REQUESTS_PER_MINUTE="off", GRAPHQL_COST_PER_MINUTE="off", SCIM_REQUESTS_PER_SECOND="off")

    assert (set_.graphql_requests_per_minute, set_.graphql_cost_per_minute, set_.scim_requests_per_second) == (
        None,
        None,
        None,
    )


def test_an_empty_setting_is_as_if_it_were_not_there():
    assert traffic(GRAPHQL_COST_PER_MINUTE="", CORS_ORIGINS="", TRUSTED_DOCUMENTS="") == Settings.read({}).traffic


@pytest.mark.parametrize(
    ("base_url", "only"),
    [
        ("http://127.0.0.1:8000", False),
        ("http://localhost:8000", False),
        ("http://rollbook.localhost", False),
        ("http://[::1]:8000", False),
        ("http://10.0.0.1:8000", True),
        ("https://rollbook.example.com", True),
        ("https://localhost.example.com", True),
    ],
)
def test_trusted_documents_are_the_rule_wherever_others_can_reach_the_pages(base_url, only):
    given = {"ROLLBOOK_BASE_URL": base_url}

    assert Settings.read(given).traffic.trusted_documents_only is only
    assert Settings.read(given | {"ROLLBOOK_TRUSTED_DOCUMENTS": "off"}).traffic.trusted_documents_only is False
    assert Settings.read(given | {"ROLLBOOK_TRUSTED_DOCUMENTS": "ui"}).traffic.trusted_documents_only is True


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GRAPHQL_REQUESTS_PER_MINUTE", "0"),
        ("GRAPHQL_REQUESTS_PER_MINUTE", "-1"),
        ("GRAPHQL_REQUESTS_PER_MINUTE", "1.5"),
        ("GRAPHQL_REQUESTS_PER_MINUTE", "many"),
        ("GRAPHQL_REQUESTS_PER_MINUTE", "OFF"),
        ("GRAPHQL_REQUESTS_PER_MINUTE", "²"),
        ("GRAPHQL_REQUESTS_PER_MINUTE", "9" * 5000),
        ("GRAPHQL_COST_PER_MINUTE", "0"),
        ("GRAPHQL_TIMEOUT_SECONDS", "0"),
        ("GRAPHQL_TIMEOUT_SECONDS", "601"),
        ("GRAPHQL_TIMEOUT_SECONDS", "off"),
        ("SCIM_REQUESTS_PER_SECOND", "24"),
        ("SCIM_REQUESTS_PER_SECOND", "0"),
        ("TRUSTED_DOCUMENTS", "on"),
        ("CORS_ORIGINS", "*"),
        ("CORS_ORIGINS", "https://*.example.com"),
        ("CORS_ORIGINS", "null"),
        ("CORS_ORIGINS", "tools.example.com"),
        ("CORS_ORIGINS", "https://tools.example.com/"),
        ("CORS_ORIGINS", "https://tools.example.com/app"),
        ("CORS_ORIGINS", "https://tools.example.com?"),
        ("CORS_ORIGINS", "https://Tools.example.com"),
        ("CORS_ORIGINS", "https://tools.example.com:443"),
        ("CORS_ORIGINS", "https://ada@tools.example.com"),
        ("CORS_ORIGINS", "https://tools.example.com:port"),
        ("CORS_ORIGINS", "ftp://tools.example.com"),
        ("CORS_ORIGINS", "https://"),
        ("CORS_ORIGINS", "https://tools.example.com https://more.example.com"),
    ],
)
def test_a_setting_that_cannot_be_meant_is_refused_by_name(name, value):
    with pytest.raises(InvalidSetting, match=f"^ROLLBOOK_{name} "):
        traffic(**{name: value})


def outside(**given: str) -> Outside:
    return Settings.read({f"ROLLBOOK_{name}": value for name, value in given.items()}).outside


def test_without_settings_no_private_host_is_reached_and_no_mail_sent():
    assert outside() == outside(SSO_PRIVATE_HOSTS="", SMTP_URL="", MAIL_FROM="") == Outside(frozenset(), None, None)


def test_private_hosts_and_a_mail_server_can_be_set():
    set_ = outside(
        SSO_PRIVATE_HOSTS="login.intern.example.com, 10.0.0.5,::1,localhost,",
        SMTP_URL="smtps://user:p%40ss@mail.example.com:465",
        MAIL_FROM="rollbook@example.com",
    )

    assert set_.private_hosts == {"login.intern.example.com", "10.0.0.5", "::1", "localhost"}
    assert set_.smtp_url == "smtps://user:p%40ss@mail.example.com:465"
    assert set_.mail_from == "rollbook@example.com"
    assert "p%40ss" not in repr(set_)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SSO_PRIVATE_HOSTS", "https://login.example.com"),
        ("SSO_PRIVATE_HOSTS", "login.example.com:8443"),
        ("SSO_PRIVATE_HOSTS", "login.example.com/path"),
        ("SSO_PRIVATE_HOSTS", "Login.example.com"),
        ("SSO_PRIVATE_HOSTS", "login.example.com."),
        ("SSO_PRIVATE_HOSTS", "*.example.com"),
        ("SSO_PRIVATE_HOSTS", "*"),
        ("SSO_PRIVATE_HOSTS", "10.0.0.0/8"),
        ("SSO_PRIVATE_HOSTS", "10.0.0.256"),
        ("SSO_PRIVATE_HOSTS", "0x7f.1"),
        ("SSO_PRIVATE_HOSTS", "[::1]"),
        ("SSO_PRIVATE_HOSTS", "0:0:0:0:0:0:0:1"),
        ("SSO_PRIVATE_HOSTS", "one.example.com two.example.com"),
        ("SMTP_URL", "mail.example.com"),
        ("SMTP_URL", "https://mail.example.com"),
        ("SMTP_URL", "smtp://"),
        ("SMTP_URL", "smtp://mail.example.com:port"),
        ("SMTP_URL", "smtp://mail.example.com:0"),
        ("SMTP_URL", "smtp://user@mail.example.com"),
        ("SMTP_URL", "smtp://:secret@mail.example.com"),
        ("SMTP_URL", "smtp://user:sec/ret@mail.example.com"),
        ("SMTP_URL", "smtp://user:sec#ret@mail.example.com"),
        ("SMTP_URL", "smtp://user:sec?ret@mail.example.com"),
        ("SMTP_URL", "smtp://mail.example.com\n"),
        ("SMTP_URL", "smtp://[mail.example.com"),
        ("MAIL_FROM", "rollbook"),
        ("MAIL_FROM", "Rollbook <rollbook@example.com>"),
        ("MAIL_FROM", "a@example.com,b@example.com"),
        ("MAIL_FROM", "rollbook@example.com\r\nBcc: x@example.com"),
    ],
)
def test_a_way_to_the_outside_that_cannot_be_meant_is_refused_by_name(name, value):
    others = {"SMTP_URL": "smtp://localhost:25", "MAIL_FROM": "rollbook@example.com"}

    with pytest.raises(InvalidSetting, match=f"^ROLLBOOK_{name} ") as refusal:
        outside(**(others | {name: value}))

    assert "sec" not in str(refusal.value)


@pytest.mark.parametrize("name", ["SMTP_URL", "MAIL_FROM"])
def test_half_of_what_mail_needs_is_refused(name):
    whole = {"SMTP_URL": "smtp://localhost:25", "MAIL_FROM": "rollbook@example.com"}

    with pytest.raises(InvalidSetting, match=f"^ROLLBOOK_{name} "):
        outside(**{name: whole[name]})
