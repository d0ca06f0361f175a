from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import LoginDomain


class ListLoginDomains(BaseModel):
    organization: "ListLoginDomainsOrganization"


class ListLoginDomainsOrganization(BaseModel):
    login_domains: Optional[list["ListLoginDomainsOrganizationLoginDomains"]] = Field(
        alias="loginDomains"
    )


ListLoginDomainsOrganizationLoginDomains = LoginDomain
ListLoginDomains.model_rebuild()
ListLoginDomainsOrganization.model_rebuild()
