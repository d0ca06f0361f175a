"""A user: one person, known to the whole installation. What an organization says of them is a membership."""

from datetime import datetime

from rollbook.domain.immutable import immutable


@immutable
class User:
    """One person. `email` is the sign-in address, unique; without one nobody can sign in as them yet.

    Provisioning never deletes a user and never disables one globally, since the person may belong elsewhere too.
    """

    id: str
    email: str | None
    name: str
    created_by_organization_id: str
    created_at: datetime
