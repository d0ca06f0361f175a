"""What operations cost, and how much of it a principal may spend in a minute."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, OperationType

from rollbook.domain.errors import RateLimited
from rollbook.domain.rates import Allowances, Rate, Standing
from rollbook.settings import Traffic

MUTATION_COST = 10
"""What each field of a mutation costs, besides the objects that it answers with."""

_MINUTE = 60


def cost_of(document: DocumentNode, operation_name: str | None, *, nodes: int, root_fields: int) -> int:
    """The cost of an operation of this size: the objects that it may read, and something for each change."""
    changes = OperationType.MUTATION in _meant(document, operation_name)
    return nodes + (MUTATION_COST * root_fields if changes else 0)


def _meant(document: DocumentNode, operation_name: str | None) -> Iterator[OperationType]:
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            name = definition.name.value if definition.name else None
            if operation_name is None or operation_name == name:
                yield definition.operation


class Rates:
    """The allowances of every principal: requests, and cost."""

    def __init__(self, traffic: Traffic) -> None:
        self._requests = _allowances(traffic.graphql_requests_per_minute)
        self._cost = _allowances(traffic.graphql_cost_per_minute)

    def bill(self, principal: str, headers: dict[str, str]) -> "Bill":
        """The bill of one request, which is counted. `headers` are told what is left.

        Raises `RateLimited` if there were too many requests, or if nothing is left to spend.
        """
        if self._requests is not None:
            standing = self._requests.take(principal)
            headers |= _told("RateLimit", standing)
            if not standing.granted:
                raise _too_much("requests", standing)
        if self._cost is not None:
            headers |= _told("RateLimit-Cost", self._cost.standing(principal))
        return Bill(principal, self._cost, headers)


@dataclass(slots=True)
class Bill:
    """What one operation costs its principal; without an allowance it costs and is not paid."""

    principal: str = ""
    allowance: Allowances | None = None
    headers: dict[str, str] = field(default_factory=dict)
    cost: int | None = None

    def charge(self, cost: int) -> None:
        """Take the cost out of the allowance, before anything is read. Raises an error whose cause is `RateLimited`."""
        if self.allowance is None:
            return
        standing = self.allowance.take(self.principal, cost)
        self.headers |= _told("RateLimit-Cost", standing)
        if not standing.granted:
            refusal = _too_much("cost", standing)
            raise GraphQLError(refusal.message, original_error=refusal)

    def charge_again(self) -> None:
        """Take the cost of one more result of a subscription, which is nothing for one that reads one object only."""
        if self.cost is not None and self.cost > 1:
            self.charge(self.cost)


def _allowances(per_minute: int | None) -> Allowances | None:
    return None if per_minute is None else Allowances(Rate(per_minute, _MINUTE))


def _told(prefix: str, standing: Standing) -> dict[str, str]:
    return {
        f"{prefix}-Limit": str(standing.limit),
        f"{prefix}-Remaining": str(standing.remaining),
        f"{prefix}-Reset": str(standing.reset_after),
    }


def _too_much(what: str, standing: Standing) -> RateLimited:
    return RateLimited(
        f"The limit of {standing.limit} for {what} in a minute is reached. Try again in {standing.retry_after} s.",
        retry_after=standing.retry_after,
    )
