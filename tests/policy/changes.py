"""What can be changed through GraphQL, and by whom. The words are those of `asking`."""

from typing import Any

from .grid import rows_of

TABLE = rows_of("""
                        nobody member admin stale other scim  a:r  m:r  m:w  r:w  s:w  t:w revoked expired ended

addMember                  401     no   yes   yes   own  401   no   no  yes   no   no   no     401     401   401
addMember ADMIN            401     no   yes   yes   own  401   no   no   no   no   no   no     401     401   401
bulkUpdateMembers          401     no   yes   yes   own  401   no   no  yes   no   no   no     401     401   401
cancelJob                  401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
deactivateMember           401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
importMembers              401     no   yes   yes   own  401   no   no  yes   no   no   no     401     401   401
inviteMember               401     no   yes   yes   own  401   no   no  yes   no   no   no     401     401   401
# only who is signed in is a member who could leave; the other one does not name their own organization
leaveOrganization          401    yes   yes   yes validation 401 no   no   no   no   no   no     401     401   401
reactivateMember           401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
removeMember               401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
resendInvitation           401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
revokeInvitation           401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
setMemberRole anew         401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
setMemberRole demotes      401     no   yes   yes  gone  401   no   no   no  yes   no   no     401     401   401
setMemberRole promotes     401     no   yes   yes  gone  401   no   no   no  yes   no   no     401     401   401
updateMember               401     no   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
updateOrganization         401     no   yes   yes   own  401   no   no   no   no  yes   no     401     401   401

# dangerous: whoever is signed in must have been so within the last ten minutes. Nobody can give away what they lack, so
# that tokens:write alone makes no SCIM token, which may do more
inviteMember ADMIN         401     no   yes again   own  401   no   no   no   no   no   no     401     401   401
resendInvitation ADMIN     401     no   yes again  gone  401   no   no   no   no   no   no     401     401   401

generateApiToken           401     no   yes again   own  401   no   no   no   no   no   no     401     401   401
generateApiToken t:w       401     no   yes again   own  401   no   no   no   no   no  yes     401     401   401
generateScimToken          401     no   yes again   own  401   no   no   no   no   no   no     401     401   401
revokeToken                401     no   yes again  gone  401   no   no   no   no   no  yes     401     401   401
rotateToken                401     no   yes again  gone  401   no   no   no   no   no   no     401     401   401
rotateToken t:w            401     no   yes again  gone  401   no   no   no   no   no  yes     401     401   401
updateToken                401     no   yes again  gone  401   no   no   no   no   no  yes     401     401   401

addLoginDomain             401     no   yes again   own  401   no   no   no   no  yes   no     401     401   401
enforceSso                 401     no   yes again  gone  401   no   no   no   no  yes   no     401     401   401
proveLoginDomain           401     no   yes again  gone  401   no   no   no   no  yes   no     401     401   401
removeLoginDomain          401     no   yes again  gone  401   no   no   no   no  yes   no     401     401   401
removeSsoConnection        401     no   yes again   own  401   no   no   no   no  yes   no     401     401   401
# whoever says which provider is believed decides who is an admin: it takes roles:write as well
saveSsoConnection          401     no   yes again   own  401   no   no   no   no   no   no     401     401   401
testSsoConnection          401     no  idle  idle  gone  401   no   no   no   no idle   no     401     401   401
unlinkIdentity             401     no   yes again  gone  401   no   no  yes   no   no   no     401     401   401
# an admin, even if only until their next sign-in: it takes roles:write as well
unlinkIdentity ADMIN       401     no   yes again  gone  401   no   no   no   no   no   no     401     401   401

# one's own; a member learns nothing of other people's
removePasskey              401    yes  gone again  gone  401   no   no   no   no   no   no     401     401   401
revokeMemberSessions       401   gone   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
revokeMemberSessions ADMIN  401  gone   yes   yes  gone  401   no   no   no   no   no   no     401     401   401
revokeMemberSessions own   401    yes   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
revokeOtherSessions        401    yes   yes  idle   own  401   no   no   no   no   no   no     401     401   401
revokeSession              401   gone   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
revokeSession ADMIN        401   gone   yes   yes  gone  401   no   no   no   no   no   no     401     401   401
revokeSession own          401    yes   yes   yes  gone  401   no   no  yes   no   no   no     401     401   401
signOut                    401    yes   yes   yes   own  401 idle idle idle idle idle idle     401     401   401
""")

_CONNECTION = {"provider": "OKTA", "issuer": "https://acme.okta.com", "clientId": "0oa1", "clientSecret": "of Okta"}

INPUTS: dict[str, dict[str, Any]] = {
    "addMember": {"email": "new@newcomers.test"},
    "addMember ADMIN": {"email": "new@newcomers.test", "role": "ADMIN"},
    "bulkUpdateMembers": {"memberIds": ["@bo"], "change": "DEACTIVATE"},
    "cancelJob": {"jobId": "@job"},
    "deactivateMember": {"memberId": "@bo"},
    "importMembers": {"csv": "email\nnew@newcomers.test\n"},
    "inviteMember": {"email": "new@newcomers.test"},
    "inviteMember ADMIN": {"email": "new@newcomers.test", "role": "ADMIN"},
    "leaveOrganization": {"handle": "acme"},
    "reactivateMember": {"memberId": "@cy"},
    "removeMember": {"memberId": "@bo"},
    "resendInvitation": {"invitationId": "@invitation"},
    "resendInvitation ADMIN": {"invitationId": "@adminInvitation"},
    "revokeInvitation": {"invitationId": "@invitation"},
    "setMemberRole anew": {"memberId": "@lou", "role": "USER"},
    "setMemberRole demotes": {"memberId": "@kim", "role": "USER"},
    "setMemberRole promotes": {"memberId": "@bo", "role": "ADMIN"},
    "updateMember": {"memberId": "@mo", "name": "Mo Ek"},
    "updateOrganization": {"name": "Another name"},
    "generateApiToken": {"name": "Tool"},
    "generateApiToken t:w": {"name": "Tool", "scopes": ["TOKENS_WRITE"]},
    "generateScimToken": {"name": "Okta"},
    "revokeToken": {"tokenId": "@scimToken"},
    "rotateToken": {"tokenId": "@scimToken"},
    "rotateToken t:w": {"tokenId": "@narrowToken"},
    "updateToken": {"tokenId": "@scimToken", "name": "Another name"},
    "addLoginDomain": {"domain": "newcomers.example"},
    "enforceSso": {"enforced": True},
    "proveLoginDomain": {"loginDomainId": "@unproven"},
    "removeLoginDomain": {"loginDomainId": "@domain"},
    "removeSsoConnection": {},
    "saveSsoConnection": _CONNECTION,
    "testSsoConnection": {},
    "unlinkIdentity": {"memberId": "@bo"},
    "unlinkIdentity ADMIN": {"memberId": "@admin"},
    "removePasskey": {"passkeyId": "@passkey"},
    "revokeMemberSessions": {"memberId": "@bo"},
    "revokeMemberSessions ADMIN": {"memberId": "@kim"},
    "revokeMemberSessions own": {"memberId": "@mo"},
    "revokeOtherSessions": {},
    "revokeSession": {"sessionId": "@sessionOfBo"},
    "revokeSession ADMIN": {"sessionId": "@adminSession"},
    "revokeSession own": {"sessionId": "@session"},
    "signOut": {},
}
"""What each of them is asked to do; "@bo" is the id of Bo, and so on."""
