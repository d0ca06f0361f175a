from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel


class UpdateOrganization(BaseModel):
    update_organization: "UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccess" = Field(
        alias="updateOrganization"
    )


class UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccess(BaseModel):
    typename__: Literal["UpdateOrganizationSuccess"] = Field(alias="__typename")
    organization: (
        "UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccessOrganization"
    )


class UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccessOrganization(
    BaseModel
):
    id: str
    handle: str
    name: str
    version: int
    settings: Optional[
        "UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccessOrganizationSettings"
    ]


class UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccessOrganizationSettings(
    BaseModel
):
    token_max_lifetime_days: Optional[int] = Field(alias="tokenMaxLifetimeDays")
    provisioning_log_retention_days: int = Field(alias="provisioningLogRetentionDays")


UpdateOrganization.model_rebuild()
UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccess.model_rebuild()
UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccessOrganization.model_rebuild()
