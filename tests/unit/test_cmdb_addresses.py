"""Networks and addresses against Python's own ``ipaddress``."""

import doctest
import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsm_cmdb.tools import addresses

ADDRESSES = st.ip_addresses()


@st.composite
def small_networks(draw):
    """A network of at most 256 addresses, so that it can be counted one by one."""
    address = draw(ADDRESSES)
    length = draw(st.integers(address.max_prefixlen - 8, address.max_prefixlen))
    return ipaddress.ip_network((int(address), length), strict=False)


@st.composite
def networks_with_taken(draw):
    """A small network, and stretches around and in it."""
    network = draw(small_networks())
    first, last = addresses.stretch_of(network)
    points = st.integers(max(first - 3, 0), last + 3)
    pairs = draw(st.lists(st.tuples(points, points), max_size=8))
    return network, [tuple(sorted(pair)) for pair in pairs]


def free_one_by_one(network, taken):
    """The free hosts by Python's own list of hosts."""
    hosts = list(network.hosts())
    return [
        host
        for host in hosts
        if not any(first <= int(host) <= last for first, last in taken)
    ]


def test_examples():
    assert doctest.testmod(addresses).failed == 0


@given(networks_with_taken(), st.integers(1, 300))
def test_next_free_are_the_first_hosts_that_nobody_has(drawn, count):
    network, taken = drawn
    expected = free_one_by_one(network, taken)[:count]
    assert addresses.next_free(network, taken, count) == expected


@given(networks_with_taken())
def test_used_and_free_make_the_whole(drawn):
    network, taken = drawn
    free = len(free_one_by_one(network, taken))
    assert addresses.size(network) == len(list(network.hosts()))
    assert addresses.used(network, taken) == addresses.size(network) - free


def test_a_network_of_2_to_the_64_is_not_walked():
    network = ipaddress.ip_network("2001:db8::/64")
    first, _last = addresses.usable(network)
    taken = [(first, first + 10**12)]
    (address,) = addresses.next_free(network, taken)
    assert int(address) == first + 10**12 + 1


@given(ADDRESSES, ADDRESSES)
def test_keys_are_ordered_as_the_addresses_are(one, other):
    if one.version == other.version:
        assert (addresses.key(one) < addresses.key(other)) == (one < other)
    else:
        assert (addresses.key(one) < addresses.key(other)) == (
            one.version < other.version
        )


@given(ADDRESSES)
def test_an_address_is_read_as_it_is_written(address):
    assert addresses.parse_address(f" {address}\u3000") == address


@given(st.lists(small_networks(), unique=True, max_size=12))
def test_the_parent_is_the_smallest_network_around(networks):
    found = addresses.parents(list(enumerate(networks)))
    for number, network in enumerate(networks):
        around = [
            other
            for other in networks
            if other != network
            and other.version == network.version
            and network.subnet_of(other)
        ]
        expected = max(around, key=lambda each: each.prefixlen, default=None)
        parent = found[number]
        assert (None if parent is None else networks[parent]) == expected


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("10.0.0.5/24", "host_bits"),
        ("10.0.0.0", "network"),
        ("10.0.0.0/33", "network"),
        ("fe80::/200", "network"),
        ("", "network"),
    ],
)
def test_what_is_no_network_says_why(text, code):
    with pytest.raises(addresses.AddressError) as caught:
        addresses.parse_network(text)
    assert caught.value.code == code
    if code == "host_bits":
        assert caught.value.proposal == "10.0.0.0/24"


@pytest.mark.parametrize("text", ["10.0.0", "10.0.0.256", "fe80::1%eth0", "", "abc"])
def test_what_is_no_address_is_refused(text):
    with pytest.raises(addresses.AddressError):
        addresses.parse_address(text)


@given(st.binary(min_size=6, max_size=6), st.sampled_from([":", "-", "", " "]))
def test_a_mac_is_known_in_all_its_forms(octets, separator):
    text = separator.join(f"{octet:02X}" for octet in octets)
    assert addresses.parse_mac(text) == ":".join(f"{octet:02x}" for octet in octets)


@pytest.mark.parametrize("text", ["", "00:11:22:33:44", "00:11:22:33:44:GG", "N/A"])
def test_what_is_no_mac_is_none(text):
    assert addresses.parse_mac(text) is None
