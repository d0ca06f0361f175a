from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Member


class ListMembers(BaseModel):
    organization: "ListMembersOrganization"


class ListMembersOrganization(BaseModel):
    members: Optional["ListMembersOrganizationMembers"]


class ListMembersOrganizationMembers(BaseModel):
    nodes: list["ListMembersOrganizationMembersNodes"]
    page_info: "ListMembersOrganizationMembersPageInfo" = Field(alias="pageInfo")


ListMembersOrganizationMembersNodes = Member


class ListMembersOrganizationMembersPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ListMembers.model_rebuild()
ListMembersOrganization.model_rebuild()
ListMembersOrganizationMembers.model_rebuild()
