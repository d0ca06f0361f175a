from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class AddMember(BaseModel):
    add_member: "AddMemberAddMemberAddMemberSuccess" = Field(alias="addMember")


class AddMemberAddMemberAddMemberSuccess(BaseModel):
    typename__: Literal["AddMemberSuccess"] = Field(alias="__typename")
    member: "AddMemberAddMemberAddMemberSuccessMember"


AddMemberAddMemberAddMemberSuccessMember = Member
AddMember.model_rebuild()
AddMemberAddMemberAddMemberSuccess.model_rebuild()
