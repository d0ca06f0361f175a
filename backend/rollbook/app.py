"""The one place where the parts meet: settings, database, services, both facades and the settings pages."""

import asyncio
import logging
import mimetypes
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rollbook.domain.errors import Busy
from rollbook.graphql.router import graphql_router
from rollbook.scim.application import PREFIX as SCIM_PREFIX
from rollbook.scim.application import scim_application
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.settings import Settings
from rollbook.shipped import FRONTEND_STUB

USES_KEPT_EVERY_SECONDS = 1.0

_log = logging.getLogger(__name__)

_PAGE_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]


def create_app(settings: Settings) -> FastAPI:
    """The whole server. It opens the database when it starts, and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(settings) as services:
            keeping = asyncio.create_task(_keep_uses_of_tokens(services))
            _assemble(app, services, settings.base_url)
            try:
                yield
            finally:
                keeping.cancel()
                with suppress(asyncio.CancelledError):
                    await keeping
                await services.tokens.keep_uses()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_Doors)
    return app


def app_over(services: Services, base_url: str) -> FastAPI:
    """The same server over services that somebody else opened and will close."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_Doors)
    _assemble(app, services, base_url)
    return app


def _assemble(app: FastAPI, services: Services, base_url: str) -> None:
    app.state.scim = scim_application(services, base_url)
    app.include_router(graphql_router(services, base_url))

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        """200 when the process can serve: the database answers."""
        try:
            await services.ready()
        except Exception:
            _log.exception("the database does not answer")
            return JSONResponse({"status": "unavailable"}, status_code=503)
        return JSONResponse({"status": "ok"})

    # the registry of some systems maps .js to text/plain, which a browser does not run as a module
    mimetypes.add_type("text/javascript", ".js")
    app.frontend("/", directory=FRONTEND_STUB, fallback="index.html")


class _Doors:
    """Sends SCIM to its own application, with no framework in between, and adds the pages' headers to the rest."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path: str = scope["path"]
        if path.startswith(SCIM_PREFIX) and path[len(SCIM_PREFIX) :][:1] in ("", "/"):
            scim: Scope = {**scope, "root_path": scope.get("root_path", "") + SCIM_PREFIX}
            await scope["app"].state.scim(scim, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_PAGE_HEADERS, *_caching(message)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _caching(message: Message) -> list[tuple[bytes, bytes]]:
    """Pages and modules are asked for again each time, so that a new version is seen at once."""
    said = any(name.lower() == b"cache-control" for name, _ in message.get("headers", ()))
    return [] if said else [(b"cache-control", b"no-cache")]


async def _keep_uses_of_tokens(services: Services) -> None:
    """Write down now and then when tokens were last used, outside of any request."""
    while True:
        await asyncio.sleep(USES_KEPT_EVERY_SECONDS)
        try:
            await services.tokens.keep_uses()
        except Busy:
            _log.warning("the last uses of tokens could not be kept: the database is busy")
        except Exception:
            _log.exception("the last uses of tokens could not be kept")
