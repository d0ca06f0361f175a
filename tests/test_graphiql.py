"""GraphiQL as files and as a route: vendored as listed, served only where it is wanted, under a policy of its own."""

import hashlib
import json
import re
import tomllib
from pathlib import Path

import httpx
import pytest

from rollbook.graphql.graphiql import CONTENT_SECURITY_POLICY
from rollbook.settings import InvalidSetting, Settings

from .cli.command import Installation

ROOT = Path(__file__).parents[1]
GRAPHIQL = ROOT / "backend" / "graphiql"
FILES = GRAPHIQL / "rollbook_graphiql"
VENDOR = FILES / "vendor"


def test_vendored_files_are_the_ones_in_the_manifest():
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))

    hashes = {name: entry["sha256"] for name, entry in manifest["files"].items()}
    present = {path.name for path in VENDOR.iterdir()} - {"MANIFEST.json"}

    assert hashes == {name: hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() for name in present}


def test_every_vendored_package_is_pinned_licensed_and_rebuildable():
    manifest = json.loads((VENDOR / "MANIFEST.json").read_text(encoding="utf-8"))
    licensed = re.findall(r"^==== (.+) ====$", (VENDOR / "LICENSES.txt").read_text(encoding="utf-8"), re.MULTILINE)
    recipe = (GRAPHIQL / "README.md").read_text(encoding="utf-8")

    assert set(manifest["packages"]) <= {name for names in licensed for name in names.split(", ")}
    for name, entry in manifest["packages"].items():
        assert f"{name}@{entry['version']}" in recipe
        assert entry["integrity"].startswith("sha512-")


def test_the_page_needs_nothing_inline_and_no_foreign_host():
    page = (FILES / "index.html").read_text(encoding="utf-8")
    own = page + "".join((FILES / name).read_text(encoding="utf-8") for name in ("page.js", "page.css"))

    assert re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", page) == []
    assert re.findall(r"https?://", own) == []
    assert re.findall(r"innerHTML|outerHTML|insertAdjacentHTML|eval\(|localStorage|sessionStorage", own) == []


def test_it_has_the_version_of_rollbook():
    versions = {
        tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        for folder in (ROOT, GRAPHIQL)
    }

    assert len(versions) == 1


def test_it_is_served_where_it_is_wanted(tmp_path: Path):
    installation = Installation(tmp_path / "data", settings={"ROLLBOOK_GRAPHIQL": "on"})

    with installation.serving() as server, httpx.Client(base_url=server.url) as client:
        page = client.get("/graphiql", follow_redirects=True)
        again = client.get("/graphiql/", headers={"If-None-Match": page.headers["etag"]})
        missing = client.get("/graphiql/nothing.js")
        settings_page = client.get("/")

    assert f"GraphiQL        {server.url}/graphiql/" in server.printed
    assert (page.status_code, again.status_code, missing.status_code) == (200, 304, 404)
    assert page.text == (FILES / "index.html").read_text(encoding="utf-8")
    for answer in (page, again):
        assert answer.headers.get_list("content-security-policy") == [CONTENT_SECURITY_POLICY]
        assert answer.headers.get_list("cache-control") == ["no-cache"]
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "require-trusted-types-for" in settings_page.headers["content-security-policy"]


def test_it_is_not_served_unasked(tmp_path: Path):
    with Installation(tmp_path / "data").serving() as server:
        files = httpx.get(f"{server.url}/graphiql/vendor/graphiql.min.js")

    assert "GraphiQL" not in server.printed
    assert files.status_code == 404


@pytest.mark.parametrize(("text", "wanted"), [("on", True), ("off", False), ("", False)])
def test_the_setting_is_on_or_off(text: str, wanted: bool):
    assert Settings.read({"ROLLBOOK_GRAPHIQL": text}).graphiql is wanted


def test_another_word_is_refused():
    with pytest.raises(InvalidSetting, match=r"^ROLLBOOK_GRAPHIQL is 'yes'; it should be on or off\.$"):
        Settings.read({"ROLLBOOK_GRAPHIQL": "yes"})
