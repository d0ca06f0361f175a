"""What never changes once it is made: most of what the code passes around."""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def immutable(cls: type[T]) -> type[T]:
    """A dataclass that nobody may write to, which mypy sees to.

    Python's own frozen ones see to it while they are made, field by field, and take three times as long: a
    provisioning request makes some dozens of them (docs/decisions/0020).
    """
    return dataclass(slots=True, unsafe_hash=True)(cls)
