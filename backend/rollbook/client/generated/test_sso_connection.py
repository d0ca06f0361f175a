from typing import Literal

from pydantic import Field

from .base_model import BaseModel
from .enums import SsoTestStatus, SsoTestStep


class TestSsoConnection(BaseModel):
    test_sso_connection: "TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccess" = Field(
        alias="testSsoConnection"
    )


class TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccess(BaseModel):
    typename__: Literal["TestSsoConnectionSuccess"] = Field(alias="__typename")
    findings: list["TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccessFindings"]


class TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccessFindings(BaseModel):
    step: SsoTestStep
    status: SsoTestStatus
    detail: str


TestSsoConnection.model_rebuild()
TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccess.model_rebuild()
