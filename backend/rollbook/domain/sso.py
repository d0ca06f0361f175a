"""Single sign-on: an organization's OpenID Connect provider, and what it vouches for."""

from dataclasses import field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Self

from rollbook.domain.errors import VersionMismatch
from rollbook.domain.immutable import immutable
from rollbook.domain.roles import Role

ATTEMPT_LIFETIME = timedelta(minutes=10)
"""So long a browser may take between leaving for the provider and coming back."""


class Provider(StrEnum):
    """Whose product the provider is; it decides hints and guides, never what is trusted."""

    ENTRA = "entra"
    OKTA = "okta"
    OTHER = "other"


class ClientAuthentication(StrEnum):
    """How the client secret is shown at the token endpoint (OpenID Connect Core, section 9)."""

    BASIC = "client_secret_basic"
    POST = "client_secret_post"


@immutable
class SsoConnection:
    """The organization's provider. The client secret is not here: it can be replaced, and never read again.

    `jit_role`: who comes for the first time with a proven address becomes a member with this role; None: nobody does.
    `passed_at` is when an admin first signed in through it as it is now. `enforced`: there is no other way in, but the
    break-glass doors. Equality leaves out `version`.
    """

    id: str
    organization_id: str
    provider: Provider
    issuer: str
    client_id: str
    client_authentication: ClientAuthentication
    jit_role: Role | None
    enforced: bool
    secret_set_at: datetime
    passed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int = field(default=1, compare=False)

    def expect(self, version: int | None) -> Self:
        """This connection, or `VersionMismatch` if the caller read another version of it."""
        if version is not None and version != self.version:
            raise VersionMismatch(
                f"The connection changed in the meantime: you sent version {version}, it is now at {self.version}. "
                "Read it again and repeat the change.",
                current=self.version,
            )
        return self

    def is_for(self, draft: "ConnectionDraft") -> bool:
        """Whether the draft names the same client of the same provider."""
        return (self.issuer, self.client_id) == (draft.issuer, draft.client_id)


@immutable
class ConnectionDraft:
    """What an admin enters. Without a secret the one that is kept stays; a new connection, or issuer, needs one."""

    provider: Provider
    issuer: str
    client_id: str
    client_secret: str | None = field(default=None, repr=False)
    client_authentication: ClientAuthentication = ClientAuthentication.BASIC
    jit_role: Role | None = None


@immutable
class SsoIdentity:
    """Whom a provider means by a subject: one membership. It is known by connection, issuer and subject alone.

    It outlives the membership, to tell that this person was here and may not return unasked.
    """

    organization_id: str
    connection_id: str
    issuer: str
    subject: str = field(repr=False)
    membership_id: str
    created_at: datetime
    last_used_at: datetime


@immutable
class RelyingParty:
    """Who Rollbook is to one provider: all that a gateway needs to speak with it."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    client_authentication: ClientAuthentication
    redirect_uri: str


@immutable
class Authorization:
    """What a browser takes along to the provider and back: the secrets that bind the answer to the question.

    `max_age`: the provider must ask again for the password or the like, which a step-up needs.
    """

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    code_verifier: str = field(repr=False)
    started_at: datetime
    max_age: bool = False


@immutable
class ProviderAnswer:
    """The query of the redirect back from a provider, as it came (RFC 6749 section 4.1.2, RFC 9207)."""

    code: str | None = field(default=None, repr=False)
    state: str | None = field(default=None, repr=False)
    issuer: str | None = None
    error: str | None = None
    error_description: str | None = None


@immutable
class Claims:
    """What a provider says of a person, verified. `email` counts only with `email_verified`.

    `id_token` is kept for the sign-out at the provider only.
    """

    issuer: str
    subject: str
    email: str | None
    email_verified: bool
    name: str | None
    given_name: str | None
    family_name: str | None
    authenticated_at: datetime | None
    id_token: str = field(repr=False)


class Purpose(StrEnum):
    """What a browser was sent to the provider for."""

    INVITATION = "invitation"  # to join by an invitation, where SSO is enforced
    LINK = "link"  # to let who is signed in sign in through the provider from then on
    SIGN_IN = "sign_in"
    STEP_UP = "step_up"  # to show anew who they are


@immutable
class Attempt:
    """A sign-in that is under way; the browser carries it, encrypted. `next` is the path to go to afterwards.

    `session_id` is the session of who is signed in, for `LINK` and `STEP_UP`: it must be the same one in the end.
    """

    organization_id: str
    connection_id: str
    purpose: Purpose
    authorization: Authorization
    next: str
    session_id: str | None = None
    invitation: str | None = field(default=None, repr=False)


@immutable
class Departure:
    """Where to send the browser, and the encrypted attempt that it takes along."""

    url: str
    attempt: str = field(repr=False)


class FindingStatus(StrEnum):
    """What a step of the connection test came to."""

    FAILED = "failed"
    PASSED = "passed"
    SKIPPED = "skipped"  # a step before it failed
    WARNING = "warning"


class TestStep(StrEnum):
    """The steps of the connection test, in their order."""

    ADDRESS = "address"  # the issuer is an https URL whose host is public
    DISCOVERY = "discovery"  # its configuration document can be read
    ISSUER = "issuer"  # … and names exactly this issuer
    ENDPOINTS = "endpoints"  # … and where to sign in, to redeem a code, and to find the keys
    ALGORITHMS = "algorithms"  # … and code flow, PKCE with S256, and a signature that we accept
    KEYS = "keys"  # the keys can be read, and one of them can be used
    CREDENTIALS = "credentials"  # the client id and secret are accepted
    STEP_UP = "step_up"  # whether the provider tells when somebody signed in (auth_time)


@immutable
class Finding:
    """What a step came to, and in `detail` why and what to do, written for an admin."""

    step: TestStep
    status: FindingStatus
    detail: str


@immutable
class LoginDomain:
    """A domain of e-mail addresses that the organization says is its own. It counts once it is proven.

    `domain` is in lower case and in its ASCII form. `challenge` is the text of the TXT record that proves it. A domain
    is proven by one organization at most.
    """

    id: str
    organization_id: str
    domain: str
    challenge: str
    created_at: datetime
    checked_at: datetime | None
    proven_at: datetime | None

    @property
    def record_name(self) -> str:
        """The name of the TXT record."""
        return f"_rollbook-challenge.{self.domain}"


class SignInProblem(StrEnum):
    """Why somebody could not sign in; the page has a text for each."""

    ACCESS_ENDED = "access_ended"  # the organization has deactivated or removed them
    ATTEMPT_EXPIRED = "attempt_expired"  # too slow, or another tab began anew, or the answer was used already
    CANCELLED = "cancelled"  # the person, or the provider, said no
    EMAIL_NOT_VERIFIED = "email_not_verified"
    NOT_A_MEMBER = "not_a_member"  # nobody has provisioned them, and just-in-time is off
    NOT_LINKED = "not_linked"  # the address is a member's, but nothing proves that it is the same person
    NO_ROLE = "no_role"
    NO_SSO = "no_sso"  # the organization, or its connection, is not there
    OTHER_IDENTITY = "other_identity"  # the member signs in as another identity of this provider
    PROVIDER_FAILED = "provider_failed"  # it could not be reached, or its answer was not valid
    SSO_REQUIRED = "sso_required"
    STEP_UP_FAILED = "step_up_failed"  # the provider did not ask for the password again, or does not say so


def start_uri(base_url: str, handle: str) -> str:
    """The initiate-login URI of an organization (OpenID Connect Core, section 4)."""
    return f"{base_url}/auth/sso/{handle}/start"


def redirect_uri(base_url: str, handle: str) -> str:
    """The redirect URI of an organization: its own, so that no provider's answer can pass for another's (RFC 9700)."""
    return f"{base_url}/auth/sso/{handle}/callback"


def sign_out_redirect_uri(base_url: str) -> str:
    """Where a provider sends people back to who signed out there (OpenID Connect RP-Initiated Logout, section 3)."""
    return f"{base_url}/sign-in"
