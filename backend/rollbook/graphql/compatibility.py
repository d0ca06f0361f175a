"""Whether clients of the released schema can go on with the one of the code."""

from graphql import GraphQLSchema, build_schema, find_breaking_changes


def breaking_changes(released: str, now: str) -> list[str]:
    """What would break clients of the released schema, in a sentence each. A text of comments only is no release."""
    before = _schema(released)
    if before is None:
        return []
    return [change.description for change in find_breaking_changes(before, build_schema(now))]


def _schema(sdl: str) -> GraphQLSchema | None:
    stripped = [line for line in sdl.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    return build_schema(sdl) if stripped else None
