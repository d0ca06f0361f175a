from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import SsoConnection


class SaveSsoConnection(BaseModel):
    save_sso_connection: "SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccess" = Field(
        alias="saveSsoConnection"
    )


class SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccess(BaseModel):
    typename__: Literal["SaveSsoConnectionSuccess"] = Field(alias="__typename")
    connection: "SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccessConnection"


SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccessConnection = SsoConnection
SaveSsoConnection.model_rebuild()
SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccess.model_rebuild()
