"""The routes of this package, for the application to include."""

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route
from starlette.types import ASGIApp

from rollbook.domain.lockout import Lockout
from rollbook.graphql.endpoint import GraphQLDoor
from rollbook.graphql.streams import Streams
from rollbook.services import Services
from rollbook.settings import Traffic
from rollbook.web.browser import Browser

_ASKED_WITH = ("Authorization", "Last-Event-ID", "X-GraphQL-Cost")
"""The headers that a page of another origin may send, besides those that every page may."""

_READ = (
    "RateLimit-Cost-Limit",
    "RateLimit-Cost-Remaining",
    "RateLimit-Cost-Reset",
    "RateLimit-Limit",
    "RateLimit-Remaining",
    "RateLimit-Reset",
    "Retry-After",
    "X-Request-Id",
)
"""The headers of an answer that it may read."""


def graphql_router(
    services: Services,
    browser: Browser,
    base_url: str,
    *,
    traffic: Traffic,
    documents: Mapping[str, str],
    lockout: Lockout,
    streams: Streams,
) -> APIRouter:
    """POST /graphql; every other method is answered there too.

    `documents` are the trusted ones by their ids.
    """
    graphql: ASGIApp = GraphQLDoor(
        services, browser, lockout, streams, base_url=base_url, traffic=traffic, documents=documents
    )
    if traffic.cors_origins:
        # without credentials: a page of another origin sends a token, never the cookie
        graphql = CORSMiddleware(
            graphql,
            allow_origins=traffic.cors_origins,
            allow_methods=("POST",),
            allow_headers=_ASKED_WITH,
            expose_headers=_READ,
        )
    return APIRouter(routes=[Route("/graphql", graphql, include_in_schema=False)])
