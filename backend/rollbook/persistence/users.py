"""Users, as they are kept: the people of the whole installation."""

from collections.abc import Sequence

from sqlalchemy import bindparam, exists, insert, not_, or_, select, update

from rollbook.domain.users import User
from rollbook.domain.values import key, parse_id
from rollbook.persistence.database import Collision, ReadTx, UniqueViolation, WriteTx
from rollbook.persistence.statements import Row, Statement, one_of
from rollbook.persistence.tables import invitations, memberships, users

_COLUMNS = (users.c.id, users.c.email, users.c.name, users.c.created_by_organization_id, users.c.created_at)
_BY_EMAIL = Statement(
    # nobody takes the address away from the user while a membership is made for it
    select(*_COLUMNS).where(users.c.email_key == bindparam("email_key")).with_for_update(read=True, key_share=True)
)
_MEMBERS = Statement(
    select(*_COLUMNS, memberships.c.name, memberships.c.email)
    .join(memberships, memberships.c.user_id == users.c.id)
    .where(
        one_of(users.c.id, "ids"),
        memberships.c.organization_id == bindparam("organization_id"),
        memberships.c.ended_at.is_(None),
    ),
    scans=True,
)
_INSERT = Statement(insert(users))
_RENAME = Statement(
    update(users)
    .where(users.c.id == bindparam("user_id"))
    .values(email=bindparam("email"), email_key=bindparam("email_key"), name=bindparam("name"))
)

_elsewhere = memberships.alias("elsewhere")
_holder = users.alias("holder")
_LOCK = Statement(select(users.c.id).where(users.c.id == bindparam("user_id")).with_for_update())
_MAY_FOLLOW = Statement(
    select(
        users.c.email, exists().where(_holder.c.email_key == bindparam("email_key"), _holder.c.id != users.c.id)
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


async def members_among(
    tx: ReadTx, organization_id: str, user_ids: Sequence[str]
) -> list[tuple[User, str, str | None]]:
    """Those of the users who are members of the organization, each with the name and address that it has of them."""
    ids = [canonical for text in user_ids if (canonical := parse_id(text)) is not None]
    rows = await tx.all(_MEMBERS, ids=ids, organization_id=organization_id) if ids else []
    return [(_user(row[:-2]), row[-2], row[-1]) for row in rows]


async def insert_user(tx: WriteTx, user: User) -> None:
    """Keep a new user, together with what is written next. There or here `Collision` if the address was taken."""
    await tx.later(
        _INSERT,
        _taken,
        id=user.id,
        email=user.email,
        email_key=None if user.email is None else key(user.email),
        name=user.name,
        created_by_organization_id=user.created_by_organization_id,
        created_at=user.created_at,
    )


async def follow(tx: WriteTx, organization_id: str, user_id: str, *, email: str | None, name: str) -> None:
    """Let the user's sign-in address and name follow their membership, where the organization may do that.

    It may if it created the user, and nobody else has or had them as a member or invited them; the address follows if
    it is free (product rules, section 2). Raises `Collision` if somebody took the address at this moment.
    """
    email_key = None if email is None else key(email)
    # first the lock, then the question, as another statement: it must see what others committed meanwhile
    await tx.one(_LOCK, user_id=user_id)
    row = await tx.one(_MAY_FOLLOW, organization_id=organization_id, user_id=user_id, email_key=email_key)
    if row is None:
        return
    current, is_taken = row
    if email is None or is_taken:
        email, email_key = current, None if current is None else key(current)
    await tx.later(_RENAME, _taken, user_id=user_id, email=email, email_key=email_key, name=name)


def _taken(violation: UniqueViolation) -> Collision | None:
    if "users" not in violation.where:
        return None
    return Collision("Somebody else took the e-mail address at this moment. Try again.")


def _user(row: Row) -> User:
    return User(*row)
