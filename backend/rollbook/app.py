"""The one place where the parts meet: settings, database, services, both facades and the settings pages."""

import asyncio
import logging
import mimetypes
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from rollbook.domain.lockout import Lockout
from rollbook.graphql.graphiql import PREFIX as GRAPHIQL_PREFIX
from rollbook.graphql.graphiql import GraphiQL
from rollbook.graphql.router import graphql_router
from rollbook.graphql.streams import Streams
from rollbook.graphql.trusted_documents import trusted_documents
from rollbook.scim.application import PREFIX as SCIM_PREFIX
from rollbook.scim.application import scim_application
from rollbook.services import Services
from rollbook.services.opening import open_services
from rollbook.services.upkeep import now_and_then
from rollbook.settings import UNLIMITED, Settings, Traffic
from rollbook.shipped import FRONTEND_STUB, graphiql
from rollbook.sign_in.router import sign_in_router
from rollbook.web.browser import Browser

USES_KEPT_EVERY_SECONDS = 1.0
KEYS_FORGOTTEN_EVERY_SECONDS = 3600.0
LOG_CUT_EVERY_SECONDS = 3600.0

_log = logging.getLogger(__name__)

_HEADERS = [
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        b"base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'",
    ),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cache-control", b"no-cache"),  # asked for again each time, so that a new version is seen at once
]
"""What every answer says, unless it says another thing itself."""


def create_app(settings: Settings) -> FastAPI:
    """The whole server. It opens the database when it starts, and closes it when it stops."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_services(settings) as services:
            upkeep = [
                asyncio.create_task(
                    now_and_then(USES_KEPT_EVERY_SECONDS, services.tokens.keep_uses, what="noting the uses of tokens")
                ),
                asyncio.create_task(
                    now_and_then(KEYS_FORGOTTEN_EVERY_SECONDS, services.idempotency.forget, what="forgetting old keys")
                ),
                asyncio.create_task(
                    now_and_then(LOG_CUT_EVERY_SECONDS, services.provisioning.forget, what="cutting provisioning logs")
                ),
            ]
            running = asyncio.create_task(services.job_runner.run())
            _assemble(app, services, settings.base_url, settings.traffic, with_graphiql=settings.graphiql)
            try:
                with _at_a_signal(app.state.streams.end):
                    yield
            finally:
                services.job_runner.stop()
                for task in upkeep:
                    task.cancel()
                await asyncio.gather(running, *upkeep, return_exceptions=True)
                await services.tokens.keep_uses()

    app = FastAPI(lifespan=lifespan, openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_Doors)
    return app


def app_over(services: Services, base_url: str, traffic: Traffic = UNLIMITED) -> FastAPI:
    """The same server over services that somebody else opened and will close."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(_Doors)
    _assemble(app, services, base_url, traffic)
    return app


def _assemble(
    app: FastAPI, services: Services, base_url: str, traffic: Traffic, *, with_graphiql: bool = False
) -> None:
    lockout = Lockout()
    documents = trusted_documents(FRONTEND_STUB / "operations")
    app.state.streams = Streams()
    app.state.scim = scim_application(
        services, base_url, lockout=lockout, requests_per_second=traffic.scim_requests_per_second
    )
    browser = Browser(base_url)
    app.include_router(sign_in_router(services, browser, lockout=lockout))
    app.include_router(
        graphql_router(
            services,
            browser,
            base_url,
            traffic=traffic,
            documents=documents,
            lockout=lockout,
            streams=app.state.streams,
        )
    )

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
    graphiql_files = graphiql() if with_graphiql else None
    if graphiql_files:
        app.mount(GRAPHIQL_PREFIX, GraphiQL(graphiql_files))
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
                message["headers"] = [*message.get("headers", ()), *_unsaid(message)]
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _unsaid(message: Message) -> list[tuple[bytes, bytes]]:
    said = {name.lower() for name, _ in message.get("headers", ())}
    return [(name, value) for name, value in _HEADERS if name not in said]


@contextmanager
def _at_a_signal(end: Callable[[], None]) -> Iterator[None]:
    """Call `end` once the process is told to stop, before the server begins to wait for open answers.

    The server tells the application only when they are over, and a stream would never be.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread hears signals
        return
    loop = asyncio.get_running_loop()
    heard = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def ending(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(end)
        before = heard[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    for number in heard:
        signal.signal(number, ending)
    try:
        yield
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler)
