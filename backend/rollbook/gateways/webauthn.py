"""Speaks Web Authentication (Level 2) with people's authenticators, by way of their browsers."""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import field
from typing import TypeVar
from urllib.parse import SplitResult, urlsplit

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AttestationConveyancePreference,
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from rollbook.domain.errors import InvalidValue, NotSupported, Unauthenticated
from rollbook.domain.immutable import immutable
from rollbook.domain.passkeys import CEREMONY_LIFETIME, Passkey

MAX_ANSWER = 64 * 1024
"""Characters of an authenticator's answer; a real one has some thousands at most."""

MAX_CREDENTIAL_ID = 1023
"""Bytes (Web Authentication, section 7.1, step 20)."""

_TIMEOUT_MS = int(CEREMONY_LIFETIME.total_seconds() * 1000)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_NOT_VALID = "The passkey's answer is not valid here. Try again."

T = TypeVar("T")


@immutable
class Person:
    """Whom a passkey is for. The authenticator keeps the handle, and shows the names when it asks which one to use."""

    handle: bytes
    name: str
    display_name: str


@immutable
class Made:
    """What an authenticator says of a passkey that it made."""

    credential_id: bytes
    public_key: bytes = field(repr=False)
    sign_count: int
    transports: tuple[str, ...]
    backed_up: bool


@immutable
class Assertion:
    """An answer that was read and not verified: which passkey it says it is of, and whose."""

    credential_id: bytes
    handle: bytes | None
    answer: AuthenticationCredential = field(repr=False)


@immutable
class Shown:
    """What an authenticator says of a passkey that it used."""

    sign_count: int
    backed_up: bool


class Authenticators:
    """The authenticators of those who open the installation at its base URL; passkeys belong to its host name."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self._host = parts.hostname or ""
        self._origin = _origin(parts)
        self._obstacle = _obstacle(parts)

    def require_usable(self) -> None:
        """Return if browsers offer passkeys at the base URL; otherwise raise `NotSupported`."""
        if self._obstacle is not None:
            raise NotSupported(self._obstacle)

    def creation_options(self, challenge: bytes, person: Person, present: Sequence[Passkey]) -> str:
        """What `navigator.credentials.create()` needs, as JSON. An authenticator that has one of those that are
        `present` makes no other.
        """
        options = generate_registration_options(
            rp_id=self._host,
            rp_name="Rollbook",
            user_id=person.handle,
            user_name=person.name,
            user_display_name=person.display_name,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            # who built the authenticator does not matter, and what it says of that could tell people apart
            attestation=AttestationConveyancePreference.NONE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[_descriptor(passkey) for passkey in present],
        )
        return options_to_json(options)

    def request_options(self, challenge: bytes) -> str:
        """What `navigator.credentials.get()` needs, as JSON: any passkey of this installation will do."""
        options = generate_authentication_options(
            rp_id=self._host,
            challenge=challenge,
            timeout=_TIMEOUT_MS,
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json(options)

    def made(self, answer: str, challenge: bytes) -> Made:
        """The passkey that an authenticator made for the challenge, verified (section 7.1). Raises `InvalidValue`."""
        credential = _read(lambda: parse_registration_credential_json(answer), answer)
        try:
            verified = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                require_user_verification=True,
            )
            framed = parse_client_data_json(credential.response.client_data_json).cross_origin
        except Exception as error:  # whatever the library trips over, it is no answer of an authenticator
            raise InvalidValue(_NOT_VALID, field="credential") from error
        if framed or len(verified.credential_id) > MAX_CREDENTIAL_ID:
            raise InvalidValue(_NOT_VALID, field="credential")
        return Made(
            credential_id=verified.credential_id,
            public_key=verified.credential_public_key,
            sign_count=verified.sign_count,
            transports=tuple(sorted({each.value for each in credential.response.transports or ()})),
            backed_up=verified.credential_backed_up,
        )

    def read(self, answer: str) -> Assertion:
        """Which passkey an answer says it is of. Raises `InvalidValue` for what is no answer at all."""
        credential = _read(lambda: parse_authentication_credential_json(answer), answer)
        return Assertion(credential.raw_id, credential.response.user_handle, credential)

    def shown(self, assertion: Assertion, challenge: bytes, public_key: bytes) -> Shown:
        """What the passkey with this public key says, verified (section 7.2); its count is for the caller to compare.

        Raises `Unauthenticated`.
        """
        try:
            verified = verify_authentication_response(
                credential=assertion.answer,
                expected_challenge=challenge,
                expected_rp_id=self._host,
                expected_origin=self._origin,
                credential_public_key=public_key,
                # compared only once the signature is known to be good, so that nobody else can raise the alarm
                credential_current_sign_count=0,
                require_user_verification=True,
            )
            framed = parse_client_data_json(assertion.answer.response.client_data_json).cross_origin
        except Exception as error:  # whatever the library trips over, it is no answer of an authenticator
            raise Unauthenticated(_NOT_VALID) from error
        if framed:
            raise Unauthenticated(_NOT_VALID)
        return Shown(verified.new_sign_count, verified.credential_backed_up)


def _read(parse: Callable[[], T], answer: str) -> T:
    if len(answer) > MAX_ANSWER:
        raise InvalidValue(f"A passkey's answer has at most {MAX_ANSWER} characters.", field="credential")
    try:
        return parse()
    except Exception as error:  # the library lets errors of base64 and JSON through as well as its own
        raise InvalidValue("This is not the answer of a passkey, as toJSON() writes it.", field="credential") from error


def _descriptor(passkey: Passkey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(each) for each in passkey.transports]
    return PublicKeyCredentialDescriptor(id=passkey.credential_id, transports=transports)


def _origin(parts: SplitResult) -> str:
    """The origin as browsers write it into what an authenticator signs."""
    port = "" if parts.port in {None, _DEFAULT_PORTS.get(parts.scheme)} else f":{parts.port}"
    return f"{parts.scheme}://{parts.hostname}{port}"


def _obstacle(parts: SplitResult) -> str | None:
    """Why no browser offers passkeys at this address, with the remedy, or None if they do (section 5.1.3)."""
    host = parts.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        local = host == "localhost" or host.endswith(".localhost")
        if parts.scheme == "https" or local:
            return None
        return "Passkeys need https: browsers refuse them over plain http. Set ROLLBOOK_BASE_URL to an https address."
    return (
        f"Passkeys need a host name: browsers refuse them at the address {host}. Set ROLLBOOK_BASE_URL to a name, "
        "such as http://localhost:8000 on this machine, and open the pages there."
    )
