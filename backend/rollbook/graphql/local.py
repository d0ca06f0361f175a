"""GraphQL without HTTP: the operations of whoever has the database itself at hand."""

from typing import Any

from strawberry.types.graphql import OperationType

from rollbook.domain.actors import Actor
from rollbook.domain.values import new_id
from rollbook.graphql.context import Context
from rollbook.graphql.errors import safe_errors
from rollbook.graphql.schema import schema
from rollbook.services import Services


async def answer(services: Services, actor: Actor, base_url: str, body: dict[str, Any]) -> dict[str, Any]:
    """What POST /graphql answers the actor to this body, without the limits of HTTP."""
    request_id = actor.request_id or new_id()
    context = Context(services, actor, base_url, request_id, body.get("operationName"))
    result = await schema.execute(
        body["query"],
        variable_values=body.get("variables"),
        context_value=context,
        operation_name=context.operation_name,
        allowed_operation_types=(OperationType.QUERY, OperationType.MUTATION),
    )
    errors = [error.formatted for error in safe_errors(result.errors or (), request_id)]
    return {"data": result.data} | ({"errors": errors} if errors else {})
