"""Connections to the internet, and never to our own network, whatever a name is said to stand for.

A name is looked up once, all that it stands for is looked at, and what was looked at is connected to: there is no
second look-up in which it could stand for something else. Certificates are still checked against the name. Where a
proxy is set, the proxy looks names up, and this is its affair.
"""

import asyncio
import ipaddress
import socket
from urllib.request import getproxies, proxy_bypass

from aiohttp.abc import AbstractResolver, ResolveResult


class Outside(AbstractResolver):
    """Looks names up, and gives what they stand for where all of it is outside."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Its addresses. Raises OSError: there is none, or one of them is not outside."""
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        except UnicodeError as error:
            raise OSError("unknown_name") from error
        addresses = {str(entry[4][0]): entry for entry in found}
        if not addresses or not all(map(outside, addresses)):
            raise OSError("not_outside")
        return [
            ResolveResult(
                hostname=host, host=address, port=port, family=entry[0], proto=entry[2], flags=socket.AI_NUMERICHOST
            )
            for address, entry in addresses.items()
        ]  # fmt: skip

    async def close(self) -> None:
        """It holds nothing."""


def opened(info: tuple[int, int, int, str, tuple[object, ...]]) -> socket.socket:
    """A socket for one address, right before it is connected: here nothing gets by, a bare address neither.

    `info` is getaddrinfo's. Raises OSError.
    """
    family, kind, protocol, _, address = info
    if not outside(str(address[0])):
        raise OSError("not_outside")
    return socket.socket(family, kind, protocol)


def outside(address: str) -> bool:
    """Whether an address is one of the internet's: not ours, not this machine's, no cloud's metadata. Pure."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


def proxy_for(scheme: str, host: str) -> str | None:
    """The proxy that this machine's environment wants for an address; None: none."""
    proxies = getproxies()
    proxy = proxies.get(scheme) or proxies.get("all")
    return None if proxy is None or proxy_bypass(host) else proxy
