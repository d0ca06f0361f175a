"""The routes of this package, for the application to include."""

from fastapi import APIRouter
from starlette.routing import Route

from rollbook.graphql.browser import Browser
from rollbook.graphql.endpoint import GraphQLDoor
from rollbook.graphql.sign_in import Redeem, SignOut
from rollbook.services import Services


def graphql_router(services: Services, base_url: str) -> APIRouter:
    """POST /graphql, /auth/redeem and /auth/sign-out; every other method is answered there too."""
    browser = Browser(base_url)
    return APIRouter(
        routes=[
            Route("/graphql", GraphQLDoor(services, browser, base_url), include_in_schema=False),
            Route("/auth/redeem", Redeem(services, browser), include_in_schema=False),
            Route("/auth/sign-out", SignOut(services, browser), include_in_schema=False),
        ]
    )
