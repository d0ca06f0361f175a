"""Where the shipped folders are: beside the code in a wheel, at the top of a checkout."""

from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_shipped" if (_PACKAGE / "_shipped").is_dir() else _PACKAGE.parents[1]

MIGRATIONS = _ROOT / "migrations"
FRONTEND_STUB = _ROOT / "frontend_stub"


def graphiql() -> Path | None:
    """The files of GraphiQL: of the distribution `rollbook-graphiql` if it is installed, or of the checkout."""
    installed = find_spec("rollbook_graphiql")
    places = [*(installed.submodule_search_locations or ())] if installed else []
    found = [Path(place) for place in (*places, _ROOT / "backend" / "graphiql" / "rollbook_graphiql")]
    return next((folder for folder in found if (folder / "index.html").is_file()), None)
