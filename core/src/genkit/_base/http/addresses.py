# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
"""Judges addresses: which of them lie on the public internet.

The standard library's table is that of the Python at hand, and older ones know fewer ranges, so the rule here is
stricter: what is not allocated for public use is not public, and an address that carries an IPv4 address is what that
one is. The ranges are those of the IANA registries of special-purpose addresses.
"""

import ipaddress
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final


_UNICAST: Final = IPv6Network('2000::/3')
_SPECIAL_4: Final = tuple(map(IPv4Network, ('192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4')))
_SPECIAL_6: Final = tuple(map(IPv6Network, ('2001::/23', '2001:db8::/32', '3fff::/20')))

# Where an IPv4 address is the end of an IPv6 address: compatible, mapped, translated, and translated by NAT64.
_ENDING: Final = tuple(map(IPv6Network, ('::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96')))
_6TO4: Final = IPv6Network('2002::/16')
_ISATAP: Final = (0x00005EFE, 0x02005EFE)


def is_public(address: str) -> bool:
    """Return whether an address belongs to the public internet; text that is not an address does not."""
    try:
        parsed = ipaddress.ip_address(address.partition('%')[0])
    except ValueError:
        return False
    if isinstance(parsed, IPv4Address):
        return _is_public_4(parsed)
    if any(parsed in network for network in _ENDING):
        return _is_public_4(IPv4Address(int(parsed) & 0xFFFFFFFF))
    if parsed not in _UNICAST or parsed.is_multicast or any(parsed in network for network in _SPECIAL_6):
        return False
    return (parsed in _6TO4 or parsed.is_global) and all(map(_is_public_4, _carried(parsed)))


def _is_public_4(address: IPv4Address) -> bool:
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL_4)


def _carried(address: IPv6Address) -> Iterator[IPv4Address]:
    """Yield the IPv4 addresses that packets to an address may be sent to."""
    number = int(address)
    if address in _6TO4:
        yield IPv4Address(number >> 80 & 0xFFFFFFFF)
    if number >> 32 & 0xFFFFFFFF in _ISATAP:
        yield IPv4Address(number & 0xFFFFFFFF)
