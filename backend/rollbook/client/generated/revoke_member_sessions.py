from typing import Literal

from pydantic import Field

from .base_model import BaseModel


class RevokeMemberSessions(BaseModel):
    revoke_member_sessions: "RevokeMemberSessionsRevokeMemberSessionsRevokeMemberSessionsSuccess" = Field(
        alias="revokeMemberSessions"
    )


class RevokeMemberSessionsRevokeMemberSessionsRevokeMemberSessionsSuccess(BaseModel):
    typename__: Literal["RevokeMemberSessionsSuccess"] = Field(alias="__typename")
    member_id: str = Field(alias="memberId")


RevokeMemberSessions.model_rebuild()
