"""Why a provisioning request failed, in plain sentences: what happened, why, and what to do about it and where.

Refusals are known by their texts (`explanations_of_rules`, `explanations_of_messages`), which say more than a status;
a test walks every text that a SCIM client can be told.
"""

import re
from collections.abc import Mapping

from rollbook.domain import explanations_of_messages, explanations_of_rules
from rollbook.domain.explanations import ENTRA_RETRY, OKTA_RETRY, Rule
from rollbook.domain.immutable import immutable
from rollbook.domain.provisioning import NOT_KEPT, ProvisioningClient, ProvisioningOutcome, ProvisioningRequest
from rollbook.domain.values import parse_id

_RULES = (*explanations_of_rules.RULES, *explanations_of_messages.RULES)

_PLACE = re.compile(r"\{(\w+)\}")
_REMOVED = Rule(
    r"There is no member",
    "The person was a member and was removed, and an id is never used again. The identity provider still knows them "
    "by it.",
    "Let the client make the person anew: they get a new id.",
    # O-32: Okta reads the user before each update, and takes a 404 for a broken link
    okta="In Okta remove the person's assignment to the app and assign them again: Okta then makes them anew.",
    entra="In Entra choose Provision on demand for the person: Entra looks for them by the matching attribute and "
    "makes them anew.",
    retried=False,
)
_UNKNOWN = Rule(
    r"There is no member",
    "No member of this organization has or had this id. The client may have been connected to another organization "
    "before, or Rollbook's database was restored from an older backup.",
    "Let the client look for the person again by userName.",
    okta="In Okta remove the person's assignment to the app and assign them again: Okta then looks for them by "
    "userName.",
    entra="In Entra choose Restart provisioning, so that everybody is looked for again.",  # E-72: it caches ids
    retried=False,
)
_LEFT_OUT = Rule(
    r"",
    "More requests were refused at the same moment than the log can take. Each of them was answered.",
    "Mend what the entries beside this one tell; they are mostly of the same kind.",
    happened="not all refusals were kept",
    retried=False,
)
_BY_STATUS: Mapping[int, str] = {
    400: "Something in the request is not as SCIM has it.",
    401: "The token was not accepted.",
    403: "The token may not do this.",
    404: "There is no such object.",
    409: "It contradicts what there is already.",
    412: "It has changed since the client read it.",
    413: "The request is larger than what is taken.",
    429: "Too much was asked in too short a time.",
    501: "Rollbook does not do this.",
    503: "Rollbook was occupied.",
}
_WISHES: Mapping[tuple[str, str], str] = {
    ("POST", "Users"): "create {who}",
    ("PUT", "Users"): "change {who}",
    ("PATCH", "Users"): "change {who}",
    ("DELETE", "Users"): "remove {who}",
    ("PUT", "Groups"): "set the members of {group}",
    ("PATCH", "Groups"): "change the members of {group}",
    ("POST", "Groups"): "create a group",
    ("DELETE", "Groups"): "delete a group",
    ("POST", "Bulk"): "do several things at once",
}


@immutable
class Explanation:
    """Three sentences for an admin."""

    what: str
    why: str
    remedy: str


def explain(request: ProvisioningRequest) -> Explanation | None:
    """The explanation of a request that failed or was refused; None of any other."""
    if request.outcome not in (ProvisioningOutcome.FAILED, ProvisioningOutcome.REFUSED):
        return None
    rule, said = rule_of(request)
    if rule is None:
        return _plain(request)
    if rule is _LEFT_OUT:
        return Explanation("Not all refusals of this moment were kept.", rule.why, rule.remedy)
    return Explanation(
        f"{request.client_name} wanted to {_wish(request)}, and {_filled(rule.happened, said)}.",
        _filled(rule.why, said),
        _filled(rule.advice(request.client), said),
    )


def rule_of(request: ProvisioningRequest) -> tuple[Rule | None, Mapping[str, str]]:
    """The rule that knows the refusal, and what its text names; no rule if none does."""
    detail = request.detail or ""
    if request.code == NOT_KEPT:
        return _LEFT_OUT, {}
    if detail.startswith("There is no member") and request.status == 404:
        return (_UNKNOWN if request.membership_id is None else _REMOVED), {}
    for rule in _RULES:
        found = rule.compiled.match(detail)
        if found is not None:
            return rule, {name: text or "" for name, text in found.groupdict().items()}
    return None, {}


def _plain(request: ProvisioningRequest) -> Explanation:
    """What can be said of a refusal that no rule knows: what the client was told."""
    kind = _BY_STATUS.get(request.status, "Rollbook did not say more than its answer does.")
    retry = {ProvisioningClient.OKTA: OKTA_RETRY, ProvisioningClient.ENTRA: ENTRA_RETRY}.get(request.client, "")
    return Explanation(
        f"{request.client_name} wanted to {_wish(request)}, and was answered with {request.status}.",
        f"{kind} The client was told: {request.detail}" if request.detail else kind,
        f"Mend what the answer says. {retry}".strip(),
    )


def _wish(request: ProvisioningRequest) -> str:
    """What the client wanted, as what comes after "wanted to"."""
    collection, _, name = request.path[1:].partition("/")
    if name == ".search" or request.path == "/.search":
        return "search"
    if (wish := _WISHES.get((request.method, collection))) is not None:
        group = f"the group {request.about}" if request.about else "a group"
        return _filled(wish, {"who": request.about or "a person", "group": group})
    if request.method not in ("GET", "HEAD"):
        return f"send {request.method} to {request.path}"
    if collection == "Users":
        return f"read {request.about or 'a person'}" if parse_id(name) else "look for people"
    return f"read {request.path}"


def _filled(sentence: str, said: Mapping[str, str]) -> str:
    # in one go, because a name may have braces in it
    return _PLACE.sub(lambda found: said.get(found[1], found[0]), sentence)
