"""How people sign in with passkeys, and which they have."""

import base64
import hashlib
import logging
import secrets
import uuid
from dataclasses import field
from datetime import datetime

import orjson

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.encryption import Vault
from rollbook.domain.errors import (
    AlreadyExists,
    DomainError,
    InvalidValue,
    NotFound,
    SignInRefused,
    TooLarge,
    Unauthenticated,
)
from rollbook.domain.immutable import immutable
from rollbook.domain.memberships import Membership
from rollbook.domain.passkeys import (
    CEREMONY_LIFETIME,
    MAX_PASSKEYS,
    Challenge,
    Passkey,
    checked_passkey_name,
    is_copied,
)
from rollbook.domain.policy import Permission, require, require_recent_sign_in
from rollbook.domain.sessions import SignInMethod, Visitor
from rollbook.domain.sso import SignInProblem
from rollbook.domain.values import Clock, new_id
from rollbook.gateways.webauthn import Assertion, Authenticators, Person, Shown
from rollbook.persistence import memberships, organizations, passkeys, spent_answers
from rollbook.persistence.database import Database, ReadTx, UniqueViolation, WriteTx
from rollbook.services.entering import Entrance
from rollbook.services.recording import record
from rollbook.services.retrying import once_more

_CHALLENGE = 32  # bytes, twice what Web Authentication asks for (section 13.4.3)
_REGISTRATION, _SIGN_IN = "passkey:registration", "passkey:sign_in"
_TOO_LATE = "The passkey's answer came too late, or was used already. Try again."
_UNKNOWN = "This passkey is not known here: it was removed, or belongs to another installation. Sign in another way."
_ENDED = "Your access to this organization has ended. Ask one of its admins to let you in again."
_COPIED = (
    "This passkey may have been copied, so it opens nothing more. Sign in another way, remove it and add a new one."
)

_log = logging.getLogger(__name__)


@immutable
class Ceremony:
    """What the page hands to the authenticator (as JSON), and what the browser keeps, encrypted, until its answer."""

    options: str
    ticket: str = field(repr=False)


class Passkeys:
    """The operations on passkeys. They belong to one member of one organization."""

    def __init__(self, database: Database, clock: Clock, vault: Vault, entrance: Entrance, base_url: str) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._entrance = entrance
        self._authenticators = Authenticators(base_url)

    async def begin_registration(self, actor: Actor) -> Ceremony:
        """Begin to register a passkey for who is signed in. Raises `SignInAgain`, `TooLarge`, `NotSupported`."""
        require(actor, Permission.ACCOUNT)
        require_recent_sign_in(actor, self._clock())
        self._authenticators.require_usable()
        async with self._database.read() as tx:
            member = await memberships.load(tx, actor.organization_id, _own(actor))
            organization = await organizations.find(tx, actor.organization_id)
            present = await passkeys.of_membership(tx, actor.organization_id, member.id)
        assert organization is not None, "a member's organization is there"
        _require_room(present)
        challenge = Challenge(secrets.token_bytes(_CHALLENGE), self._clock(), actor.session_id)
        options = self._authenticators.creation_options(challenge.value, _person(member, organization.name), present)
        return Ceremony(options, self._sealed(_REGISTRATION, challenge))

    async def register(self, actor: Actor, ticket: str, answer: str, *, name: str) -> Passkey:
        """Keep the passkey that the authenticator made. Raises `SignInAgain`, `InvalidValue`, `AlreadyExists`.

        Also `TooLarge` for one too many, and `NotSupported`.
        """
        require(actor, Permission.ACCOUNT)
        require_recent_sign_in(actor, self._clock())
        self._authenticators.require_usable()
        name, at = checked_passkey_name(name), self._clock()
        challenge = self._opened(_REGISTRATION, ticket)
        if challenge is None or challenge.has_expired(at) or challenge.session_id != actor.session_id:
            raise InvalidValue(_TOO_LATE, field="credential")
        made = self._authenticators.made(answer, challenge.value)
        passkey = Passkey(
            id=new_id(),
            organization_id=actor.organization_id,
            membership_id=_own(actor),
            name=name,
            credential_id=made.credential_id,
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=made.transports,
            backed_up=made.backed_up,
            created_at=at,
            last_used_at=None,
        )
        await once_more(lambda: self._keep(actor, challenge, passkey))
        return passkey

    async def begin_sign_in(self) -> Ceremony:
        """Begin to sign in with any passkey of this installation. Writes nothing. Raises `NotSupported`."""
        self._authenticators.require_usable()
        challenge = Challenge(secrets.token_bytes(_CHALLENGE), self._clock())
        return Ceremony(
            self._authenticators.request_options(challenge.value),
            self._sealed(_SIGN_IN, challenge),
        )

    async def sign_in(self, ticket: str, answer: str, visitor: Visitor) -> tuple[str, Actor]:
        """Sign in: the secret of a new session, and who is signed in. Also how to show anew who one is.

        Raises `SignInRefused`, also where SSO is enforced and the member is no admin; `Unauthenticated` for a passkey
        that is unknown or an answer that is not its own; `InvalidValue` for what is no answer, and `NotSupported`.
        """
        self._authenticators.require_usable()
        try:
            return await self._sign_in(ticket, answer, visitor)
        except Unauthenticated as refusal:
            _log.info("A passkey opened nothing (%s); request %s", _reason(refusal), visitor.request_id)
            raise

    async def list(self, actor: Actor) -> list[Passkey]:
        """The passkeys of who is signed in, the newest first."""
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as tx:
            return await passkeys.of_membership(tx, actor.organization_id, _own(actor))

    async def remove(self, actor: Actor, passkey_id: str) -> None:
        """Remove one of one's own. Raises `SignInAgain`, `NotFound`."""
        require(actor, Permission.ACCOUNT)
        require_recent_sign_in(actor, self._clock())
        async with self._database.write() as tx:
            member = await memberships.load_for_update(tx, actor.organization_id, _own(actor))
            name = await passkeys.remove(tx, actor.organization_id, member.id, passkey_id)
            if name is None:
                raise NotFound(f"You have no passkey {passkey_id!r}.")
            await record(
                tx,
                actor,
                AuditAction.PASSKEY_REMOVED,
                member.user_name,
                at=self._clock(),
                changes={"passkey": (name, None)},
                memberships=[member.id],
            )

    async def _sign_in(self, ticket: str, answer: str, visitor: Visitor) -> tuple[str, Actor]:
        challenge = self._opened(_SIGN_IN, ticket)
        if challenge is None or challenge.has_expired(self._clock()):
            raise SignInRefused(_TOO_LATE, problem=SignInProblem.ATTEMPT_EXPIRED)
        assertion = self._authenticators.read(answer)
        async with self._database.read() as tx:
            passkey = await passkeys.find(tx, assertion.credential_id)
            left = passkey is None and await _is_of_a_leaver(tx, assertion)
        if left:
            raise SignInRefused(_ENDED, problem=SignInProblem.ACCESS_ENDED)
        if passkey is None:
            raise Unauthenticated(_UNKNOWN)
        # nothing is said of the member before it is sure that the passkey is there, and not only its id is known
        shown = self._authenticators.shown(assertion, challenge.value, passkey.public_key)
        if assertion.handle != _handle(passkey.organization_id, passkey.membership_id):
            raise Unauthenticated(_UNKNOWN)
        return await once_more(lambda: self._enter(challenge, assertion, shown, visitor))

    async def _keep(self, actor: Actor, challenge: Challenge, passkey: Passkey) -> None:
        async with self._database.write() as tx:
            # with the member's row locked nobody deactivates them, or adds another passkey, meanwhile
            member = await memberships.load_for_update(tx, actor.organization_id, passkey.membership_id)
            if not member.active:
                raise Unauthenticated(_ENDED)
            _require_room(await passkeys.of_membership(tx, actor.organization_id, member.id))
            if not await _spend(tx, challenge):
                raise InvalidValue(_TOO_LATE, field="credential")
            try:
                await passkeys.insert_passkey(tx, passkey)
            except UniqueViolation as violation:
                raise AlreadyExists("This passkey is registered already.", field="credential") from violation
            await record(
                tx,
                actor,
                AuditAction.PASSKEY_REGISTERED,
                member.user_name,
                at=passkey.created_at,
                changes={"backedUp": (None, passkey.backed_up), "passkey": (None, passkey.name)},
                memberships=[member.id],
            )

    async def _enter(
        self, challenge: Challenge, assertion: Assertion, shown: Shown, visitor: Visitor
    ) -> tuple[str, Actor]:
        at = self._clock()
        async with self._database.write() as tx:
            member, passkey = await _locked(tx, assertion)
            if is_copied(passkey.sign_count, shown.sign_count):
                _log.warning("Passkey %s shows a count that does not grow: it may have been copied", passkey.id)
                raise Unauthenticated(_COPIED)
            if not await _spend(tx, challenge):
                raise SignInRefused(_TOO_LATE, problem=SignInProblem.ATTEMPT_EXPIRED)
            await passkeys.use(tx, passkey, sign_count=shown.sign_count, backed_up=shown.backed_up, at=at)
            secret, actor = await self._entrance.begin(
                tx, member, SignInMethod.PASSKEY, visitor, at=at, authenticated_at=at
            )
            await record(
                tx,
                actor,
                AuditAction.SESSION_STARTED,
                member.user_name,
                at=at,
                changes={"passkey": (None, passkey.name)},
                memberships=[member.id],
            )
        return secret, actor

    def _sealed(self, purpose: str, challenge: Challenge) -> str:
        content = orjson.dumps(
            {
                "value": challenge.value.hex(),
                "begunAt": challenge.begun_at.isoformat(),
                "sessionId": challenge.session_id,
            }
        )
        return base64.urlsafe_b64encode(self._vault.close(purpose, content)).decode()

    def _opened(self, purpose: str, ticket: str) -> Challenge | None:
        """The challenge of a ticket that was sealed here for this purpose, or None."""
        try:
            sealed = base64.b64decode(ticket, altchars=b"-_", validate=True)
        except ValueError:
            return None
        content = self._vault.open(purpose, sealed)
        if content is None:
            return None
        told = orjson.loads(content)
        return Challenge(bytes.fromhex(told["value"]), datetime.fromisoformat(told["begunAt"]), told["sessionId"])


def _own(actor: Actor) -> str:
    assert actor.membership_id is not None, "only members have the permission"
    return actor.membership_id


def _person(member: Membership, organization: str) -> Person:
    """How an authenticator's list shows the passkey: somebody may have one in each of several organizations."""
    return Person(
        handle=_handle(member.organization_id, member.id),
        name=f"{member.email or member.user_name} ({organization})",
        display_name=member.name,
    )


def _handle(organization_id: str, membership_id: str) -> bytes:
    """What an authenticator keeps of whom the passkey is for: it names the membership, and says nothing of the person
    (Web Authentication, section 14.6.1).
    """
    return uuid.UUID(organization_id).bytes + uuid.UUID(membership_id).bytes


async def _is_of_a_leaver(tx: ReadTx, assertion: Assertion) -> bool:
    """Whether the passkey was one of a member whose membership has ended, which took the passkey with it."""
    handle = assertion.handle
    if handle is None or len(handle) != 32:
        return False
    organization_id, membership_id = str(uuid.UUID(bytes=handle[:16])), str(uuid.UUID(bytes=handle[16:]))
    return await passkeys.has_ended(tx, organization_id, membership_id)


async def _locked(tx: WriteTx, assertion: Assertion) -> tuple[Membership, Passkey]:
    """The passkey and its member, neither of whom anybody changes before the transaction ends."""
    passkey = await passkeys.find(tx, assertion.credential_id)
    if passkey is None:
        raise Unauthenticated(_UNKNOWN)
    try:
        # a member's row comes before its passkeys', as in a deactivation, so that neither overtakes the other
        member = await memberships.load_for_update(tx, passkey.organization_id, passkey.membership_id)
    except NotFound:
        raise SignInRefused(_ENDED, problem=SignInProblem.ACCESS_ENDED) from None
    locked = await passkeys.find_for_update(tx, assertion.credential_id)
    if locked is None or locked.id != passkey.id:
        raise Unauthenticated(_UNKNOWN)
    return member, locked


def _require_room(present: list[Passkey]) -> None:
    if len(present) >= MAX_PASSKEYS:
        raise TooLarge(f"A member has at most {MAX_PASSKEYS} passkeys. Remove one first.", limit=MAX_PASSKEYS)


async def _spend(tx: WriteTx, challenge: Challenge) -> bool:
    """Take the answer to a challenge; False if it was taken before."""
    # for twice as long as it could come again, as the clocks of two servers differ
    kept_until = challenge.begun_at + 2 * CEREMONY_LIFETIME
    try:
        await spent_answers.insert_answer(tx, hashlib.sha256(challenge.value).digest(), kept_until)
    except UniqueViolation:
        return False
    return True


def _reason(refusal: DomainError) -> str:
    return str(refusal.problem) if isinstance(refusal, SignInRefused) else refusal.code
