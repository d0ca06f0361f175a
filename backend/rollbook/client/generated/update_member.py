from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class UpdateMember(BaseModel):
    update_member: "UpdateMemberUpdateMemberUpdateMemberSuccess" = Field(
        alias="updateMember"
    )


class UpdateMemberUpdateMemberUpdateMemberSuccess(BaseModel):
    typename__: Literal["UpdateMemberSuccess"] = Field(alias="__typename")
    member: "UpdateMemberUpdateMemberUpdateMemberSuccessMember"


UpdateMemberUpdateMemberUpdateMemberSuccessMember = Member
UpdateMember.model_rebuild()
UpdateMemberUpdateMemberUpdateMemberSuccess.model_rebuild()
