"""The enums of the provisioning log."""

from enum import Enum

import strawberry


@strawberry.enum(description="What came of a provisioning request.")
class ProvisioningOutcome(Enum):
    """Mirrors `domain.provisioning.ProvisioningOutcome`."""

    FAILED = strawberry.enum_value("failed", description="Rollbook failed, or does not do what was asked for: 5xx.")
    REFUSED = strawberry.enum_value("refused", description="The request was refused: 4xx.")
    SUCCEEDED = strawberry.enum_value("succeeded", description="It was done, or answered.")
    UNCHANGED = strawberry.enum_value("unchanged", description="All was as the request wanted it, so nothing changed.")


@strawberry.enum(description="Whose product sent a provisioning request, as far as its User-Agent tells.")
class ProvisioningClient(Enum):
    """Mirrors `domain.provisioning.ProvisioningClient`."""

    ENTRA = strawberry.enum_value("entra", description="Microsoft Entra ID.")
    OKTA = strawberry.enum_value("okta", description="Okta.")
    OTHER = strawberry.enum_value("other", description="Another client, or one that did not say.")


@strawberry.enum(description="What is shown in the place of a person's values, such as names and addresses.")
class PersonalValues(Enum):
    """How the bodies of the log are shown."""

    MASKED = strawberry.enum_value("masked", description="Their first character: enough to tell values apart.")
    SHOWN = strawberry.enum_value(
        "shown",
        description="The values, of an entry that is about a member. Needs the permission MEMBERS_READ.",
    )
