"""Global ids: the opaque names by which clients know objects, and how such a name is read."""

from strawberry import relay

from rollbook.domain.errors import InvalidValue


class InvalidId(InvalidValue):
    """Not a global id, or one of another type than the argument `field` takes."""

    code = "INVALID_ID"


def read(text: str, *, argument: str) -> relay.GlobalID:
    """The type and the inner id that a global id names, or `InvalidId`."""
    try:
        return relay.GlobalID.from_id(text)
    except relay.GlobalIDValueError:
        raise InvalidId(
            f"{argument} is not an id. Use the id of an object as the API gave it.", field=argument
        ) from None


def inner(text: str, type_name: str, *, argument: str) -> str:
    """The inner id of an object of this type, or `InvalidId`."""
    global_id = read(text, argument=argument)
    if global_id.type_name != type_name:
        raise InvalidId(f"{argument} should be the id of a {type_name}, but it is of another type.", field=argument)
    return global_id.node_id
