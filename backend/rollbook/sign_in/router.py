"""The routes of this package, for the application to include."""

from fastapi import APIRouter
from starlette.routing import Route

from rollbook.domain.lockout import Lockout
from rollbook.services import Services
from rollbook.sign_in.links import Redeem, SignOut
from rollbook.web.browser import Browser


def sign_in_router(services: Services, browser: Browser, *, lockout: Lockout) -> APIRouter:
    """Everything at /auth."""
    return APIRouter(
        routes=[
            Route("/auth/redeem", Redeem(services, browser, lockout), include_in_schema=False),
            Route("/auth/sign-out", SignOut(services, browser, lockout), include_in_schema=False),
        ]
    )
