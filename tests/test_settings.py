"""What the environment may say of the traffic at the doors, and what is refused."""

import pytest

from rollbook.settings import InvalidSetting, Settings, Traffic


def traffic(**given: str) -> Traffic:
    return Settings.read({f"ROLLBOOK_{name}": value for name, value in given.items()}).traffic


def test_without_settings_there_are_generous_limits():
    assert Settings.read({}).traffic == Traffic(
        graphql_requests_per_minute=600,
        graphql_cost_per_minute=100_000,
        graphql_timeout_seconds=10,
        scim_requests_per_second=300,
        trusted_documents_only=False,
        cors_origins=(),
    )


def test_every_limit_can_be_set():
    set_ = traffic(
        GRAPHQL_REQUESTS_PER_MINUTE="1",
        GRAPHQL_COST_PER_MINUTE="5000",
        GRAPHQL_TIMEOUT_SECONDS="60",
        SCIM_REQUESTS_PER_SECOND="25",
        TRUSTED_DOCUMENTS="ui",
        CORS_ORIGINS="https://tools.example.com, http://127.0.0.1:5173,",
    )

    assert set_ == Traffic(1, 5000, 60, 25, True, ("https://tools.example.com", "http://127.0.0.1:5173"))


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
