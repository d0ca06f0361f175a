"""What can be done with single sign-on: the mutations, their inputs and their results."""

import asyncio
from typing import Annotated

import strawberry

from rollbook.domain import roles, sso
from rollbook.domain.actors import Actor
from rollbook.domain.errors import InvalidValue, ProviderFailed
from rollbook.graphql import ids
from rollbook.graphql.context import Info
from rollbook.graphql.enums import ClientAuthentication, Role, SsoProvider, SsoTestStatus, SsoTestStep
from rollbook.graphql.fields import ROWS
from rollbook.graphql.inputs import given
from rollbook.graphql.memberships import Member
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.organizations import read_organization
from rollbook.graphql.sso import SsoConnection, SsoSettings, read_sso
from rollbook.graphql.user_errors import (
    NotFoundError,
    ProviderError,
    Refusal,
    SignInAgainError,
    SsoConnectionConflictError,
)

TEST_SECONDS = 8
"""How long a test may take in all, so that it is answered before the operation's time is over."""


@strawberry.input(description="A connection to an identity provider, as one enters it.")
class SsoConnectionInput:
    """All that is entered of a connection."""

    provider: SsoProvider = strawberry.field(description="Whose product the provider is.")
    issuer: str = strawberry.field(description="The provider's issuer URL, exactly as it names itself.")
    client_id: str = strawberry.field(description="The client id that the provider gave to Rollbook.")
    client_secret: str | None = strawberry.field(
        default=strawberry.UNSET,
        description="The client secret. Left out: the one that is kept, if issuer and clientId are the same. "
        "It is kept encrypted and never shown again.",
    )
    client_authentication: ClientAuthentication = strawberry.field(
        default=ClientAuthentication.BASIC, description="How the client secret is shown to the provider."
    )
    jit_role: Role | None = strawberry.field(
        default=strawberry.UNSET,
        description="What people may do who come for the first time and become members by that. Left out: nobody does.",
    )


@strawberry.input(description="What the connection shall be. What is left out takes its default.")
class SaveSsoConnectionInput(SsoConnectionInput):
    """The connection, and what the caller has seen of it."""

    expected_version: int | None = strawberry.field(
        default=strawberry.UNSET,
        description="Refuse the change if the connection is not at this version any more. "
        "Left out: whatever the version.",
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which connection to test.")
class TestSsoConnectionInput:
    """The connection that is kept, or another one."""

    connection: SsoConnectionInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="What is about to be saved, without saving it. Left out: the connection as it is saved.",
    )


@strawberry.input(description="That single sign-on shall be taken away.")
class RemoveSsoConnectionInput:
    """There is one connection at most."""

    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whether single sign-on shall be the only way in.")
class EnforceSsoInput:
    """Enforced or not."""

    enforced: bool = strawberry.field(
        description="True closes the other ways in, but for admins' passkeys and the operator's links. An admin must "
        "have signed in through the connection before. False opens them again."
    )
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Whose tie to the identity provider to cut.")
class UnlinkIdentityInput:
    """A member."""

    member_id: strawberry.ID = strawberry.field(description="The id of the member.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The connection is saved.")
class SaveSsoConnectionSuccess:
    """Holds the connection."""

    connection: SsoConnection = strawberry.field(description="The connection as it is now.")


@strawberry.type(description="What one step of a connection test came to.")
class SsoFinding:
    """A step and its outcome."""

    step: SsoTestStep = strawberry.field(description="The step.")
    status: SsoTestStatus = strawberry.field(description="What it came to.")
    detail: str = strawberry.field(description="What was found, and what to do about it, written for an admin.")


@strawberry.type(description="The connection was tested, and nothing was changed.")
class TestSsoConnectionSuccess:
    """Holds what was found."""

    findings: list[SsoFinding] = strawberry.field(
        description="One finding for each step, in their order.", metadata={ROWS: len(SsoTestStep)}
    )


@strawberry.type(
    description="There is no single sign-on any more. Sessions that came through it have ended, but for your own."
)
class RemoveSsoConnectionSuccess:
    """Holds what is left."""

    sso: SsoSettings = strawberry.field(description="Single sign-on as it is now: without a connection.")


@strawberry.type(description="Other ways in are closed, or open again.")
class EnforceSsoSuccess:
    """Holds the connection."""

    connection: SsoConnection = strawberry.field(description="The connection as it is now.")


@strawberry.type(
    description="The member is tied to no identity of the provider any more, and their SSO sessions have ended."
)
class UnlinkIdentitySuccess:
    """Holds the member."""

    member: Member = strawberry.field(description="The member, who may be linked anew when they next sign in.")


SaveSsoConnectionResult = Annotated[
    SaveSsoConnectionSuccess | Refusal | SignInAgainError | SsoConnectionConflictError,
    strawberry.union("SaveSsoConnectionResult", description="What came of saving the connection."),
]
TestSsoConnectionResult = Annotated[
    TestSsoConnectionSuccess | Refusal | NotFoundError | ProviderError,
    strawberry.union("TestSsoConnectionResult", description="What came of testing a connection."),
]
RemoveSsoConnectionResult = Annotated[
    RemoveSsoConnectionSuccess | Refusal | SignInAgainError,
    strawberry.union("RemoveSsoConnectionResult", description="What came of taking single sign-on away."),
]
EnforceSsoResult = Annotated[
    EnforceSsoSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("EnforceSsoResult", description="What came of closing or opening the other ways in."),
]
UnlinkIdentityResult = Annotated[
    UnlinkIdentitySuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("UnlinkIdentityResult", description="What came of cutting a member's tie."),
]


async def save_sso_connection(
    info: Info, input: Annotated[SaveSsoConnectionInput, strawberry.argument(description="What it shall be.")]
) -> SaveSsoConnectionResult:
    """Make the connection, or change it."""
    context = info.context
    outcome = await at_most_once(
        info,
        input,
        lambda actor: context.services.sso.save(actor, _draft(input), expected_version=given(input.expected_version)),
        lambda connection: connection.id,
    )
    return SaveSsoConnectionSuccess(connection=await _shown(info, outcome.now))


async def test_sso_connection(
    info: Info, input: Annotated[TestSsoConnectionInput, strawberry.argument(description="Which connection.")]
) -> TestSsoConnectionResult:
    """Try a connection step by step, and change nothing."""
    entered = given(input.connection)
    try:
        draft = None if entered is None else _draft(entered)
        async with asyncio.timeout(TEST_SECONDS):
            findings = await info.context.services.sso.test(info.context.actor, draft)
    except InvalidValue as refusal:
        raise InvalidValue(refusal.message, field=f"connection.{refusal.field}") from None
    except TimeoutError:
        raise ProviderFailed(f"The provider did not answer every step of the test within {TEST_SECONDS} s.") from None
    return TestSsoConnectionSuccess(
        findings=[
            SsoFinding(step=SsoTestStep[each.step.name], status=SsoTestStatus[each.status.name], detail=each.detail)
            for each in findings
        ]
    )


async def remove_sso_connection(
    info: Info, input: Annotated[RemoveSsoConnectionInput, strawberry.argument(description="That it shall go.")]
) -> RemoveSsoConnectionResult:
    """Take the connection away, with its identities and sessions. Idempotent."""
    context = info.context

    async def operation(actor: Actor) -> str:
        await context.services.sso.remove(actor)
        return actor.organization_id

    await at_most_once(info, input, operation, lambda organization_id: organization_id)
    organization = await read_organization(context)
    return RemoveSsoConnectionSuccess(sso=await read_sso(context, organization.handle))


async def enforce_sso(
    info: Info, input: Annotated[EnforceSsoInput, strawberry.argument(description="Enforced or not.")]
) -> EnforceSsoResult:
    """Close the other ways in, or open them. Idempotent."""
    outcome = await at_most_once(
        info,
        input,
        lambda actor: info.context.services.sso.enforce(actor, enforced=input.enforced),
        lambda connection: connection.id,
    )
    return EnforceSsoSuccess(connection=await _shown(info, outcome.now))


async def unlink_identity(
    info: Info, input: Annotated[UnlinkIdentityInput, strawberry.argument(description="Whose tie.")]
) -> UnlinkIdentityResult:
    """Cut a member's tie to the identity provider. Idempotent."""
    context = info.context
    membership_id = ids.inner(input.member_id, "Member", argument="memberId")

    async def operation(actor: Actor) -> str:
        await context.services.sso.unlink(actor, membership_id)
        return membership_id

    await at_most_once(info, input, operation, lambda unlinked: unlinked)
    return UnlinkIdentitySuccess(
        member=Member.of(await context.services.memberships.current(context.actor, membership_id))
    )


async def _shown(info: Info, connection: sso.SsoConnection | None) -> SsoConnection:
    """The connection that the operation answered with; for a repetition, the one that there is now."""
    present = connection or await info.context.services.sso.get(info.context.actor)
    if present is None:
        raise InvalidValue(
            "This was done before, and the connection has been removed since. Use a new key to do it again.",
            field="idempotencyKey",
        )
    return SsoConnection.of(present)


def _draft(input: SsoConnectionInput) -> sso.ConnectionDraft:
    jit_role = given(input.jit_role)
    return sso.ConnectionDraft(
        provider=sso.Provider[input.provider.name],
        issuer=input.issuer,
        client_id=input.client_id,
        client_secret=given(input.client_secret),
        client_authentication=sso.ClientAuthentication[input.client_authentication.name],
        jit_role=None if jit_role is None else roles.Role[jit_role.name],
    )
