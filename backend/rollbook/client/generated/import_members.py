from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Job


class ImportMembers(BaseModel):
    import_members: "ImportMembersImportMembersImportMembersSuccess" = Field(
        alias="importMembers"
    )


class ImportMembersImportMembersImportMembersSuccess(BaseModel):
    typename__: Literal["ImportMembersSuccess"] = Field(alias="__typename")
    job: "ImportMembersImportMembersImportMembersSuccessJob"


ImportMembersImportMembersImportMembersSuccessJob = Job
ImportMembers.model_rebuild()
ImportMembersImportMembersImportMembersSuccess.model_rebuild()
