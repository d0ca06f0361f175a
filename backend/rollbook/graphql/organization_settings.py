"""What an organization has decided for itself, as the API shows it."""

from typing import Self

import strawberry

from rollbook.domain import organizations


@strawberry.type(description="What your organization has decided for itself.")
class OrganizationSettings:
    """Settings that act; each has a default."""

    token_max_lifetime_days: int | None = strawberry.field(
        description="Within how many days a new token must expire; null: it need not. Older tokens stay as they are."
    )
    provisioning_log_retention_days: int = strawberry.field(
        description="After how many days an entry of the provisioning log is deleted."
    )
    provisioning_log_max_megabytes: int = strawberry.field(
        description="How many megabytes the provisioning log may hold; beyond that the oldest entries are deleted."
    )

    @classmethod
    def of(cls, settings: organizations.OrganizationSettings) -> Self:
        """The settings as the API shows them."""
        return cls(
            token_max_lifetime_days=settings.token_max_lifetime_days,
            provisioning_log_retention_days=settings.provisioning_log_retention_days,
            provisioning_log_max_megabytes=settings.provisioning_log_max_megabytes,
        )
