from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import Session


class ListSessions(BaseModel):
    organization: "ListSessionsOrganization"


class ListSessionsOrganization(BaseModel):
    sessions: Optional["ListSessionsOrganizationSessions"]


class ListSessionsOrganizationSessions(BaseModel):
    nodes: list["ListSessionsOrganizationSessionsNodes"]
    page_info: "ListSessionsOrganizationSessionsPageInfo" = Field(alias="pageInfo")


ListSessionsOrganizationSessionsNodes = Session


class ListSessionsOrganizationSessionsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ListSessions.model_rebuild()
ListSessionsOrganization.model_rebuild()
ListSessionsOrganizationSessions.model_rebuild()
