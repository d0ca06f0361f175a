"""The secrets of an installation: made on first start in the data folder, and known to the database by fingerprint."""

import asyncio
import hashlib
import json
import os
import secrets
from pathlib import Path

from sqlalchemy import bindparam, insert, select

from rollbook.persistence.database import Database, UniqueViolation
from rollbook.persistence.statements import Row, Statement
from rollbook.persistence.tables import installation

FINGERPRINT = "pepper_fingerprint"
"""The name of a fact that every installation keeps, and never changes."""

_FIND = Statement(select(installation.c.value).where(installation.c.name == bindparam("name")))
_INSERT = Statement(insert(installation))


class WrongSecrets(Exception):
    """The secrets at hand are not those that the database was made with; every token would be refused."""


async def pepper(database: Database, path: Path, given: str | None) -> bytes:
    """The key of all token digests: the setting, else the one in the file, made if the database has none yet.

    Raises `WrongSecrets` rather than work with another key than the database was made with.
    """
    async with database.read() as read:
        kept = await read.one(_FIND, name=FINGERPRINT)
    found = given.encode() if given else await asyncio.to_thread(_from_file, path, may_make=kept is None)
    fingerprint = hashlib.sha256(b"rollbook pepper\0" + found).hexdigest()[:32]
    if kept is None:
        kept = await _keep(database, fingerprint)
    if kept[0] != fingerprint:
        raise WrongSecrets(
            "The secrets of this process are not those of the database, so no token would be accepted. "
            f"Use the ROLLBOOK_PEPPER, or the {path.name}, that the database was first started with."
        )
    return found


async def _keep(database: Database, fingerprint: str) -> Row:
    """Keep the fingerprint unless another process was first; answers the one that is kept."""
    try:
        async with database.write() as tx:
            await tx.execute(_INSERT, name=FINGERPRINT, value=fingerprint)
    except UniqueViolation:
        pass
    async with database.read() as read:
        row = await read.one(_FIND, name=FINGERPRINT)
    assert row is not None, "it was kept here or by another process"
    return row


def _from_file(path: Path, *, may_make: bool) -> bytes:
    """The pepper in the file; makes the file, readable by its owner only, if there is none and it may."""
    if not path.exists() and not may_make:
        raise WrongSecrets(
            f"The database knows its secrets, but {path} is missing and ROLLBOOK_PEPPER is not set. "
            "Put the file back, or set ROLLBOOK_PEPPER as on the other processes."
        )
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".{secrets.token_hex(8)}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump({"pepper": secrets.token_hex(32)}, file)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # fails if another process was first: then its file counts
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    try:
        return bytes.fromhex(json.loads(path.read_text())["pepper"])
    except (ValueError, KeyError, TypeError) as error:
        raise WrongSecrets(f"{path} cannot be read as Rollbook's secrets; put a good copy back.") from error
