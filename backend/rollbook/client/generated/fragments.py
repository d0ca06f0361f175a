from datetime import datetime
from typing import Literal, Optional

from pydantic import Field

from .base_model import BaseModel
from .enums import (
    AuditAction,
    AuditActorKind,
    AuditChannel,
    ClientAuthentication,
    InvitationStatus,
    JobKind,
    JobRowOutcome,
    JobStatus,
    MemberSource,
    MemberStatus,
    Role,
    SignInMethod,
    SsoProvider,
    TokenDialect,
    TokenScope,
    TokenStatus,
)


class ApiToken(BaseModel):
    id: str
    name: str
    hint: str
    status: TokenStatus
    scopes: list[TokenScope]
    created_at: datetime = Field(alias="createdAt")
    created_by: str = Field(alias="createdBy")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    first_used_at: Optional[datetime] = Field(alias="firstUsedAt")
    last_used_at: Optional[datetime] = Field(alias="lastUsedAt")
    last_used_by: Optional[str] = Field(alias="lastUsedBy")
    revoked_at: Optional[datetime] = Field(alias="revokedAt")
    revoked_by: Optional[str] = Field(alias="revokedBy")
    replaces: Optional["ApiTokenReplaces"]
    replaced_by: Optional["ApiTokenReplacedBy"] = Field(alias="replacedBy")


class ApiTokenReplaces(BaseModel):
    typename__: Literal["ApiToken", "ScimToken", "Token"] = Field(alias="__typename")
    id: str


class ApiTokenReplacedBy(BaseModel):
    typename__: Literal["ApiToken", "ScimToken", "Token"] = Field(alias="__typename")
    id: str


class AuditEvent(BaseModel):
    id: str
    occurred_at: datetime = Field(alias="occurredAt")
    action: AuditAction
    channel: AuditChannel
    actor: "AuditEventActor"
    target: str
    request_id: Optional[str] = Field(alias="requestId")
    warning: Optional[str]
    changes: list["AuditEventChanges"]


class AuditEventActor(BaseModel):
    kind: AuditActorKind
    name: str
    id: Optional[str]


class AuditEventChanges(BaseModel):
    field: str
    before: Optional[str]
    after: Optional[str]


class Invitation(BaseModel):
    id: str
    email: str
    name: Optional[str]
    role: Role
    status: InvitationStatus
    invited_by: str = Field(alias="invitedBy")
    created_at: datetime = Field(alias="createdAt")
    expires_at: datetime = Field(alias="expiresAt")
    accepted_at: Optional[datetime] = Field(alias="acceptedAt")


class Job(BaseModel):
    id: str
    kind: JobKind
    status: JobStatus
    dry_run: bool = Field(alias="dryRun")
    total: int
    done: int
    failed: int
    failure: Optional[str]
    created_by: str = Field(alias="createdBy")
    created_at: datetime = Field(alias="createdAt")
    started_at: Optional[datetime] = Field(alias="startedAt")
    finished_at: Optional[datetime] = Field(alias="finishedAt")


class JobRow(BaseModel):
    number: int
    about: str
    outcome: JobRowOutcome
    code: Optional[str]
    message: Optional[str]


class LoginDomain(BaseModel):
    id: str
    domain: str
    record_name: str = Field(alias="recordName")
    record_value: str = Field(alias="recordValue")
    created_at: datetime = Field(alias="createdAt")
    checked_at: Optional[datetime] = Field(alias="checkedAt")
    proven_at: Optional[datetime] = Field(alias="provenAt")


class Member(BaseModel):
    id: str
    name: str
    email: Optional[str]
    user_name: Optional[str] = Field(alias="userName")
    external_id: Optional[str] = Field(alias="externalId")
    status: MemberStatus
    role: Optional[Role]
    source: MemberSource
    version: int
    created_at: datetime = Field(alias="createdAt")
    updated_at: datetime = Field(alias="updatedAt")


class ScimToken(BaseModel):
    id: str
    name: str
    hint: str
    status: TokenStatus
    dialect: TokenDialect
    created_at: datetime = Field(alias="createdAt")
    created_by: str = Field(alias="createdBy")
    expires_at: Optional[datetime] = Field(alias="expiresAt")
    first_used_at: Optional[datetime] = Field(alias="firstUsedAt")
    last_used_at: Optional[datetime] = Field(alias="lastUsedAt")
    last_used_by: Optional[str] = Field(alias="lastUsedBy")
    revoked_at: Optional[datetime] = Field(alias="revokedAt")
    revoked_by: Optional[str] = Field(alias="revokedBy")
    replaces: Optional["ScimTokenReplaces"]
    replaced_by: Optional["ScimTokenReplacedBy"] = Field(alias="replacedBy")


class ScimTokenReplaces(BaseModel):
    typename__: Literal["ApiToken", "ScimToken", "Token"] = Field(alias="__typename")
    id: str


class ScimTokenReplacedBy(BaseModel):
    typename__: Literal["ApiToken", "ScimToken", "Token"] = Field(alias="__typename")
    id: str


class Session(BaseModel):
    id: str
    method: SignInMethod
    created_at: datetime = Field(alias="createdAt")
    authenticated_at: Optional[datetime] = Field(alias="authenticatedAt")
    last_seen_at: datetime = Field(alias="lastSeenAt")
    expires_at: datetime = Field(alias="expiresAt")
    user_agent: Optional[str] = Field(alias="userAgent")
    address: Optional[str]
    member: Optional["SessionMember"]


class SessionMember(BaseModel):
    id: str
    name: str
    email: Optional[str]


class SsoConnection(BaseModel):
    id: str
    provider: SsoProvider
    issuer: str
    client_id: str = Field(alias="clientId")
    client_authentication: ClientAuthentication = Field(alias="clientAuthentication")
    jit_role: Optional[Role] = Field(alias="jitRole")
    enforced: bool
    secret_set_at: datetime = Field(alias="secretSetAt")
    passed_at: Optional[datetime] = Field(alias="passedAt")
    version: int
    created_at: datetime = Field(alias="createdAt")
    updated_at: datetime = Field(alias="updatedAt")


ApiToken.model_rebuild()
AuditEvent.model_rebuild()
Invitation.model_rebuild()
Job.model_rebuild()
JobRow.model_rebuild()
LoginDomain.model_rebuild()
Member.model_rebuild()
ScimToken.model_rebuild()
Session.model_rebuild()
SsoConnection.model_rebuild()
