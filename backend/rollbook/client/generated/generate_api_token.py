from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import ApiToken


class GenerateApiToken(BaseModel):
    generate_api_token: "GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccess" = (
        Field(alias="generateApiToken")
    )


class GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccess(BaseModel):
    typename__: Literal["GenerateApiTokenSuccess"] = Field(alias="__typename")
    token: "GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccessToken"
    secret: Optional[str]


GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccessToken = ApiToken
GenerateApiToken.model_rebuild()
GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccess.model_rebuild()
