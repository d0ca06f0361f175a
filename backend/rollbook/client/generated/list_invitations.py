from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Invitation


class ListInvitations(BaseModel):
    organization: "ListInvitationsOrganization"


class ListInvitationsOrganization(BaseModel):
    invitations: Optional["ListInvitationsOrganizationInvitations"]


class ListInvitationsOrganizationInvitations(BaseModel):
    nodes: list["ListInvitationsOrganizationInvitationsNodes"]
    page_info: "ListInvitationsOrganizationInvitationsPageInfo" = Field(
        alias="pageInfo"
    )


ListInvitationsOrganizationInvitationsNodes = Invitation


class ListInvitationsOrganizationInvitationsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ListInvitations.model_rebuild()
ListInvitationsOrganization.model_rebuild()
ListInvitationsOrganizationInvitations.model_rebuild()
