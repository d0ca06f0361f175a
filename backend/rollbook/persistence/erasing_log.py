"""What the provisioning log tells of a person: found by reading through it, and deleted."""

import re
from collections.abc import Sequence
from dataclasses import field
from urllib.parse import unquote_plus

import orjson
from sqlalchemy import bindparam, delete, select
from sqlalchemy.types import Integer

from rollbook.domain.erasure import Traces
from rollbook.domain.immutable import immutable
from rollbook.domain.values import key
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import provisioning_requests
from rollbook.persistence.types import Id

STRETCH = 500
"""How many entries one statement reads, so that none takes long however big the log is."""

FIRST = "00000000-0000-0000-0000-000000000000"

_entry = provisioning_requests.c
_here = _entry.organization_id == bindparam("in_organization", type_=Id())
_TEXTS = (_entry.path, _entry.notes, _entry.detail, _entry.request_body, _entry.response_body)
_READ = Statement(
    select(_entry.id, _entry.membership_id, _entry.about_key, _entry.query, *_TEXTS)
    .where(_here, _entry.id > bindparam("after", type_=Id()))
    .order_by(_entry.id)
    .limit(bindparam("stretch", type_=Integer()))
)
_DELETE, _DELETE_ABOUT = (
    Statement(delete(provisioning_requests).where(_here, one_of(column, "ids")).returning(_entry.id), scans=True)
    for column in (_entry.id, _entry.membership_id)
)


@immutable
class Naming:
    """Knows the entries that name a person without being about their membership.

    Either they are about no member and one of the traces, word for word, or they hold one of the person's addresses. In
    an entry about no member no other text could name anybody, since it is masked.
    """

    traces: Traces
    _address: re.Pattern[str] | None = field(init=False)

    def __post_init__(self) -> None:
        addresses = sorted(self.traces.addresses)
        spelled = {each for text in addresses for each in (text, orjson.dumps(text).decode()[1:-1])}
        any_of_them = "|".join(map(re.escape, sorted(spelled)))
        # whole ones only: the address of another person may end or begin with this one
        found = re.compile(rf"(?<![\w.%+-])(?:{any_of_them})(?![\w-]|\.\w)") if spelled else None
        object.__setattr__(self, "_address", found)

    def covers(self, traces: Traces) -> bool:
        """Whether it looks for all of these traces."""
        return traces.keys <= self.traces.keys

    def is_in(self, row: Row) -> bool:
        """Whether an entry, read as `_READ` does, names the person."""
        _, membership_id, about_key, query, path, *texts = row
        if membership_id is None and about_key in self.traces.keys and not path.startswith("/Groups"):
            return True
        told = (about_key, path, unquote_plus(query or ""), *(text or "" for text in texts))
        return self._address is not None and any(
            "@" in text and self._address.search(key(text)) is not None for text in told
        )


async def entries_naming(
    tx: ReadTx, organization_id: str, naming: Naming, *, after: str = FIRST
) -> tuple[list[str], str | None]:
    """The ids of the entries behind that one which name the person, of one stretch; and its last id, if it was full."""
    rows = await tx.all(_READ, in_organization=organization_id, after=after, stretch=STRETCH)
    found = [row[0] for row in rows if naming.is_in(row)]
    return found, rows[-1][0] if len(rows) == STRETCH else None


async def erase_log(tx: WriteTx, organization_id: str, ids: Sequence[str], membership_ids: Sequence[str]) -> int:
    """Delete these provisioning requests, and those about the memberships; how many it were."""
    gone = await tx.all(_DELETE_ABOUT, in_organization=organization_id, ids=list(membership_ids))
    return len(gone) + len(await tx.all(_DELETE, in_organization=organization_id, ids=list(ids)))
