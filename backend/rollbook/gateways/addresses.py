"""Which addresses of the network are public, and which hosts may be reached although they are not."""

import ipaddress
from ipaddress import IPv4Address, IPv6Address

_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")  # RFC 4291 section 2.4; nothing else is given out (IANA)
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1
_6TO4 = ipaddress.IPv6Network("2002::/16")  # RFC 7526: has had its day, and carries an IPv4 address
_6TO4_RELAYS = ipaddress.IPv4Network("192.88.99.0/24")
_DOCUMENTATION = ipaddress.IPv6Network("3fff::/20")  # RFC 9637


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet; anything else that a text may be is not."""
    try:
        return _is_public(ipaddress.ip_address(address))
    except ValueError:
        return False


def may_be_public(host: str) -> bool:
    """Whether the host of a URL may be a public one, as far as it can be told without DNS."""
    try:
        return _is_public(ipaddress.ip_address(host))
    except ValueError:
        return host != "localhost" and not host.endswith(".localhost")


def is_loopback_address(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast and address not in _6TO4_RELAYS
    # what an address carries is where the packets go
    if address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return (
        address.is_global
        and address.scope_id is None
        and address in _GLOBAL_UNICAST
        and address not in _6TO4
        and address not in _DOCUMENTATION
    )
