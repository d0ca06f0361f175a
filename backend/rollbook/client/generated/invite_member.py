from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import MailOutcome
from .fragments import Invitation


class InviteMember(BaseModel):
    invite_member: "InviteMemberInviteMemberInviteMemberSuccess" = Field(
        alias="inviteMember"
    )


class InviteMemberInviteMemberInviteMemberSuccess(BaseModel):
    typename__: Literal["InviteMemberSuccess"] = Field(alias="__typename")
    invitation: "InviteMemberInviteMemberInviteMemberSuccessInvitation"
    link: Optional[str]
    mail: Optional[MailOutcome]
    mail_problem: Optional[str] = Field(alias="mailProblem")


InviteMemberInviteMemberInviteMemberSuccessInvitation = Invitation
InviteMember.model_rebuild()
InviteMemberInviteMemberInviteMemberSuccess.model_rebuild()
