"""What the world outside answers in tests of services: a DNS of a few records, and a provider that is examined."""

from dataclasses import replace

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import Finding, FindingStatus, RelyingParty, TestStep
from rollbook.gateways.bundle import Gateways
from rollbook.gateways.closed import closed_gateways

PASSED = [Finding(step, FindingStatus.PASSED, "It is as it should be.") for step in TestStep]


class Dns:
    """Answers from `records`, by name; `failing` it answers nothing at all. `asked` is every name that it was asked."""

    def __init__(self) -> None:
        self.records: dict[str, list[str]] = {}
        self.failing = False
        self.asked: list[str] = []

    async def txt(self, name: str) -> list[str]:
        """The texts under a name."""
        self.asked.append(name)
        if self.failing:
            raise ProviderFailed("The name server did not answer.")
        return self.records.get(name, [])


class Examiner:
    """Finds that everything is as it should be, and keeps whom it examined."""

    def __init__(self) -> None:
        self.parties: list[RelyingParty] = []

    async def examine(self, party: RelyingParty) -> list[Finding]:
        """What the test of a connection found."""
        self.parties.append(party)
        return PASSED


class Outside:
    """The doubles, and the gateways that lead to them."""

    def __init__(self) -> None:
        self.dns = Dns()
        self.examiner = Examiner()

    def gateways(self) -> Gateways:
        """A bundle in which DNS answers and a connection can be tested; nobody can sign in."""
        closed = closed_gateways()
        openid = closed.openid
        openid.examine = self.examiner.examine
        return replace(closed, openid=openid, resolver=self.dns)
