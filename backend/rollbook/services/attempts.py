"""A sign-in that is under way, as the browser carries it: encrypted, so that it can neither be read nor made up."""

import base64
from datetime import datetime

import orjson

from rollbook.domain.encryption import Vault
from rollbook.domain.sso import Attempt, Authorization, Purpose

_PURPOSE = "sso_attempt"


def sealed_attempt(vault: Vault, attempt: Attempt) -> str:
    """The attempt as text for a cookie."""
    authorization = attempt.authorization
    content = orjson.dumps(
        {
            "organization": attempt.organization_id,
            "connection": attempt.connection_id,
            "purpose": str(attempt.purpose),
            "state": authorization.state,
            "nonce": authorization.nonce,
            "verifier": authorization.code_verifier,
            "started": authorization.started_at.isoformat(),
            "again": authorization.max_age,
            "next": attempt.next,
            "session": attempt.session_id,
            "invitation": attempt.invitation,
        }
    )
    return base64.urlsafe_b64encode(vault.close(_PURPOSE, content)).decode()


def opened_attempt(vault: Vault, text: str) -> Attempt | None:
    """The attempt in a text that was sealed here, or None for any other text."""
    try:
        sealed = base64.b64decode(text, altchars=b"-_", validate=True)
    except ValueError:
        return None
    content = vault.open(_PURPOSE, sealed)
    if content is None:
        return None
    told = orjson.loads(content)
    return Attempt(
        organization_id=told["organization"],
        connection_id=told["connection"],
        purpose=Purpose(told["purpose"]),
        authorization=Authorization(
            state=told["state"],
            nonce=told["nonce"],
            code_verifier=told["verifier"],
            started_at=datetime.fromisoformat(told["started"]),
            max_age=told["again"],
        ),
        next=told["next"],
        session_id=told["session"],
        invitation=told["invitation"],
    )
