"""Where the shipped folders are: beside the code in a wheel, at the top of a checkout."""

from pathlib import Path

_PACKAGE = Path(__file__).parent
_ROOT = _PACKAGE / "_shipped" if (_PACKAGE / "_shipped").is_dir() else _PACKAGE.parents[1]

MIGRATIONS = _ROOT / "migrations"
FRONTEND_STUB = _ROOT / "frontend_stub"
