from typing import Annotated, Literal, Optional, Union

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


class ListTokens(BaseModel):
    organization: "ListTokensOrganization"


class ListTokensOrganization(BaseModel):
    tokens: Optional[
        list[
            Annotated[
                Union[
                    "ListTokensOrganizationTokensToken",
                    "ListTokensOrganizationTokensApiToken",
                    "ListTokensOrganizationTokensScimToken",
                ],
                Field(discriminator="typename__"),
            ]
        ]
    ]


class ListTokensOrganizationTokensToken(BaseModel):
    typename__: Literal["Token"] = Field(alias="__typename")


class ListTokensOrganizationTokensApiToken(ApiToken):
    typename__: Literal["ApiToken"] = Field(alias="__typename")


class ListTokensOrganizationTokensScimToken(ScimToken):
    typename__: Literal["ScimToken"] = Field(alias="__typename")


ListTokens.model_rebuild()
ListTokensOrganization.model_rebuild()
