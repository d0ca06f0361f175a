"""What an admin may have done when a connection does not work: the usual mistakes, provider by provider."""

from typing import Any
from urllib.parse import urlsplit

from rollbook.domain.immutable import immutable
from rollbook.domain.sso import ClientAuthentication, FindingStatus, RelyingParty, TestStep
from rollbook.gateways.claims import ENTRA_HOST
from rollbook.gateways.discovery import Configuration
from rollbook.gateways.token_endpoint import TokenRefused

_ENTRA_V1_HOST = "sts.windows.net"
_ENTRA_SHARED = {"common", "organizations", "consumers"}
_OKTA_DOMAINS = (".okta.com", ".oktapreview.com", ".okta-emea.com", ".okta-gov.com")
_ENTRA_ISSUER = f"https://{ENTRA_HOST}/<tenant id>/v2.0"


@immutable
class Remark:
    """What is to be said of an issuer that works."""

    status: FindingStatus
    detail: str


def is_discovery_url(issuer: str) -> bool:
    """Whether somebody pasted the address of the configuration document (OpenID or OAuth)."""
    return "/.well-known/" in issuer


def has_query(issuer: str) -> bool:
    """Whether more was pasted than an issuer can be (OpenID Connect Core, section 2); saving refuses it too."""
    return "?" in issuer or "#" in issuer


def is_entra(issuer: str) -> bool:
    """Whether an issuer is a tenant of Microsoft Entra."""
    return _host(issuer) == ENTRA_HOST


def for_failure(step: TestStep, issuer: str, document: dict[str, Any]) -> str:
    """What to try when a step failed; empty if nothing is known."""
    if step is TestStep.ADDRESS and is_discovery_url(issuer):
        return f"Enter what stands before /.well-known: {issuer.partition('/.well-known/')[0]}"
    if step is TestStep.ADDRESS and has_query(issuer):
        return f"Enter what stands before the ? or the #: {issuer.partition('?')[0].partition('#')[0]}"
    if step is TestStep.DISCOVERY:
        return _for_missing_document(issuer)
    if step is TestStep.ISSUER:
        return _for_other_issuer(issuer, document.get("issuer"))
    return ""


def for_issuer(issuer: str) -> Remark | None:
    """What an admin should know of an issuer although it is right, or None."""
    if _host(issuer) == _ENTRA_V1_HOST:
        return Remark(
            FindingStatus.WARNING,
            f"It is the issuer of Entra's version 1, which leaves out claims that are needed; use {_ENTRA_ISSUER}.",
        )
    if not _is_okta(issuer):
        return None
    if "/oauth2/" in issuer:
        return Remark(
            FindingStatus.PASSED, "It is a custom authorization server of Okta; its access policy must allow this app."
        )
    return Remark(FindingStatus.PASSED, "It is the authorization server of the Okta organization.")


def for_credentials(
    refusal: TokenRefused, party: RelyingParty, configuration: Configuration
) -> tuple[FindingStatus, str]:
    """What it means for client id and secret that a code that nobody gave was refused in this way."""
    if refusal.error == "invalid_grant":
        if is_entra(party.issuer):
            return FindingStatus.WARNING, (
                "Entra did not refuse the client id and secret, but it may look at the code first: "
                "the first sign-in will tell."
            )
        return FindingStatus.PASSED, "The client id and secret are accepted."
    if refusal.error in {"invalid_client", "unauthorized_client"}:
        return FindingStatus.FAILED, f"{refusal.told} {_for_wrong_client(party, configuration)}".rstrip()
    return FindingStatus.WARNING, f"Whether the client id and secret are right cannot be told. {refusal.told}"


def for_step_up(configuration: Configuration) -> tuple[FindingStatus, str]:
    """Whether the provider will tell when somebody signed in."""
    if is_entra(configuration.issuer):
        return FindingStatus.WARNING, (
            "Entra tells when somebody signed in only if the app has the optional claim auth_time in its ID tokens "
            "(Token configuration). Without it, dangerous actions need a passkey."
        )
    if configuration.claims is not None and "auth_time" in configuration.claims:
        return FindingStatus.PASSED, "The provider tells when somebody signed in (auth_time)."
    return FindingStatus.WARNING, (
        "The provider does not say that it tells when somebody signed in (auth_time). "
        "If it does not, dangerous actions need a passkey."
    )


def _for_missing_document(issuer: str) -> str:
    if _is_okta(issuer):
        if "-admin." in _host(issuer):
            return "This is the address of Okta's admin console: leave out -admin."
        if "/oauth2/" in issuer:
            return (
                "An Okta organization without API Access Management has no custom authorization server: "
                f"use https://{_host(issuer)} as the issuer."
            )
        return (
            f"The issuer of an Okta organization is https://{_host(issuer)}, or https://{_host(issuer)}/oauth2/default."
        )
    if is_entra(issuer):
        return f"The issuer of Entra is {_ENTRA_ISSUER}, with the directory (tenant) id of the app's overview."
    return "Is this the issuer exactly as the provider shows it, with the path?"


def _for_other_issuer(issuer: str, named: object) -> str:
    if is_entra(issuer) or _host(issuer) == _ENTRA_V1_HOST:
        if set(urlsplit(issuer).path.split("/")) & _ENTRA_SHARED:
            return (
                "Addresses with common, organizations or consumers let any organization of Microsoft's sign in: "
                f"use your own, {_ENTRA_ISSUER}."
            )
        return f"Use the issuer of version 2: {_ENTRA_ISSUER}."
    if isinstance(named, str):
        if named.rstrip("/") == issuer.rstrip("/"):
            return (
                f"Only the slash at the end differs: enter it {'with' if named.endswith('/') else 'without'} the slash."
            )
        if _is_okta(issuer) or _is_okta(named):
            return (
                "An Okta app has one issuer, the organization's or that of a custom authorization server, under one "
                "domain: enter the one that the provider names if it is the one that you mean."
            )
    return "Enter the issuer exactly as the provider names it, if it is the one that you mean."


def _for_wrong_client(party: RelyingParty, configuration: Configuration) -> str:
    offered = configuration.authentications or {ClientAuthentication.BASIC.value}  # the default (Discovery, section 3)
    if party.client_authentication.value not in offered:
        ours = [method.value for method in ClientAuthentication if method.value in offered]
        if ours:
            return f"The provider does not offer {party.client_authentication.value}: choose {ours[0]}."
        return "The provider offers neither client_secret_basic nor client_secret_post."
    if is_entra(party.issuer):
        return "Enter the secret's value, which Entra shows once, and not its id; and look whether it has expired."
    return "Copy the client id and the secret again, and look whether the app is active at the provider."


def _is_okta(issuer: str) -> bool:
    return _host(issuer).endswith(_OKTA_DOMAINS)


def _host(issuer: str) -> str:
    try:
        return urlsplit(issuer).hostname or ""
    except ValueError:
        return ""
