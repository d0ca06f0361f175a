"""Finds the addresses of hosts that somebody else chose."""

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor

from rollbook.gateways.dns import DnsResolver
from rollbook.gateways.sharing import Shared

_THREADS = 8  # of its own, so that a name server that never answers holds none of the process's


class HostLookup:
    """Looks a host up, once for everybody who asks for it at the same time.

    Public hosts are asked of DNS, and hold nothing but a socket while a name server is silent: whoever has a domain has
    a name server, and must not be able to keep others waiting. `private_hosts` are found as this machine finds
    names, in /etc/hosts and in search domains too; that takes a thread, so they are those of the operator alone.
    """

    def __init__(self, private_hosts: frozenset[str], resolver: DnsResolver) -> None:
        self._private_hosts = private_hosts
        self._resolver = resolver
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="lookup")
        self._lookups: Shared[list[str]] = Shared()

    async def __call__(self, host: str, port: int) -> list[str]:
        """The addresses; empty, or `OSError`, if there are none. Raises `ProviderFailed` if DNS does not answer."""
        if host in self._private_hosts:
            return await self._lookups.result(host, lambda: self._on_this_machine(host, port))
        return await self._lookups.result(host, lambda: self._resolver.addresses(host))

    async def _on_this_machine(self, host: str, port: int) -> list[str]:
        def addresses() -> list[str]:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
            return list(dict.fromkeys(str(entry[4][0]) for entry in found))

        return await asyncio.get_running_loop().run_in_executor(self._threads, addresses)
