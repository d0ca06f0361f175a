"""Asks DNS, through the name servers of this machine."""

import asyncio
from itertools import chain, zip_longest
from typing import Any

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
        records = await self._records(name, dns.rdatatype.TXT)
        return [b"".join(record.strings).decode("utf-8", "replace") for record in records]

    async def addresses(self, host: str) -> list[str]:
        """The addresses of a public host, of its A and AAAA records in turn; empty if there are none.

        A name server that knows only one of the two kinds, and fails when it is asked for the other, is good enough.
        """
        kinds = (dns.rdatatype.A, dns.rdatatype.AAAA)
        answers = await asyncio.gather(*(self._records(host, kind) for kind in kinds), return_exceptions=True)
        found = [[record.address for record in answer] for answer in answers if not isinstance(answer, BaseException)]
        # in turn, as the first few are tried: a machine may be without one of the kinds, and a host have many of it
        addresses = [address for address in chain.from_iterable(zip_longest(*found)) if address is not None]
        failures = [answer for answer in answers if isinstance(answer, BaseException)]
        if failures and not addresses:
            raise failures[0]
        return addresses

    async def _records(self, name: str, kind: dns.rdatatype.RdataType) -> list[Any]:
        """The records of one kind; those of the name that it is an alias of, if it is one. Raises `ProviderFailed`."""
        try:
            answer = await self._resolver().resolve(
                dns.name.from_text(name), kind, search=False, lifetime=self._seconds
            )
        except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
            return []
        except dns.exception.Timeout as error:
            raise ProviderFailed(f"DNS did not answer within {self._seconds:g} seconds. Try again later.") from error
        except dns.resolver.NoResolverConfiguration as error:
            raise ProviderFailed("This server knows no name servers to ask.") from error
        except (dns.exception.DNSException, UnicodeError) as error:
            raise ProviderFailed(f"DNS has no valid answer for {name[:260]!r}. Try again later.") from error
        return list(answer)[:_MOST]

    def _resolver(self) -> dns.asyncresolver.Resolver:
        # made anew for each question: what the machine asks may change while the server runs
        resolver = dns.asyncresolver.Resolver(configure=self._nameservers is None)
        if self._nameservers is not None:
            resolver.nameservers = list(self._nameservers)
            resolver.port = self._port
        return resolver
