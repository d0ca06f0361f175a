from typing import Literal, Optional, Union

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


class RotateToken(BaseModel):
    rotate_token: "RotateTokenRotateTokenRotateTokenSuccess" = Field(
        alias="rotateToken"
    )


class RotateTokenRotateTokenRotateTokenSuccess(BaseModel):
    typename__: Literal["RotateTokenSuccess"] = Field(alias="__typename")
    token: Union[
        "RotateTokenRotateTokenRotateTokenSuccessTokenToken",
        "RotateTokenRotateTokenRotateTokenSuccessTokenApiToken",
        "RotateTokenRotateTokenRotateTokenSuccessTokenScimToken",
    ] = Field(discriminator="typename__")
    replaced: Union[
        "RotateTokenRotateTokenRotateTokenSuccessReplacedToken",
        "RotateTokenRotateTokenRotateTokenSuccessReplacedApiToken",
        "RotateTokenRotateTokenRotateTokenSuccessReplacedScimToken",
    ] = Field(discriminator="typename__")
    secret: Optional[str]


class RotateTokenRotateTokenRotateTokenSuccessTokenToken(BaseModel):
    typename__: Literal["Token"] = Field(alias="__typename")


class RotateTokenRotateTokenRotateTokenSuccessTokenApiToken(ApiToken):
    typename__: Literal["ApiToken"] = Field(alias="__typename")


class RotateTokenRotateTokenRotateTokenSuccessTokenScimToken(ScimToken):
    typename__: Literal["ScimToken"] = Field(alias="__typename")


class RotateTokenRotateTokenRotateTokenSuccessReplacedToken(BaseModel):
    typename__: Literal["Token"] = Field(alias="__typename")


class RotateTokenRotateTokenRotateTokenSuccessReplacedApiToken(ApiToken):
    typename__: Literal["ApiToken"] = Field(alias="__typename")


class RotateTokenRotateTokenRotateTokenSuccessReplacedScimToken(ScimToken):
    typename__: Literal["ScimToken"] = Field(alias="__typename")


RotateToken.model_rebuild()
RotateTokenRotateTokenRotateTokenSuccess.model_rebuild()
