"""A provider for tests of services: it says of people what the test tells it to, and somebody goes to it and back."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from rollbook.domain.errors import ProviderFailed, SignInRefused
from rollbook.domain.sessions import SOMEBODY, Visitor
from rollbook.domain.sso import Authorization, Claims, Departure, Finding, ProviderAnswer, RelyingParty
from rollbook.persistence.database import Database
from rollbook.services import Services
from rollbook.services.sign_in import Arrival
from tests.services.connections import ISSUER
from tests.services.rows import all_rows


@dataclass
class Idp:
    """Answers every code with the claims that were told last. `failing` it answers nothing."""

    says: Claims | None = None
    failing: bool = False
    redeemed: list[str] = field(default_factory=list)
    answered_as: list[str | None] = field(default_factory=list)
    asked: list[tuple[Authorization, str | None]] = field(default_factory=list)

    async def authorization_url(
        self, party: RelyingParty, authorization: Authorization, *, login_hint: str | None = None
    ) -> str:
        """Where it wants the browser."""
        self._answer()
        self.asked.append((authorization, login_hint))
        return f"{party.issuer}/authorize?state={authorization.state}"

    async def redeem(
        self, party: RelyingParty, authorization: Authorization, code: str, *, answered_as: str | None
    ) -> Claims:
        """What it says of whoever came."""
        self._answer()
        self.redeemed.append(code)
        self.answered_as.append(answered_as)
        assert self.says is not None
        return self.says

    async def sign_out_url(self, party: RelyingParty, id_token: str, return_to: str) -> str | None:
        """Where to sign out."""
        self._answer()
        return f"{party.issuer}/logout?id_token_hint={id_token}&post_logout_redirect_uri={return_to}"

    async def examine(self, party: RelyingParty) -> list[Finding]:
        """Nothing is asked of it."""
        return []

    def _answer(self) -> None:
        if self.failing:
            raise ProviderFailed("The token endpoint answered with status 500.")


def claims(subject: str = "00u-bo", email: str | None = "bo@acme.test", **other: Any) -> Claims:
    """What the provider says of Bo, unless the test says otherwise."""
    said = {
        "issuer": ISSUER,
        "subject": subject,
        "email": email,
        "email_verified": True,
        "name": "Bo Ek",
        "given_name": "Bo",
        "family_name": "Ek",
        "authenticated_at": None,
        "id_token": f"id.token.of.{subject}",
    }
    return Claims(**said | other)


def answer_to(departure: Departure, **other: str | None) -> ProviderAnswer:
    """The redirect back that belongs to a departure."""
    (state,) = parse_qs(urlsplit(departure.url).query)["state"]
    return ProviderAnswer(**{"code": "a-code", "state": state, "issuer": ISSUER} | other)


async def come_in(services: Services, visitor: Visitor = SOMEBODY, handle: str = "acme") -> Arrival:
    """Go to the provider and come back."""
    departure = await services.sign_in.start(handle, next_path="/members")
    return await services.sign_in.finish(handle, departure.attempt, answer_to(departure), visitor)


async def turned_away(
    services: Services, database: Database, departure: Departure | None = None, visitor: Visitor = SOMEBODY
) -> str:
    """The problem with which somebody is refused who comes back from the provider. Nothing at all is written."""
    gone = departure or await services.sign_in.start("acme")
    before = await all_rows(database)
    with pytest.raises(SignInRefused) as refusal:
        await services.sign_in.finish("acme", gone.attempt, answer_to(gone), visitor)
    assert await all_rows(database) == before
    return str(refusal.value.problem)
