"""How many downloads one principal may have under way: each reads the database until it is sent, however slowly."""

from collections import Counter
from collections.abc import Callable

from rollbook.domain.errors import RateLimited

MOST_AT_ONCE = 2
RETRY_SECONDS = 10


class Turns:
    """Who is downloading. One for all files of a server."""

    def __init__(self, most: int = MOST_AT_ONCE) -> None:
        self._most = most
        self._under_way = Counter[str]()

    def take(self, principal: str) -> Callable[[], None]:
        """Begin a download, which ends by one call of the answer. Raises `RateLimited`."""
        if self._under_way[principal] >= self._most:
            raise RateLimited(
                f"You have {self._most} downloads under way already. Try again when one of them is done.",
                retry_after=RETRY_SECONDS,
            )
        self._under_way[principal] += 1

        def end() -> None:
            self._under_way[principal] -= 1
            if not self._under_way[principal]:
                del self._under_way[principal]

        return end
