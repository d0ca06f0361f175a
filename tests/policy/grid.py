"""Reads a table of expected answers: one line for each thing that can be asked, one column for each caller."""

CALLERS = (
    "nobody",
    "member",  # signed in, with the role user
    "admin",  # signed in, a moment ago
    "stale",  # an admin who signed in 20 minutes ago
    "other",  # another organization's admin, signed in
    "scim",  # a SCIM token
    "a:r",  # API tokens of one scope each: audit:read
    "m:r",  # members:read
    "m:w",  # members:write
    "r:w",  # roles:write
    "s:w",  # settings:write
    "t:w",  # tokens:write
    "revoked",  # a revoked token of the kind that the door takes, with every scope
    "expired",  # the same, expired
    "ended",  # an admin's session that was open when the identity provider deactivated them
)
"""Who asks: the columns of the tables."""


def rows_of(grid: str, callers: tuple[str, ...] = CALLERS) -> dict[str, dict[str, str]]:
    """By what is asked, the expected answer of each caller. The first line names the callers, all of them, in order.

    What is asked ends at two spaces, so that it may have one in it.
    """
    lines = [line for line in grid.strip("\n").splitlines() if line.strip() and not line.lstrip().startswith("#")]
    header, *rows = lines
    assert tuple(header.split()) == callers, f"the table's first line should be: {' '.join(callers)}"
    table: dict[str, dict[str, str]] = {}
    for row in rows:
        asked, _, rest = row.partition("  ")
        answers = rest.split()
        assert len(answers) == len(callers), f"{asked}: {len(answers)} answers for {len(callers)} callers"
        assert asked not in table, f"{asked} stands there twice"
        table[asked] = dict(zip(callers, answers, strict=True))
    return table
