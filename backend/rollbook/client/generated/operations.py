from datetime import datetime
from typing import Any, Optional, Union

from .add_login_domain import (
    AddLoginDomain,
    AddLoginDomainAddLoginDomainAddLoginDomainSuccess,
)
from .add_member import AddMember, AddMemberAddMemberAddMemberSuccess
from .base_client import BaseClient
from .base_model import UNSET, UnsetType
from .bulk_update_members import (
    BulkUpdateMembers,
    BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccess,
)
from .cancel_job import CancelJob, CancelJobCancelJobCancelJobSuccess
from .count_members import CountMembers, CountMembersOrganization
from .deactivate_member import (
    DeactivateMember,
    DeactivateMemberDeactivateMemberDeactivateMemberSuccess,
)
from .enforce_sso import EnforceSso, EnforceSsoEnforceSsoEnforceSsoSuccess
from .enums import (
    BulkChange,
    ClientAuthentication,
    Role,
    SsoProvider,
    TokenDialect,
    TokenKind,
    TokenScope,
)
from .generate_api_token import (
    GenerateApiToken,
    GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccess,
)
from .generate_scim_token import (
    GenerateScimToken,
    GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccess,
)
from .get_job import GetJob, GetJobJob
from .get_member import GetMember, GetMemberMember
from .get_sso import GetSso, GetSsoOrganization
from .import_members import (
    ImportMembers,
    ImportMembersImportMembersImportMembersSuccess,
)
from .input_types import AuditEventFilter, MemberFilter, MemberOrder, SsoConnectionInput
from .invite_member import InviteMember, InviteMemberInviteMemberInviteMemberSuccess
from .list_audit_events import ListAuditEvents, ListAuditEventsOrganization
from .list_invitations import ListInvitations, ListInvitationsOrganization
from .list_job_rows import ListJobRows, ListJobRowsJob
from .list_login_domains import ListLoginDomains, ListLoginDomainsOrganization
from .list_members import ListMembers, ListMembersOrganization
from .list_sessions import ListSessions, ListSessionsOrganization
from .list_tokens import ListTokens, ListTokensOrganization
from .prove_login_domain import (
    ProveLoginDomain,
    ProveLoginDomainProveLoginDomainProveLoginDomainSuccess,
)
from .reactivate_member import (
    ReactivateMember,
    ReactivateMemberReactivateMemberReactivateMemberSuccess,
)
from .remove_login_domain import (
    RemoveLoginDomain,
    RemoveLoginDomainRemoveLoginDomainRemoveLoginDomainSuccess,
)
from .remove_member import RemoveMember, RemoveMemberRemoveMemberRemoveMemberSuccess
from .remove_sso_connection import (
    RemoveSsoConnection,
    RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccess,
)
from .resend_invitation import (
    ResendInvitation,
    ResendInvitationResendInvitationResendInvitationSuccess,
)
from .revoke_invitation import (
    RevokeInvitation,
    RevokeInvitationRevokeInvitationRevokeInvitationSuccess,
)
from .revoke_member_sessions import (
    RevokeMemberSessions,
    RevokeMemberSessionsRevokeMemberSessionsRevokeMemberSessionsSuccess,
)
from .revoke_session import (
    RevokeSession,
    RevokeSessionRevokeSessionRevokeSessionSuccess,
)
from .revoke_token import RevokeToken, RevokeTokenRevokeTokenRevokeTokenSuccess
from .rotate_token import RotateToken, RotateTokenRotateTokenRotateTokenSuccess
from .save_sso_connection import (
    SaveSsoConnection,
    SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccess,
)
from .set_member_role import (
    SetMemberRole,
    SetMemberRoleSetMemberRoleSetMemberRoleSuccess,
)
from .test_sso_connection import (
    TestSsoConnection,
    TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccess,
)
from .unlink_identity import (
    UnlinkIdentity,
    UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccess,
)
from .update_member import UpdateMember, UpdateMemberUpdateMemberUpdateMemberSuccess
from .update_organization import (
    UpdateOrganization,
    UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccess,
)
from .update_token import UpdateToken, UpdateTokenUpdateTokenUpdateTokenSuccess
from .viewer import Viewer


def gql(q: str) -> str:
    return q


class Operations(BaseClient):
    def list_audit_events(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[AuditEventFilter], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ListAuditEventsOrganization:
        query = gql("""
            query ListAuditEvents($first: Int, $after: String, $filter: AuditEventFilter) {
              organization {
                auditEvents(first: $first, after: $after, filter: $filter) {
                  nodes {
                    ...AuditEvent
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }

            fragment AuditEvent on AuditEvent {
              id
              occurredAt
              action
              channel
              actor {
                kind
                name
                id
              }
              target
              requestId
              warning
              changes {
                field
                before
                after
              }
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
        }
        response = self.execute(
            query=query, operation_name="ListAuditEvents", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ListAuditEvents.model_validate(data).organization

    def list_invitations(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ListInvitationsOrganization:
        query = gql("""
            query ListInvitations($first: Int, $after: String) {
              organization {
                invitations(first: $first, after: $after) {
                  nodes {
                    ...Invitation
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }

            fragment Invitation on Invitation {
              id
              email
              name
              role
              status
              invitedBy
              createdAt
              expiresAt
              acceptedAt
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = self.execute(
            query=query, operation_name="ListInvitations", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ListInvitations.model_validate(data).organization

    def invite_member(
        self,
        email: str,
        name: Union[Optional[str], UnsetType] = UNSET,
        role: Union[Optional[Role], UnsetType] = UNSET,
        expires_in_days: Union[Optional[int], UnsetType] = UNSET,
        send_email: Union[Optional[bool], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> InviteMemberInviteMemberInviteMemberSuccess:
        query = gql("""
            mutation InviteMember($email: String!, $name: String, $role: Role, $expiresInDays: Int, $sendEmail: Boolean, $idempotencyKey: String) {
              inviteMember(
                input: {email: $email, name: $name, role: $role, expiresInDays: $expiresInDays, sendEmail: $sendEmail, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on InviteMemberSuccess {
                  invitation {
                    ...Invitation
                  }
                  link
                  mail
                  mailProblem
                }
                ...Refusal
              }
            }

            fragment Invitation on Invitation {
              id
              email
              name
              role
              status
              invitedBy
              createdAt
              expiresAt
              acceptedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "email": email,
            "name": name,
            "role": role,
            "expiresInDays": expires_in_days,
            "sendEmail": send_email,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="InviteMember", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return InviteMember.model_validate(data).invite_member

    def resend_invitation(
        self,
        invitation_id: str,
        expires_in_days: Union[Optional[int], UnsetType] = UNSET,
        send_email: Union[Optional[bool], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ResendInvitationResendInvitationResendInvitationSuccess:
        query = gql("""
            mutation ResendInvitation($invitationId: ID!, $expiresInDays: Int, $sendEmail: Boolean, $idempotencyKey: String) {
              resendInvitation(
                input: {invitationId: $invitationId, expiresInDays: $expiresInDays, sendEmail: $sendEmail, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on ResendInvitationSuccess {
                  invitation {
                    ...Invitation
                  }
                  link
                  mail
                  mailProblem
                }
                ...Refusal
              }
            }

            fragment Invitation on Invitation {
              id
              email
              name
              role
              status
              invitedBy
              createdAt
              expiresAt
              acceptedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "invitationId": invitation_id,
            "expiresInDays": expires_in_days,
            "sendEmail": send_email,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="ResendInvitation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ResendInvitation.model_validate(data).resend_invitation

    def revoke_invitation(
        self,
        invitation_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RevokeInvitationRevokeInvitationRevokeInvitationSuccess:
        query = gql("""
            mutation RevokeInvitation($invitationId: ID!, $idempotencyKey: String) {
              revokeInvitation(
                input: {invitationId: $invitationId, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on RevokeInvitationSuccess {
                  invitation {
                    ...Invitation
                  }
                }
                ...Refusal
              }
            }

            fragment Invitation on Invitation {
              id
              email
              name
              role
              status
              invitedBy
              createdAt
              expiresAt
              acceptedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "invitationId": invitation_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="RevokeInvitation",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RevokeInvitation.model_validate(data).revoke_invitation

    def get_job(self, id: str, **kwargs: Any) -> Optional[GetJobJob]:
        query = gql("""
            query GetJob($id: ID!) {
              job(id: $id) {
                ...Job
              }
            }

            fragment Job on Job {
              id
              kind
              status
              dryRun
              total
              done
              failed
              failure
              createdBy
              createdAt
              startedAt
              finishedAt
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="GetJob", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return GetJob.model_validate(data).job

    def list_job_rows(
        self,
        id: str,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        only_failed: Union[Optional[bool], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> Optional[ListJobRowsJob]:
        query = gql("""
            query ListJobRows($id: ID!, $first: Int, $after: String, $onlyFailed: Boolean) {
              job(id: $id) {
                rows(first: $first, after: $after, onlyFailed: $onlyFailed) {
                  nodes {
                    ...JobRow
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }

            fragment JobRow on JobRow {
              number
              about
              outcome
              code
              message
            }
            """)
        variables: dict[str, object] = {
            "id": id,
            "first": first,
            "after": after,
            "onlyFailed": only_failed,
        }
        response = self.execute(
            query=query, operation_name="ListJobRows", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ListJobRows.model_validate(data).job

    def import_members(
        self,
        csv: str,
        dry_run: Union[Optional[bool], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ImportMembersImportMembersImportMembersSuccess:
        query = gql("""
            mutation ImportMembers($csv: String!, $dryRun: Boolean, $idempotencyKey: String) {
              importMembers(
                input: {csv: $csv, dryRun: $dryRun, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on ImportMembersSuccess {
                  job {
                    ...Job
                  }
                }
                ...Refusal
              }
            }

            fragment Job on Job {
              id
              kind
              status
              dryRun
              total
              done
              failed
              failure
              createdBy
              createdAt
              startedAt
              finishedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "csv": csv,
            "dryRun": dry_run,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="ImportMembers", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ImportMembers.model_validate(data).import_members

    def bulk_update_members(
        self,
        member_ids: list[str],
        change: BulkChange,
        role: Union[Optional[Role], UnsetType] = UNSET,
        dry_run: Union[Optional[bool], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> BulkUpdateMembersBulkUpdateMembersBulkUpdateMembersSuccess:
        query = gql("""
            mutation BulkUpdateMembers($memberIds: [ID!]!, $change: BulkChange!, $role: Role, $dryRun: Boolean, $idempotencyKey: String) {
              bulkUpdateMembers(
                input: {memberIds: $memberIds, change: $change, role: $role, dryRun: $dryRun, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on BulkUpdateMembersSuccess {
                  job {
                    ...Job
                  }
                }
                ...Refusal
              }
            }

            fragment Job on Job {
              id
              kind
              status
              dryRun
              total
              done
              failed
              failure
              createdBy
              createdAt
              startedAt
              finishedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberIds": member_ids,
            "change": change,
            "role": role,
            "dryRun": dry_run,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="BulkUpdateMembers",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return BulkUpdateMembers.model_validate(data).bulk_update_members

    def cancel_job(
        self,
        job_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CancelJobCancelJobCancelJobSuccess:
        query = gql("""
            mutation CancelJob($jobId: ID!, $idempotencyKey: String) {
              cancelJob(input: {jobId: $jobId, idempotencyKey: $idempotencyKey}) {
                __typename
                ... on CancelJobSuccess {
                  job {
                    ...Job
                  }
                }
                ...Refusal
              }
            }

            fragment Job on Job {
              id
              kind
              status
              dryRun
              total
              done
              failed
              failure
              createdBy
              createdAt
              startedAt
              finishedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "jobId": job_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="CancelJob", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CancelJob.model_validate(data).cancel_job

    def list_login_domains(self, **kwargs: Any) -> ListLoginDomainsOrganization:
        query = gql("""
            query ListLoginDomains {
              organization {
                loginDomains {
                  ...LoginDomain
                }
              }
            }

            fragment LoginDomain on LoginDomain {
              id
              domain
              recordName
              recordValue
              createdAt
              checkedAt
              provenAt
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query,
            operation_name="ListLoginDomains",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ListLoginDomains.model_validate(data).organization

    def add_login_domain(
        self,
        domain: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AddLoginDomainAddLoginDomainAddLoginDomainSuccess:
        query = gql("""
            mutation AddLoginDomain($domain: String!, $idempotencyKey: String) {
              addLoginDomain(input: {domain: $domain, idempotencyKey: $idempotencyKey}) {
                __typename
                ... on AddLoginDomainSuccess {
                  loginDomain {
                    ...LoginDomain
                  }
                }
                ...Refusal
              }
            }

            fragment LoginDomain on LoginDomain {
              id
              domain
              recordName
              recordValue
              createdAt
              checkedAt
              provenAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "domain": domain,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="AddLoginDomain", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddLoginDomain.model_validate(data).add_login_domain

    def prove_login_domain(
        self, login_domain_id: str, **kwargs: Any
    ) -> ProveLoginDomainProveLoginDomainProveLoginDomainSuccess:
        query = gql("""
            mutation ProveLoginDomain($loginDomainId: ID!) {
              proveLoginDomain(input: {loginDomainId: $loginDomainId}) {
                __typename
                ... on ProveLoginDomainSuccess {
                  loginDomain {
                    ...LoginDomain
                  }
                  proven
                }
                ...Refusal
              }
            }

            fragment LoginDomain on LoginDomain {
              id
              domain
              recordName
              recordValue
              createdAt
              checkedAt
              provenAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {"loginDomainId": login_domain_id}
        response = self.execute(
            query=query,
            operation_name="ProveLoginDomain",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ProveLoginDomain.model_validate(data).prove_login_domain

    def remove_login_domain(
        self,
        login_domain_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RemoveLoginDomainRemoveLoginDomainRemoveLoginDomainSuccess:
        query = gql("""
            mutation RemoveLoginDomain($loginDomainId: ID!, $idempotencyKey: String) {
              removeLoginDomain(
                input: {loginDomainId: $loginDomainId, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on RemoveLoginDomainSuccess {
                  loginDomainId
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "loginDomainId": login_domain_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="RemoveLoginDomain",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RemoveLoginDomain.model_validate(data).remove_login_domain

    def list_members(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        filter_: Union[Optional[MemberFilter], UnsetType] = UNSET,
        search: Union[Optional[str], UnsetType] = UNSET,
        order_by: Union[Optional[MemberOrder], UnsetType] = UNSET,
        as_of: Union[Optional[datetime], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ListMembersOrganization:
        query = gql("""
            query ListMembers($first: Int, $after: String, $filter: MemberFilter, $search: String, $orderBy: MemberOrder, $asOf: DateTime) {
              organization {
                members(
                  first: $first
                  after: $after
                  filter: $filter
                  search: $search
                  orderBy: $orderBy
                  asOf: $asOf
                ) {
                  nodes {
                    ...Member
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }
            """)
        variables: dict[str, object] = {
            "first": first,
            "after": after,
            "filter": filter_,
            "search": search,
            "orderBy": order_by,
            "asOf": as_of,
        }
        response = self.execute(
            query=query, operation_name="ListMembers", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ListMembers.model_validate(data).organization

    def count_members(
        self,
        filter_: Union[Optional[MemberFilter], UnsetType] = UNSET,
        search: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> CountMembersOrganization:
        query = gql("""
            query CountMembers($filter: MemberFilter, $search: String) {
              organization {
                members(first: 1, filter: $filter, search: $search) {
                  totalCount
                }
              }
            }
            """)
        variables: dict[str, object] = {"filter": filter_, "search": search}
        response = self.execute(
            query=query, operation_name="CountMembers", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return CountMembers.model_validate(data).organization

    def get_member(self, id: str, **kwargs: Any) -> Optional[GetMemberMember]:
        query = gql("""
            query GetMember($id: ID!) {
              member(id: $id) {
                ...Member
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }
            """)
        variables: dict[str, object] = {"id": id}
        response = self.execute(
            query=query, operation_name="GetMember", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return GetMember.model_validate(data).member

    def add_member(
        self,
        email: str,
        name: Union[Optional[str], UnsetType] = UNSET,
        role: Union[Optional[Role], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> AddMemberAddMemberAddMemberSuccess:
        query = gql("""
            mutation AddMember($email: String!, $name: String, $role: Role, $idempotencyKey: String) {
              addMember(
                input: {email: $email, name: $name, role: $role, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on AddMemberSuccess {
                  member {
                    ...Member
                  }
                }
                ...Refusal
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "email": email,
            "name": name,
            "role": role,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="AddMember", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return AddMember.model_validate(data).add_member

    def update_member(
        self,
        member_id: str,
        name: Union[Optional[str], UnsetType] = UNSET,
        email: Union[Optional[str], UnsetType] = UNSET,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UpdateMemberUpdateMemberUpdateMemberSuccess:
        query = gql("""
            mutation UpdateMember($memberId: ID!, $name: String, $email: String, $expectedVersion: Int, $idempotencyKey: String) {
              updateMember(
                input: {memberId: $memberId, name: $name, email: $email, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on UpdateMemberSuccess {
                  member {
                    ...Member
                  }
                }
                ...Refusal
                ... on VersionConflictError {
                  currentVersion
                  current {
                    ...Member
                  }
                }
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "name": name,
            "email": email,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="UpdateMember", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateMember.model_validate(data).update_member

    def set_member_role(
        self,
        member_id: str,
        role: Role,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> SetMemberRoleSetMemberRoleSetMemberRoleSuccess:
        query = gql("""
            mutation SetMemberRole($memberId: ID!, $role: Role!, $expectedVersion: Int, $idempotencyKey: String) {
              setMemberRole(
                input: {memberId: $memberId, role: $role, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on SetMemberRoleSuccess {
                  member {
                    ...Member
                  }
                }
                ...Refusal
                ... on VersionConflictError {
                  currentVersion
                  current {
                    ...Member
                  }
                }
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "role": role,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="SetMemberRole", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return SetMemberRole.model_validate(data).set_member_role

    def deactivate_member(
        self,
        member_id: str,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> DeactivateMemberDeactivateMemberDeactivateMemberSuccess:
        query = gql("""
            mutation DeactivateMember($memberId: ID!, $expectedVersion: Int, $idempotencyKey: String) {
              deactivateMember(
                input: {memberId: $memberId, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on DeactivateMemberSuccess {
                  member {
                    ...Member
                  }
                }
                ...Refusal
                ... on VersionConflictError {
                  currentVersion
                  current {
                    ...Member
                  }
                }
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="DeactivateMember",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return DeactivateMember.model_validate(data).deactivate_member

    def reactivate_member(
        self,
        member_id: str,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ReactivateMemberReactivateMemberReactivateMemberSuccess:
        query = gql("""
            mutation ReactivateMember($memberId: ID!, $expectedVersion: Int, $idempotencyKey: String) {
              reactivateMember(
                input: {memberId: $memberId, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on ReactivateMemberSuccess {
                  member {
                    ...Member
                  }
                }
                ...Refusal
                ... on VersionConflictError {
                  currentVersion
                  current {
                    ...Member
                  }
                }
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="ReactivateMember",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return ReactivateMember.model_validate(data).reactivate_member

    def remove_member(
        self,
        member_id: str,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RemoveMemberRemoveMemberRemoveMemberSuccess:
        query = gql("""
            mutation RemoveMember($memberId: ID!, $expectedVersion: Int, $idempotencyKey: String) {
              removeMember(
                input: {memberId: $memberId, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on RemoveMemberSuccess {
                  memberId
                }
                ...Refusal
                ... on VersionConflictError {
                  currentVersion
                  current {
                    ...Member
                  }
                }
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="RemoveMember", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RemoveMember.model_validate(data).remove_member

    def update_organization(
        self,
        name: Union[Optional[str], UnsetType] = UNSET,
        token_max_lifetime_days: Union[Optional[int], UnsetType] = UNSET,
        provisioning_log_retention_days: Union[Optional[int], UnsetType] = UNSET,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UpdateOrganizationUpdateOrganizationUpdateOrganizationSuccess:
        query = gql("""
            mutation UpdateOrganization($name: String, $tokenMaxLifetimeDays: Int, $provisioningLogRetentionDays: Int, $expectedVersion: Int, $idempotencyKey: String) {
              updateOrganization(
                input: {name: $name, tokenMaxLifetimeDays: $tokenMaxLifetimeDays, provisioningLogRetentionDays: $provisioningLogRetentionDays, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on UpdateOrganizationSuccess {
                  organization {
                    id
                    handle
                    name
                    version
                    settings {
                      tokenMaxLifetimeDays
                      provisioningLogRetentionDays
                    }
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "name": name,
            "tokenMaxLifetimeDays": token_max_lifetime_days,
            "provisioningLogRetentionDays": provisioning_log_retention_days,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="UpdateOrganization",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return UpdateOrganization.model_validate(data).update_organization

    def list_sessions(
        self,
        first: Union[Optional[int], UnsetType] = UNSET,
        after: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ListSessionsOrganization:
        query = gql("""
            query ListSessions($first: Int, $after: String) {
              organization {
                sessions(first: $first, after: $after) {
                  nodes {
                    ...Session
                  }
                  pageInfo {
                    hasNextPage
                    endCursor
                  }
                }
              }
            }

            fragment Session on Session {
              id
              method
              createdAt
              authenticatedAt
              lastSeenAt
              expiresAt
              userAgent
              address
              member {
                id
                name
                email
              }
            }
            """)
        variables: dict[str, object] = {"first": first, "after": after}
        response = self.execute(
            query=query, operation_name="ListSessions", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ListSessions.model_validate(data).organization

    def revoke_session(
        self,
        session_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RevokeSessionRevokeSessionRevokeSessionSuccess:
        query = gql("""
            mutation RevokeSession($sessionId: ID!, $idempotencyKey: String) {
              revokeSession(input: {sessionId: $sessionId, idempotencyKey: $idempotencyKey}) {
                __typename
                ... on RevokeSessionSuccess {
                  sessionId
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "sessionId": session_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="RevokeSession", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RevokeSession.model_validate(data).revoke_session

    def revoke_member_sessions(
        self,
        member_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RevokeMemberSessionsRevokeMemberSessionsRevokeMemberSessionsSuccess:
        query = gql("""
            mutation RevokeMemberSessions($memberId: ID!, $idempotencyKey: String) {
              revokeMemberSessions(
                input: {memberId: $memberId, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on RevokeMemberSessionsSuccess {
                  memberId
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="RevokeMemberSessions",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RevokeMemberSessions.model_validate(data).revoke_member_sessions

    def get_sso(self, **kwargs: Any) -> GetSsoOrganization:
        query = gql("""
            query GetSso {
              organization {
                sso {
                  connection {
                    ...SsoConnection
                  }
                  redirectUri
                  initiateLoginUri
                }
              }
            }

            fragment SsoConnection on SsoConnection {
              id
              provider
              issuer
              clientId
              clientAuthentication
              jitRole
              enforced
              secretSetAt
              passedAt
              version
              createdAt
              updatedAt
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="GetSso", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return GetSso.model_validate(data).organization

    def save_sso_connection(
        self,
        provider: SsoProvider,
        issuer: str,
        client_id: str,
        client_secret: Union[Optional[str], UnsetType] = UNSET,
        client_authentication: Union[Optional[ClientAuthentication], UnsetType] = UNSET,
        jit_role: Union[Optional[Role], UnsetType] = UNSET,
        expected_version: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> SaveSsoConnectionSaveSsoConnectionSaveSsoConnectionSuccess:
        query = gql("""
            mutation SaveSsoConnection($provider: SsoProvider!, $issuer: String!, $clientId: String!, $clientSecret: String, $clientAuthentication: ClientAuthentication, $jitRole: Role, $expectedVersion: Int, $idempotencyKey: String) {
              saveSsoConnection(
                input: {provider: $provider, issuer: $issuer, clientId: $clientId, clientSecret: $clientSecret, clientAuthentication: $clientAuthentication, jitRole: $jitRole, expectedVersion: $expectedVersion, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on SaveSsoConnectionSuccess {
                  connection {
                    ...SsoConnection
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }

            fragment SsoConnection on SsoConnection {
              id
              provider
              issuer
              clientId
              clientAuthentication
              jitRole
              enforced
              secretSetAt
              passedAt
              version
              createdAt
              updatedAt
            }
            """)
        variables: dict[str, object] = {
            "provider": provider,
            "issuer": issuer,
            "clientId": client_id,
            "clientSecret": client_secret,
            "clientAuthentication": client_authentication,
            "jitRole": jit_role,
            "expectedVersion": expected_version,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="SaveSsoConnection",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return SaveSsoConnection.model_validate(data).save_sso_connection

    def test_sso_connection(
        self,
        connection: Union[Optional[SsoConnectionInput], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> TestSsoConnectionTestSsoConnectionTestSsoConnectionSuccess:
        query = gql("""
            mutation TestSsoConnection($connection: SsoConnectionInput) {
              testSsoConnection(input: {connection: $connection}) {
                __typename
                ... on TestSsoConnectionSuccess {
                  findings {
                    step
                    status
                    detail
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {"connection": connection}
        response = self.execute(
            query=query,
            operation_name="TestSsoConnection",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return TestSsoConnection.model_validate(data).test_sso_connection

    def enforce_sso(
        self,
        enforced: bool,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> EnforceSsoEnforceSsoEnforceSsoSuccess:
        query = gql("""
            mutation EnforceSso($enforced: Boolean!, $idempotencyKey: String) {
              enforceSso(input: {enforced: $enforced, idempotencyKey: $idempotencyKey}) {
                __typename
                ... on EnforceSsoSuccess {
                  connection {
                    ...SsoConnection
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }

            fragment SsoConnection on SsoConnection {
              id
              provider
              issuer
              clientId
              clientAuthentication
              jitRole
              enforced
              secretSetAt
              passedAt
              version
              createdAt
              updatedAt
            }
            """)
        variables: dict[str, object] = {
            "enforced": enforced,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="EnforceSso", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return EnforceSso.model_validate(data).enforce_sso

    def remove_sso_connection(
        self, idempotency_key: Union[Optional[str], UnsetType] = UNSET, **kwargs: Any
    ) -> RemoveSsoConnectionRemoveSsoConnectionRemoveSsoConnectionSuccess:
        query = gql("""
            mutation RemoveSsoConnection($idempotencyKey: String) {
              removeSsoConnection(input: {idempotencyKey: $idempotencyKey}) {
                __typename
                ... on RemoveSsoConnectionSuccess {
                  sso {
                    redirectUri
                    initiateLoginUri
                  }
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {"idempotencyKey": idempotency_key}
        response = self.execute(
            query=query,
            operation_name="RemoveSsoConnection",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return RemoveSsoConnection.model_validate(data).remove_sso_connection

    def unlink_identity(
        self,
        member_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UnlinkIdentityUnlinkIdentityUnlinkIdentitySuccess:
        query = gql("""
            mutation UnlinkIdentity($memberId: ID!, $idempotencyKey: String) {
              unlinkIdentity(input: {memberId: $memberId, idempotencyKey: $idempotencyKey}) {
                __typename
                ... on UnlinkIdentitySuccess {
                  member {
                    ...Member
                  }
                }
                ...Refusal
              }
            }

            fragment Member on Member {
              id
              name
              email
              userName
              externalId
              status
              role
              source
              version
              createdAt
              updatedAt
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "memberId": member_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="UnlinkIdentity", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UnlinkIdentity.model_validate(data).unlink_identity

    def list_tokens(
        self,
        kind: Union[Optional[TokenKind], UnsetType] = UNSET,
        include_ended: Union[Optional[bool], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> ListTokensOrganization:
        query = gql("""
            query ListTokens($kind: TokenKind, $includeEnded: Boolean) {
              organization {
                tokens(kind: $kind, includeEnded: $includeEnded) {
                  __typename
                  ...ApiToken
                  ...ScimToken
                }
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              hint
              status
              scopes
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }

            fragment ScimToken on ScimToken {
              id
              name
              hint
              status
              dialect
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }
            """)
        variables: dict[str, object] = {"kind": kind, "includeEnded": include_ended}
        response = self.execute(
            query=query, operation_name="ListTokens", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return ListTokens.model_validate(data).organization

    def generate_api_token(
        self,
        name: str,
        scopes: Union[Optional[list[TokenScope]], UnsetType] = UNSET,
        expires_in_days: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> GenerateApiTokenGenerateApiTokenGenerateApiTokenSuccess:
        query = gql("""
            mutation GenerateApiToken($name: String!, $scopes: [TokenScope!], $expiresInDays: Int, $idempotencyKey: String) {
              generateApiToken(
                input: {name: $name, scopes: $scopes, expiresInDays: $expiresInDays, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on GenerateApiTokenSuccess {
                  token {
                    ...ApiToken
                  }
                  secret
                }
                ...Refusal
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              hint
              status
              scopes
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }
            """)
        variables: dict[str, object] = {
            "name": name,
            "scopes": scopes,
            "expiresInDays": expires_in_days,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="GenerateApiToken",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return GenerateApiToken.model_validate(data).generate_api_token

    def generate_scim_token(
        self,
        name: str,
        dialect: Union[Optional[TokenDialect], UnsetType] = UNSET,
        expires_in_days: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> GenerateScimTokenGenerateScimTokenGenerateScimTokenSuccess:
        query = gql("""
            mutation GenerateScimToken($name: String!, $dialect: TokenDialect, $expiresInDays: Int, $idempotencyKey: String) {
              generateScimToken(
                input: {name: $name, dialect: $dialect, expiresInDays: $expiresInDays, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on GenerateScimTokenSuccess {
                  token {
                    ...ScimToken
                  }
                  secret
                }
                ...Refusal
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }

            fragment ScimToken on ScimToken {
              id
              name
              hint
              status
              dialect
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }
            """)
        variables: dict[str, object] = {
            "name": name,
            "dialect": dialect,
            "expiresInDays": expires_in_days,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query,
            operation_name="GenerateScimToken",
            variables=variables,
            **kwargs,
        )
        data = self.get_data(response)
        return GenerateScimToken.model_validate(data).generate_scim_token

    def rotate_token(
        self,
        token_id: str,
        overlap_hours: Union[Optional[int], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RotateTokenRotateTokenRotateTokenSuccess:
        query = gql("""
            mutation RotateToken($tokenId: ID!, $overlapHours: Int, $idempotencyKey: String) {
              rotateToken(
                input: {tokenId: $tokenId, overlapHours: $overlapHours, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on RotateTokenSuccess {
                  token {
                    __typename
                    ...ApiToken
                    ...ScimToken
                  }
                  replaced {
                    __typename
                    ...ApiToken
                    ...ScimToken
                  }
                  secret
                }
                ...Refusal
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              hint
              status
              scopes
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }

            fragment ScimToken on ScimToken {
              id
              name
              hint
              status
              dialect
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }
            """)
        variables: dict[str, object] = {
            "tokenId": token_id,
            "overlapHours": overlap_hours,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="RotateToken", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RotateToken.model_validate(data).rotate_token

    def update_token(
        self,
        token_id: str,
        name: Union[Optional[str], UnsetType] = UNSET,
        scopes: Union[Optional[list[TokenScope]], UnsetType] = UNSET,
        dialect: Union[Optional[TokenDialect], UnsetType] = UNSET,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> UpdateTokenUpdateTokenUpdateTokenSuccess:
        query = gql("""
            mutation UpdateToken($tokenId: ID!, $name: String, $scopes: [TokenScope!], $dialect: TokenDialect, $idempotencyKey: String) {
              updateToken(
                input: {tokenId: $tokenId, name: $name, scopes: $scopes, dialect: $dialect, idempotencyKey: $idempotencyKey}
              ) {
                __typename
                ... on UpdateTokenSuccess {
                  token {
                    __typename
                    ...ApiToken
                    ...ScimToken
                  }
                }
                ...Refusal
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              hint
              status
              scopes
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }

            fragment ScimToken on ScimToken {
              id
              name
              hint
              status
              dialect
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }
            """)
        variables: dict[str, object] = {
            "tokenId": token_id,
            "name": name,
            "scopes": scopes,
            "dialect": dialect,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="UpdateToken", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return UpdateToken.model_validate(data).update_token

    def revoke_token(
        self,
        token_id: str,
        idempotency_key: Union[Optional[str], UnsetType] = UNSET,
        **kwargs: Any,
    ) -> RevokeTokenRevokeTokenRevokeTokenSuccess:
        query = gql("""
            mutation RevokeToken($tokenId: ID!, $idempotencyKey: String) {
              revokeToken(input: {tokenId: $tokenId, idempotencyKey: $idempotencyKey}) {
                __typename
                ... on RevokeTokenSuccess {
                  token {
                    __typename
                    ...ApiToken
                    ...ScimToken
                  }
                }
                ...Refusal
              }
            }

            fragment ApiToken on ApiToken {
              id
              name
              hint
              status
              scopes
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }

            fragment Refusal on UserError {
              code
              message
              path
            }

            fragment ScimToken on ScimToken {
              id
              name
              hint
              status
              dialect
              createdAt
              createdBy
              expiresAt
              firstUsedAt
              lastUsedAt
              lastUsedBy
              revokedAt
              revokedBy
              replaces {
                __typename
                id
              }
              replacedBy {
                __typename
                id
              }
            }
            """)
        variables: dict[str, object] = {
            "tokenId": token_id,
            "idempotencyKey": idempotency_key,
        }
        response = self.execute(
            query=query, operation_name="RevokeToken", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return RevokeToken.model_validate(data).revoke_token

    def viewer(self, **kwargs: Any) -> Viewer:
        query = gql("""
            query Viewer {
              viewer {
                kind
                name
                permissions
              }
              organization {
                id
                handle
                name
              }
            }
            """)
        variables: dict[str, object] = {}
        response = self.execute(
            query=query, operation_name="Viewer", variables=variables, **kwargs
        )
        data = self.get_data(response)
        return Viewer.model_validate(data)
