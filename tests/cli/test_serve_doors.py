"""`rollbook serve` as people meet it: setting up, cookies over plain http, proxies, and what it logs."""

import re
import signal
from dataclasses import replace

import httpx

from .command import Installation, Served, refusal

ACME = {"name": "Acme", "handle": "acme", "email": "ada@acme.test"}
WHO = {"query": "{ organization { handle } viewer { member { email role } } }"}


def browser(server: Served) -> httpx.Client:
    return httpx.Client(base_url=server.url, headers={"Origin": server.url, "X-CSRF": "1"})


def with_settings(installation: Installation, **settings: str) -> Installation:
    return replace(installation, settings={f"ROLLBOOK_{name}": value for name, value in settings.items()})


def set_up_link(printed: str) -> tuple[str, str]:
    """The page and the secret in the link that was printed."""
    ((page, secret),) = re.findall(r"^Open (\S+)#(rollbook_setup_\w+)$", printed, re.MULTILINE)
    return page, secret


def logged(server: Served) -> str:
    """All that the server wrote to standard error and output since it served, until it was told to end."""
    server.process.send_signal(signal.SIGTERM)
    output, errors = server.process.communicate(timeout=60)
    return output + errors


def test_a_new_installation_is_set_up_by_the_link_that_it_prints(empty: Installation):
    with empty.serving() as server, browser(server) as hers, browser(server) as anothers:
        page, secret = set_up_link(server.printed)

        shown = hers.get("/setup", headers={"Accept": "text/html"})
        first = hers.post("/auth/setup", json={"token": secret} | ACME)
        second = anothers.post("/auth/setup", json={"token": secret} | ACME)
        who = hers.post("/graphql", json=WHO).json()

    assert page == f"{server.url}/setup"
    assert shown.headers["content-type"] == "text/html; charset=utf-8"
    assert (first.status_code, second.status_code) == (200, 401)
    assert who == {
        "data": {"organization": {"handle": "acme"}, "viewer": {"member": {"email": "ada@acme.test", "role": "ADMIN"}}}
    }


def test_an_installation_with_an_organization_prints_no_link(acme: Installation):
    with acme.serving() as server:
        assert "/setup" not in server.printed


def test_each_start_prints_a_link_and_the_operator_gets_another_any_time(empty: Installation):
    with empty.serving() as server:
        _, first = set_up_link(server.printed)
    with empty.serving() as server, browser(server) as hers:
        _, second = set_up_link(server.printed)
        third = empty.out("admin", "login-link").partition("#")[2]

        statuses = [
            hers.post("/auth/setup", json={"token": secret} | ACME).status_code for secret in (first, second, third)
        ]

    assert statuses == [401, 401, 200]


def test_plain_http_beyond_this_machine_is_warned_of_and_signs_nobody_in(empty: Installation):
    public = "http://rollbook.example.com"
    answers, warnings = [], []
    for insecure in ("off", "on"):
        with with_settings(empty, BASE_URL=public, INSECURE_COOKIES=insecure).serving() as server:
            _, secret = set_up_link(server.printed)
            page = {"Origin": public, "X-CSRF": "1"}
            answers.append(httpx.post(f"{server.url}/auth/setup", json={"token": secret} | ACME, headers=page))
            warnings.append(logged(server))

    assert [answer.status_code for answer in answers] == [403, 200]
    assert answers[0].json()["error"]["code"] == "INSECURE"
    assert [answer.headers.get("set-cookie", "").partition("=")[0] for answer in answers] == ["", "sid"]
    assert warnings[0].startswith(f"Warning: nobody can sign in at {public}: over plain http, ")
    assert warnings[1].startswith("Warning: ROLLBOOK_INSECURE_COOKIES is on: ")


def test_an_https_address_is_not_warned_of(empty: Installation):
    with with_settings(empty, BASE_URL="https://rollbook.example.com").serving() as server:
        answer = httpx.get(f"{server.url}/healthz")

        assert "strict-transport-security" in answer.headers
        assert logged(server) == ""


def test_a_proxy_is_believed_if_it_is_named_and_only_then(acme: Installation):
    forwarded = {"X-Forwarded-For": "203.0.113.9, 198.51.100.7", "X-Forwarded-Proto": "https"}

    lines = []
    for installation in (
        acme,
        replace(acme, settings={"FORWARDED_ALLOW_IPS": "*"}),
        with_settings(acme, TRUSTED_PROXIES="127.0.0.1"),
        with_settings(acme, TRUSTED_PROXIES="127.0.0.0/8, 198.51.100.0/24"),
        with_settings(acme, TRUSTED_PROXIES="10.0.0.1"),
    ):
        with installation.serving("--access-log") as server:
            httpx.get(f"{server.url}/healthz?asked", headers=forwarded)
            (line,) = re.findall(r"(\S+):\d+ - \"GET /healthz\?asked", logged(server))
            lines.append(line)

    assert lines == ["127.0.0.1", "127.0.0.1", "198.51.100.7", "203.0.113.9", "127.0.0.1"]


def test_the_access_log_has_no_secret_of_a_sign_in(acme: Installation):
    link = acme.out("admin", "login-link", "--organization", "acme", "--email", "ada@acme.test").partition("#")[2]

    with acme.serving("--access-log") as server:
        for url in (
            f"/sign-in?token={link}",
            "/auth/sso/acme/callback?code=the-code&state=the-state",
            "/auth/sso/acme/start?login_hint=ada%40acme.test&iss=https%3A%2F%2Fidp.test",
        ):
            httpx.get(server.url + url)
        text = logged(server)

    assert "/sign-in?token=rollbook_link_… HTTP/1.1" in text
    assert "/auth/sso/acme/callback?code=…&state=… HTTP/1.1" in text
    assert "/auth/sso/acme/start?login_hint=…&iss=https%3A%2F%2Fidp.test HTTP/1.1" in text
    assert not any(secret in text for secret in (link, "the-code", "the-state", "ada%40"))


def test_security_txt_names_who_the_operator_says(acme: Installation):
    with with_settings(acme, SECURITY_CONTACT="security@acme.test").serving() as server:
        told = httpx.get(f"{server.url}/.well-known/security.txt")
    with acme.serving() as server:
        untold = httpx.get(f"{server.url}/.well-known/security.txt")

    assert told.text.startswith("Contact: mailto:security@acme.test\nExpires: ")
    assert untold.status_code == 404


def test_a_proxy_that_is_no_address_is_refused_in_one_line(empty: Installation):
    result = with_settings(empty, TRUSTED_PROXIES="*").process("serve", "--port", "0")

    assert refusal(result).startswith("ROLLBOOK_TRUSTED_PROXIES has '*'; name the addresses or networks")
