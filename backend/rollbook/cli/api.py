"""The API as a command asks it: of a server where ROLLBOOK_URL names one, else of the local database, as its operator.

The same operations and the same client either way (docs/decisions/0012): only what carries a request differs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from rollbook.cli.failures import Refused
from rollbook.cli.installation import require_database
from rollbook.settings import Remote, Settings

if TYPE_CHECKING:
    from anyio.from_thread import BlockingPortal

    from rollbook.client import Client
    from rollbook.domain.actors import Actor
    from rollbook.services import Services

OrganizationOption = Annotated[
    str | None,
    typer.Option(
        "--organization",
        help="The organization's handle. Needed where the database has several; a remote token belongs to one.",
    ),
]


def given(**optional: object) -> dict[str, Any]:
    """What was said on the command line; the rest is left out of the request."""
    return {name: value for name, value in optional.items() if value is not None}


@contextmanager
def asking(organization: str | None, *, with_jobs: bool = False) -> "Iterator[Client]":
    """A client that acts in the organization. Raises what refuses, in words for the command line.

    `with_jobs`: jobs run meanwhile; a server runs them anyhow.
    """
    remote = Remote.read()
    opened = _local(organization, with_jobs=with_jobs) if remote is None else _remote(remote, organization)
    with opened as client:
        yield client


@contextmanager
def _remote(remote: Remote, organization: str | None) -> "Iterator[Client]":
    from rollbook.client import Client

    with Client(remote.url, remote.token) as client:
        if organization is not None:
            handle = client.viewer().organization.handle
            if handle != organization:
                raise Refused(f"The token in ROLLBOOK_API_TOKEN belongs to {handle}, not to {organization}.")
        yield client


@contextmanager
def asking_services(organization: str | None) -> "Iterator[tuple[BlockingPortal, Services, Actor]]":
    """The services over the local database, the portal to their event loop, and the operator of the organization."""
    from anyio.from_thread import start_blocking_portal

    from rollbook.services.opening import open_services

    settings = Settings.read()
    require_database(settings)
    with start_blocking_portal() as portal, portal.wrap_async_context_manager(open_services(settings)) as services:
        handle = organization or portal.call(_only_organization, services)
        yield portal, services, portal.call(services.organizations.operator, handle)


@contextmanager
def _local(organization: str | None, *, with_jobs: bool) -> "Iterator[Client]":
    from rollbook.cli.in_process import InProcess
    from rollbook.client import Client
    from rollbook.domain.values import new_id

    settings = Settings.read()
    with asking_services(organization) as (portal, services, operator):

        async def answer(body: dict[str, object]) -> dict[str, object]:
            from rollbook.graphql import local

            return await local.answer(services, replace(operator, request_id=new_id()), settings.base_url, body)

        running = portal.start_task_soon(services.job_runner.run) if with_jobs else None
        try:
            with Client(settings.base_url, "", transport=InProcess(portal, answer)) as client:
                yield client
        finally:
            if running is not None:
                portal.call(services.job_runner.stop)
                running.result()


async def _only_organization(services: "Services") -> str:
    organizations = await services.organizations.list()
    if len(organizations) != 1:
        handles = ", ".join(sorted(organization.handle for organization in organizations))
        there_are = f"There are: {handles}." if handles else "There are none yet."
        raise Refused(f"Name the organization by --organization. {there_are}")
    return organizations[0].handle
