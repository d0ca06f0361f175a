from typing import Literal

from pydantic import Field

from .base_model import BaseModel


class RemoveSsoConnection(BaseModel):
    remove_sso_connection: "RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccess" = Field(
        alias="removeSsoConnection"
    )


class RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccess(BaseModel):
    typename__: Literal["RemoveSsoConnectionSuccess"] = Field(alias="__typename")
    sso: "RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccessSso"


class RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccessSso(BaseModel):
    redirect_uri: str = Field(alias="redirectUri")
    initiate_login_uri: str = Field(alias="initiateLoginUri")


RemoveSsoConnection.model_rebuild()
RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccess.model_rebuild()
