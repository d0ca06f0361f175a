"""Starts a server on a throw-away installation and audits it with an API token. Run by `make conformance`."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.cli.command import Installation

AUDIT = Path(__file__).with_name("audit.mjs")
SECONDS = 120


def main() -> int:
    """The audit's exit code: 0 if nothing was found."""
    with tempfile.TemporaryDirectory(prefix="rollbook-audit-") as folder:
        installation = Installation(Path(folder) / "data")
        acme = ("--organization", "acme")
        installation.out("organization", "create", "--handle", "acme", "--name", "Acme", "--admin-email", "a@acme.test")
        token = installation.out("tokens", "create", *acme, "--kind", "api", "--name", "Audit").split()[-1]
        with installation.serving() as server:
            audit = subprocess.run(
                ["node", str(AUDIT), f"{server.url}/graphql"],
                env=installation.environment | {"TOKEN": token},
                timeout=SECONDS,
                check=False,
            )
    return audit.returncode


if __name__ == "__main__":
    sys.exit(main())
