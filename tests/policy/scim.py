"""What can be asked of the SCIM facade, each method of each address, and by whom. The answers are HTTP statuses.

A SCIM token is the only key. `foreign` is another organization's: it finds its own organization at the same addresses.
"""

from typing import Any

from .grid import CALLERS, rows_of

SCIM_CALLERS = (*CALLERS, "foreign")

TABLE = rows_of(
    """
                              nobody member admin stale other scim a:r m:r m:w r:w s:w t:w revoked expired ended foreign

GET /Users                       401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /Users                      401    401   401   401   401  201 401 401 401 401 401 401     401     401   401     201
PUT /Users                       401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Users                     401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Users                    401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Users/@bo                   401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     404
POST /Users/@bo                  401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /Users/@bo                   401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     404
PATCH /Users/@bo                 401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     404
DELETE /Users/@bo                401    401   401   401   401  204 401 401 401 401 401 401     401     401   401     404

GET /Users/.search               401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
POST /Users/.search              401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
PUT /Users/.search               401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Users/.search             401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Users/.search            401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Groups                      401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /Groups                     401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501
PUT /Groups                      401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Groups                    401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Groups                   401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Groups/users                401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /Groups/users               401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /Groups/users                401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
PATCH /Groups/users              401    401   401   401   401  204 401 401 401 401 401 401     401     401   401     204
DELETE /Groups/users             401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501

GET /Groups/.search              401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
POST /Groups/.search             401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
PUT /Groups/.search              401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Groups/.search            401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Groups/.search           401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /.search                     401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
POST /.search                    401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
PUT /.search                     401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /.search                   401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /.search                  401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Bulk                        401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
POST /Bulk                       401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
PUT /Bulk                        401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Bulk                      401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Bulk                     401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Me                          401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501
POST /Me                         401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501
PUT /Me                          401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501
PATCH /Me                        401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501
DELETE /Me                       401    401   401   401   401  501 401 401 401 401 401 401     401     401   401     501

GET /ServiceProviderConfig       401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /ServiceProviderConfig      401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /ServiceProviderConfig       401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /ServiceProviderConfig     401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /ServiceProviderConfig    401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /ResourceTypes               401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /ResourceTypes              401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /ResourceTypes               401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /ResourceTypes             401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /ResourceTypes            401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /ResourceTypes/User          401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /ResourceTypes/User         401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /ResourceTypes/User          401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /ResourceTypes/User        401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /ResourceTypes/User       401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Schemas                     401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /Schemas                    401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /Schemas                     401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Schemas                   401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Schemas                  401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405

GET /Schemas/User                401    401   401   401   401  200 401 401 401 401 401 401     401     401   401     200
POST /Schemas/User               401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PUT /Schemas/User                401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
PATCH /Schemas/User              401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
DELETE /Schemas/User             401    401   401   401   401  405 401 401 401 401 401 401     401     401   401     405
""",
    SCIM_CALLERS,
)

_USER_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:User"
_NEWCOMER = {"schemas": [_USER_SCHEMA], "userName": "new@newcomers.test"}
_SEARCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": 'userName eq "bo@acme.test"'}


def _patch(**operation: Any) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": [operation]}


PLACES = {"/Schemas/User": f"/Schemas/{_USER_SCHEMA}"}
"""Where something stands whose address is longer than its name here."""

BODIES: dict[str, Any] = {
    "POST /Users": _NEWCOMER,
    "PUT /Users/@bo": {"schemas": [_USER_SCHEMA], "userName": "bo@acme.test", "title": "Captain"},
    "PATCH /Users/@bo": _patch(op="replace", path="active", value=False),
    "POST /Users/.search": _SEARCH,
    "PUT /Groups/users": {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:Group"],
        "displayName": "Users",
        "members": [{"value": "@lou"}],
    },
    "PATCH /Groups/users": _patch(op="add", path="members", value=[{"value": "@lou"}]),
    "POST /Groups/.search": {key: value for key, value in _SEARCH.items() if key != "filter"},
    "POST /.search": _SEARCH,
    "POST /Bulk": {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "Operations": [{"method": "POST", "path": "/Users", "bulkId": "1", "data": _NEWCOMER}],
    },
}
"""What is sent; "@bo" is the id of Bo, and so on."""
