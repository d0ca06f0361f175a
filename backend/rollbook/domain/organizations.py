"""An organization: the tenant, and one provisioning domain."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, field, fields
from datetime import datetime
from typing import Any, Self

from rollbook.domain.errors import InvalidValue, VersionMismatch
from rollbook.domain.immutable import immutable

_HANDLE = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
MAX_NAME = 128


MAX_DAYS = 3650
MAX_MEGABYTES = 100_000


@immutable
class OrganizationSettings:
    """What an organization decides for itself.

    `token_max_lifetime_days`: a new token must expire within so many days; None: it need not expire.
    `provisioning_log_retention_days`: how long an entry of the provisioning log is kept.
    `provisioning_log_max_megabytes`: how much its entries may hold; the oldest give way to new ones.
    """

    token_max_lifetime_days: int | None = None
    provisioning_log_retention_days: int = 90
    provisioning_log_max_megabytes: int = 1_000

    def differing(self) -> dict[str, Any]:
        """The settings that differ from the default, by name; what is kept of them."""
        return {name: value for name, value in asdict(self).items() if value != getattr(DEFAULT_SETTINGS, name)}

    @classmethod
    def of(cls, differing: Mapping[str, Any]) -> Self:
        """The settings of which these differ from the default; one that this version does not know is left out."""
        known = {each.name for each in fields(cls)}
        return cls(**{name: value for name, value in differing.items() if name in known})


DEFAULT_SETTINGS = OrganizationSettings()


@immutable
class Organization:
    """The tenant. `handle` is its short name in links and on the command line, unique and lower case.

    Equality leaves out `version`, so an unchanged organization equals the one it was made from.
    """

    id: str
    handle: str
    name: str
    created_at: datetime
    settings: OrganizationSettings = DEFAULT_SETTINGS
    version: int = field(default=1, compare=False)

    def expect(self, version: int | None) -> Self:
        """This organization, or `VersionMismatch` if the caller read another version of it."""
        if version is not None and version != self.version:
            raise VersionMismatch(
                f"The organization changed in the meantime: you sent version {version}, it is now at {self.version}. "
                "Read it again and repeat the change.",
                current=self.version,
            )
        return self


OrganizationChange = Callable[[Organization], Organization]
"""A pure function from an organization to what it should become; may run more than once."""


def is_handle(text: str) -> bool:
    """Whether a text can be a handle: a DNS label in lower case."""
    return _HANDLE.fullmatch(text) is not None


def checked_handle(handle: str) -> str:
    """The handle, or `InvalidValue` if it cannot be one."""
    if not is_handle(handle):
        raise InvalidValue(
            f"{handle!r} is not a handle: use 1 to 63 lower-case letters, digits and inner hyphens.", field="handle"
        )
    return handle


def checked_name(name: str) -> str:
    """The name without outer spaces, or `InvalidValue` if nothing or too much is left."""
    trimmed = name.strip()
    if not 1 <= len(trimmed) <= MAX_NAME or not trimmed.isprintable():
        raise InvalidValue(f"A name has 1 to {MAX_NAME} printable characters.", field="name")
    return trimmed


def checked_settings(settings: OrganizationSettings) -> OrganizationSettings:
    """The settings, or `InvalidValue` for one that cannot be."""
    if settings.token_max_lifetime_days is not None:
        _check("tokenMaxLifetimeDays", settings.token_max_lifetime_days, MAX_DAYS)
    _check("provisioningLogRetentionDays", settings.provisioning_log_retention_days, MAX_DAYS)
    _check("provisioningLogMaxMegabytes", settings.provisioning_log_max_megabytes, MAX_MEGABYTES)
    return settings


def _check(field: str, value: int, largest: int) -> None:
    if not 1 <= value <= largest:
        raise InvalidValue(f"{field} is from 1 to {largest}.", field=field)
