"""The settings of one installation, read once from `ROLLBOOK_*`; no other module reads the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

import platformdirs

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
DEFAULT_POOL_SIZE = 10


MIN_PEPPER = 32
"""How many characters the secret key of token digests has at least."""


class InvalidSetting(ValueError):
    """A setting that cannot be used. The message names the variable and says what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data lies, and under which URL clients reach this installation (without a trailing slash).

    `pepper` is the secret key of token digests, the same for all processes; without it the data folder keeps one.
    `pool_size` is how many connections to PostgreSQL one process holds at most.
    """

    data_dir: Path
    base_url: str = DEFAULT_BASE_URL
    database_url: str | None = field(default=None, repr=False)
    pepper: str | None = field(default=None, repr=False)
    pool_size: int = DEFAULT_POOL_SIZE

    @property
    def embedded(self) -> bool:
        """Whether the database is the embedded one (SQLite in `data_dir`)."""
        return self.database_url is None

    @property
    def database_path(self) -> Path:
        """The file of the embedded database."""
        return self.data_dir / "rollbook.sqlite3"

    @property
    def secrets_path(self) -> Path:
        """The file of the secrets that were made on first start, unless settings give them."""
        return self.data_dir / "secrets.json"

    @property
    def url(self) -> str:
        """The database's URL, as migrations take it."""
        return self.database_url or f"sqlite:///{self.database_path}"

    @classmethod
    def read(
        cls, environment: Mapping[str, str] | None = None, *, default_base_url: str = DEFAULT_BASE_URL
    ) -> "Settings":
        """The settings from the environment; `InvalidSetting` for one that cannot be used."""
        given = os.environ if environment is None else environment
        data_dir = given.get("ROLLBOOK_DATA_DIR")
        return cls(
            data_dir=Path(data_dir).expanduser() if data_dir else platformdirs.user_data_path("rollbook", False),
            base_url=_base_url(given.get("ROLLBOOK_BASE_URL") or default_base_url),
            database_url=_database_url(given.get("ROLLBOOK_DATABASE_URL")),
            pepper=_pepper(given.get("ROLLBOOK_PEPPER")),
            pool_size=_pool_size(given.get("ROLLBOOK_POOL_SIZE")),
        )


def _base_url(text: str) -> str:
    parts = _split("ROLLBOOK_BASE_URL", text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise InvalidSetting(f"ROLLBOOK_BASE_URL is {text!r}; it should look like https://rollbook.example.com.")
    return text.rstrip("/")


def _database_url(text: str | None) -> str | None:
    if not text:
        return None
    if _split("ROLLBOOK_DATABASE_URL", text).scheme not in {"postgresql", "postgres"}:
        raise InvalidSetting(
            "ROLLBOOK_DATABASE_URL should look like postgresql://user@host/database; "
            "leave it unset for the embedded database."
        )
    return text


def _split(name: str, text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        _ = parts.port  # says so if it is out of range
        return parts
    except ValueError as error:
        raise InvalidSetting(f"{name} is not a URL: {error}.") from error


def _pepper(text: str | None) -> str | None:
    if text and len(text) < MIN_PEPPER:
        raise InvalidSetting(f"ROLLBOOK_PEPPER is too short: use at least {MIN_PEPPER} random characters.")
    return text or None


def _pool_size(text: str | None) -> int:
    if not text:
        return DEFAULT_POOL_SIZE
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 1000:
        raise InvalidSetting(f"ROLLBOOK_POOL_SIZE is {text!r}; it should be a number from 1 to 1000.")
    return int(text)
