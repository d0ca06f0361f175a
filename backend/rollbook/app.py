"""The one place where the parts meet: settings, database, services, both facades and the settings pages."""

import asyncio
import logging
import mimetypes
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType
from typing import Any

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from rollbook.domain.lockout import Lockout
from rollbook.exports.router import exports_router
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
from rollbook.sign_in.keeping import Doorkeeper
from rollbook.sign_in.router import sign_in_router
from rollbook.web import redaction, security_txt
from rollbook.web.browser import Browser
from rollbook.web.headers import Headers
from rollbook.web.security_txt import SecurityTxt

USES_KEPT_EVERY_SECONDS = 1.0
KEYS_FORGOTTEN_EVERY_SECONDS = 3600.0
SESSIONS_ENDED_EVERY_SECONDS = 3600.0
LOG_KEPT_EVERY_SECONDS = 0.25
LOG_CUT_EVERY_SECONDS = 3600.0

_log = logging.getLogger(__name__)

_PLAIN: dict[str, Any] = {"openapi_url": None, "docs_url": None, "redoc_url": None, "redirect_slashes": False}
"""No pages of the framework's own, and no redirects to whatever host a request names."""


def create_app(settings: Settings) -> FastAPI:
    """The whole server. It opens the database when it starts, and closes it when it stops.

    From then on no log of the process has secrets in it.
    """
    redaction.install()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await run_in_threadpool(int)  # loads what the first streamed answer would make everybody wait for
        async with open_services(settings) as services:
            upkeep = [
                asyncio.create_task(
                    now_and_then(USES_KEPT_EVERY_SECONDS, services.tokens.keep_uses, what="noting the uses of tokens")
                ),
                asyncio.create_task(
                    now_and_then(
                        USES_KEPT_EVERY_SECONDS, services.sessions.keep_uses, what="noting the uses of sessions"
                    )
                ),
                asyncio.create_task(
                    now_and_then(KEYS_FORGOTTEN_EVERY_SECONDS, services.idempotency.forget, what="forgetting old keys")
                ),
                asyncio.create_task(
                    now_and_then(SESSIONS_ENDED_EVERY_SECONDS, services.sessions.forget, what="ending idle sessions")
                ),
                asyncio.create_task(
                    now_and_then(
                        LOG_KEPT_EVERY_SECONDS, services.provisioning.keep_noted, what="writing provisioning logs"
                    )
                ),
                asyncio.create_task(
                    now_and_then(LOG_CUT_EVERY_SECONDS, services.provisioning.forget, what="cutting provisioning logs")
                ),
            ]
            running = asyncio.create_task(services.job_runner.run())
            browser = Browser(settings.base_url, insecure_cookies=settings.insecure_cookies)
            _assemble(
                app,
                services,
                browser,
                settings.base_url,
                settings.traffic,
                security_contact=settings.security_contact,
                with_graphiql=settings.graphiql,
            )
            try:
                with _at_a_signal(app.state.streams.end):
                    yield
            finally:
                services.job_runner.stop()
                for task in upkeep:
                    task.cancel()
                await asyncio.gather(running, *upkeep, return_exceptions=True)
                await _write_down(services)

    app = _Server(lifespan=lifespan, **_PLAIN)
    app.add_middleware(Headers, base_url=settings.base_url)
    return app


def app_over(
    services: Services,
    base_url: str,
    traffic: Traffic = UNLIMITED,
    *,
    insecure_cookies: bool = False,
    security_contact: str | None = None,
) -> FastAPI:
    """The same server over services that somebody else opened and will close."""
    app = _Server(**_PLAIN)
    app.add_middleware(Headers, base_url=base_url)
    browser = Browser(base_url, insecure_cookies=insecure_cookies)
    _assemble(app, services, browser, base_url, traffic, security_contact=security_contact)
    return app


async def _write_down(services: Services) -> None:
    """Write what waits to be written, each whatever becomes of the others: there is no next time."""
    for keep in (services.tokens.keep_uses, services.sessions.keep_uses, services.provisioning.keep_noted):
        try:
            await keep()
        except Exception:
            _log.exception("something could not be written down before the end")


def _assemble(
    app: FastAPI,
    services: Services,
    browser: Browser,
    base_url: str,
    traffic: Traffic,
    *,
    security_contact: str | None,
    with_graphiql: bool = False,
) -> None:
    lockout = Lockout()
    documents = trusted_documents(FRONTEND_STUB / "operations")
    app.state.streams = Streams()
    app.state.scim = scim_application(
        services, base_url, lockout=lockout, requests_per_second=traffic.scim_requests_per_second
    )
    app.include_router(sign_in_router(services, browser, Doorkeeper(lockout, traffic.sign_ins_per_minute)))
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
    app.include_router(exports_router(services, browser, lockout))
    app.add_route(security_txt.PATH, SecurityTxt(security_contact, base_url, services.clock).answer)

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
        app.router.routes.append(Route(GRAPHIQL_PREFIX, RedirectResponse(f"{GRAPHIQL_PREFIX}/")))
        app.mount(GRAPHIQL_PREFIX, GraphiQL(graphiql_files))
    app.frontend("/", directory=FRONTEND_STUB, fallback="index.html")


class _Server(FastAPI):
    """Sends SCIM to its own application before the framework has touched it, and everything else on."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope.get("path", "")
        if scope["type"] == "http" and path.startswith(SCIM_PREFIX) and path[len(SCIM_PREFIX) :][:1] in ("", "/"):
            # in place: a request has its scope for itself, and a copy would be made for each
            scope["root_path"] = scope.get("root_path", "") + SCIM_PREFIX
            await self.state.scim(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


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
