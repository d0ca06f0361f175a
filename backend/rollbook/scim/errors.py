"""Every refusal in SCIM's words: protocol errors born here, and the table that renders the domain's.

The error body is that of RFC 7644 section 3.12; `status` is text there, and Okta's suite accepts it (O-70).
"""

from collections.abc import Mapping, Sequence

import orjson

from rollbook.domain import errors as domain
from rollbook.domain.errors import DomainError

ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:Error"

Headers = Sequence[tuple[str, str]]


class ScimError(Exception):
    """A refusal with its HTTP status, its scimType (RFC 7644 table 9) and a text that an admin will read (O-31).

    For the provisioning log it has the domain's code besides, and the member who stands in the way.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        scim_type: str | None = None,
        headers: Headers = (),
        code: str | None = None,
        membership_id: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.scim_type = scim_type
        self.headers = headers
        self.code = code or scim_type
        self.membership_id = membership_id

    def body(self) -> bytes:
        """The error as JSON."""
        told = {"schemas": [ERROR_URN], "status": str(self.status)}
        if self.scim_type is not None:
            told["scimType"] = self.scim_type
        return orjson.dumps(told | {"detail": self.detail})


DOMAIN_ERRORS: Mapping[type[DomainError], tuple[int, str | None]] = {
    domain.AlreadyExists: (409, "uniqueness"),
    domain.Busy: (503, None),
    domain.Forbidden: (403, None),
    domain.InvalidValue: (400, "invalidValue"),
    domain.KeyReused: (409, None),
    domain.LastAdmin: (409, None),
    domain.ManagedBySource: (400, "mutability"),
    domain.NotFound: (404, None),
    domain.NotSupported: (501, None),
    domain.ProviderFailed: (502, None),
    domain.RateLimited: (429, None),
    domain.ReadOnly: (400, "mutability"),
    domain.SignInAgain: (403, None),
    domain.SignInRefused: (401, None),
    domain.TooLarge: (413, None),
    domain.Unauthenticated: (401, None),
    domain.VersionMismatch: (412, None),
}
"""How each refusal of the domain is said in SCIM; its message becomes the detail as it is."""

_HEADERS: Mapping[int, Headers] = {
    401: (("WWW-Authenticate", 'Bearer realm="Rollbook SCIM"'),),
    503: (("Retry-After", "1"),),
}


def from_domain(error: DomainError) -> ScimError:
    """The refusal of the domain, in SCIM's words."""
    status, scim_type = next(DOMAIN_ERRORS[each] for each in type(error).__mro__ if each in DOMAIN_ERRORS)
    headers = _HEADERS.get(status, ())
    if isinstance(error, domain.RateLimited):
        headers = (("Retry-After", str(error.retry_after)),)
    membership_id = error.membership_id if isinstance(error, domain.AlreadyExists) else None
    return ScimError(
        status, error.message, scim_type=scim_type, headers=headers, code=error.code, membership_id=membership_id
    )


def unauthorized(detail: str) -> ScimError:
    """No valid token: 401 with the challenge of RFC 6750 section 3."""
    return ScimError(401, detail, headers=_HEADERS[401], code=domain.Unauthenticated.code)


def method_not_allowed(method: str, allowed: Sequence[str]) -> ScimError:
    """The address exists but not for this method: 405 with `Allow`."""
    methods = ", ".join(allowed)
    return ScimError(405, f"{method} is not possible here; possible: {methods}.", headers=(("Allow", methods),))


def internal_error(request_id: str) -> ScimError:
    """A fault of Rollbook: says nothing but how to find it in the log."""
    return ScimError(500, f"Rollbook failed to answer. The server's log tells more under the request id {request_id}.")


def invalid_filter(detail: str) -> ScimError:
    """A filter that cannot be read or is not supported."""
    return ScimError(400, detail, scim_type="invalidFilter")


def invalid_path(detail: str) -> ScimError:
    """A PATCH path that cannot be read or leads to no attribute."""
    return ScimError(400, detail, scim_type="invalidPath")


def invalid_syntax(detail: str) -> ScimError:
    """A body whose structure is not that of the message."""
    return ScimError(400, detail, scim_type="invalidSyntax")


def invalid_value(detail: str) -> ScimError:
    """A value that is missing or of the wrong kind."""
    return ScimError(400, detail, scim_type="invalidValue")


def mutability(detail: str) -> ScimError:
    """A change of something that cannot be changed or removed."""
    return ScimError(400, detail, scim_type="mutability")


def no_target(detail: str) -> ScimError:
    """A PATCH operation whose path leads to no value."""
    return ScimError(400, detail, scim_type="noTarget")
