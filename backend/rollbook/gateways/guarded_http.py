"""HTTP to URLs that somebody else chose: an organization's settings, or what its provider says of itself.

Whoever may enter such a URL could otherwise make this server ask its own neighbours (server-side request forgery).
"""

import asyncio
import functools
import re
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import field
from typing import Any

import httpx
import orjson

from rollbook.domain.errors import ProviderFailed
from rollbook.domain.immutable import immutable
from rollbook.gateways.addresses import is_loopback_address, is_network_address, is_public, may_be_public
from rollbook.gateways.dns import DnsResolver
from rollbook.gateways.hosts import HostLookup

TIMEOUT_SECONDS = 5.0
"""So long one exchange may take, with everything that belongs to it."""

MAX_BODY = 256 * 1024
"""So many bytes an answer may have."""

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""The addresses of a host; empty, or `OSError`, if it has none. `ProviderFailed` is passed on."""

_CONNECT_SECONDS = 2.0  # for one address, so that one that swallows packets leaves time for the next
_MAX_ADDRESSES = 4
_VISIBLE = re.compile(r"[\x21-\x7e]+")


@immutable
class Answer:
    """What came back: the status, and the body in full."""

    status: int
    body: bytes = field(repr=False)

    def json(self, what: str) -> dict[str, Any]:
        """The JSON object in the body; `ProviderFailed` for anything else."""
        try:
            content = orjson.loads(self.body)
        except orjson.JSONDecodeError:
            content = None
        if not isinstance(content, dict):
            raise ProviderFailed(f"{what} is not a JSON object.")
        return content


class GuardedHttp:
    """Asks only https URLs of public hosts, and tells what went wrong in words that an admin understands.

    `private_hosts` are reached wherever they are, and by plain http if they are this machine. Names are looked up here,
    each address is checked, and a checked address is the one that is connected to: a name that says something else the
    next moment gains nothing. The certificate must be the name's. No redirects, no proxy, no cookies.
    """

    def __init__(
        self,
        private_hosts: frozenset[str] = frozenset(),
        *,
        lookup: Lookup | None = None,
        trust: ssl.SSLContext | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._private_hosts = private_hosts
        self._lookup = lookup or HostLookup(private_hosts, DnsResolver(seconds=seconds))
        self._trust = trust
        self._transport = transport
        self._seconds = seconds

    def check(self, url: str, what: str) -> httpx.URL:
        """The URL, as far as it can be judged without looking the host up. Raises `ProviderFailed`.

        `what` names the URL at the beginning of a sentence, such as "The issuer".
        """
        address = _parse(url, what)
        listed = _name(address) in self._private_hosts
        if address.scheme != "https" and not (address.scheme == "http" and listed):
            raise ProviderFailed(f"{what} has to be an https URL: {_shown(url)}.")
        if not listed and not may_be_public(_name(address)):
            raise _not_public(address, what)
        if not listed and address.port is not None and address.port < 1024 and address.port != 443:
            raise ProviderFailed(f"{what} has a port on which no provider listens: {_shown(url)}.")
        return address

    async def reach(self, url: str, what: str) -> None:
        """Look the host up and check its addresses, and nothing more. Raises `ProviderFailed`."""
        address = self.check(url, what)
        try:
            async with asyncio.timeout(self._seconds):
                await self._addresses(address, what)
        except TimeoutError as error:
            raise ProviderFailed(f"{what} could not be looked up within {self._seconds:g} seconds.") from error

    async def get(self, url: str, what: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """What a GET is answered, whatever the status. Raises `ProviderFailed`."""
        return await self._ask("GET", url, what, headers or {}, None)

    async def post(self, url: str, what: str, form: Mapping[str, str], *, headers: Mapping[str, str]) -> Answer:
        """What a POST of a form is answered, whatever the status. It is sent once at most. Raises `ProviderFailed`."""
        return await self._ask("POST", url, what, headers, form)

    async def _ask(
        self, method: str, url: str, what: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Answer:
        address = self.check(url, what)
        try:
            async with asyncio.timeout(self._seconds):
                return await self._exchange(method, address, what, headers, form)
        except (TimeoutError, httpx.TimeoutException) as error:
            raise ProviderFailed(f"{what} did not answer within {self._seconds:g} seconds.") from error
        except httpx.ConnectError as error:
            raise ProviderFailed(f"{what} could not be connected to{_reason(error)}.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise ProviderFailed(f"{what} broke off in the middle of an answer, or it was not HTTP.") from error

    async def _exchange(
        self, method: str, url: httpx.URL, what: str, headers: Mapping[str, str], form: Mapping[str, str] | None
    ) -> Answer:
        last: httpx.TransportError | None = None
        for address in await self._addresses(url, what):
            # a client for each exchange: no connection, and no cookie, outlives it or is shared between hosts
            async with self._client() as client:
                request = client.build_request(
                    method,
                    url.copy_with(host=address),
                    # compressed content could be a thousand times its size
                    headers={**headers, "Host": url.netloc.decode("ascii"), "Accept-Encoding": "identity"},
                    data=form,
                    extensions={"sni_hostname": url.raw_host.decode("ascii")},
                )
                try:
                    answer = await client.send(request, stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    last = error  # nothing was sent yet, so another address may be tried
                    continue
                return await _read(answer, what)
        raise last or ProviderFailed(f"{what} has no address.")

    async def _addresses(self, url: httpx.URL, what: str) -> list[str]:
        """The addresses of the host, all of them fit to be connected to."""
        addresses = await self._looked_up(url, what)
        if _name(url) not in self._private_hosts:
            # all of them: which one is taken must not depend on luck. Nor is the address told: it is the network's own
            if not all(is_public(address) for address in addresses):
                raise _not_public(url, what)
        elif url.scheme == "http" and not all(is_loopback_address(address) for address in addresses):
            raise ProviderFailed(f"{what} has to be an https URL, because its host is not this machine.")
        return addresses[:_MAX_ADDRESSES]

    async def _looked_up(self, url: httpx.URL, what: str) -> list[str]:
        if is_network_address(_name(url)):
            return [_name(url)]
        missing = ProviderFailed(f"{what} has a host that cannot be found in DNS: {_shown(url.host)}.")
        try:
            addresses = await self._lookup(_name(url), url.port or (443 if url.scheme == "https" else 80))
        except (OSError, UnicodeError) as error:
            raise missing from error
        if not addresses:
            raise missing
        return addresses

    def _client(self) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            transport=self._transport,
            verify=self._trust or _authorities(),
            trust_env=False,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
            timeout=httpx.Timeout(self._seconds, connect=min(_CONNECT_SECONDS, self._seconds)),
            headers={"User-Agent": "rollbook", "Accept": "application/json"},
        )


@functools.cache
def _authorities() -> ssl.SSLContext:
    """The public certificate authorities, and those that this machine trusts besides; reading them takes a while."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context


async def _read(answer: httpx.Response, what: str) -> Answer:
    try:
        if answer.is_redirect:
            raise ProviderFailed(
                f"{what} answers with a redirect, which is not followed. Enter where it leads instead."
            )
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise ProviderFailed(f"{what} answers with compressed content, which was not asked for.")
        body = bytearray()
        async for chunk in answer.aiter_raw():
            body += chunk
            if len(body) > MAX_BODY:
                raise ProviderFailed(f"{what} answers with more than {MAX_BODY // 1024} kB.")
        return Answer(answer.status_code, bytes(body))
    finally:
        await answer.aclose()


def _parse(url: str, what: str) -> httpx.URL:
    try:
        # a text in which everything is visible: what is read here is what was shown to whoever entered it
        address = httpx.URL(url) if _VISIBLE.fullmatch(url) and "\\" not in url else None
    except (httpx.InvalidURL, UnicodeError, ValueError):
        address = None
    if address is None or not address.host or address.userinfo or "#" in url or not 0 < (address.port or 443) < 65536:
        raise ProviderFailed(f"{what} is not a URL such as https://login.example.com: {_shown(url)}.")
    return address


def _name(url: httpx.URL) -> str:
    return url.raw_host.decode("ascii").lower().removesuffix(".")


def _not_public(url: httpx.URL, what: str) -> ProviderFailed:
    return ProviderFailed(
        f"{what} has a host that is not on the public internet: {_shown(url.host)}. If that is meant, the operator of "
        "this installation has to list the host in ROLLBOOK_SSO_PRIVATE_HOSTS."
    )


def _shown(text: str) -> str:
    return repr(text if len(text) <= 200 else f"{text[:200]}…")


def _reason(error: httpx.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f": its certificate is not valid ({cause.verify_message})"
        if isinstance(cause, ssl.SSLError):
            return ": it does not speak TLS as it should"
        cause = cause.__cause__ or cause.__context__
    return ""
