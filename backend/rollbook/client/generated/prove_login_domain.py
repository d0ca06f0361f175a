from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import LoginDomain


class ProveLoginDomain(BaseModel):
    prove_login_domain: "ProveLoginDomainProveLoginDomainProveLoginDomainSuccess" = (
        Field(alias="proveLoginDomain")
    )


class ProveLoginDomainProveLoginDomainProveLoginDomainSuccess(BaseModel):
    typename__: Literal["ProveLoginDomainSuccess"] = Field(alias="__typename")
    login_domain: "ProveLoginDomainProveLoginDomainProveLoginDomainSuccessLoginDomain" = Field(
        alias="loginDomain"
    )
    proven: bool


ProveLoginDomainProveLoginDomainProveLoginDomainSuccessLoginDomain = LoginDomain
ProveLoginDomain.model_rebuild()
ProveLoginDomainProveLoginDomainProveLoginDomainSuccess.model_rebuild()
