from typing import Literal

from pydantic import Field

from .base_model import BaseModel


class RevokeSession(BaseModel):
    revoke_session: "RevokeSessionRevokeSessionRevokeSessionSuccess" = Field(
        alias="revokeSession"
    )


class RevokeSessionRevokeSessionRevokeSessionSuccess(BaseModel):
    typename__: Literal["RevokeSessionSuccess"] = Field(alias="__typename")
    session_id: str = Field(alias="sessionId")


RevokeSession.model_rebuild()
