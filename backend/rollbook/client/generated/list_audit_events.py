from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import AuditEvent


class ListAuditEvents(BaseModel):
    organization: "ListAuditEventsOrganization"


class ListAuditEventsOrganization(BaseModel):
    audit_events: Optional["ListAuditEventsOrganizationAuditEvents"] = Field(
        alias="auditEvents"
    )


class ListAuditEventsOrganizationAuditEvents(BaseModel):
    nodes: list["ListAuditEventsOrganizationAuditEventsNodes"]
    page_info: "ListAuditEventsOrganizationAuditEventsPageInfo" = Field(
        alias="pageInfo"
    )


ListAuditEventsOrganizationAuditEventsNodes = AuditEvent


class ListAuditEventsOrganizationAuditEventsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ListAuditEvents.model_rebuild()
ListAuditEventsOrganization.model_rebuild()
ListAuditEventsOrganizationAuditEvents.model_rebuild()
