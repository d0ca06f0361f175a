"""How one request is read: strictly or with leniency, and what had to be ignored, repaired or left out."""

from collections.abc import Sequence

from rollbook.scim.errors import ScimError

MAX_NOTES = 50
"""More notes than a person would read; a body of nonsense must not become a log of nonsense."""

_MAX_NOTE = 500


class Reading:
    """The dialect that the request's token was given, and the notes for the provisioning log.

    The same note twice is one note, because a change function may run more than once.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.strict = strict
        self._notes: dict[str, None] = {}
        self._more = 0

    def note(self, text: str) -> None:
        """Keep a sentence for the admin who reads the provisioning log."""
        text = shown(text, _MAX_NOTE)
        if text in self._notes:
            return
        if len(self._notes) < MAX_NOTES:
            self._notes[text] = None
        else:
            self._more += 1

    def tolerate(self, note: str, refusal: ScimError) -> None:
        """Note a leniency, or in the strict dialect raise the refusal."""
        if self.strict:
            raise refusal
        self.note(note)

    @property
    def notes(self) -> Sequence[str]:
        """What was noted, in order."""
        return (*self._notes, f"{self._more} more notes were left out.") if self._more else tuple(self._notes)


def shown(text: str, longest: int = 100) -> str:
    """A text that a client sent, fit for one line of a message."""
    line = (
        text
        if text.isprintable()
        else "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in text)
    )
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
