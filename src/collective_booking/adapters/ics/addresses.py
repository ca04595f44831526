"""Which machines a feed may be fetched from.

Lives here: names to addresses, in time, and which of these are anybody's business.
Must not live here: connecting, URLs.

A calendar's URL often comes from a stranger, while the machine that follows it stands in a network
where other machines trust it. So only public addresses are connected to, and it is the address
itself that is judged: a name may mean another machine a moment later.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from threading import Thread
from typing import Final, TypeAlias, TypeVar

from collective_booking.adapters.ics.urls import NotFetched
from collective_booking.errors import InvalidValueError

T = TypeVar("T")
Network: TypeAlias = IPv4Network | IPv6Network
Resolve: TypeAlias = Callable[[str, int], Iterable[str]]
"""From a host and a port to addresses, as texts, the best one first."""

_UNICAST: Final = ip_network("2000::/3")
"""All that was ever given out of IPv6 for public use; what embeds IPv4 lies mostly outside."""
_NOT_PUBLIC: Final = tuple(
    map(
        ip_network,
        (
            "192.0.0.0/24",  # protocol assignments (RFC 6890)
            "192.88.99.0/24",  # relays of 6to4, withdrawn (RFC 7526)
            "2001::/23",  # protocol assignments, Teredo among them (RFC 2928)
            "2002::/16",  # 6to4: an IPv4 address in other clothes (RFC 3056)
            "3fff::/20",  # documentation (RFC 9637)
        ),
    )
)


def networks(allowed: Iterable[str | Network]) -> tuple[Network, ...]:
    """Read the networks that are *allowed* though they are not public, such as `10.1.0.0/16`.

    Raises:
        InvalidValueError: one of them is no network.
    """
    if isinstance(allowed, str):
        raise InvalidValueError("allow", allowed, "give a list of networks, such as ['10.0.0.0/8']")
    found: list[Network] = []
    for each in allowed:
        try:
            found.append(ip_network(each))
        except ValueError as cause:
            advice = "write a network such as 10.1.0.0/16"
            raise InvalidValueError("allow", each, advice) from cause
    return tuple(found)


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Whether *address* is one machine that anybody may speak to.

    Not so are private, shared, loopback, link-local, multicast, unspecified, reserved and
    documentation addresses, nor IPv6 addresses that stand for IPv4 ones: mapped, NAT64, 6to4.

    >>> [is_public(ip_address(each)) for each in ("93.184.215.14", "10.0.0.1", "::ffff:1.1.1.1")]
    [True, False, False]
    """
    if any(address in network for network in _NOT_PUBLIC):
        return False
    if isinstance(address, IPv6Address) and address not in _UNICAST:
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


def permitted(
    host: str, port: int, resolve: Resolve, allowed: Sequence[Network], seconds: float
) -> tuple[str, ...]:
    """The addresses of *host* that may be connected to; connect to one of these, by no name.

    Raises:
        NotFetched: there are none, or none is known within *seconds*.
    """
    try:
        found = [ip_address(each) for each in in_time(lambda: list(resolve(host, port)), seconds)]
    except TimeoutError as cause:
        raise NotFetched("its host was not found in time") from cause
    except Exception as cause:  # whatever a host's own resolver raises
        raise NotFetched("its host is not known") from cause
    good = [each for each in found if is_public(each) or any(each in net for net in allowed)]
    if found and not good:
        told = "its host is in a network that is not public, and not among the allowed ones"
        raise NotFetched(told)
    if not good:
        raise NotFetched("its host has no address")
    return tuple(map(str, good))


def system_addresses(host: str, port: int) -> list[str]:
    """What this machine knows of *host*.

    Raises:
        OSError: it knows nothing.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def in_time(ask: Callable[[], T], seconds: float) -> T:
    """What *ask* answers or raises within *seconds*; after that it is left to itself.

    The resolver of the system knows no limit, so a thread of its own waits for it.

    Raises:
        TimeoutError: there is no answer yet.
    """
    told: Future[T] = Future()

    def answer() -> None:
        try:
            told.set_result(ask())
        except Exception as error:  # noqa: BLE001  # raised again, where it is waited for
            told.set_exception(error)

    Thread(target=answer, daemon=True, name="feed-resolver").start()
    return told.result(timeout=seconds)
