"""Asks DNS, through the name servers of this machine."""

import dns.asyncresolver
import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from rollbook.domain.errors import ProviderFailed

TIMEOUT_SECONDS = 5.0
"""So long all attempts together may take."""

_MOST = 100


class DnsResolver:
    """`Resolver` over the network. `nameservers` and `port` are others than those of the machine, for tests."""

    def __init__(
        self, nameservers: list[str] | None = None, port: int = 53, *, seconds: float = TIMEOUT_SECONDS
    ) -> None:
        self._nameservers = nameservers
        self._port = port
        self._seconds = seconds

    async def txt(self, name: str) -> list[str]:
        """The texts of the TXT records, each joined from its parts (RFC 7208 section 3.3 does the same)."""
        try:
            answer = await self._resolver().resolve(
                dns.name.from_text(name), dns.rdatatype.TXT, search=False, lifetime=self._seconds
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.Timeout as error:
            raise ProviderFailed(f"DNS did not answer within {self._seconds:g} seconds. Try again later.") from error
        except dns.resolver.NoResolverConfiguration as error:
            raise ProviderFailed("This server knows no name servers to ask.") from error
        except (dns.exception.DNSException, UnicodeError) as error:
            raise ProviderFailed(f"DNS has no valid answer for {name[:260]!r}. Try again later.") from error
        return [b"".join(record.strings).decode("utf-8", "replace") for record in list(answer)[:_MOST]]

    def _resolver(self) -> dns.asyncresolver.Resolver:
        # made anew for each question: what the machine asks may change while the server runs
        resolver = dns.asyncresolver.Resolver(configure=self._nameservers is None)
        if self._nameservers is not None:
            resolver.nameservers = list(self._nameservers)
            resolver.port = self._port
        return resolver
