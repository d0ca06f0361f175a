from typing import Optional

from pydantic import Field

from .base_model import BaseModel


class CountMembers(BaseModel):
    organization: "CountMembersOrganization"


class CountMembersOrganization(BaseModel):
    members: Optional["CountMembersOrganizationMembers"]


class CountMembersOrganizationMembers(BaseModel):
    total_count: int = Field(alias="totalCount")


CountMembers.model_rebuild()
CountMembersOrganization.model_rebuild()
