"""The routes of this package, for the application to include."""

from typing import ClassVar

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from rollbook.services import Services
from rollbook.sign_in.doors import PageDoor, SignInDoor
from rollbook.sign_in.keeping import Doorkeeper
from rollbook.sign_in.links import Redeem, SignOut
from rollbook.sign_in.passkeys import (
    PasskeyOptions,
    PasskeyRegistration,
    PasskeyRegistrationOptions,
    PasskeySignIn,
)
from rollbook.sign_in.setup import SetUp
from rollbook.sign_in.sso import Again, Callback, Find, Link, Start
from rollbook.sign_in.welcome import Welcome
from rollbook.web.browser import Browser
from rollbook.web.door import Door
from rollbook.web.requests import Refused, error_response

_DOORS: dict[str, type[SignInDoor | PageDoor]] = {
    "/auth/find": Find,
    "/auth/passkeys/options": PasskeyOptions,
    "/auth/passkeys/register": PasskeyRegistration,
    "/auth/passkeys/register/options": PasskeyRegistrationOptions,
    "/auth/passkeys/sign-in": PasskeySignIn,
    "/auth/redeem": Redeem,
    "/auth/setup": SetUp,
    "/auth/sign-out": SignOut,
    "/auth/sso/again": Again,
    "/auth/sso/link": Link,
    "/auth/sso/{handle}/callback": Callback,
    "/auth/sso/{handle}/start": Start,
    "/auth/welcome": Welcome,
}


def sign_in_router(services: Services, browser: Browser, keeper: Doorkeeper) -> APIRouter:
    """Everything at /auth. What is not a door there is not found: no page of ours lies below it."""
    doors: dict[str, Door] = {path: door(services, browser, keeper) for path, door in _DOORS.items()}
    doors["/auth"] = doors["/auth/{rest:path}"] = _Wall()
    return APIRouter(routes=[Route(path, door, include_in_schema=False) for path, door in doors.items()])


class _Wall(Door):
    methods: ClassVar[tuple[str, ...]] = ("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT")

    async def answer(self, request: Request, request_id: str) -> Response:
        raise Refused(404, "NOT_FOUND", "There is no such door.")

    def refusal(self, request: Request, refused: Refused, request_id: str) -> Response:
        return error_response(refused, request_id)
