"""Opens the services over the database of an installation, without either facade: the command line needs none."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rollbook.gateways.bundle import Gateways
from rollbook.gateways.opening import open_gateways
from rollbook.persistence import secret_file
from rollbook.persistence.opening import open_embedded, open_postgresql
from rollbook.services.bundle import Services
from rollbook.settings import Settings


@asynccontextmanager
async def open_services(settings: Settings, gateways: Gateways | None = None) -> AsyncIterator[Services]:
    """The services over the database of the settings, which is closed at the end.

    `gateways` take the place of those that the settings describe.

    Raises `DatabaseUnreachable`, `DatabaseBehind` or `WrongSecrets`, whose messages say what to do.
    """
    if settings.database_url is None:
        database = await open_embedded(settings.database_path)
    else:
        database = await open_postgresql(settings.database_url, pool_size=settings.pool_size)
    try:
        yield Services(
            database,
            await secret_file.pepper(database, settings.secrets_path, settings.pepper),
            base_url=settings.base_url,
            gateways=gateways or open_gateways(settings.outside),
        )
    finally:
        await database.close()
