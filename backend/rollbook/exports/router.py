"""The routes of this package, for the application to include."""

from fastapi import APIRouter
from starlette.routing import Route

from rollbook.domain.lockout import Lockout
from rollbook.exports.downloads import EventLines, EventTable, MemberTable
from rollbook.exports.turns import Turns
from rollbook.services import Services
from rollbook.web.browser import Browser

PREFIX = "/exports"
DOWNLOADS = (EventLines, EventTable, MemberTable)


def exports_router(services: Services, browser: Browser, lockout: Lockout) -> APIRouter:
    """Every file that can be downloaded."""
    turns = Turns()
    return APIRouter(
        routes=[
            Route(f"{PREFIX}/{download.name}", download(services, browser, lockout, turns), include_in_schema=False)
            for download in DOWNLOADS
        ]
    )
