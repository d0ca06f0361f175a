from typing import Optional

from pydantic import Field

from .base_model import BaseModel
from .fragments import JobRow


class ListJobRows(BaseModel):
    job: Optional["ListJobRowsJob"]


class ListJobRowsJob(BaseModel):
    rows: "ListJobRowsJobRows"


class ListJobRowsJobRows(BaseModel):
    nodes: list["ListJobRowsJobRowsNodes"]
    page_info: "ListJobRowsJobRowsPageInfo" = Field(alias="pageInfo")


ListJobRowsJobRowsNodes = JobRow


class ListJobRowsJobRowsPageInfo(BaseModel):
    has_next_page: bool = Field(alias="hasNextPage")
    end_cursor: Optional[str] = Field(alias="endCursor")


ListJobRows.model_rebuild()
ListJobRowsJob.model_rebuild()
ListJobRowsJobRows.model_rebuild()
