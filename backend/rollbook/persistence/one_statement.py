"""Many writes as one statement of PostgreSQL, so that they cost one round trip, and one commit if they are all."""

from functools import lru_cache

from rollbook.persistence.statements import POSTGRESQL, Statement

Statements = tuple[Statement, ...]


@lru_cache(maxsize=512)
def in_one(statements: Statements, *, lock_milliseconds: int | None = None) -> str:
    """One statement that does what all of them do; it fails if one changes none of what it must change, or finds some.

    `lock_milliseconds`: how long it waits for another transaction's lock, if not as long as its connection does.
    PostgreSQL runs the main part first, with the parts that it reads, and then the others from the last to the first.
    """
    count, writes, answers = 0, [], []
    if lock_milliseconds is not None:
        answers.append(f"set_config('lock_timeout', '{lock_milliseconds}ms', true)")
    for at, statement in enumerate(statements):
        prepared = statement.prepared(POSTGRESQL)
        sql = prepared.after(count)
        count += prepared.parameters
        if statement.finds_none:
            answers.append(f"1 / (NOT EXISTS ({sql}))::int")
            continue
        if statement.changes_one:
            answers.append(f"1 / (SELECT count(*) FROM w{at})")
            sql += " RETURNING 1"
        writes.append((f"w{at}", sql))
    main = f"SELECT {', '.join(answers)}" if answers else writes.pop(0)[1]
    parts = ", ".join(f"{name} AS ({sql})" for name, sql in reversed(writes))
    return f"WITH {parts} {main}" if parts else main
