# Copyright 2026 The Genkit for Python authors
# SPDX-License-Identifier: Apache-2.0
import ipaddress

import pytest
from genkit._base.http.addresses import is_public
from hypothesis import given
from hypothesis import strategies as st


PRIVATE = ['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '169.254.169.254', '100.64.0.1', '0.0.0.0']
OTHERS = [
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '198.18.0.1',
    '203.0.113.1',
    '224.0.0.1',
    '240.0.0.1',
    '255.255.255.255',
]


def carriers(address):
    """Return the IPv6 addresses that carry an IPv4 address."""
    number = int(ipaddress.IPv4Address(address))
    high, low = f'{number >> 16:x}', f'{number & 0xFFFF:x}'
    return [
        f'::{high}:{low}',
        f'::ffff:{address}',
        f'::ffff:0:{high}:{low}',
        f'64:ff9b::{high}:{low}',
        f'64:ff9b:1::{high}:{low}',
        f'64:ff9b:1:{high}:0:{low}::',
        f'2002:{high}:{low}::1',
        f'2001:0:{high}:{low}::1',
        f'2001:0:808:808::{high_inverted(number)}',
        f'2a00:1450:4001::5efe:{high}:{low}',
        f'2a00:1450:4001::200:5efe:{high}:{low}',
        f'fe80::5efe:{high}:{low}',
    ]


def high_inverted(number):
    inverted = ~number & 0xFFFFFFFF
    return f'{inverted >> 16:x}:{inverted & 0xFFFF:x}'


@pytest.mark.parametrize('address', [*PRIVATE, *OTHERS])
def test_an_address_that_is_not_public_is_none_in_any_form(address):
    assert not is_public(address)
    assert [form for form in carriers(address) if is_public(form)] == []


@pytest.mark.parametrize('address', ['8.8.8.8', '93.184.215.14', '1.1.1.1', '223.255.255.255'])
def test_a_public_address_is_public(address):
    assert is_public(address)
    assert is_public(f'::ffff:{address}')
    assert is_public(carriers(address)[3])
    assert is_public(carriers(address)[6])


@pytest.mark.parametrize(
    'address',
    [
        '::',
        '::1',
        'fe80::1',
        'fe80::1%eth0',
        'fc00::1',
        'fd12::1',
        'fec0::1',
        'ff02::1',
        '5f00::1',
        '3fff::1',
        '2001:db8::1',
        '2001:10::1',
        '2001:2::1',
        '100::1',
        '100:0:0:1::1',
        '4000::1',
        'c000::1',
        '64:ff9b:1::1',
        '',
        'localhost',
        '1.2.3',
        '2130706433',
        '[2a00::1]',
    ],
)
def test_what_is_not_allocated_for_public_use_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize('address', ['2606:4700:4700::1111', '2a00:1450:4001:81b::200e', '2001:4860:4860::8888'])
def test_addresses_of_the_internet_are_public(address):
    assert is_public(address)


@given(st.ip_addresses())
def test_nothing_is_public_that_the_standard_library_knows_to_be_private(address):
    inner = getattr(address, 'ipv4_mapped', None)
    if is_public(str(address)) and inner is None and int(address) >> 32 not in (0, 0xFFFF0000, 0x64FF9B << 64):
        assert address.is_global
        assert not address.is_multicast
