"""Which addresses of the network a message may be sent to.

Whoever may add a destination could otherwise have us speak to machines that only we can reach.
"""

import ipaddress

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def may_reach(address: str, internal: bool) -> bool:
    """address: an IP address as a socket connects to it. internal: own networks are allowed.

    What describes the machine itself in a cloud (169.254.0.0/16, fe80::/10), broadcasts and
    the like are never allowed.
    """
    try:
        found = _within(ipaddress.ip_address(address.partition("%")[0]))
    except ValueError:
        return False
    if found.is_link_local or found.is_multicast or found.is_unspecified:
        return False
    if found.is_loopback or found.is_private:
        return internal and str(found) != "255.255.255.255"
    return found.is_global


def _within(address: Address) -> Address:
    """The IPv4 address that an IPv6 one carries, or itself."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    carried = address.ipv4_mapped or address.sixtofour
    if carried is None and address.teredo:
        carried = address.teredo[1]
    if carried is None and address in _NAT64:
        carried = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return carried or address
