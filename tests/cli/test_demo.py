"""`rollbook demo`: the main job from end to end."""

import re
import signal
from pathlib import Path

import httpx

from .command import Installation, refusal


def test_the_demo_provisions_people_and_shows_them(empty: Installation):
    result = empty.process("demo", "--exit", "--port", "0")

    assert result.returncode == 0, result.stdout + result.stderr
    assert re.search(r"All \d+ exchanges passed", result.stdout)
    assert "Members of Acme, as GraphQL returns them" in result.stdout
    assert "ada.lindqvist@acme.test" in result.stdout
    assert "/sign-in#rollbook_link_" in result.stdout
    assert not empty.data_dir.exists()


def test_the_demo_serves_until_it_is_stopped(empty: Installation, tmp_path: Path):
    with empty.serving("--data-dir", str(tmp_path / "demo"), command="demo") as server:
        (link,) = re.findall(r"rollbook_link_\w+", server.printed)
        redeemed = httpx.post(
            f"{server.url}/auth/redeem", json={"token": link}, headers={"Origin": server.url, "X-CSRF": "1"}
        )

        assert redeemed.status_code == 200
        assert server.stop(signal.SIGINT) == 0
    assert (tmp_path / "demo" / "rollbook.sqlite3").exists()


def test_the_demo_begins_with_nothing(acme: Installation):
    result = acme.process("demo", "--exit", "--port", "0", "--data-dir", str(acme.data_dir))

    assert f"{acme.data_dir} is not empty" in refusal(result)
