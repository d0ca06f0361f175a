"""The activity screen has words for all that the logs can hold."""

import re
from pathlib import Path

from rollbook.domain.actors import ActorKind, Channel
from rollbook.domain.audit import AuditAction
from rollbook.domain.provisioning import ProvisioningClient, ProvisioningOutcome

SCREENS = Path(__file__).parents[1] / "frontend_stub/app/screens"


def told(script: str, constant: str) -> set[str]:
    """The names in capitals for which a constant of the script has words."""
    text = (SCREENS / script).read_text(encoding="utf-8")
    found = re.search(rf"^export const {constant} = \{{(.*?)\}};$", text, re.MULTILINE | re.DOTALL)
    assert found is not None, f"{script} does not export {constant}"
    return set(re.findall(r"\b([A-Z][A-Z_]+): [\"\[]", found.group(1)))


def test_every_action_channel_and_kind_of_actor_has_words():
    assert told("audit-words.js", "ACTION_GROUPS") == {action.name for action in AuditAction}
    assert told("audit-words.js", "CHANNELS") == {channel.name for channel in Channel}
    assert told("audit-words.js", "ACTOR_KINDS") == {kind.name for kind in ActorKind}


def test_every_outcome_and_client_has_words():
    assert told("log-words.js", "OUTCOMES") == {outcome.name for outcome in ProvisioningOutcome}
    assert told("log-words.js", "CLIENTS") == {client.name for client in ProvisioningClient}
