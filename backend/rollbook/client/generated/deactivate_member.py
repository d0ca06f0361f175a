from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class DeactivateMember(BaseModel):
    deactivate_member: "DeactivateMemberDeactivateMemberDeactivateMemberSuccess" = (
        Field(alias="deactivateMember")
    )


class DeactivateMemberDeactivateMemberDeactivateMemberSuccess(BaseModel):
    typename__: Literal["DeactivateMemberSuccess"] = Field(alias="__typename")
    member: "DeactivateMemberDeactivateMemberDeactivateMemberSuccessMember"


DeactivateMemberDeactivateMemberDeactivateMemberSuccessMember = Member
DeactivateMember.model_rebuild()
DeactivateMemberDeactivateMemberDeactivateMemberSuccess.model_rebuild()
