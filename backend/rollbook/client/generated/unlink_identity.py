from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class UnlinkIdentity(BaseModel):
    unlink_identity: "UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccess" = Field(
        alias="unlinkIdentity"
    )


class UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccess(BaseModel):
    typename__: Literal["UnlinkIdentitySuccess"] = Field(alias="__typename")
    member: "UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccessMember"


UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccessMember = Member
UnlinkIdentity.model_rebuild()
UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccess.model_rebuild()
