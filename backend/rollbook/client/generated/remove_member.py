from typing import Literal

from pydantic import Field

from .base_model import BaseModel


class RemoveMember(BaseModel):
    remove_member: "RemoveMemberRemoveMemberRemoveMemberSuccess" = Field(
        alias="removeMember"
    )


class RemoveMemberRemoveMemberRemoveMemberSuccess(BaseModel):
    typename__: Literal["RemoveMemberSuccess"] = Field(alias="__typename")
    member_id: str = Field(alias="memberId")


RemoveMember.model_rebuild()
