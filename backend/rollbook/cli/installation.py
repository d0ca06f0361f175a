"""The installation that a command works on: its settings, and the services over its database."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from rollbook.cli.failures import Refused
from rollbook.settings import Settings

if TYPE_CHECKING:
    from rollbook.domain.actors import Actor
    from rollbook.services import Services

T = TypeVar("T")


def with_services(settings: Settings, work: "Callable[[Services], Awaitable[T]]") -> T:
    """Open the services on the database of these settings, do the work, close them.

    An embedded database is made and migrated by being opened; another one that is behind is refused.
    """
    from rollbook.services.opening import open_services

    async def opened() -> T:
        async with open_services(settings) as services:
            return await work(services)

    return asyncio.run(opened())


def as_operator(organization: str, work: "Callable[[Services, Actor], Awaitable[T]]") -> T:
    """Do the work as the operator of the organization with that handle; `NotFound` if there is none."""
    settings = Settings.read()
    require_database(settings)

    async def acting(services: "Services") -> T:
        return await work(services, await services.organizations.operator(organization))

    return with_services(settings, acting)


def require_database(settings: Settings) -> None:
    """`Refused` if the embedded database is not there: a mistyped folder must not get one in passing."""
    if settings.embedded and not settings.database_path.exists():
        raise Refused(
            f"There is no database in {settings.data_dir}. Begin with `rollbook organization create`, "
            "or name the right folder by ROLLBOOK_DATA_DIR."
        )
