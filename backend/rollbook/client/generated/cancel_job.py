from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .fragments import Job


class CancelJob(BaseModel):
    cancel_job: "CancelJobCancelJobCancelJobSuccess" = Field(alias="cancelJob")


class CancelJobCancelJobCancelJobSuccess(BaseModel):
    typename__: Literal["CancelJobSuccess"] = Field(alias="__typename")
    job: "CancelJobCancelJobCancelJobSuccessJob"


CancelJobCancelJobCancelJobSuccessJob = Job
CancelJob.model_rebuild()
CancelJobCancelJobCancelJobSuccess.model_rebuild()
