"""Entity tags and what a request makes depend on them: If-Match and If-None-Match (RFC 7644 section 3.14)."""

from collections.abc import Awaitable, Callable

from rollbook.scim.errors import ScimError
from rollbook.scim.requests import Request
from rollbook.scim.responses import Response

_MOST_DIGITS = 18  # more is no version, and no number that a database holds


def etag(version: int) -> str:
    """The weak entity tag of a version."""
    return f'W/"{version}"'


def not_modified(request: Request, version: int) -> Response | None:
    """304 if the client has this version already, as If-None-Match says; otherwise None."""
    header = request.header(b"if-none-match")
    if header is None:
        return None
    known = _versions_in(header)
    if known is not None and version not in known:
        return None
    return Response(304, headers=(("ETag", etag(version)),))


async def expected_version(request: Request, current: Callable[[], Awaitable[int]]) -> int | None:
    """The version that a change is made of, to be compared where it is made; None if any will do.

    If-Match names it; If-None-Match names those that it may not be, so it is then the one of now. `current` is asked
    only where If-Match names several or none of ours, and for If-None-Match. Raises 412.
    """
    unwanted = request.header(b"if-none-match")
    if unwanted is not None:
        version, known = await current(), _versions_in(unwanted)
        if known is None or version in known:
            raise ScimError(412, f"The resource is at version {etag(version)}, which If-None-Match excludes.")
        if request.header(b"if-match") is None:
            return version
    header = request.header(b"if-match")
    versions = None if header is None else _versions_in(header)
    if versions is None:
        return None
    if len(versions) == 1:
        return versions.pop()
    version = await current()
    if version in versions:
        return version
    raise ScimError(412, f"The resource is at version {etag(version)}, which If-Match does not name.")


def _versions_in(header: str) -> set[int] | None:
    """The versions that a header names; None for `*`, which means any. A tag that is none of ours names none."""
    if header.strip() == "*":
        return None
    tags = (tag.strip().removeprefix("W/").strip('"') for tag in header.split(","))
    return {int(tag) for tag in tags if tag.isascii() and tag.isdigit() and len(tag) <= _MOST_DIGITS}
