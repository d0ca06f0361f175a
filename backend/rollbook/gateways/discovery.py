"""What a provider says of itself (OpenID Connect Discovery 1.0), and where its things are."""

from dataclasses import dataclass
from typing import Any

from rollbook.domain.errors import ProviderFailed
from rollbook.gateways.guarded_http import Answer, GuardedHttp

SUFFIX = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True, eq=False)
class Configuration:
    """The configuration of a provider. Every URL in it has been checked, as far as that can be without DNS.

    What is a frozenset is what the provider announces; None where it says nothing.
    """

    issuer: str
    authorization: str
    token: str
    keys: str
    userinfo: str | None
    sign_out: str | None
    names_itself: bool
    responses: frozenset[str] | None
    algorithms: frozenset[str] | None
    challenges: frozenset[str] | None
    authentications: frozenset[str] | None
    claims: frozenset[str] | None


def discovery_url(issuer: str) -> str:
    """Where an issuer has its configuration document (section 4)."""
    return issuer.removesuffix("/") + SUFFIX


async def fetch_document(http: GuardedHttp, issuer: str) -> dict[str, Any]:
    """The configuration document of an issuer, as it is. Raises `ProviderFailed`."""
    what = "The provider's configuration document"
    answer = await http.get(discovery_url(issuer), what)
    _expect_success(answer, what)
    return answer.json(what)


def issuer_of(document: dict[str, Any], issuer: str) -> str:
    """The issuer, which the document has to name exactly (section 4.3). Raises `ProviderFailed`."""
    named = document.get("issuer")
    if named != issuer:
        shown = repr(named[:200]) if isinstance(named, str) else "none"
        raise ProviderFailed(f"The provider calls itself by another issuer: {shown} instead of {issuer[:200]!r}.")
    return issuer


def read_configuration(http: GuardedHttp, document: dict[str, Any], issuer: str) -> Configuration:
    """The configuration in a document. Raises `ProviderFailed`."""

    def url(name: str, what: str) -> str | None:
        value = document.get(name)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise ProviderFailed(f"{what} in the configuration document is no text.")
        http.check(value, what)
        return value

    def needed(name: str, what: str) -> str:
        found = url(name, what)
        if found is None:
            raise ProviderFailed(f"The provider's configuration document does not name {name}.")
        return found

    return Configuration(
        issuer=issuer_of(document, issuer),
        authorization=needed("authorization_endpoint", "The authorization endpoint"),
        token=needed("token_endpoint", "The token endpoint"),
        keys=needed("jwks_uri", "The address of the provider's keys"),
        userinfo=url("userinfo_endpoint", "The userinfo endpoint"),
        sign_out=url("end_session_endpoint", "The sign-out endpoint"),
        names_itself=document.get("authorization_response_iss_parameter_supported") is True,
        responses=_texts(document, "response_types_supported"),
        algorithms=_texts(document, "id_token_signing_alg_values_supported"),
        challenges=_texts(document, "code_challenge_methods_supported"),
        authentications=_texts(document, "token_endpoint_auth_methods_supported"),
        claims=_texts(document, "claims_supported"),
    )


async def fetch_keys(http: GuardedHttp, url: str) -> dict[str, Any]:
    """The document of a provider's keys. Raises `ProviderFailed`."""
    what = "The document of the provider's keys"
    answer = await http.get(url, what, headers={"Accept": "application/jwk-set+json, application/json"})
    _expect_success(answer, what)
    return answer.json(what)


def _expect_success(answer: Answer, what: str) -> None:
    if answer.status != 200:
        raise ProviderFailed(f"{what} was not given: the provider answers with HTTP status {answer.status}.")


def _texts(document: dict[str, Any], name: str) -> frozenset[str] | None:
    values = document.get(name)
    return frozenset(value for value in values if isinstance(value, str)) if isinstance(values, list) else None
