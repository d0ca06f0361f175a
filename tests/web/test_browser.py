"""The cookies that a browser gets, and the paths that a sign-in may lead to."""

from datetime import timedelta

import pytest
from starlette.responses import Response

from rollbook.web.browser import MAX_NEXT, Browser
from rollbook.web.requests import Refused

HTTPS = Browser("https://rollbook.example.com")
LOCAL = Browser("http://127.0.0.1:8000")


def cookie(response):
    return response.headers["set-cookie"]


def test_over_https_cookies_are_bound_to_the_host():
    session, attempt, dropped = Response(), Response(), Response()

    HTTPS.remember(session, "s")
    HTTPS.carry(attempt, "signin", "a", timedelta(minutes=10))
    HTTPS.drop(dropped, "signin")

    assert cookie(session) == "__Host-sid=s; HttpOnly; Max-Age=604800; Path=/; SameSite=lax; Secure"
    assert cookie(attempt) == "__Host-signin=a; HttpOnly; Max-Age=600; Path=/; SameSite=lax; Secure"
    assert cookie(dropped).startswith('__Host-signin=""; expires=')
    assert cookie(dropped).endswith("; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure")


def test_on_this_machine_cookies_are_plain():
    response = Response()

    LOCAL.remember(response, "s")

    assert cookie(response) == "sid=s; HttpOnly; Max-Age=604800; Path=/; SameSite=lax"


@pytest.mark.parametrize(
    "base_url", ["https://rollbook.example.com", "http://127.0.0.1:8000", "http://[::1]:1", "http://localhost:8000"]
)
def test_where_nobody_listens_people_may_sign_in(base_url):
    Browser(base_url).require_safe_cookies()


@pytest.mark.parametrize(
    "base_url", ["http://rollbook.example.com", "http://10.0.0.7:8000", "http://127.0.0.1.evil.test"]
)
def test_over_plain_http_from_elsewhere_they_may_not_unless_the_operator_says_so(base_url):
    with pytest.raises(Refused) as refused:
        Browser(base_url).require_safe_cookies()
    Browser(base_url, insecure_cookies=True).require_safe_cookies()

    assert (refused.value.status, refused.value.code) == (403, "INSECURE")


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("/", "/"),
        ("/settings/authentication?tab=sso#domains", "/settings/authentication?tab=sso#domains"),
        ("/members?q=%2F%2Fevil.test", "/members?q=%2F%2Fevil.test"),
        ("/members?from=/auth/x#/auth/y", "/members?from=/auth/x#/auth/y"),
        ("/settings/", "/settings/"),
        ("/settings/../account", "/settings/../account"),
        ("/m%C3%A9mbers%20of%252Facme", "/m%C3%A9mbers%20of%252Facme"),
        ("/authors", "/authors"),
        ("/settings/auth", "/settings/auth"),
        ("/%", "/%"),
        ("https://rollbook.example.com/members?q=a", "/members?q=a"),
        ("https://rollbook.example.com", "/"),
        ("HTTPS://rollbook.example.com:443/account", "/account"),
    ],
)
def test_a_path_of_this_origin_is_kept(text, path):
    assert HTTPS.path_here(text) == path


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "members",
        "//evil.test",
        "///evil.test",
        "/\\evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "/a\r\nSet-Cookie: sid=x",
        "/ /evil.test",
        " /members",
        "\x00",
        "/\x7f",
        "https://evil.test/members",
        "http://rollbook.example.com/members",
        "https://rollbook.example.com.evil.test/",
        "https://rollbook.example.com@evil.test/",
        "https://evil.test@rollbook.example.com/",
        "https://rollbook.example.com//evil.test",
        "https://[",
        "javascript:alert(1)",
        "data:text/html,x",
        "/auth/sso/globex/start",
        "/auth",
        "/auth/",
        "/auth?next=/",
        "/AUTH/sso/globex/start",
        "/./auth/sso/globex/start",
        "/x/../auth/sso/globex/start",
        "/../auth/sso/globex/start",
        "/auth/x/..",
        "/x/%2e%2e/auth/sso/globex/start",
        "/x/.%2E/auth",
        "/%61uth/sso/globex/start",
        "/%2561uth/sso/globex/start",
        "/%25%36%31uth/sso/globex/start",
        "/auth%2Fsso%2Fglobex%2Fstart",
        "/auth/%252e%252e/members",
        "/x%2f..%2fauth/sso",
        "/%2f%2fevil.test",
        "/%252f%252fevil.test",
        "/x//auth/sso",
        "/x/..//evil.test",
        "/x/%2e%2e//evil.test",
        "/.//evil.test",
        "/%5cevil.test",
        "/%255Cevil.test",
        "/x/..%5cauth/sso",
        "/%09/evil.test",
        "/%00",
        "/members%0d%0aSet-Cookie:%20sid=x",
        "https://rollbook.example.com/x/../auth/sso/globex/start",
        "https://rollbook.example.com/%61uth",
        "https://rollbook.example.com:443/./auth/x",
        "/" + "a" * MAX_NEXT,
    ],
)
def test_everything_else_leads_to_the_first_page(text):
    assert HTTPS.path_here(text) == "/"
