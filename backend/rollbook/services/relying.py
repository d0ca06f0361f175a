"""Rollbook as the relying party of an organization's provider: with the client secret, which is encrypted at rest."""

from rollbook.domain.encryption import Vault
from rollbook.domain.errors import ProviderFailed
from rollbook.domain.sso import RelyingParty, SsoConnection, redirect_uri
from rollbook.persistence import organizations, sso_connections
from rollbook.persistence.database import ReadTx

_UNREADABLE = "The client secret that is kept cannot be read any more. Enter it again in Settings, Authentication."


async def relying_party(tx: ReadTx, vault: Vault, connection: SsoConnection, base_url: str) -> RelyingParty:
    """All that a gateway needs to speak with the provider of the connection. Raises `ProviderFailed`."""
    return RelyingParty(
        issuer=connection.issuer,
        client_id=connection.client_id,
        client_secret=opened_secret(vault, connection.id, await sso_connections.secret(tx, connection)),
        client_authentication=connection.client_authentication,
        redirect_uri=await redirect_uri_of(tx, connection.organization_id, base_url),
    )


async def redirect_uri_of(tx: ReadTx, organization_id: str, base_url: str) -> str:
    """The organization's own redirect URI."""
    organization = await organizations.find(tx, organization_id)
    assert organization is not None, "an actor's organization is there"
    return redirect_uri(base_url, organization.handle)


def sealed_secret(vault: Vault, connection_id: str, secret: str) -> bytes:
    """The client secret as it is kept; it opens for this connection only."""
    return vault.close(_purpose(connection_id), secret.encode())


def opened_secret(vault: Vault, connection_id: str, sealed: bytes) -> str:
    """The client secret that was kept for a connection. Raises `ProviderFailed` if it cannot be opened."""
    content = vault.open(_purpose(connection_id), sealed)
    if content is None:
        raise ProviderFailed(_UNREADABLE)
    return content.decode()


def _purpose(connection_id: str) -> str:
    return f"sso_client_secret:{connection_id}"
