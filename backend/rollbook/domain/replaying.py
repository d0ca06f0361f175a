"""A provisioning request as a command that sends it again."""

import shlex
from urllib.parse import quote, unquote

import orjson

from rollbook.domain.masking_texts import MASK
from rollbook.domain.provisioning import ProvisioningRequest

_PATH = "/:@!$&'()*+,;=~"
_QUERY = _PATH + "?%"
"""What may stand in a path and in a query as it is; a query that came with raw spaces and quotes is encoded (O-14)."""


def curl(request: ProvisioningRequest, endpoint: str, body: str | None, query: str | None) -> str:
    """The command for a shell that has the token in ROLLBOOK_TOKEN; what it cannot send as it was is told above it.

    `endpoint` is the SCIM base URL; `body` and `query` are what the viewer may see of them.
    """
    address = endpoint + quote(request.path, safe=_PATH) + (f"?{quote(query, safe=_QUERY)}" if query else "")
    parts = [f"curl {_method(request.method)} {shlex.quote(address)}", "--globoff --include"]
    parts.append('--header "Authorization: Bearer $ROLLBOOK_TOKEN"')
    if body is not None and _is_json(body):
        parts += ["--header 'Content-Type: application/scim+json'", f"--data-raw {shlex.quote(body)}"]
    return "".join(f"# {each}\n" for each in _warnings(request, body, query)) + " \\\n  ".join(parts)


def _method(method: str) -> str:
    return "--head" if method == "HEAD" else f"--request {shlex.quote(method)}"


def _is_json(body: str) -> bool:
    try:
        orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return True


def _warnings(request: ProvisioningRequest, body: str | None, query: str | None) -> list[str]:
    warnings = []
    if MASK in request.path or MASK in (body or "") or MASK in unquote(query or ""):
        warnings.append(f"Values are left out where {MASK} stands: put the right ones in before you send it.")
    if body is not None and not _is_json(body):
        warnings.append("The body was not JSON and is not kept.")
    elif body is not None and request.shortened:
        warnings.append("The body is shortened: what is missing has to be put in.")
    if request.status == 412:
        warnings.append("The If-Match header is not kept: without it nothing is compared.")
    return warnings
