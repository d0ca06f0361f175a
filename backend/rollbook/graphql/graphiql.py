"""GraphiQL at /graphiql/: files with a content security policy of their own, and no rights of their own."""

from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

PREFIX = "/graphiql"

_SCROLL_LOCK = "'sha256-nzTgYzXYDNe6BAHiiI7NNlfK8n/auuOAhh2t92YvuXo='"
"""The one style that GraphiQL writes into the page: it keeps the page from scrolling while a dialog is open."""

CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' {_SCROLL_LOCK}; font-src data:; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class GraphiQL(StaticFiles):
    """The files. Who opens the page signs in there with an API token, which goes to POST /graphql like any other's."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory=directory, html=True)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """One file; 404 for what is not there."""
        response = await super().get_response(path, scope)
        # also on 304, whose headers a browser puts in the place of those that it kept
        response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
        return response
