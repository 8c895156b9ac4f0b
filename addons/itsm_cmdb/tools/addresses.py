"""Networks and addresses, IPv4 (RFC 791, 4632) and IPv6 (RFC 4291), as numbers.

An address is its number; a stretch of addresses is ``(first, last)``, both included.
Keys are texts of one length whose order is the order of the addresses, so a database
can compare them.

>>> key(parse_address(" １０.0.0.7 "))
'40000000000000000000000000a000007'
>>> network = parse_network("10.0.0.0/29")
>>> [str(each) for each in next_free(network, [(int(network[1]), int(network[2]))], 2)]
['10.0.0.3', '10.0.0.4']
"""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from collections.abc import Iterable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Stretch = tuple[int, int]

_HEX = re.compile(r"[0-9a-f]{12}")
_SEPARATORS = re.compile(r"[\s:.\-]")
_BETWEEN = re.compile(r"[,;，；、|\n]+")
_PAIRS = re.compile(r"[0-9a-f]{2}(?: [0-9a-f]{2}){5}")
_MASK = re.compile(r"/(\d{1,3}|255\.[\d.]+)(?=[\s,;，；、|]|$)")
# What ledgers write where no address stays the same.
_CHANGING = frozenset(
    ("dhcp", "auto", "dynamic", "自动", "自动获取", "动态", "动态获取")
)
_BLANK_MACS = frozenset(("00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"))


class AddressError(ValueError):
    """A text that is no address or network.

    :param code: ``address``, ``network``, ``host_bits`` or ``mac``
    :param text: what was written
    :param proposal: what was perhaps meant
    """

    def __init__(self, code: str, text: str, proposal: str = "") -> None:
        super().__init__(f"{code}: {text}")
        self.code, self.text, self.proposal = code, text, proposal


def parse_address(text: str) -> Address:
    """Return the address that a text means, full-width digits included."""
    try:
        address = ipaddress.ip_address(_plain(text))
    except ValueError as error:
        raise AddressError("address", text) from error
    if getattr(address, "scope_id", None):
        raise AddressError("address", text)
    return address


def parse_network(text: str) -> Network:
    """Return the network of a text such as ``10.1.0.0/16`` or ``10.1.0.0/255.255.0.0``.

    :raises AddressError: ``host_bits`` proposes the network that the address is in
    """
    plain = _plain(text)
    if "/" not in plain:
        raise AddressError("network", text)
    try:
        wide = ipaddress.ip_network(plain, strict=False)
    except ValueError as error:
        raise AddressError("network", text) from error
    if wide.network_address != parse_address(plain.split("/", 1)[0]):
        raise AddressError("host_bits", text, str(wide))
    return wide


def parse_mac(text: str) -> str | None:
    """Return a MAC address (EUI-48) as ``aa:bb:cc:dd:ee:ff``, None for no such.

    >>> parse_mac("AABB.CCDD.EEFF"), parse_mac("nothing")
    ('aa:bb:cc:dd:ee:ff', None)
    """
    digits = _SEPARATORS.sub("", _plain(text).lower())
    if not _HEX.fullmatch(digits):
        return None
    return ":".join(digits[place : place + 2] for place in range(0, 12, 2))


def key(address: Address) -> str:
    """Return the text by which an address is ordered: version, then 32 hex digits."""
    return f"{address.version}{int(address):032x}"


def number_of(known: str) -> int:
    """Return the number of the address whose key this is.

    >>> number_of(key(parse_address("10.0.0.7"))) == int(parse_address("10.0.0.7"))
    True
    """
    return int(known[1:], 16)


def stretch_of(network: Network) -> Stretch:
    """Return all addresses of a network."""
    return int(network.network_address), int(network.broadcast_address)


def usable(network: Network) -> Stretch:
    """Return the addresses that hosts may have.

    Without network and broadcast address in IPv4 (RFC 950; all count in /31, RFC 3021,
    and /32), without the routers' anycast address in IPv6 (RFC 4291, 2.6.1; all count
    in /127, RFC 6164, and /128).
    """
    first, last = stretch_of(network)
    if last - first < 2:
        return first, last
    return first + 1, last - (network.version == 4)


def merged(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Return stretches in order, with those that touch or overlap made one.

    >>> merged([(5, 9), (1, 2), (3, 3), (8, 12)])
    [(1, 3), (5, 12)]
    """
    result: list[Stretch] = []
    for first, last in sorted(stretches):
        if result and first <= result[-1][1] + 1:
            result[-1] = (result[-1][0], max(last, result[-1][1]))
        else:
            result.append((first, last))
    return result


def free_stretches(network: Network, taken: Iterable[Stretch]) -> list[Stretch]:
    """Return what is left of the usable addresses when some are taken."""
    place, end = usable(network)
    free = []
    for first, last in merged(taken):
        if first > end:
            break
        if first > place:
            free.append((place, first - 1))
        place = max(place, last + 1)
    if place <= end:
        free.append((place, end))
    return free


def next_free(
    network: Network, taken: Iterable[Stretch], count: int = 1
) -> list[Address]:
    """Return the lowest addresses that hosts may have and nobody has; perhaps fewer."""
    kind = type(network.network_address)
    found: list[Address] = []
    for first, last in free_stretches(network, taken):
        wanted = min(count - len(found), last - first + 1)
        found += [kind(first + step) for step in range(wanted)]
        if len(found) == count:
            break
    return found


def size(network: Network) -> int:
    """Return how many addresses hosts may have."""
    first, last = usable(network)
    return last - first + 1


def used(network: Network, taken: Iterable[Stretch]) -> int:
    """Return how many of the usable addresses are taken."""
    left = sum(last - first + 1 for first, last in free_stretches(network, taken))
    return size(network) - left


def parents(networks: Iterable[tuple[int, Network]]) -> dict[int, int | None]:
    """Return the smallest network around each, None for none.

    :param networks: ``(id, network)``; no network twice
    """
    ordered = sorted(
        networks,
        key=lambda each: (each[1].version, *_start_and_length(each[1])),
    )
    result: dict[int, int | None] = {}
    around: list[tuple[int, Network]] = []
    for identity, network in ordered:
        while around and not _contains(around[-1][1], network):
            around.pop()
        result[identity] = around[-1][0] if around else None
        around.append((identity, network))
    return result


def _start_and_length(network: Network) -> tuple[int, int]:
    return int(network.network_address), network.prefixlen


def _contains(outer: Network, inner: Network) -> bool:
    first, last = stretch_of(inner)
    start, end = stretch_of(outer)
    return outer.version == inner.version and start <= first and last <= end


def read_addresses(text: str) -> list[Address]:
    """Return the different addresses that a cell names, in their order.

    Masks say nothing of an item; addresses that every machine has belong to none.

    >>> [str(each) for each in read_addresses("10.0.0.9/24、１0.0.0.8 127.0.0.1")]
    ['10.0.0.8', '10.0.0.9']
    """
    plain = _MASK.sub("", _plain(text)).replace("/", ",")
    parts = [part for cell in _BETWEEN.split(plain) for part in cell.split()]
    found = {parse_address(part) for part in parts if part.lower() not in _CHANGING}
    return sorted(
        (each for each in found if not (each.is_unspecified or each.is_loopback)),
        key=key,
    )


def read_macs(text: str) -> list[str]:
    """Return the different MAC addresses that a cell names, in their order.

    >>> read_macs("00-1B-21-3C-4D-5F; 00 1b 21 3c 4d 5e")
    ['00:1b:21:3c:4d:5e', '00:1b:21:3c:4d:5f']
    """
    parts = []
    for cell in _BETWEEN.split(_plain(text).replace("/", ",").lower()):
        plain = " ".join(cell.split())
        parts += [plain] if _PAIRS.fullmatch(plain) else plain.split()
    found = set()
    for part in parts:
        mac = parse_mac(part)
        if mac is None:
            raise AddressError("mac", part)
        found.add(mac)
    return sorted(found - _BLANK_MACS)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text or "").strip()
