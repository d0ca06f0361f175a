from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class ReactivateMember(BaseModel):
    reactivate_member: "ReactivateMemberReactivateMemberReactivateMemberSuccess" = (
        Field(alias="reactivateMember")
    )


class ReactivateMemberReactivateMemberReactivateMemberSuccess(BaseModel):
    typename__: Literal["ReactivateMemberSuccess"] = Field(alias="__typename")
    member: "ReactivateMemberReactivateMemberReactivateMemberSuccessMember"


ReactivateMemberReactivateMemberReactivateMemberSuccessMember = Member
ReactivateMember.model_rebuild()
ReactivateMemberReactivateMemberReactivateMemberSuccess.model_rebuild()
