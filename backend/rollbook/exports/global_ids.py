"""The opaque ids by which GraphQL names objects, written and read outside of it."""

from strawberry import relay

from rollbook.domain.errors import InvalidValue


def global_id(type_name: str, inner: str) -> str:
    """The id of an object of this type."""
    return relay.to_base64(type_name, inner)


def inner_id(text: str, *type_names: str, parameter: str) -> tuple[str, str]:
    """The type and the inner id of an object that must be of one of these types. Raises `InvalidValue`."""
    try:
        type_name, inner = relay.from_base64(text)
    except ValueError:
        raise InvalidValue(
            f"{parameter} is not an id. Use the id of an object as the API gave it.", field=parameter
        ) from None
    if type_name not in type_names:
        raise InvalidValue(f"{parameter} should be the id of a {' or '.join(type_names)}.", field=parameter)
    return type_name, inner
