from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Job


class BulkUpdateMembers(BaseModel):
    bulk_update_members: "BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccess" = Field(
        alias="bulkUpdateMembers"
    )


class BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccess(BaseModel):
    typename__: Literal["BulkUpdateMembersSuccess"] = Field(alias="__typename")
    job: "BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccessJob"


BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccessJob = Job
BulkUpdateMembers.model_rebuild()
BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccess.model_rebuild()
