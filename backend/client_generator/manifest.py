"""Keeps what `rollbook.client.generated` was made of: without the generator, one can tell whether it is current."""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
CLIENT = ROOT / "backend" / "rollbook" / "client"
MANIFEST = HERE / "MANIFEST.sha256"


def manifest() -> str:
    """The SHA-256 of the schema, the operations, the generator's settings and everything that it made of them."""
    made_of = [HERE / name for name in ("config.toml", "requirements.lock", "success_only.py")]
    made_of.append(ROOT / "schema.graphql")
    files = [*made_of, *(CLIENT / "operations").glob("*.graphql"), *(CLIENT / "generated").glob("*.py")]
    lines = (f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(ROOT).as_posix()}" for path in files)
    return "".join(f"{line}\n" for line in sorted(lines, key=lambda line: line[66:]))


def main() -> None:
    """Write the manifest; `--check` compares instead, and ends with 1 if something is not current."""
    if sys.argv[1:] == ["--check"]:
        written = MANIFEST.read_text(encoding="utf-8") if MANIFEST.exists() else ""
        stale = sorted({line[66:] for line in set(written.splitlines()) ^ set(manifest().splitlines())})
        if stale:
            sys.exit(f"rollbook.client is not current. Run: make client. Changed since: {', '.join(stale)}")
    else:
        MANIFEST.write_text(manifest(), encoding="utf-8")


if __name__ == "__main__":
    main()
