"""Login domains: how they are listed, added, proven and removed."""

from datetime import datetime
from typing import Annotated, Self

import strawberry
from strawberry import relay

from rollbook.domain import sso
from rollbook.domain.actors import Actor
from rollbook.domain.errors import NotFound
from rollbook.graphql import ids
from rollbook.graphql.context import Context, Info
from rollbook.graphql.once import KEY_DESCRIPTION, at_most_once
from rollbook.graphql.user_errors import ConflictError, NotFoundError, ProviderError, Refusal, SignInAgainError

_DOMAIN_ID = "The id of the domain."


@strawberry.type(
    description="A domain of e-mail addresses that the organization says is its own. It counts once it is proven."
)
class LoginDomain(relay.Node):
    """A login domain of the viewer's organization."""

    id: relay.NodeID[str]
    domain: str = strawberry.field(description="The domain, in lower case and in its ASCII form.")
    record_name: str = strawberry.field(description="The name of the TXT record that proves it.")
    record_value: str = strawberry.field(description="The text of the TXT record that proves it.")
    created_at: datetime = strawberry.field(description="When the domain was added.")
    checked_at: datetime | None = strawberry.field(description="When the record was last looked for; null: not yet.")
    proven_at: datetime | None = strawberry.field(description="When the record was found; null: not yet.")

    @classmethod
    def of(cls, domain: sso.LoginDomain) -> Self:
        """The domain as the API shows it."""
        return cls(
            id=domain.id,
            domain=domain.domain,
            record_name=domain.record_name,
            record_value=domain.challenge,
            created_at=domain.created_at,
            checked_at=domain.checked_at,
            proven_at=domain.proven_at,
        )


async def list_login_domains(info: Info) -> list[LoginDomain]:
    """The organization's domains, by name."""
    return [LoginDomain.of(each) for each in await info.context.services.login_domains.list(info.context.actor)]


async def find_login_domain(context: Context, domain_id: str) -> LoginDomain:
    """The domain of this id; `NotFound`."""
    for each in await context.services.login_domains.list(context.actor):
        if each.id == domain_id:
            return LoginDomain.of(each)
    raise NotFound("There is no such login domain in your organization.")


@strawberry.input(description="Which domain to add.")
class AddLoginDomainInput:
    """A domain."""

    domain: str = strawberry.field(description="The domain, such as acme.example: what follows the @ of addresses.")
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.input(description="Which domain to look up.")
class ProveLoginDomainInput:
    """A domain that is listed."""

    login_domain_id: strawberry.ID = strawberry.field(description=_DOMAIN_ID)


@strawberry.input(description="Which domain to remove.")
class RemoveLoginDomainInput:
    """A domain that is listed."""

    login_domain_id: strawberry.ID = strawberry.field(description=_DOMAIN_ID)
    idempotency_key: str | None = strawberry.field(default=strawberry.UNSET, description=KEY_DESCRIPTION)


@strawberry.type(description="The domain is listed. Publish its TXT record, then prove it.")
class AddLoginDomainSuccess:
    """Holds the new domain."""

    login_domain: LoginDomain = strawberry.field(description="The domain, with the record to publish.")


@strawberry.type(description="DNS was asked. Whether the record was there is in proven.")
class ProveLoginDomainSuccess:
    """Holds the domain and what was found."""

    login_domain: LoginDomain = strawberry.field(description="The domain as it is now.")
    proven: bool = strawberry.field(description="Whether the domain is proven to be the organization's.")


@strawberry.type(description="The domain is off the list. Who is a member stays one.")
class RemoveLoginDomainSuccess:
    """Holds the id that is no domain's any more."""

    login_domain_id: strawberry.ID = strawberry.field(description="The id of the removed domain.")


AddLoginDomainResult = Annotated[
    AddLoginDomainSuccess | Refusal | ConflictError | SignInAgainError,
    strawberry.union("AddLoginDomainResult", description="What came of adding a login domain."),
]
ProveLoginDomainResult = Annotated[
    ProveLoginDomainSuccess | Refusal | ConflictError | NotFoundError | ProviderError | SignInAgainError,
    strawberry.union("ProveLoginDomainResult", description="What came of looking for a domain's TXT record."),
]
RemoveLoginDomainResult = Annotated[
    RemoveLoginDomainSuccess | Refusal | NotFoundError | SignInAgainError,
    strawberry.union("RemoveLoginDomainResult", description="What came of removing a login domain."),
]


async def add_login_domain(
    info: Info, input: Annotated[AddLoginDomainInput, strawberry.argument(description="Which domain.")]
) -> AddLoginDomainResult:
    """List a domain that is to be proven."""
    context = info.context
    outcome = await at_most_once(
        info,
        input,
        lambda actor: context.services.login_domains.add(actor, input.domain),
        lambda domain: domain.id,
    )
    if outcome.now is None:
        return AddLoginDomainSuccess(login_domain=await find_login_domain(context, outcome.object_id or ""))
    return AddLoginDomainSuccess(login_domain=LoginDomain.of(outcome.now))


async def prove_login_domain(
    info: Info, input: Annotated[ProveLoginDomainInput, strawberry.argument(description="Which domain.")]
) -> ProveLoginDomainResult:
    """Ask DNS for the record. It can be repeated as often as one likes."""
    context = info.context
    found = await context.services.login_domains.prove(context.actor, _domain_id(input.login_domain_id))
    return ProveLoginDomainSuccess(login_domain=LoginDomain.of(found), proven=found.proven_at is not None)


async def remove_login_domain(
    info: Info, input: Annotated[RemoveLoginDomainInput, strawberry.argument(description="Which domain.")]
) -> RemoveLoginDomainResult:
    """Take a domain off the list."""
    domain_id = _domain_id(input.login_domain_id)

    async def operation(actor: Actor) -> str:
        await info.context.services.login_domains.remove(actor, domain_id)
        return domain_id

    await at_most_once(info, input, operation, lambda removed: removed)
    return RemoveLoginDomainSuccess(login_domain_id=input.login_domain_id)


def _domain_id(global_id: str) -> str:
    return ids.inner(global_id, "LoginDomain", argument="loginDomainId")
