from datetime import datetime
from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    AuditAction,
    AuditChannel,
    ClientAuthentication,
    MemberOrderField,
    MemberSource,
    MemberStatus,
    OrderDirection,
    Role,
    SsoProvider,
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


class SsoConnectionInput(BaseModel):
    """A connection to an identity provider, as one enters it."""

    client_authentication: ClientAuthentication = Field(
        alias="clientAuthentication", default=ClientAuthentication.BASIC
    )
    "How the client secret is shown to the provider."
    client_id: str = Field(alias="clientId")
    "The client id that the provider gave to Rollbook."
    client_secret: Optional[str] = Field(alias="clientSecret", default=None)
    "The client secret. Left out: the one that is kept, if issuer and clientId are the same. It is kept encrypted and never shown again."
    issuer: str
    "The provider's issuer URL, exactly as it names itself."
    jit_role: Optional[Role] = Field(alias="jitRole", default=None)
    "What people may do who come for the first time and become members by that. Left out: nobody does."
    provider: SsoProvider
    "Whose product the provider is."
