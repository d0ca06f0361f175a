"""Users, as they are kept: the people of the whole installation."""

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, insert, not_, or_, select, update

from rollbook.domain.users import User
from rollbook.domain.values import key, parse_id
from rollbook.persistence.database import ReadTx, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import invitations, memberships, users

_COLUMNS = (users.c.id, users.c.email, users.c.name, users.c.created_by_organization_id, users.c.created_at)
_BY_EMAIL = Statement(select(*_COLUMNS).where(users.c.email_key == bindparam("email_key")))
_MEMBERS = Statement(
    select(*_COLUMNS).where(
        one_of(users.c.id, "ids"),
        exists().where(
            memberships.c.organization_id == bindparam("organization_id"), memberships.c.user_id == users.c.id
        ),
    )
)
_INSERT = Statement(insert(users))
_RENAME = Statement(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .values(email=bindparam("email"), email_key=bindparam("email_key"), name=bindparam("name"))
)

_elsewhere = memberships.alias("elsewhere")
_holder = users.alias("holder")
_MAY_FOLLOW = Statement(
    select(
        users.c.email_key,
        exists().where(_holder.c.email_key == bindparam("email_key"), _holder.c.id != users.c.id),
    ).where(
        users.c.id == bindparam("user_id"),
        users.c.created_by_organization_id == bindparam("organization_id"),
        not_(
            exists().where(
                _elsewhere.c.user_id == users.c.id, _elsewhere.c.organization_id != bindparam("organization_id")
            )
        ),
        not_(
            exists().where(
                invitations.c.organization_id != bindparam("organization_id"),
                or_(invitations.c.email_key == users.c.email_key, invitations.c.email_key == bindparam("email_key")),
            )
        ),
    )
)


async def find_by_email(tx: ReadTx, email: str) -> User | None:
    """The user with this sign-in address, compared without case, or None."""
    row = await tx.one(_BY_EMAIL, email_key=key(email))
    return _user(row) if row else None


async def members_among(tx: ReadTx, organization_id: str, user_ids: Sequence[str]) -> list[User]:
    """Those of the users who are or were members of the organization."""
    ids = [canonical for text in user_ids if (canonical := parse_id(text)) is not None]
    rows = await tx.all(_MEMBERS, ids=ids, organization_id=organization_id) if ids else []
    return [_user(row) for row in rows]


async def insert_user(tx: WriteTx, user: User) -> None:
    """Keep a new user. Raises `UniqueViolation` if the sign-in address is taken."""
    await tx.execute(
        _INSERT,
        id=user.id,
        email=user.email,
        email_key=None if user.email is None else key(user.email),
        name=user.name,
        created_by_organization_id=user.created_by_organization_id,
        created_at=user.created_at,
    )


async def follow(tx: WriteTx, organization_id: str, user_id: str, *, email: str | None, name: str) -> bool:
    """Let the user's sign-in address and name follow their membership, where the organization may do that.

    It may if it created the user, nobody else has or had them as a member or invited them, and the address is free
    (product rules, section 2). Answers whether the address followed.
    """
    email_key = None if email is None else key(email)
    row = await tx.one(_MAY_FOLLOW, organization_id=organization_id, user_id=user_id, email_key=email_key)
    if row is None or email is None or row[1]:
        return False
    await tx.execute(_RENAME, user_id=user_id, email=email, email_key=email_key, name=name)
    return True


def _user(row: Row) -> User:
    return User(*row)
