"""The settings of one installation, read once from `ROLLBOOK_*`; no other module reads the environment."""

import ipaddress
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

import platformdirs

DEFAULT_BASE_URL = "http://127.0.0.1:8000"
DEFAULT_POOL_SIZE = 10

T = TypeVar("T")

_HOST_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")

MIN_PEPPER = 32
"""How many characters the secret key of token digests has at least."""

LEAST_SCIM_RATE = 25
"""Requests in a second that Microsoft expects every SCIM server to take (E-75)."""


class InvalidSetting(ValueError):
    """A setting that cannot be used. The message names the variable and says what it should be."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """What the HTTP doors let through: how much, for how long, and from where. A rate that is None has no limit.

    The rates count for each token, and for each member who is signed in, in each process.
    `sign_ins_per_minute` counts for each address, at each door of /auth. `trusted_documents_only`: whether browser
    sessions may run the operations of the settings pages only.
    """

    graphql_requests_per_minute: int | None = 600
    graphql_cost_per_minute: int | None = 100_000
    graphql_timeout_seconds: float = 10
    scim_requests_per_second: int | None = 300
    sign_ins_per_minute: int | None = 300
    trusted_documents_only: bool = False
    cors_origins: tuple[str, ...] = ()


UNLIMITED = Traffic(
    graphql_requests_per_minute=None,
    graphql_cost_per_minute=None,
    scim_requests_per_second=None,
    sign_ins_per_minute=None,
)
"""No rate limits: for whoever runs the server inside a program of their own."""


@dataclass(frozen=True, slots=True)
class Outside:
    """What Rollbook may reach outside: hosts of identity providers besides public ones, and a mail server.

    `private_hosts`: those that may be on a private network, and speak plain http on this machine. `smtp_url` is like
    smtps://user:password@mail.example.com, `mail_from` the address of the sender.
    """

    private_hosts: frozenset[str] = frozenset()
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """Where the data lies, and under which URL clients reach this installation (without a trailing slash).

    `pepper` is the secret key of token digests, the same for all processes; without it the data folder keeps one.
    `pool_size` is how many connections to PostgreSQL one process holds at most. `graphiql`: whether it is served.
    `trusted_proxies`: addresses or networks whose X-Forwarded headers count. `insecure_cookies`: whether people may
    sign in over plain http beyond this machine. `security_contact`: whom security.txt names.
    """

    data_dir: Path
    base_url: str = DEFAULT_BASE_URL
    database_url: str | None = field(default=None, repr=False)
    pepper: str | None = field(default=None, repr=False)
    pool_size: int = DEFAULT_POOL_SIZE
    traffic: Traffic = Traffic()
    graphiql: bool = False
    outside: Outside = Outside()
    trusted_proxies: tuple[str, ...] = ()
    insecure_cookies: bool = False
    security_contact: str | None = None

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
        base_url = _http_url("ROLLBOOK_BASE_URL", given.get("ROLLBOOK_BASE_URL") or default_base_url)
        return cls(
            data_dir=Path(data_dir).expanduser() if data_dir else platformdirs.user_data_path("rollbook", False),
            base_url=base_url,
            database_url=_database_url(given.get("ROLLBOOK_DATABASE_URL")),
            pepper=_pepper(given.get("ROLLBOOK_PEPPER")),
            pool_size=_number("ROLLBOOK_POOL_SIZE", given.get("ROLLBOOK_POOL_SIZE"), DEFAULT_POOL_SIZE, 1, 1000),
            traffic=_traffic(given, base_url),
            graphiql=_switch("ROLLBOOK_GRAPHIQL", given.get("ROLLBOOK_GRAPHIQL")),
            outside=_outside(given),
            trusted_proxies=_networks("ROLLBOOK_TRUSTED_PROXIES", given.get("ROLLBOOK_TRUSTED_PROXIES")),
            insecure_cookies=_switch("ROLLBOOK_INSECURE_COOKIES", given.get("ROLLBOOK_INSECURE_COOKIES")),
            security_contact=_contact("ROLLBOOK_SECURITY_CONTACT", given.get("ROLLBOOK_SECURITY_CONTACT")),
        )


@dataclass(frozen=True, slots=True)
class Remote:
    """The server that the command line asks instead of the local database, and the token that it shows there."""

    url: str
    token: str = field(repr=False)

    @classmethod
    def read(cls, environment: Mapping[str, str] | None = None) -> "Remote | None":
        """The server that the environment names, or None; `InvalidSetting` for half of it."""
        given = os.environ if environment is None else environment
        url, token = given.get("ROLLBOOK_URL"), given.get("ROLLBOOK_API_TOKEN")
        if not url:
            return None
        if not token:
            raise InvalidSetting("ROLLBOOK_URL names a server: set ROLLBOOK_API_TOKEN to one of its API tokens too.")
        if not token.isascii() or not token.startswith("rollbook_api_"):
            raise InvalidSetting("ROLLBOOK_API_TOKEN is no API token: those begin with rollbook_api_.")
        return cls(_http_url("ROLLBOOK_URL", url), token)


def is_loopback(base_url: str) -> bool:
    """Whether only this machine can reach the URL."""
    host = urlsplit(base_url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def may_sign_in(base_url: str, *, insecure_cookies: bool) -> bool:
    """Whether people may sign in at this URL: over https, on this machine, or because the operator says so."""
    return base_url.startswith("https:") or is_loopback(base_url) or insecure_cookies


def _traffic(given: Mapping[str, str], base_url: str) -> Traffic:
    plain = Traffic()

    def read(name: str, reader: Callable[[str, str | None, T], T], without: T) -> T:
        return reader(f"ROLLBOOK_{name}", given.get(f"ROLLBOOK_{name}"), without)

    return Traffic(
        graphql_requests_per_minute=read("GRAPHQL_REQUESTS_PER_MINUTE", _rate, plain.graphql_requests_per_minute),
        graphql_cost_per_minute=read("GRAPHQL_COST_PER_MINUTE", _rate, plain.graphql_cost_per_minute),
        graphql_timeout_seconds=read("GRAPHQL_TIMEOUT_SECONDS", _timeout, plain.graphql_timeout_seconds),
        scim_requests_per_second=read("SCIM_REQUESTS_PER_SECOND", _scim_rate, plain.scim_requests_per_second),
        sign_ins_per_minute=read("SIGN_INS_PER_MINUTE", _rate, plain.sign_ins_per_minute),
        trusted_documents_only=read("TRUSTED_DOCUMENTS", _trusted_documents_only, not is_loopback(base_url)),
        cors_origins=read("CORS_ORIGINS", _origins, plain.cors_origins),
    )


def _outside(given: Mapping[str, str]) -> Outside:
    smtp_url, mail_from = _smtp_url(given.get("ROLLBOOK_SMTP_URL")), _sender(given.get("ROLLBOOK_MAIL_FROM"))
    if smtp_url is not None and mail_from is None:
        raise InvalidSetting("ROLLBOOK_SMTP_URL names a mail server: set ROLLBOOK_MAIL_FROM to the sender's address.")
    if mail_from is not None and smtp_url is None:
        raise InvalidSetting("ROLLBOOK_MAIL_FROM names a sender: set ROLLBOOK_SMTP_URL to a mail server.")
    return Outside(_hosts("ROLLBOOK_SSO_PRIVATE_HOSTS", given.get("ROLLBOOK_SSO_PRIVATE_HOSTS")), smtp_url, mail_from)


def _smtp_url(text: str | None) -> str | None:
    """The URL of a mail server. The text of a refusal does not repeat it, because it may hold a password."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        usable = parts.scheme in {"smtp", "smtps"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    # a password with a character that ends the host would send the rest of itself there as a path
    if not usable or parts.path not in {"", "/"} or parts.query or parts.fragment or not text.isprintable():
        raise InvalidSetting(
            "ROLLBOOK_SMTP_URL should look like smtps://user:password@mail.example.com; user and password are "
            "percent-encoded."
        )
    if bool(parts.username) != bool(parts.password):
        raise InvalidSetting("ROLLBOOK_SMTP_URL has a user name or a password alone; give both, or neither.")
    return text


def _sender(text: str | None) -> str | None:
    if not text:
        return None
    if not _PLAIN_ADDRESS.fullmatch(text):
        raise InvalidSetting(f"ROLLBOOK_MAIL_FROM is {text!r}; it should be an address such as rollbook@example.com.")
    return text


def _hosts(name: str, text: str | None) -> frozenset[str]:
    hosts = [part.strip() for part in (text or "").split(",") if part.strip()]
    for host in hosts:
        if not _is_host(host):
            raise InvalidSetting(
                f"{name} has {host!r}; name each host in lower case as it stands in URLs, without port and path, "
                "such as login.intern.example.com or 10.0.0.5."
            )
    return frozenset(hosts)


def _is_host(text: str) -> bool:
    try:
        # as text, since this is how the host of a URL is compared
        return str(ipaddress.ip_address(text)) == text
    except ValueError:
        labels = text.split(".")
        return all(_HOST_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()


def _http_url(name: str, text: str) -> str:
    parts = _split(name, text)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.query or parts.fragment:
        raise InvalidSetting(f"{name} is {text!r}; it should look like https://rollbook.example.com.")
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


def _number(name: str, text: str | None, without: int, least: int, most: int) -> int:
    if not text:
        return without
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
        raise InvalidSetting(f"{name} is {text!r}; it should be a number from {least} to {most}.")
    return int(text)


def _rate(name: str, text: str | None, without: int | None, least: int = 1) -> int | None:
    if not text:
        return without
    if text == "off":
        return None
    if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= 10**9:
        raise InvalidSetting(f"{name} is {text!r}; it should be a number, at least {least}, or off.")
    return int(text)


def _timeout(name: str, text: str | None, without: float) -> float:
    return _number(name, text, int(without), 1, 600)


def _scim_rate(name: str, text: str | None, without: int | None) -> int | None:
    return _rate(name, text, without, LEAST_SCIM_RATE)


def _switch(name: str, text: str | None) -> bool:
    if text not in {None, "", "on", "off"}:
        raise InvalidSetting(f"{name} is {text!r}; it should be on or off.")
    return text == "on"


def _networks(name: str, text: str | None) -> tuple[str, ...]:
    """Addresses and networks. One of everybody's is refused: whoever believes everybody writes any address."""
    parts = [part.strip() for part in (text or "").split(",") if part.strip()]
    for part in parts:
        try:
            good = ipaddress.ip_network(part).prefixlen > 0
        except ValueError:
            good = False
        if not good:
            raise InvalidSetting(
                f"{name} has {part!r}; name the addresses or networks of your proxies, such as 10.0.0.5, 10.1.0.0/16."
            )
    return tuple(parts)


def _contact(name: str, text: str | None) -> str | None:
    """A contact as RFC 9116 section 2.5.3 wants it: a URI."""
    if not text:
        return None
    contact = f"mailto:{text}" if "@" in text and ":" not in text else text
    readable = contact.isascii() and contact.isprintable() and " " not in contact
    if not readable or not contact.startswith(("https://", "mailto:", "tel:")):
        raise InvalidSetting(f"{name} is {text!r}; it should be an e-mail address, or a URL like https://example.com.")
    return contact


def _trusted_documents_only(name: str, text: str | None, without: bool) -> bool:
    if not text:
        return without
    if text not in {"ui", "off"}:
        raise InvalidSetting(f"{name} is {text!r}; it should be ui or off.")
    return text == "ui"


def _origins(name: str, text: str | None, without: tuple[str, ...]) -> tuple[str, ...]:
    if not text:
        return without
    return tuple(_origin(name, part.strip()) for part in text.split(",") if part.strip())


def _origin(name: str, text: str) -> str:
    """An origin exactly as browsers write it, since it is compared with what they send."""
    if "*" in text:
        raise InvalidSetting(f"{name} has {text!r}; name each origin, such as https://tools.example.com.")
    parts = _split(name, text)
    exact = f"{parts.scheme}://{parts.netloc}"
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    if default_port is None or not parts.hostname or parts.username is not None or parts.port == default_port:
        exact = ""
    if text != exact or text != text.lower():
        raise InvalidSetting(
            f"{name} has {text!r}; an origin is scheme and host in lower case, with a port unless it is the usual one, "
            "such as https://tools.example.com."
        )
    return text
