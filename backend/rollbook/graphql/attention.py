"""What needs attention in the organization: each thing with what to do about it."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from rollbook.domain import attention
from rollbook.graphql.context import Context, Info
from rollbook.graphql.tokens import Token, shown

MOST_ITEMS = attention.MOST_ITEMS


@strawberry.enum(description="What needs attention.")
class AttentionKind(Enum):
    """Mirrors `domain.attention.AttentionKind`."""

    NO_ACTIVE_ADMIN = strawberry.enum_value("no_active_admin", description="No active member is an admin.")
    ONLY_ONE_ADMIN = strawberry.enum_value(
        "only_one_admin", description="One active member is an admin, and there are others who could be."
    )
    PUSHES_FAILING = strawberry.enum_value(
        "pushes_failing",
        description="What a provisioning client sent in the last 24 hours did not go through, and nothing has made it "
        "good since; or it uses a token that was revoked.",
    )
    TOKEN_EXPIRED = strawberry.enum_value(
        "token_expired", description="A token has expired that is still in use, or was until then."
    )
    TOKEN_EXPIRES = strawberry.enum_value(
        "token_expires", description="A token expires within 30 days, and none has taken over from it."
    )
    TOKEN_MAKER_LEFT = strawberry.enum_value(
        "token_maker_left", description="A token works whose maker has no access any more."
    )
    TOKEN_UNUSED = strawberry.enum_value(
        "token_unused", description="A token works that nobody has used for 90 days, or not in its first 7 days."
    )


@strawberry.type(description="One thing that an admin should see to.")
class AttentionItem:
    """What is the matter, and what to do."""

    kind: AttentionKind = strawberry.field(description="What kind of thing it is.")
    message: str = strawberry.field(description="What is the matter, in a sentence for a person.")
    remedy: str = strawberry.field(description="What to do about it, in a sentence for a person.")
    is_urgent: bool = strawberry.field(description="Whether something does not work now, or will not in a few days.")
    since: datetime | None = strawberry.field(description="When it began, if that can be told.")
    count: int | None = strawberry.field(
        description="How many people or requests it concerns; null where there is nothing to count."
    )
    token: Token | None = strawberry.field(
        description="The token that it is about. Null where it is about none, or without the permission TOKENS_WRITE."
    )

    @classmethod
    def of(cls, item: attention.AttentionItem, context: Context) -> Self:
        """The item as the API shows it."""
        return cls(
            kind=AttentionKind[item.kind.name],
            message=item.message,
            remedy=item.remedy,
            is_urgent=item.is_urgent,
            since=item.since,
            count=item.count,
            token=None if item.token is None else shown(context, item.token),
        )


async def list_attention(info: Info) -> list[AttentionItem] | None:
    """The items, the worst first."""
    found = await info.context.services.attention.items(info.context.actor)
    return [AttentionItem.of(item, info.context) for item in found]
