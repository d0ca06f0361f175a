from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class SetMemberRole(BaseModel):
    set_member_role: "SetMemberRoleSetMemberRoleSetMemberRoleSuccess" = Field(
        alias="setMemberRole"
    )


class SetMemberRoleSetMemberRoleSetMemberRoleSuccess(BaseModel):
    typename__: Literal["SetMemberRoleSuccess"] = Field(alias="__typename")
    member: "SetMemberRoleSetMemberRoleSetMemberRoleSuccessMember"


SetMemberRoleSetMemberRoleSetMemberRoleSuccessMember = Member
SetMemberRole.model_rebuild()
SetMemberRoleSetMemberRoleSetMemberRoleSuccess.model_rebuild()
