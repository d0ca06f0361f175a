"""Invitations that are left open for who is a member by now: no service leaves one, but two at one moment may."""

from datetime import timedelta

from rollbook.domain.invitations import Invitation
from rollbook.domain.memberships import Membership
from rollbook.domain.roles import Role
from rollbook.domain.tokens import SecretKind, digest, mint
from rollbook.domain.values import new_id
from rollbook.persistence import invitations
from rollbook.persistence.database import Database
from tests.services.conftest import PEPPER

WEEK = timedelta(days=7)


async def left_open(
    database: Database, member: Membership, email: str | None = None, role: Role = Role.USER
) -> tuple[Invitation, str]:
    """An open invitation to the member's address, or another one, and the secret of its link."""
    secret = mint(SecretKind.INVITE)
    made = Invitation(
        id=new_id(),
        organization_id=member.organization_id,
        email=email or member.user_name,
        name=None,
        role=role,
        invited_by="somebody",
        membership_id=None,
        created_at=member.created_at,
        expires_at=member.created_at + WEEK,
        accepted_at=None,
        revoked_at=None,
    )
    async with database.write() as tx:
        await invitations.insert_invitation(tx, made, digest(PEPPER, SecretKind.INVITE, secret))
    return made, secret
