from typing import Literal, Union

from pydantic import Field

from .base_model import BaseModel
from .fragments import (  # noqa: F401
    ApiToken,
    ApiTokenReplacedBy,
    ApiTokenReplaces,
    ScimToken,
    ScimTokenReplacedBy,
    ScimTokenReplaces,
)


class UpdateToken(BaseModel):
    update_token: "UpdateTokenUpdateTokenUpdateTokenSuccess" = Field(
        alias="updateToken"
    )


class UpdateTokenUpdateTokenUpdateTokenSuccess(BaseModel):
    typename__: Literal["UpdateTokenSuccess"] = Field(alias="__typename")
    token: Union[
        "UpdateTokenUpdateTokenUpdateTokenSuccessTokenToken",
        "UpdateTokenUpdateTokenUpdateTokenSuccessTokenApiToken",
        "UpdateTokenUpdateTokenUpdateTokenSuccessTokenScimToken",
    ] = Field(discriminator="typename__")


class UpdateTokenUpdateTokenUpdateTokenSuccessTokenToken(BaseModel):
    typename__: Literal["Token"] = Field(alias="__typename")


class UpdateTokenUpdateTokenUpdateTokenSuccessTokenApiToken(ApiToken):
    typename__: Literal["ApiToken"] = Field(alias="__typename")


class UpdateTokenUpdateTokenUpdateTokenSuccessTokenScimToken(ScimToken):
    typename__: Literal["ScimToken"] = Field(alias="__typename")


UpdateToken.model_rebuild()
UpdateTokenUpdateTokenUpdateTokenSuccess.model_rebuild()
