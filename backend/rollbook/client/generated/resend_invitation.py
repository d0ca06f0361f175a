from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Invitation


class ResendInvitation(BaseModel):
    resend_invitation: "ResendInvitationResendInvitationResendInvitationSuccess" = (
        Field(alias="resendInvitation")
    )


class ResendInvitationResendInvitationResendInvitationSuccess(BaseModel):
    typename__: Literal["ResendInvitationSuccess"] = Field(alias="__typename")
    invitation: "ResendInvitationResendInvitationResendInvitationSuccessInvitation"
    link: Optional[str]


ResendInvitationResendInvitationResendInvitationSuccessInvitation = Invitation
ResendInvitation.model_rebuild()
ResendInvitationResendInvitationResendInvitationSuccess.model_rebuild()
