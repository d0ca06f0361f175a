"""What can be read through GraphQL, and by whom. The words are those of `asking`."""

from .grid import rows_of

TABLE = rows_of("""
                                nobody member admin stale other scim  a:r  m:r  m:w  r:w  s:w  t:w revoked expired ended

Query.viewer                       401    yes   yes   yes   own  401  yes  yes  yes  yes  yes  yes     401     401   401
Query.organization                 401    yes   yes   yes   own  401  yes  yes  yes  yes  yes  yes     401     401   401
Query.member                       401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
# a token that may change members, and not read them, sees the jobs that it made itself
Query.job                          401     no   yes   yes  null  401   no  yes null   no   no   no     401     401   401
Query.node ApiToken                401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
Query.node AuditEvent              401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
Query.node Group                   401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Query.node Invitation              401     no   yes   yes  null  401   no  yes  yes   no   no   no     401     401   401
Query.node Job                     401     no   yes   yes  null  401   no  yes null   no   no   no     401     401   401
Query.node LoginDomain             401     no   yes   yes  null  401   no   no   no   no  yes   no     401     401   401
Query.node Member                  401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Query.node Organization            401    yes   yes   yes  null  401  yes  yes  yes  yes  yes  yes     401     401   401
# a passkey and a session of their own is all that a member sees
Query.node Passkey                 401    yes  null  null  null  401   no   no   no   no   no   no     401     401   401
Query.node ProvisioningRequest     401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
Query.node ScimToken               401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
Query.node Session                 401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Query.node SsoConnection           401     no   yes   yes  null  401   no   no   no   no  yes   no     401     401   401
Query.node User                    401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401

Viewer.member                      401    yes   yes   yes   own  401 null null null null null null     401     401   401
Viewer.passkeys                    401    yes empty empty   own  401 null null null null null null     401     401   401
Viewer.sessions                    401    yes   yes   yes   own  401 null null null null null null     401     401   401
Viewer.ssoIdentity                 401   null   yes  null  null  401 null null null null null null     401     401   401

# each is told what they may know, and it may be nothing
Organization.attention             401 empty  yes   yes   own  401  yes empty empty empty empty empty  401     401   401
Organization.auditEvents           401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
Organization.groups                401    yes   yes   yes   own  401  yes  yes  yes  yes  yes  yes     401     401   401
Organization.invitations           401     no   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
Organization.jobs                  401     no   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
Organization.loginDomains          401     no   yes   yes   own  401   no   no   no   no  yes   no     401     401   401
Organization.members               401    yes   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
# an API token needs two scopes, and each of these has one
Organization.members asOf          401     no   yes   yes   own  401   no   no   no   no   no   no     401     401   401
Organization.membershipSeries      401     no   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
Organization.provisioningRequests  401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
Organization.provisioningResults   401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
Organization.provisioningSeries    401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
Organization.scimEndpointUrl       401    yes   yes   yes   own  401  yes  yes  yes  yes  yes  yes     401     401   401
Organization.sessions              401     no   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
Organization.settings              401     no   yes   yes   own  401   no   no   no   no  yes   no     401     401   401
Organization.sso                   401     no   yes   yes   own  401   no   no   no   no  yes   no     401     401   401
Organization.tokens                401     no   yes   yes   own  401   no   no   no   no   no  yes     401     401   401

# below a member, whom a token of these scopes does not see at all; to a member somebody else's is blank
Member.externalId                  401   null   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Member.groups                      401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Member.history                     401   null   yes   yes  null  401   no null   no   no   no   no     401     401   401
Member.lastProvisioning            401   null   yes   yes  null  401   no null   no   no   no   no     401     401   401
Member.provisioningRequests        401   null   yes   yes  null  401   no null   no   no   no   no     401     401   401
Member.sessionCount                401   null   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Member.ssoIdentity                 401   null   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Member.user                        401    yes   yes   yes  null  401   no  yes   no   no   no   no     401     401   401
Member.userName                    401   null   yes   yes  null  401   no  yes   no   no   no   no     401     401   401

Group.memberCount                  401    yes   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
Group.members                      401    yes   yes   yes   own  401   no  yes   no   no   no   no     401     401   401

AuditEvent.changes                 401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
AuditEvent.hasMoreTargets          401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
AuditEvent.targets                 401     no   yes   yes   own  401  yes   no   no   no   no   no     401     401   401
AuditTarget.member                 401     no   yes   yes   own  401   no   no   no   no   no   no     401     401   401
Invitation.member                  401     no   yes   yes   own  401   no  yes   no   no   no   no     401     401   401
Job.rows                           401     no   yes   yes  null  401   no  yes null   no   no   no     401     401   401
JobRow.member                      401     no   yes   yes  null  401   no  yes null   no   no   no     401     401   401
ApiToken.replacedBy                401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
ApiToken.replaces                  401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
ApiToken.scopes                    401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
# with personal values, which take members:read besides; without them the answer's body
ProvisioningRequest.auditEvent     401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
ProvisioningRequest.curl           401     no   yes   yes  null  401   no   no   no   no   no   no     401     401   401
ProvisioningRequest.detail         401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
ProvisioningRequest.explanation    401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
ProvisioningRequest.member         401     no   yes   yes  null  401 null   no   no   no   no   no     401     401   401
ProvisioningRequest.notes          401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
ProvisioningRequest.requestBody    401     no   yes   yes  null  401   no   no   no   no   no   no     401     401   401
ProvisioningRequest.responseBody   401     no   yes   yes  null  401  yes   no   no   no   no   no     401     401   401
ProvisioningRequest.token          401     no   yes   yes  null  401 null   no   no   no   no   no     401     401   401
ScimToken.dialect                  401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
ScimToken.replacedBy               401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
ScimToken.replaces                 401     no   yes   yes  null  401   no   no   no   no   no  yes     401     401   401
Session.member                     401     no   yes   yes   own  401   no  yes   no   no   no   no     401     401   401

Subscription.jobProgress           401     no   yes   yes  gone  401   no  yes gone   no   no   no     401     401   401
Subscription.organizationEvents    401    yes   yes   yes   own  401  yes  yes  yes  yes  yes  yes     401     401   401
""")


def _node(name: str, select: str = "id") -> str:
    return f"query($id: ID!) {{ node(id: $id) {{ ...on {name} {{ {select} }} }} }}"


def _organization(select: str) -> str:
    return f"{{ organization {{ {select} }} }}"


def _member(select: str, member: str = "bo") -> tuple[str, dict[str, str]]:
    return f"query($id: ID!) {{ member(id: $id) {{ {select} }} }}", {"id": f"@{member}"}


def _request(select: str) -> tuple[str, dict[str, str]]:
    return _node("ProvisioningRequest", select), {"id": "@request"}


NODES = {
    "ApiToken": "apiToken",
    "AuditEvent": "event",
    "Group": "admins",
    "Invitation": "invitation",
    "Job": "job",
    "LoginDomain": "domain",
    "Member": "bo",
    "Organization": "organization",
    "Passkey": "passkey",
    "ProvisioningRequest": "request",
    "ScimToken": "scimToken",
    "Session": "session",
    "SsoConnection": "connection",
    "User": "user",
}
"""An object of each type that has an id, by its name in the world."""

_SINCE = 'since: "2026-02-01T00:00:00.000Z", until: "2026-03-01T00:00:00.000Z", bucket: MONTH'
_AS_OF = 'asOf: "2026-03-01T11:50:00.000Z"'
_CREATED = "filter: {action: [MEMBERSHIP_CREATED]}"

OF_A_REQUEST = (
    "auditEvent { id action }",
    "curl(personalValues: SHOWN)",
    "detail",
    "explanation { why }",
    "member { id }",
    "notes",
    "requestBody(personalValues: SHOWN)",
    "responseBody",
    "token { id name }",
)

DOCUMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "Query.viewer": ("{ viewer { kind name permissions } }", {}),
    "Query.organization": (_organization("id handle name"), {}),
    "Query.member": _member("id name status role grants source"),
    "Query.job": ("query($id: ID!) { job(id: $id) { id status } }", {"id": "@job"}),
    **{f"Query.node {name}": (_node(name), {"id": f"@{known_as}"}) for name, known_as in NODES.items()},
    "Viewer.member": ("{ viewer { member { id name } } }", {}),
    "Viewer.passkeys": ("{ viewer { passkeys { id name } } }", {}),
    "Viewer.sessions": ("{ viewer { sessions { id method } } }", {}),
    "Viewer.ssoIdentity": ("{ viewer { ssoIdentity { issuer subject } } }", {}),
    "Organization.attention": (_organization("attention { kind message token { id } }"), {}),
    "Organization.auditEvents": (_organization("auditEvents { nodes { id action } }"), {}),
    "Organization.groups": (_organization("groups { id }"), {}),
    "Organization.invitations": (_organization("invitations { nodes { id email } }"), {}),
    "Organization.jobs": (_organization("jobs { nodes { id status } }"), {}),
    "Organization.loginDomains": (_organization("loginDomains { id domain recordValue }"), {}),
    "Organization.members": (_organization("members { totalCount facets { role { value count } } nodes { id } }"), {}),
    "Organization.members asOf": (_organization(f"members({_AS_OF}) {{ totalCount nodes {{ id name }} }}"), {}),
    "Organization.membershipSeries": (_organization(f"membershipSeries({_SINCE}) {{ points {{ start total }} }}"), {}),
    "Organization.provisioningRequests": (_organization("provisioningRequests { nodes { id path } }"), {}),
    "Organization.provisioningResults": (_organization(f"provisioningResults({_SINCE}) {{ start refused }}"), {}),
    "Organization.provisioningSeries": (_organization(f"provisioningSeries({_SINCE}) {{ points {{ start }} }}"), {}),
    "Organization.scimEndpointUrl": (_organization("scimEndpointUrl"), {}),
    "Organization.sessions": (_organization("sessions { nodes { id userAgent address } }"), {}),
    "Organization.settings": (_organization("settings { tokenMaxLifetimeDays provisioningLogRetentionDays }"), {}),
    "Organization.sso": (_organization("sso { redirectUri connection { id issuer clientId } }"), {}),
    "Organization.tokens": (_organization("tokens { ...on Node { id } __typename }"), {}),
    "Member.externalId": _member("externalId"),
    "Member.groups": _member("groups { id }"),
    "Member.history": _member("history { nodes { id } }"),
    "Member.lastProvisioning": _member("lastProvisioning { id }"),
    "Member.provisioningRequests": _member("provisioningRequests { nodes { id } }", "admin"),
    "Member.sessionCount": _member("sessionCount"),
    "Member.ssoIdentity": _member("ssoIdentity { issuer subject }", "admin"),
    "Member.user": _member("user { id }"),
    "Member.userName": _member("userName"),
    "Group.memberCount": (_organization("groups { memberCount }"), {}),
    "Group.members": (_organization("groups { members { nodes { id } } }"), {}),
    "AuditEvent.changes": (_organization("auditEvents { nodes { changes { field before after } } }"), {}),
    "AuditEvent.hasMoreTargets": (_organization("auditEvents { nodes { hasMoreTargets } }"), {}),
    "AuditEvent.targets": (
        _organization("auditEvents(filter: {action: [MEMBERSHIP_CREATED]}) { nodes { targets { id } } }"),
        {},
    ),
    "AuditTarget.member": (
        _organization("auditEvents(filter: {action: [MEMBERSHIP_CREATED]}) { nodes { targets { member { id } } } }"),
        {},
    ),
    "Invitation.member": (_organization("invitations { nodes { member { id } } }"), {}),
    "Job.rows": (_node("Job", "rows { nodes { number outcome } }"), {"id": "@doneJob"}),
    "JobRow.member": (_node("Job", "rows { nodes { member { id } } }"), {"id": "@doneJob"}),
    "ApiToken.replacedBy": (_node("ApiToken", "replacedBy { id }"), {"id": "@apiTokenBefore"}),
    "ApiToken.replaces": (_node("ApiToken", "replaces { id }"), {"id": "@apiToken"}),
    "ApiToken.scopes": (_node("ApiToken", "scopes"), {"id": "@apiToken"}),
    **{f"ProvisioningRequest.{select.split()[0].partition('(')[0]}": _request(select) for select in OF_A_REQUEST},
    "ScimToken.dialect": (_node("ScimToken", "dialect"), {"id": "@scimToken"}),
    "ScimToken.replacedBy": (_node("ScimToken", "replacedBy { id }"), {"id": "@scimTokenBefore"}),
    "ScimToken.replaces": (_node("ScimToken", "replaces { id }"), {"id": "@scimToken"}),
    "Session.member": (_organization("sessions { nodes { member { id name } } }"), {}),
    "Subscription.jobProgress": ("subscription($id: ID!) { jobProgress(id: $id) { id status } }", {"id": "@job"}),
    "Subscription.organizationEvents": ("subscription { organizationEvents { type cursor } }", {}),
}
"""How each of them is asked for, and with which variables."""
