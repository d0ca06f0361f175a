from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    AuditAction,
    AuditChannel,
    MemberOrderField,
    MemberSource,
    MemberStatus,
    OrderDirection,
    Role,
)


class AuditEventFilter(BaseModel):
    """Which events a list shows. Every given condition must hold."""

    action: Optional[list[AuditAction]] = None
    "Events of one of these actions."
    actor: Optional[str] = None
    "What this member did while signed in, or what this token did."
    channel: Optional[list[AuditChannel]] = None
    "Events that came through one of these doors."
    member: Optional[str] = None
    "Events that touched this member, whose membership may have ended."
    since: Optional[datetime] = None
    "Events at this moment or after it."
    until: Optional[datetime] = None
    "Events before this moment."


class MemberFilter(BaseModel):
    """Which members a list shows. Every given condition must hold."""

    created_before: Optional[datetime] = Field(alias="createdBefore", default=None)
    "Members whose membership was made before this moment."
    created_since: Optional[datetime] = Field(alias="createdSince", default=None)
    "Members whose membership was made at this moment or after it."
    group_id: Optional[str] = Field(alias="groupId", default=None)
    "Members who are listed in this group; they are active. Null: any."
    role: Optional[list[Role]] = None
    "Members whose role is one of these. Null or empty: any."
    source: Optional[list[MemberSource]] = None
    "Members whose profile one of these looks after. Null or empty: any."
    status: Optional[list[MemberStatus]] = Field(
        default_factory=lambda: [MemberStatus.ACTIVE]
    )
    "Members of one of these statuses. Null or empty: of any."


class MemberOrder(BaseModel):
    """The order of a list of members."""

    direction: OrderDirection = OrderDirection.ASC
    "In which direction."
    field: MemberOrderField = MemberOrderField.NAME
    "By what to order."
