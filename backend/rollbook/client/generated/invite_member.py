from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Invitation


class InviteMember(BaseModel):
    invite_member: "InviteMemberInviteMemberInviteMemberSuccess" = Field(
        alias="inviteMember"
    )


class InviteMemberInviteMemberInviteMemberSuccess(BaseModel):
    typename__: Literal["InviteMemberSuccess"] = Field(alias="__typename")
    invitation: "InviteMemberInviteMemberInviteMemberSuccessInvitation"
    link: Optional[str]


InviteMemberInviteMemberInviteMemberSuccessInvitation = Invitation
InviteMember.model_rebuild()
InviteMemberInviteMemberInviteMemberSuccess.model_rebuild()
