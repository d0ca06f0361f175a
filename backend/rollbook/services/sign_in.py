"""How people sign in through their organization's identity provider."""

import hashlib
import hmac
import logging
import secrets
from dataclasses import field, replace
from datetime import datetime, timedelta

from rollbook.domain.actors import Actor
from rollbook.domain.audit import AuditAction
from rollbook.domain.encryption import Vault
from rollbook.domain.errors import AlreadyExists, ProviderFailed, SignInRefused, Unauthenticated
from rollbook.domain.immutable import immutable
from rollbook.domain.invitations import InvitationStatus
from rollbook.domain.organizations import Organization, is_handle
from rollbook.domain.policy import Permission, require, require_recent_sign_in
from rollbook.domain.sessions import Session, SignInMethod, Visitor
from rollbook.domain.sso import (
    ATTEMPT_LIFETIME,
    Attempt,
    Authorization,
    Claims,
    Departure,
    ProviderAnswer,
    Purpose,
    RelyingParty,
    SignInProblem,
    SsoConnection,
    sign_out_redirect_uri,
)
from rollbook.domain.tokens import SecretKind, kind_of
from rollbook.domain.values import Clock, is_address, key
from rollbook.gateways.bundle import Gateways
from rollbook.persistence import (
    invitations,
    login_domains,
    memberships,
    organizations,
    sessions,
    spent_answers,
    sso_connections,
    sso_identities,
)
from rollbook.persistence.database import Collision, Database, ReadTx, UniqueViolation, WriteTx
from rollbook.services.attempts import opened_attempt, sealed_attempt
from rollbook.services.entering import Entrance
from rollbook.services.identifying import Identified, Vouched, identify, link, link_invited, recognize
from rollbook.services.joining import NO_INVITATION, join_by
from rollbook.services.recording import record
from rollbook.services.refusing import refused
from rollbook.services.relying import relying_party
from rollbook.services.retrying import once_more
from rollbook.services.signing_out import WayOut

CLOCKS_DIFFER = timedelta(seconds=60)
"""How much earlier than ours a provider's clock may be when it says that somebody signed in anew."""

_SECRET_BYTES = 32
_LONGEST_NEXT = 1024
_DECLINED = frozenset(
    {"access_denied", "account_selection_required", "consent_required", "interaction_required", "login_required"}
)
"""The errors by which the person, or the provider, says no (RFC 6749 section 4.1.2.1, OpenID Connect Core, 3.1.2.6).

Every other one is the mistake of a program or of a setting.
"""

P = SignInProblem
_log = logging.getLogger(__name__)


@immutable
class Arrival:
    """Somebody who is signed in: the secret of their new session, who they are, and the path they wanted to go to."""

    secret: str = field(repr=False)
    actor: Actor
    next: str


@immutable
class _Way:
    """An organization's way to its provider."""

    connection: SsoConnection
    party: RelyingParty


class SignIn:
    """The operations of the SSO doors. Their refusals are `SignInRefused`, with a problem that the page explains."""

    def __init__(
        self, database: Database, clock: Clock, vault: Vault, entrance: Entrance, gateways: Gateways, base_url: str
    ) -> None:
        self._database = database
        self._clock = clock
        self._vault = vault
        self._entrance = entrance
        self._gateways = gateways
        self._base_url = base_url

    async def find(self, text: str) -> str | None:
        """The handle of the organization with SSO that a text names: its handle, or an address on a proven domain."""
        wanted = key(text.strip())
        async with self._database.read() as tx:
            organization: Organization | None = None
            if is_handle(wanted):
                organization = await organizations.find_by_handle(tx, wanted)
            elif is_address(wanted):
                owner = await login_domains.proven_by(tx, wanted)
                organization = None if owner is None else await organizations.find(tx, owner)
            if organization is None or await sso_connections.find(tx, organization.id) is None:
                return None
        return organization.handle

    async def start(
        self, handle: str, *, issuer: str | None = None, login_hint: str | None = None, next_path: str = "/"
    ) -> Departure:
        """Send a browser to the organization's provider. Writes nothing.

        `issuer` is the `iss` of a login that the provider initiates, and must be the connection's.
        """
        way = await self._way_of(handle)
        if issuer is not None and issuer != way.connection.issuer:
            raise refused(P.NO_SSO, "The provider that began this sign-in is not the organization's.")
        return await self._depart(way, Purpose.SIGN_IN, next_path, login_hint=login_hint)

    async def start_joining(self, invitation_secret: str, *, next_path: str = "/") -> Departure:
        """Send who follows an invitation to the provider, by which they join where SSO is enforced. Writes nothing.

        Raises `Unauthenticated` for a link that is not valid.
        """
        if kind_of(invitation_secret) is not SecretKind.INVITE:
            raise Unauthenticated(NO_INVITATION)
        async with self._database.read() as tx:
            link = self._entrance.invitation_digest(invitation_secret)
            invitation = await invitations.find_by_digest(tx, link)
            if invitation is None or invitation.status(self._clock()) is not InvitationStatus.PENDING:
                raise Unauthenticated(NO_INVITATION)
            way = await self._way(tx, await organizations.find(tx, invitation.organization_id))
        return await self._depart(
            way, Purpose.INVITATION, next_path, login_hint=invitation.email, invitation=invitation_secret
        )

    async def start_again(self, actor: Actor, *, next_path: str = "/") -> Departure:
        """Send who is signed in to the provider, to show anew who they are (step-up). Raises `SignInRefused`."""
        require(actor, Permission.ACCOUNT)
        way, hint, linked = await self._own_way(actor)
        if not linked:
            raise refused(P.NOT_LINKED, "You do not sign in through single sign-on yet.")
        return await self._depart(way, Purpose.STEP_UP, next_path, login_hint=hint, session_id=actor.session_id)

    async def start_linking(self, actor: Actor, *, next_path: str = "/") -> Departure:
        """Send who is signed in to the provider, to sign in through it from then on. Raises `SignInAgain`."""
        require(actor, Permission.ACCOUNT)
        require_recent_sign_in(actor, self._clock())
        way, hint, _ = await self._own_way(actor)
        return await self._depart(way, Purpose.LINK, next_path, login_hint=hint, session_id=actor.session_id)

    async def finish(self, handle: str, attempt: str, answer: ProviderAnswer, visitor: Visitor) -> Arrival:
        """Take what the browser brought back. Nobody is let in, and no row is written, unless all of it is right.

        Why somebody was refused is for the door to log, and names no person.
        """
        begun = self._answered(attempt, answer)
        way = await self._way_of(handle)
        if way.connection.id != begun.connection_id:
            raise refused(P.ATTEMPT_EXPIRED)
        async with self._database.read() as tx:
            # a replay ends here already, without a second question to the provider
            if await spent_answers.is_spent(tx, _spent(begun)):
                raise refused(P.ATTEMPT_EXPIRED)
        vouched = Vouched(way.connection, await self._claims(way, begun, answer), self._clock())
        try:
            return await self._enter(begun, vouched, visitor)
        except (AlreadyExists, Collision):
            # somebody made them a member, or linked them, at this moment: now they are found
            pass
        try:
            return await once_more(lambda: self._enter(begun, vouched, visitor))
        except AlreadyExists as conflict:
            raise refused(P.NOT_LINKED) from conflict

    async def way_out(self, actor: Actor) -> WayOut | None:
        """How who signed in through SSO can sign out at the provider too, or None.

        Asks nobody yet. It is to be taken before the session ends, and used after it, as a provider may be slow.
        """
        require(actor, Permission.ACCOUNT)
        async with self._database.read() as tx:
            if actor.session_id is None:
                return None
            sealed = await sessions.id_token(tx, actor.organization_id, actor.session_id)
            connection = await sso_connections.find(tx, actor.organization_id)
            if sealed is None or connection is None:
                return None
            id_token = self._entrance.opened_id_token(actor.session_id, sealed)
            try:
                party = await relying_party(tx, self._vault, connection, self._base_url)
            except ProviderFailed:
                return None
        if id_token is None:
            return None
        return WayOut(self._gateways.openid, party, id_token, sign_out_redirect_uri(self._base_url), actor.request_id)

    async def _way_of(self, handle: str) -> _Way:
        async with self._database.read() as tx:
            return await self._way(tx, await organizations.find_by_handle(tx, handle) if is_handle(handle) else None)

    async def _own_way(self, actor: Actor) -> tuple[_Way, str | None, bool]:
        """The way of the member who is signed in, their address, and whether they are linked to the provider."""
        assert actor.membership_id is not None, "only members have the permission"
        async with self._database.read() as tx:
            way = await self._way(tx, await organizations.find(tx, actor.organization_id))
            member = await memberships.load(tx, actor.organization_id, actor.membership_id)
            identities = await sso_identities.of_membership(tx, actor.organization_id, actor.membership_id)
        return way, member.email, bool(identities)

    async def _way(self, tx: ReadTx, organization: Organization | None) -> _Way:
        connection = None if organization is None else await sso_connections.find(tx, organization.id)
        if connection is None:
            raise refused(P.NO_SSO)
        try:
            return _Way(connection, await relying_party(tx, self._vault, connection, self._base_url))
        except ProviderFailed as failure:
            raise refused(P.PROVIDER_FAILED, failure.message) from failure

    async def _depart(
        self,
        way: _Way,
        purpose: Purpose,
        next_path: str,
        *,
        login_hint: str | None,
        session_id: str | None = None,
        invitation: str | None = None,
    ) -> Departure:
        authorization = Authorization(
            state=secrets.token_urlsafe(_SECRET_BYTES),
            nonce=secrets.token_urlsafe(_SECRET_BYTES),
            code_verifier=secrets.token_urlsafe(_SECRET_BYTES),
            started_at=self._clock(),
            max_age=purpose is Purpose.STEP_UP,
        )
        attempt = Attempt(
            organization_id=way.connection.organization_id,
            connection_id=way.connection.id,
            purpose=purpose,
            authorization=authorization,
            next=_here(next_path),
            session_id=session_id,
            invitation=invitation,
        )
        try:
            url = await self._gateways.openid.authorization_url(way.party, authorization, login_hint=login_hint)
        except ProviderFailed as failure:
            _log.info("The provider of organization %s failed: %s", attempt.organization_id, failure.message)
            raise refused(P.PROVIDER_FAILED, failure.message) from failure
        return Departure(url, sealed_attempt(self._vault, attempt))

    def _answered(self, text: str, answer: ProviderAnswer) -> Attempt:
        """The attempt that the answer belongs to: one of this browser's, begun not long ago."""
        attempt = opened_attempt(self._vault, text)
        if attempt is None or answer.state is None:
            raise refused(P.ATTEMPT_EXPIRED)
        if not hmac.compare_digest(attempt.authorization.state.encode(), answer.state.encode()):
            raise refused(P.ATTEMPT_EXPIRED)
        if self._clock() - attempt.authorization.started_at >= ATTEMPT_LIFETIME:
            raise refused(P.ATTEMPT_EXPIRED)
        return attempt

    async def _claims(self, way: _Way, attempt: Attempt, answer: ProviderAnswer) -> Claims:
        if answer.error is not None:
            raise refused(P.CANCELLED if answer.error in _DECLINED else P.PROVIDER_FAILED)
        if not answer.code:
            raise refused(P.PROVIDER_FAILED, "The provider's answer holds no code.")
        try:
            claims = await self._gateways.openid.redeem(
                way.party, attempt.authorization, answer.code, answered_as=answer.issuer
            )
        except ProviderFailed as failure:
            raise refused(P.PROVIDER_FAILED, failure.message) from failure
        # a clock that is ahead must not make a sign-in count as one of a moment ago for longer
        shown = claims.authenticated_at
        return claims if shown is None else replace(claims, authenticated_at=min(shown, self._clock()))

    async def _enter(self, attempt: Attempt, vouched: Vouched, visitor: Visitor) -> Arrival:
        async with self._database.write() as tx:
            try:
                kept_until = attempt.authorization.started_at + 2 * ATTEMPT_LIFETIME
                await spent_answers.insert_answer(tx, _spent(attempt), kept_until)
            except UniqueViolation as violation:
                raise refused(P.ATTEMPT_EXPIRED) from violation
            identified, authenticated_at = await self._identified(tx, attempt, vouched, visitor)
            member = identified.member
            secret, actor = await self._entrance.begin(
                tx,
                member,
                SignInMethod.SSO,
                visitor,
                at=vouched.at,
                authenticated_at=authenticated_at,
                id_token=vouched.claims.id_token,
            )
            await record(
                tx,
                actor,
                identified.action,
                member.user_name,
                at=vouched.at,
                changes=identified.changes,
                memberships=[member.id],
            )
        return Arrival(secret, actor, attempt.next)

    async def _identified(
        self, tx: WriteTx, attempt: Attempt, vouched: Vouched, visitor: Visitor
    ) -> tuple[Identified, datetime | None]:
        """Whom the purpose of the attempt lets in, and when they have shown who they are."""
        shown = vouched.claims.authenticated_at
        if attempt.purpose is Purpose.SIGN_IN:
            return await identify(tx, vouched), shown
        if attempt.purpose is Purpose.INVITATION:
            return await self._joined(tx, attempt, vouched), shown
        session = await self._session(tx, attempt, visitor, at=vouched.at)
        if attempt.purpose is Purpose.LINK:
            linked = await link(tx, vouched, session.membership_id)
            await self._end(tx, session, at=vouched.at)
            latest = max((each for each in (shown, session.authenticated_at) if each is not None), default=None)
            return replace(linked, action=AuditAction.IDENTITY_LINKED), latest
        if shown is None or shown < attempt.authorization.started_at - CLOCKS_DIFFER:
            raise refused(P.STEP_UP_FAILED)
        recognized = await recognize(tx, vouched, session.membership_id)
        await self._end(tx, session, at=vouched.at)
        return recognized, shown

    async def _joined(self, tx: WriteTx, attempt: Attempt, vouched: Vouched) -> Identified:
        assert attempt.invitation is not None, "an attempt to join carries an invitation"
        try:
            joined = await join_by(tx, self._entrance.invitation_digest(attempt.invitation), at=vouched.at)
        except SignInRefused:
            raise
        except Unauthenticated as refusal:
            raise refused(P.ATTEMPT_EXPIRED, refusal.message) from refusal
        if joined.invitation.organization_id != vouched.organization_id:
            raise refused(P.ATTEMPT_EXPIRED)
        linked = await link_invited(tx, vouched, joined)
        changes = {**joined.changes, **linked.changes}
        return Identified(linked.member, changes, AuditAction.INVITATION_ACCEPTED)

    async def _session(self, tx: ReadTx, attempt: Attempt, visitor: Visitor, *, at: datetime) -> Session:
        """The session that asked for the attempt, in which the browser is still signed in."""
        session = await self._entrance.present(tx, visitor, at=at)
        if session is None or session.id != attempt.session_id:
            raise refused(P.ATTEMPT_EXPIRED)
        return session

    async def _end(self, tx: WriteTx, session: Session, *, at: datetime) -> None:
        """End the session that the new one takes the place of; nobody else may have ended it in the meantime."""
        if not await sessions.end(tx, session.organization_id, session.id, at=at):
            raise refused(P.ATTEMPT_EXPIRED)


def _spent(attempt: Attempt) -> bytes:
    """By what it is remembered that an attempt was answered."""
    return hashlib.sha256(attempt.authorization.state.encode()).digest()


def _here(path: str) -> str:
    """The path, if it is one of this origin; otherwise "/". Browsers read a backslash as a slash."""
    begins_here = path.startswith("/") and path[1:2] not in {"/", "\\"}
    return path if begins_here and path.isprintable() and len(path) <= _LONGEST_NEXT else "/"
