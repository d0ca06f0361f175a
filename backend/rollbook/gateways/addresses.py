"""Which addresses of the network are public, and which hosts may be reached although they are not."""

import ipaddress
import re
from ipaddress import IPv4Address, IPv6Address

# What Python's table says depends on its release, so that all that matters of the registries of special purposes (IANA)
# and that one of the releases takes for public stands here.
_NOT_PUBLIC = (
    ipaddress.IPv4Network("192.0.0.0/24"),  # RFC 6890; a cloud has the secrets of its machines at 192.0.0.192
    ipaddress.IPv4Network("192.88.99.0/24"),  # the relays of 6to4 (RFC 7526)
    ipaddress.IPv4Network("168.63.129.16/32"),  # in no registry, but within Azure it is the machine's own host
    ipaddress.IPv6Network("2001::/23"),  # RFC 2928: Teredo, which carries an IPv4 address, and ORCHIDs among others
    ipaddress.IPv6Network("2002::/16"),  # 6to4 (RFC 7526): has had its day, and carries an IPv4 address
    ipaddress.IPv6Network("3fff::/20"),  # documentation (RFC 9637)
)
# RFC 4291 section 2.4; nothing else is given out (IANA), such as 100:0:0:1::/64 (RFC 9780) and 5f00::/16 (RFC 9602)
_GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052 section 2.1
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")


def is_network_address(host: str) -> bool:
    """Whether the host of a URL is written as an address, so that nothing has to be looked up."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


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
        # a name whose last part is a number is an address in an older spelling, or nothing (URL Standard, section 3.5)
        last = host.rpartition(".")[2]
        return last != "localhost" and _NUMBER.fullmatch(last) is None


def is_loopback_address(address: str) -> bool:
    """Whether an address is this machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if any(address in network for network in _NOT_PUBLIC):
        return False
    if isinstance(address, IPv4Address):
        return address.is_global and not address.is_multicast
    if address.scope_id is not None:
        return False
    # what an address carries is where the packets go
    if address.ipv4_mapped is not None:
        return _is_public(address.ipv4_mapped)
    if address in _NAT64:
        return _is_public(IPv4Address(int(address) & 0xFFFFFFFF))
    return address.is_global and address in _GLOBAL_UNICAST
