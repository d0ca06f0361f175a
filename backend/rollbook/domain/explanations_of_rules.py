"""Refusals by Rollbook's own rules: tokens, keys that are taken, the last admin, groups, what is gone, limits.

Facts about identity providers are cited by their ids.
"""

from collections.abc import Sequence

from rollbook.domain.explanations import Rule, of_mappings, of_strict

_TOKEN_OKTA = (
    "Generate a token under Settings > Authentication > Provisioning, enter it in Okta at the app's Provisioning > "
    "Integration > API Token, choose Test API Credentials and save."
)
_TOKEN_ENTRA = (
    "Generate a token under Settings > Authentication > Provisioning, enter it in Entra at the app's Provisioning > "
    "Admin credentials > Secret token, choose Test connection and save. If the job is in quarantine, choose Restart "
    "provisioning."  # E-74
)
_TOKEN_OTHER = "Generate a token under Settings > Authentication > Provisioning, and enter it in the client."


def _of_token(pattern: str, why: str) -> Rule:
    return Rule(pattern, why, _TOKEN_OTHER, okta=_TOKEN_OKTA, entra=_TOKEN_ENTRA)


_RENAME = (
    "If it is the same person, find the other member under Members and remove or rename them. If not, give one of the "
    "two another value at the identity provider."
)

TOKENS: Sequence[Rule] = (
    _of_token(r"The token '(?P<token>.*)' was revoked", "The token {token} was revoked here, and is still being sent."),
    _of_token(r"The token '(?P<token>.*)' has expired", "The token {token} has expired."),
    _of_token(r"The request carries no token", "There was no token in the header Authorization."),
    _of_token(
        r"The authorization scheme|The Authorization header has more|This is not a Rollbook token",
        "What was sent in the header Authorization is no token of Rollbook; perhaps it was not copied whole.",
    ),
    _of_token(
        r"This is (?:an API token|the secret of|not a SCIM token|not an API token)",
        "What was sent in the header Authorization is a secret of another kind, which does not open SCIM.",
    ),
    _of_token(r"This SCIM token is not valid|This API token is not valid", "Rollbook does not know this token."),
)
"""401. Only those of a token that was once good stand in the log: of the others nobody knows whose they are."""

KEYS: Sequence[Rule] = (
    Rule(
        r"An active member of this organization has the userName",
        "An active member has this userName already. A client that looks for people before it makes them would have "
        "found and linked them.",
        "Let the client link the member who is there instead of making another one.",
        # O-30, O-39: Okta looks people up by userName, and by the old one after a rename
        okta="If it is the same person, remove the assignment in Okta and assign them again: Okta then finds the "
        "member by userName and links them. If the userName was changed in Okta, change the member's here first.",
        entra="If it is the same person, see that the mapping of userName has Match objects using this attribute: "
        "Entra then finds the member and adopts them.",
    ),
    Rule(
        r"An active member of this organization has the externalId",
        "An active member has this externalId already: the identity provider knows them by another userName now, or "
        "two people there have the same id.",
        "Find the member under Members. If they are the same person, let the client change them instead of making "
        "another one.",
        # O-40: some Okta orgs rename by making the person anew with the same externalId
        okta="If the userName was changed in Okta, deactivate the member first, or change their userName here; Okta "
        "then links them.",
        entra="See in the attribute mapping which attribute is externalId: it must be one that never changes and that "
        "nobody shares, such as objectId.",
    ),
    Rule(
        r"An active member of this organization has the emails\.value",
        "An active member has this e-mail address already, under another userName.",
        "If they are the same person, give the member the userName by which the identity provider knows them. If not, "
        "one of the two needs another address.",
    ),
    Rule(
        r"Two members of this organization match: (?P<one>.*) and (?P<other>.*)\. externalId",
        "The externalId, the userName and the e-mail address point to two members, {one} and {other}. Rollbook does "
        "not guess which of them is meant.",
        "Look at both under Members, and remove the one that is a duplicate or give it other values.",
    ),
    Rule(
        r"The e-mail address .* belongs to an account outside",
        "Somebody who is no member of this organization signs in with this address. Provisioning attaches no account "
        "that the organization does not manage: that would let anybody take it over.",
        "Invite the person under Invitations, or prove under Settings > Authentication > Login domains that the "
        "address's domain is yours.",
    ),
    Rule(r"The userName .* belongs to another", "Another member of this organization has this userName.", _RENAME),
    Rule(
        r"The externalId .* belongs to another",
        "Another member of this organization has this externalId, which belongs to one person only.",
        _RENAME,
        entra="See in the attribute mapping which attribute is externalId: nobody may share it; objectId is best.",
    ),
    Rule(r"The e-mail address .* belongs to another", "Another member of this organization has this address.", _RENAME),
    Rule(
        r"This person is a member of this organization already",
        "The person was made a member by another request at the same moment.",
        "Nothing has to be mended.",
    ),
)
"""409 by a key that is taken."""

ADMINS: Sequence[Rule] = (
    Rule(
        r"This would leave the organization without an active admin",
        "The request would have taken the role admin from the last active admin, and nobody could manage the "
        "organization any more.",
        "Make another member an admin under Members, or assign another person to the group that is linked to Admins.",
    ),
)

GROUPS: Sequence[Rule] = (
    Rule(
        r"Rollbook has two groups, Admins and Users",
        "Rollbook has the groups Admins and Users only. Groups of other names cannot be created, and these two cannot "
        "be deleted. The people in the group are provisioned all the same.",
        "Link your group of admins to Admins, and no other one.",
        # O-51: linking needs an import first
        okta="In Okta choose Push Groups > Refresh App Groups, wait for the import, and link your group to Admins or "
        "Users instead of creating one. Unlink pushed groups without deleting them here.",
        entra="In Entra leave the group out of the app's scope, or switch the mapping of groups off and use app roles; "
        "the group of your admins must be called Admins.",
        retried=False,
    ),
    Rule(
        r"There is no group",
        "The request names a group that Rollbook does not have. Its groups have the ids admins and users.",
        "Let the client read the groups again.",
        okta="In Okta unlink the pushed group, choose Push Groups > Refresh App Groups, and link it to Admins or "
        "Users.",  # O-60
        entra="In Entra choose Restart provisioning, so that the groups are looked for again.",
    ),
    of_strict(r"members: there is no member", "The request adds somebody who is no member of this organization."),
    Rule(
        r"A Group has a displayName and members",
        "The body describes a group and says neither its name nor its members.",
        "Let the client send the group's members.",
    ),
    Rule(
        r"The group, or another thing of the organization, changed",
        "The client sent the version of the group that it had read, and the group has changed since.",
        "Let the client read the group again.",
    ),
)

GONE: Sequence[Rule] = (
    Rule(
        r"There is nothing at (?P<address>\S+)\. The resources",
        "The address {address} does not exist. Perhaps the base URL in the client is not complete, or has too much at "
        "its end.",
        "Compare the base URL in the client with the endpoint under Settings > Authentication > Provisioning: it ends "
        "with /scim/v2.",
        okta="Compare Base URL at the app's Provisioning > Integration with the endpoint under Settings > "
        "Authentication > Provisioning: it ends with /scim/v2.",
        entra="Compare Tenant URL at the app's Provisioning > Admin credentials with the endpoint under Settings > "
        "Authentication > Provisioning: it ends with /scim/v2, and ?aadOptscim062020 may follow.",  # E-03
    ),
    Rule(
        r"There is no (?:resource type|schema) ",
        "The request asks for a description that Rollbook does not have.",
        "Let the client read /Schemas and /ResourceTypes, which list all there are.",
        retried=False,
    ),
)

VERSIONS: Sequence[Rule] = (
    Rule(
        r"The resource is at version \S+ which If-Match|The member changed in the meantime",
        "The client said which version it had read, and somebody else has changed it since.",
        "Let the client read it again. No other client than this one has to be changed.",
    ),
    Rule(
        r"The resource is at version \S+ which If-None-Match",
        "The client asked to write only if there is no such version, and there is.",
        "Let the client leave the header If-None-Match out of a write.",
    ),
)

LIMITS: Sequence[Rule] = (
    Rule(
        r"This token sends more than (?P<most>\S+) requests a second",
        "The token has sent more than {most} requests a second for longer than a burst.",
        "Wait: a client that obeys Retry-After repeats it. If it happens often, the operator can raise "
        "ROLLBOOK_SCIM_REQUESTS_PER_SECOND.",
        okta="Okta repeats it by itself. If it happens often, the operator can raise "  # decision 6
        "ROLLBOOK_SCIM_REQUESTS_PER_SECOND.",
        entra="Entra repeats it in its next cycle. If it happens often, the operator can raise "  # E-75, E-76
        "ROLLBOOK_SCIM_REQUESTS_PER_SECOND: Entra wants at least 25.",
        retried=False,
    ),
    Rule(
        r"Too many credentials from your address",
        "Many wrong tokens came from this address, so for a while none is looked at.",
        "Enter the right token in the client, and wait some minutes.",
    ),
    Rule(
        r"The body is larger than (?P<most>\S+) bytes",
        "The body is larger than {most} bytes, the most that is read at this address.",
        "Let the client send less at once; photos as addresses of pictures, and big groups in parts.",
    ),
    Rule(
        r"The request has (?P<found>\S+) operations; at most (?P<most>\S+)",
        "The request has {found} operations, and {most} are the most that are done at once.",
        "Let the client send them in parts.",
    ),
    of_mappings(
        r"What is known of this person would take",
        "The profile of this person is longer than what is kept of anybody.",
        "for an attribute with a long value, such as a photo, and do not send it.",
    ),
    of_mappings(
        r"(?P<attribute>.+) has (?P<found>\S+) values; at most (?P<most>\S+) are kept",
        "{attribute} has {found} values, and at most {most} are kept.",
        "for {attribute}, and send fewer of them.",
    ),
)

FAULTS: Sequence[Rule] = (
    Rule(
        r"The answer broke off",
        "The client, or a proxy before it, closed the connection, or Rollbook failed while it read the rest.",
        "If it happens again, give the request id to the operator: the server's log tells more under it.",
        happened="the answer broke off",
    ),
    Rule(
        r"Rollbook failed to answer",
        "This is a fault of Rollbook, not of the request. Nothing of the request was kept.",
        "Give the request id to the operator: the server's log tells more under it.",
        happened="Rollbook failed",
    ),
    Rule(
        r"The database is busy",
        "The database was occupied for longer than a request may wait. Nothing of the request was kept.",
        "Wait: most clients repeat it. If it happens often, the operator should look at the load of the database.",
        happened="Rollbook could not do it then",
    ),
    Rule(
        r"Rollbook is shutting down",
        "The server was being stopped or updated. Nothing of the request was kept.",
        "Nothing has to be mended.",
        happened="Rollbook could not do it then",
    ),
    Rule(
        r"The database cannot be reached",
        "The server had no connection to its database. Nothing of the request was kept.",
        "The operator should see that the database runs and takes connections.",
        happened="Rollbook could not do it then",
    ),
)

RULES: Sequence[Rule] = (*TOKENS, *KEYS, *ADMINS, *GROUPS, *GONE, *VERSIONS, *LIMITS, *FAULTS)
"""All of them; the first that knows a text explains it."""
