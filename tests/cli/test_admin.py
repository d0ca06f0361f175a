"""`rollbook admin login-link`: the operator's way in."""

import httpx

from .command import Installation, refusal

WHO = {"query": "{ viewer { member { email role } } }"}


def link(installation: Installation, email: str) -> str:
    return installation.out("admin", "login-link", "--organization", "acme", "--email", email)


def browser(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, headers={"Origin": url, "X-CSRF": "1"})


def test_the_link_stands_alone_on_standard_output(acme: Installation):
    result = acme.run("admin", "login-link", "--organization", "acme", "--email", "ada@acme.test")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("http://127.0.0.1:8000/sign-in#rollbook_link_")
    assert result.stdout.count("\n") == 1
    assert "15 minutes" in result.stderr


def test_the_link_signs_a_new_admin_in_once(acme: Installation):
    with acme.serving() as server:
        secret = link(acme, "bea@acme.test").partition("#")[2]

        with browser(server.url) as hers, browser(server.url) as anothers:
            first = hers.post("/auth/redeem", json={"token": secret})
            second = anothers.post("/auth/redeem", json={"token": secret})
            who = hers.post("/graphql", json=WHO).json()

        assert (first.status_code, second.status_code) == (200, 401)
        assert who == {"data": {"viewer": {"member": {"email": "bea@acme.test", "role": "ADMIN"}}}}


def test_what_is_not_an_address_is_refused(acme: Installation):
    result = acme.run("admin", "login-link", "--organization", "acme", "--email", "bea")

    assert refusal(result) == "'bea' is not an e-mail address."


def test_an_installation_without_an_organization_gets_a_link_that_sets_it_up(acme: Installation):
    acme.out("organization", "delete", "acme", "--yes")

    result = acme.run("admin", "login-link")

    assert result.returncode == 0, result.stderr
    assert result.stdout.startswith("http://127.0.0.1:8000/setup#rollbook_setup_")
    assert result.stdout.count("\n") == 1
    assert "15 minutes" in result.stderr


def test_where_there_are_organizations_one_must_be_named_and_somebody(acme: Installation):
    refusals = [acme.run("admin", "login-link"), acme.run("admin", "login-link", "--organization", "acme")]

    assert [refusal(result) for result in refusals] == [
        "Say which organization: --organization. There are: acme.",
        "Say whom to let in: --email ada@acme.test",
    ]


def test_a_folder_without_a_database_gets_none_by_asking_for_a_link(empty: Installation):
    result = empty.run("admin", "login-link")

    assert refusal(result).startswith("There is no database in ")
    assert not empty.data_dir.exists()
