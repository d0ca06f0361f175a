"""The member list as a journey handles it."""

import re
from typing import Any


def member_row(page: Any, text: str) -> Any:
    """The row of the member in which the text stands."""
    return page.get_by_role("row").filter(has_text=text)


def facet(page: Any, text: str) -> Any:
    """The chip that narrows the list, with its number."""
    return page.locator(".chip").filter(has_text=re.compile(rf"^{text}\b"))


def patch(*operations: dict[str, Any]) -> dict[str, Any]:
    """The body of a PATCH of a provisioning client."""
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": list(operations)}
