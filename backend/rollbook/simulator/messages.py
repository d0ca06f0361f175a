"""What every provisioning client writes: the names of SCIM's schemas, and the frame of a PATCH."""

from typing import Any

Resource = dict[str, Any]

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE_USER = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
LIST_RESPONSE = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def patch(*operations: Resource) -> Resource:
    """A PATCH request (RFC 7644 section 3.5.2)."""
    return {"schemas": [PATCH_OP], "Operations": list(operations)}


def equals(attribute: str, value: str) -> str:
    """A filter: the attribute has this value."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'{attribute} eq "{escaped}"'
