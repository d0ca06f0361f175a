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


class RevokeToken(BaseModel):
    revoke_token: "RevokeTokenRevokeTokenRevokeTokenSuccess" = Field(
        alias="revokeToken"
    )


class RevokeTokenRevokeTokenRevokeTokenSuccess(BaseModel):
    typename__: Literal["RevokeTokenSuccess"] = Field(alias="__typename")
    token: Union[
        "RevokeTokenRevokeTokenRevokeTokenSuccessTokenToken",
        "RevokeTokenRevokeTokenRevokeTokenSuccessTokenApiToken",
        "RevokeTokenRevokeTokenRevokeTokenSuccessTokenScimToken",
    ] = Field(discriminator="typename__")


class RevokeTokenRevokeTokenRevokeTokenSuccessTokenToken(BaseModel):
    typename__: Literal["Token"] = Field(alias="__typename")


class RevokeTokenRevokeTokenRevokeTokenSuccessTokenApiToken(ApiToken):
    typename__: Literal["ApiToken"] = Field(alias="__typename")


class RevokeTokenRevokeTokenRevokeTokenSuccessTokenScimToken(ScimToken):
    typename__: Literal["ScimToken"] = Field(alias="__typename")


RevokeToken.model_rebuild()
RevokeTokenRevokeTokenRevokeTokenSuccess.model_rebuild()
