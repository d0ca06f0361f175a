from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import SsoConnection


class EnforceSso(BaseModel):
    enforce_sso: "EnforceSsoEnforceSsoEnforceSsoSuccess" = Field(alias="enforceSso")


class EnforceSsoEnforceSsoEnforceSsoSuccess(BaseModel):
    typename__: Literal["EnforceSsoSuccess"] = Field(alias="__typename")
    connection: "EnforceSsoEnforceSsoEnforceSsoSuccessConnection"


EnforceSsoEnforceSsoEnforceSsoSuccessConnection = SsoConnection
EnforceSso.model_rebuild()
EnforceSsoEnforceSsoEnforceSsoSuccess.model_rebuild()
