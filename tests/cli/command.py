"""The command line as a person uses it: with an environment, an output and an exit code of its own."""

import os
import re
import select
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from unittest.mock import patch

import httpx

from rollbook.cli import main

SECONDS = 60
"""Longer than any command takes; a command that hangs fails its test."""


@dataclass(frozen=True)
class Served:
    """A server that runs, and what it printed before it served."""

    url: str
    printed: str
    process: subprocess.Popen[str]

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to stop, and wait: its exit code."""
        self.process.send_signal(sent)
        return self.process.wait(SECONDS)


@dataclass(frozen=True)
class Installation:
    """One data folder or database, and the command line over it."""

    data_dir: Path
    database_url: str | None = None
    python: str = sys.executable
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """Ours, without any other installation in it."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("ROLLBOOK_")}
        url = {"ROLLBOOK_DATABASE_URL": self.database_url} if self.database_url else {}
        # the width that help and tables are printed at must not depend on who runs the tests
        ours = {"ROLLBOOK_DATA_DIR": str(self.data_dir), "COLUMNS": "100", "NO_COLOR": "1"}
        return kept | ours | url | dict(self.settings)

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, in this process: most of a process's time would go into starting it."""
        out, err, code = StringIO(), StringIO(), 0
        with (
            patch.dict(os.environ, self.environment, clear=True),
            patch.object(sys, "argv", ["rollbook", *words]),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                main.run()
            except SystemExit as end:
                code = int(end.code or 0)
        return subprocess.CompletedProcess(words, code, out.getvalue(), err.getvalue())

    def process(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one command to its end, in a process of its own."""
        return subprocess.run(
            self._command(*words), capture_output=True, text=True, timeout=SECONDS, env=self.environment, cwd="/"
        )

    def out(self, *words: str) -> str:
        """What a command that must succeed says on standard output."""
        result = self.run(*words)
        assert result.returncode == 0, result.stderr
        return result.stdout.strip()

    @contextmanager
    def serving(self, *words: str, command: str = "serve") -> Iterator[Served]:
        """A server on a free port, from the moment it answers until the end of the block."""
        process = subprocess.Popen(
            self._command(command, "--port", "0", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment | {"PYTHONUNBUFFERED": "1"},
            cwd="/",
        )
        try:
            printed = _read_until(process, "Ctrl-C")
            (url,) = re.findall(
                r"^Rollbook serves at (?:\S+, on this machine at )?(http://[^\s,]+)", printed, re.MULTILINE
            )
            assert httpx.get(f"{url}/healthz", timeout=SECONDS).status_code == 200
            yield Served(url, printed, process)
        finally:
            if process.poll() is None:
                process.terminate()
            process.communicate(timeout=SECONDS)

    def _command(self, *words: str) -> list[str]:
        return [self.python, "-m", "rollbook", *words]


def _read_until(process: subprocess.Popen[str], awaited: str) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    printed = ""
    while awaited not in printed:
        # past Python's own buffer, which would hide what came from select
        ready, _, _ = select.select([process.stdout], [], [], SECONDS)
        some = os.read(process.stdout.fileno(), 65536).decode() if ready else ""
        assert some, f"it printed {printed!r} and ended with {process.stderr.read()!r}"
        printed += some
    return printed


def refusal(result: subprocess.CompletedProcess[str]) -> str:
    """The one line by which a command that refuses says why; it has done nothing and printed nothing else."""
    assert (result.returncode, result.stdout) == (1, ""), result.stderr
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    return lines[0].removeprefix("rollbook: ")
