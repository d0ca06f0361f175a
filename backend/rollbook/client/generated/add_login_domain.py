from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import LoginDomain


class AddLoginDomain(BaseModel):
    add_login_domain: "AddLoginDomainAddLoginDomainAddLoginDomainSuccess" = Field(
        alias="addLoginDomain"
    )


class AddLoginDomainAddLoginDomainAddLoginDomainSuccess(BaseModel):
    typename__: Literal["AddLoginDomainSuccess"] = Field(alias="__typename")
    login_domain: "AddLoginDomainAddLoginDomainAddLoginDomainSuccessLoginDomain" = (
        Field(alias="loginDomain")
    )


AddLoginDomainAddLoginDomainAddLoginDomainSuccessLoginDomain = LoginDomain
AddLoginDomain.model_rebuild()
AddLoginDomainAddLoginDomainAddLoginDomainSuccess.model_rebuild()
