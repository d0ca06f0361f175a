"""`rollbook migrate` and `rollbook backup`: the care of the database."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from rollbook.cli.failures import Refused
from rollbook.settings import Settings


def migrate() -> None:
    """Bring the database up to date, and say from which version to which.

    On PostgreSQL, run it once before the new version's processes start. The embedded database needs it only when
    another command asks for it: `rollbook serve` migrates that by itself.

    Example: ROLLBOOK_DATABASE_URL=postgresql://rollbook@db.example.com/rollbook rollbook migrate
    """
    from rollbook.persistence import migrations

    settings = Settings.read()
    if settings.embedded:
        settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        before, after = migrations.upgrade(settings.url)
    except OSError as error:
        raise Refused(f"PostgreSQL cannot be reached: {error}") from error
    if before == after:
        typer.echo(f"The database is up to date ({after}).")
    else:
        typer.echo(f"The database went from {before or 'empty'} to {after}.")


def backup(
    file: Annotated[Path, typer.Argument(help="The copy to write. It must not exist yet.", dir_okay=False)],
) -> None:
    """Copy the embedded database, consistently, while Rollbook serves.

    The secrets go into a second file beside it, FILE.secrets.json: without them no token works on the restored
    database. Both can be read by you alone.

    Example: rollbook backup /backups/rollbook-2026-11-24.sqlite3
    """
    settings = Settings.read()
    if not settings.embedded:
        raise Refused("On PostgreSQL, make backups with its own tools: pg_dump, or a base backup with WAL archiving.")
    if not settings.database_path.exists():
        raise Refused(f"There is no database in {settings.data_dir}.")
    secrets_copy = file.with_name(f"{file.name}.secrets.json")
    for taken in (file, secrets_copy):
        if taken.exists():
            raise Refused(f"{taken} exists already; a backup overwrites nothing.")
    _copy_database(settings.database_path, file)
    typer.echo(f"{file}  the database")
    if settings.secrets_path.exists():
        _create_private(secrets_copy).write_bytes(settings.secrets_path.read_bytes())
        typer.echo(f"{secrets_copy}  the secrets")


def _copy_database(source: Path, target: Path) -> None:
    unfinished = _create_private(target.with_name(f"{target.name}.unfinished"))
    try:
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(unfinished)) as writing:
            # all pages in one step: a WAL reader blocks no writer, and the copy is of one moment
            reading.backup(writing, pages=-1)
        unfinished.rename(target)
    finally:
        unfinished.unlink(missing_ok=True)


def _create_private(path: Path) -> Path:
    """An empty new file that only its owner can read; `FileExistsError` if it is there already."""
    path.touch(mode=0o600, exist_ok=False)
    return path
