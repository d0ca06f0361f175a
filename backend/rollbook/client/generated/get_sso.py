from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import SsoConnection


class GetSso(BaseModel):
    organization: "GetSsoOrganization"


class GetSsoOrganization(BaseModel):
    sso: Optional["GetSsoOrganizationSso"]


class GetSsoOrganizationSso(BaseModel):
    connection: Optional["GetSsoOrganizationSsoConnection"]
    redirect_uri: str = Field(alias="redirectUri")
    initiate_login_uri: str = Field(alias="initiateLoginUri")


GetSsoOrganizationSsoConnection = SsoConnection
GetSso.model_rebuild()
GetSsoOrganization.model_rebuild()
GetSsoOrganizationSso.model_rebuild()
