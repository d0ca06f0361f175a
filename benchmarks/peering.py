"""The peers that install by name, in environments of their own: scim2-server from PyPI, SCIMMY from npm."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.machine import core_of_server
from benchmarks.processes import free_port, listening
from benchmarks.targets import FEW, HERE, IN_FLUX, SMALL, Group, Target, resource, scim_headers, uvicorn

CACHE = HERE.parent / ".bench"
SCIM2 = "scim2-server"
SCIMMY = "SCIMMY"
_PYTHON_PACKAGES = ("scim2-server==0.8.3", "uvicorn==0.54.0", "uvloop", "httptools")
_GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
_LOADERS = 8


class Unavailable(Exception):
    """The peer cannot be set up here. The text says why, and stands in the results."""


def peer_versions() -> dict[str, str]:
    """The versions of the peers that are set up, and of what they run on."""
    python, node = _python(), CACHE / "node" / "node_modules"
    found = {}
    if python.exists():
        command = [str(python), "-c", "import importlib.metadata as m; print(m.version('scim2-server'))"]
        if version := subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip():
            found[SCIM2] = version
    if (node / "scimmy").exists():
        for name in ("scimmy", "scimmy-routers", "express"):
            found[name] = json.loads((node / name / "package.json").read_text())["version"]
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout
        found["Node.js"] = said.strip().lstrip("v")
    return found


@contextmanager
def scim2_server(members: int) -> Iterator[Target]:
    """scim2-server, in memory; `Unavailable` without the package index."""
    python = _python()
    with _once(CACHE / "python", " ".join(_PYTHON_PACKAGES)) as missing:
        if missing:
            _set_up([sys.executable, "-m", "venv", str(CACHE / "python")], SCIM2)
            _set_up([str(python), "-m", "pip", "install", "--quiet", *_PYTHON_PACKAGES], SCIM2)
    port = free_port()
    command = [*uvicorn(str(python), port), "scim2:app"]
    with listening(command, port, folder=HERE / "peers", core=core_of_server()) as pid:
        yield _loaded(SCIM2, f"http://127.0.0.1:{port}", "/v2", pid, members)


@contextmanager
def scimmy(members: int) -> Iterator[Target]:
    """SCIMMY behind its routers for Express, in memory; `Unavailable` without Node.js or its registry."""
    folder = CACHE / "node"
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "scimmy.mjs"):
        (folder / name).write_bytes((HERE / "peers" / name).read_bytes())
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise Unavailable(f"there is no {program} here")
    with _once(folder, (folder / "package.json").read_text()) as missing:
        if missing:
            _set_up(["npm", "install", "--silent", "--no-package-lock", "--prefix", str(folder)], SCIMMY)
    port = free_port()
    environment = ["env", "NODE_ENV=production"]
    with listening([*environment, "node", "scimmy.mjs", str(port)], port, folder=folder, core=core_of_server()) as pid:
        yield _loaded(SCIMMY, f"http://127.0.0.1:{port}", "/scim/v2", pid, members)


def _python() -> Path:
    return CACHE / "python" / "bin" / "python"


@contextmanager
def _once(folder: Path, wanted: str) -> Iterator[bool]:
    """Whether what is wanted is not in the folder yet; noted there once the block has put it there."""
    note = folder / "installed.txt"
    missing = not note.exists() or note.read_text() != wanted
    yield missing
    if missing:
        note.write_text(wanted)


def _set_up(command: Sequence[str], peer: str) -> None:
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    if run.returncode:
        last = (run.stderr or run.stdout).strip().splitlines()[-1:]
        raise Unavailable(f"{peer} could not be installed: {' '.join(last)}")


def _loaded(name: str, origin: str, path: str, pid: int, members: int) -> Target:
    headers = scim_headers("bench")
    with httpx.Client(base_url=origin + path, headers=headers, timeout=120) as client:
        with ThreadPoolExecutor(_LOADERS) as loaders:
            people = list(loaders.map(lambda number: _made(client, "/Users", resource(number)), range(members)))
        ids = people[:1000]
        group = _few(client, path, headers, ids)
    return Target(name, origin, path, pid, headers, ids, {SMALL: group})


def _few(client: httpx.Client, path: str, headers: Mapping[str, str], ids: Sequence[str]) -> Group:
    members = [{"value": each} for each in ids[: FEW + IN_FLUX]]
    made = _made(client, "/Groups", {"schemas": [_GROUP], "displayName": "Few", "members": members})
    return Group(f"{path}/Groups/{made}", headers, ids[FEW : FEW + IN_FLUX])


def _made(client: httpx.Client, path: str, body: Mapping[str, object]) -> str:
    answer = client.post(path, content=json.dumps(body))
    if answer.status_code != 201:
        raise RuntimeError(f"{client.base_url}{path} answered {answer.status_code}: {answer.text}")
    return str(answer.json()["id"])
