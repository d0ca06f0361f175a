"""A list that is read page after page, as an import does."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from rollbook.simulator.checks import Wrongs, judge, listed, resources
from rollbook.simulator.client import ProvisioningClient
from rollbook.simulator.exchange import Answer, Check
from rollbook.simulator.messages import Resource


class Walk:
    """Page after page at the fixed starts 1, 101, 201 … until ``totalResults`` (O-41, E-21, E-22).

    ``size`` is how many are asked for at a time; ``resources`` are those of the pages read.
    """

    def __init__(self, expected: Iterable[str] = (), *, size: int = 100) -> None:
        self.resources: list[Resource] = []
        self._expected = set(expected)
        self._size = size
        self._total = 0
        self._seen: Counter[str] = Counter()

    async def take(
        self, client: ProvisioningClient, path: str, fact: str, purpose: str, *, pages: int | None = None
    ) -> bool:
        """Reads every page of a list, or the first few. False as soon as a check failed."""
        for start in islice(self._starts(), pages):
            where = f"{path}?startIndex={start}&count={self._size}"
            checks = listed(count=self._size), self._page(start)
            if await client.get(where, fact, f"{purpose} from {start}", *checks) is None:
                return False
        return True

    def _starts(self) -> Iterator[int]:
        """The start of each page; how many there are is known from the first."""
        start = 1
        while start == 1 or start <= self._total:
            yield start
            start += self._size

    def _page(self, start: int) -> Check:
        """This page follows on the ones before it, and the last one makes the list complete."""

        def wrongs(answer: Answer) -> Wrongs:
            body, found = answer.resource, resources(answer)
            self._total = body["totalResults"] if start == 1 else self._total
            for key, value in (("startIndex", start), ("totalResults", self._total)):
                if body[key] != value:
                    yield f"{key} {value}", body[key]
            wanted = max(0, min(self._size, self._total - start + 1))
            if len(found) != wanted:
                yield f"{wanted} Resources", len(found)
            self.resources += found
            came = Counter(str(one.get("id")) for one in found)
            self._seen += came
            if start + self._size > self._total and (missing := sorted(self._expected - set(self._seen))):
                yield "nobody missing", f"missing: {missing}"
            if twice := sorted(id for id in came if self._seen[id] > 1):
                yield "every id once", f"twice: {twice}"

        return judge(
            f"Fill each page up to {self._size}, in an order that never changes; no page is read twice.", wrongs
        )
