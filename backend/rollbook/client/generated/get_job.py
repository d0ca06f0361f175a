from typing import Optional

from .base_model import BaseModel
from .fragments import Job


class GetJob(BaseModel):
    job: Optional["GetJobJob"]


GetJobJob = Job
GetJob.model_rebuild()
