"""What an explanation is made of: the rules that know a refusal by its text, and the words for where to mend it."""

import re
from collections.abc import Mapping
from dataclasses import field

from rollbook.domain.immutable import immutable
from rollbook.domain.provisioning import ProvisioningClient

OKTA_RETRY = "Then retry it in Okta under Dashboard > Tasks: Okta does not repeat what was refused."  # O-59
ENTRA_RETRY = (
    "Then use Provision on demand in Entra, or wait for its next cycle: they come about every 40 minutes."  # E-72, E-73
)
OTHER_RETRY = "Then let the client send it again."
RETRY: Mapping[ProvisioningClient, str] = {
    ProvisioningClient.ENTRA: ENTRA_RETRY,
    ProvisioningClient.OKTA: OKTA_RETRY,
    ProvisioningClient.OTHER: OTHER_RETRY,
}
"""How a request is sent again when its cause is mended."""

OKTA_MAPPINGS = "In Okta, look at the app's Provisioning > To App > Attribute Mappings"
ENTRA_MAPPINGS = "In Entra, look at the app's Provisioning > Attribute mapping"
OTHER_MAPPINGS = "Look at the attribute mapping of the client"

STRICT = (
    "The token has the dialect strict, in which nothing is repaired that a client gets wrong. The dialect auto would "
    "accept this request."
)
USE_AUTO = "Give the token the dialect auto under Settings > Authentication > Provisioning, unless you test a client."


@immutable
class Rule:
    """Knows the refusals whose text the pattern matches from its beginning; its groups may stand in the sentences.

    `remedy` is for any client, `okta` and `entra` in its place for those. `happened` is what became of the request.
    `retried`: the request may succeed when it is sent again after that.
    """

    pattern: str
    why: str
    remedy: str
    okta: str = ""
    entra: str = ""
    happened: str = "Rollbook refused it"
    retried: bool = True
    compiled: re.Pattern[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "compiled", re.compile(self.pattern, re.DOTALL))

    def advice(self, client: ProvisioningClient) -> str:
        """What to do, for whoever looks after this client."""
        own = {ProvisioningClient.ENTRA: self.entra, ProvisioningClient.OKTA: self.okta}.get(client)
        return f"{own or self.remedy} {RETRY[client]}" if self.retried else own or self.remedy


def of_mappings(pattern: str, why: str, then: str) -> Rule:
    """A rule for what the client's attribute mapping decides; `then` says what to look for there."""
    return Rule(
        pattern,
        why,
        f"{OTHER_MAPPINGS} {then}",
        okta=f"{OKTA_MAPPINGS} {then}",
        entra=f"{ENTRA_MAPPINGS} {then}",
    )


def of_client(pattern: str, why: str, hint: str = "") -> Rule:
    """A rule for a fault of the client's program, which no setting of an admin causes."""
    told = f"{hint} " if hint else ""
    report = "the request as curl, and this text, to whoever makes the client"
    return Rule(pattern, why, f"{told}Give {report}.", retried=False)


def of_strict(pattern: str, why: str) -> Rule:
    """A rule for what only the strict dialect refuses."""
    return Rule(pattern, f"{why} {STRICT}", USE_AUTO)
