from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import ScimToken


class GenerateScimToken(BaseModel):
    generate_scim_token: "GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccess" = Field(
        alias="generateScimToken"
    )


class GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccess(BaseModel):
    typename__: Literal["GenerateScimTokenSuccess"] = Field(alias="__typename")
    token: "GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccessToken"
    secret: Optional[str]


GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccessToken = ScimToken
GenerateScimToken.model_rebuild()
GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccess.model_rebuild()
