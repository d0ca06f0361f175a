from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Invitation


class RevokeInvitation(BaseModel):
    revoke_invitation: "RevokeInvitationRevokeInvitationRevokeInvitationSuccess" = (
        Field(alias="revokeInvitation")
    )


class RevokeInvitationRevokeInvitationRevokeInvitationSuccess(BaseModel):
    typename__: Literal["RevokeInvitationSuccess"] = Field(alias="__typename")
    invitation: "RevokeInvitationRevokeInvitationRevokeInvitationSuccessInvitation"


RevokeInvitationRevokeInvitationRevokeInvitationSuccessInvitation = Invitation
RevokeInvitation.model_rebuild()
RevokeInvitationRevokeInvitationRevokeInvitationSuccess.model_rebuild()
