"""The one step by which every sign-in ends: whether this door is open to the member, and their new session."""

from datetime import datetime

from rollbook.domain.actors import Actor, ActorKind, Channel
from rollbook.domain.encryption import Vault
from rollbook.domain.memberships import Membership
from rollbook.domain.roles import Role
from rollbook.domain.sessions import MAX_USER_AGENT, SESSION_LIFETIME, Device, Session, SignInMethod, Visitor
from rollbook.domain.sso import SignInProblem
from rollbook.domain.tokens import SecretKind, digest, kind_of, mint
from rollbook.domain.values import new_id
from rollbook.persistence import sessions, sso_connections
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.services.refusing import refused


class Entrance:
    """Begins sessions. It holds the keys that a session is kept by."""

    def __init__(self, pepper: bytes, vault: Vault) -> None:
        self._pepper = pepper
        self._vault = vault

    async def begin(
        self,
        tx: WriteTx,
        member: Membership,
        method: SignInMethod,
        visitor: Visitor,
        *,
        at: datetime,
        authenticated_at: datetime | None,
        id_token: str | None = None,
    ) -> tuple[str, Actor]:
        """Sign a member in whom the caller has locked: the secret of a new session, and the actor whom it stands for.

        The session that the browser had ends, in whichever organization it was. `authenticated_at` is when the member
        showed who they are, as far as that is known. Writes no event. Raises `SignInRefused` for who is inactive or
        without a role, and where the method is not enough.
        """
        require_welcome(member)
        await require_open(tx, member, method)
        if visitor.session_secret is not None and kind_of(visitor.session_secret) is SecretKind.SESSION:
            former = digest(self._pepper, SecretKind.SESSION, visitor.session_secret)
            await sessions.end_by_digest(tx, former, at=at)
        secret = mint(SecretKind.SESSION)
        session = Session(
            id=new_id(),
            organization_id=member.organization_id,
            membership_id=member.id,
            method=method,
            created_at=at,
            authenticated_at=authenticated_at,
            last_seen_at=at,
            expires_at=at + SESSION_LIFETIME,
            device=_kept(visitor.device),
        )
        sealed = None if id_token is None else self._vault.close(_id_token_of(session.id), id_token.encode())
        await sessions.insert_session(tx, session, digest(self._pepper, SecretKind.SESSION, secret), id_token=sealed)
        return secret, signed_in(session, member.name, member.role, visitor.request_id)

    async def present(self, tx: ReadTx, visitor: Visitor, *, at: datetime) -> Session | None:
        """The live session by which the browser is signed in, or None."""
        if visitor.session_secret is None or kind_of(visitor.session_secret) is not SecretKind.SESSION:
            return None
        found = await sessions.find(tx, digest(self._pepper, SecretKind.SESSION, visitor.session_secret), at=at)
        return None if found is None else found.session

    def invitation_digest(self, link_secret: str) -> bytes:
        """What is kept of an invitation's secret."""
        return digest(self._pepper, SecretKind.INVITE, link_secret)

    def opened_id_token(self, session_id: str, sealed: bytes) -> str | None:
        """The provider's token that came with a session, or None if it cannot be read any more."""
        content = self._vault.open(_id_token_of(session_id), sealed)
        return None if content is None else content.decode()


def require_welcome(member: Membership) -> None:
    """Return if the member has access at all: active, and with a role. Raises `SignInRefused`."""
    if not member.active:
        raise refused(SignInProblem.ACCESS_ENDED)
    if member.role is None:
        raise refused(SignInProblem.NO_ROLE)


async def require_open(tx: WriteTx, member: Membership, method: SignInMethod) -> None:
    """Return if the method lets the member in. Where SSO is enforced there are two more doors, for admins who are
    locked out: their passkeys, and the operator's link. Raises `SignInRefused`.
    """
    if method in {SignInMethod.SSO, SignInMethod.SETUP}:
        return
    if method in {SignInMethod.LINK, SignInMethod.PASSKEY} and member.role is Role.ADMIN:
        return
    # held, so that no session begins here beside an enforcement that ends those which have begun
    connection = await sso_connections.find_held(tx, member.organization_id)
    if connection is not None and connection.enforced:
        raise refused(SignInProblem.SSO_REQUIRED)


def signed_in(session: Session, name: str, role: Role | None, request_id: str | None) -> Actor:
    """The actor whom a session stands for."""
    return Actor(
        kind=ActorKind.SESSION,
        channel=Channel.GRAPHQL,
        organization_id=session.organization_id,
        name=name,
        id=session.id,
        membership_id=session.membership_id,
        session_id=session.id,
        role=role,
        authenticated_at=session.authenticated_at,
        request_id=request_id,
    )


def _id_token_of(session_id: str) -> str:
    return f"id_token:{session_id}"


def _kept(device: Device) -> Device:
    """What is kept of a device: printable, and not more than fits."""
    agent = None if device.user_agent is None else "".join(c for c in device.user_agent if c.isprintable())
    return Device(None if agent is None else agent[:MAX_USER_AGENT], device.address)
