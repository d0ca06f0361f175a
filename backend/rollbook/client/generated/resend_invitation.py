from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import MailOutcome
from .fragments import Invitation


class ResendInvitation(BaseModel):
    resend_invitation: "ResendInvitationResendInvitationResendInvitationSuccess" = (
        Field(alias="resendInvitation")
    )


class ResendInvitationResendInvitationResendInvitationSuccess(BaseModel):
    typename__: Literal["ResendInvitationSuccess"] = Field(alias="__typename")
    invitation: "ResendInvitationResendInvitationResendInvitationSuccessInvitation"
    link: Optional[str]
    mail: Optional[MailOutcome]
    mail_problem: Optional[str] = Field(alias="mailProblem")


ResendInvitationResendInvitationResendInvitationSuccessInvitation = Invitation
ResendInvitation.model_rebuild()
ResendInvitationResendInvitationResendInvitationSuccess.model_rebuild()
