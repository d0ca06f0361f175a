from typing import Literal

from pydantic import Field

from .base_model import BaseModel


class RemoveLoginDomain(BaseModel):
    remove_login_domain: "RemoveLoginDomainRemoveLoginDomainRemoveLoginDomainSuccess" = Field(
        alias="removeLoginDomain"
    )


class RemoveLoginDomainRemoveLoginDomainRemoveLoginDomainSuccess(BaseModel):
    typename__: Literal["RemoveLoginDomainSuccess"] = Field(alias="__typename")
    login_domain_id: str = Field(alias="loginDomainId")


RemoveLoginDomain.model_rebuild()
