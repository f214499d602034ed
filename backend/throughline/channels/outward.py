"""Connections to the internet, and never to our own network, whatever a name is said to stand for.

A name is looked up once, all that it stands for is looked at, and what was looked at is connected to: there is no
second look-up in which it could stand for something else. Certificates are still checked against the name. Where a
proxy is set, the proxy looks names up, and this is its affair.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Mapping
from urllib.request import getproxies

import httpcore2
import httpx2


def outward(limits: httpx2.Limits, context: ssl.SSLContext) -> Mapping[str, httpx2.AsyncBaseTransport]:
    """What carries `https://`, as httpx's `mounts`; nothing where a proxy of this machine's does."""
    return {} if {"https", "all"} & getproxies().keys() else {"https://": Outward(limits, context)}


class Outward(httpx2.AsyncHTTPTransport):
    """httpx's own, over connections that `Vetted` makes."""

    def __init__(self, limits: httpx2.Limits, context: ssl.SSLContext) -> None:
        super().__init__(verify=context, limits=limits)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=context,
            max_connections=limits.max_connections,
            max_keepalive_connections=limits.max_keepalive_connections,
            keepalive_expiry=limits.keepalive_expiry,
            network_backend=Vetted(httpcore2.AnyIOBackend()),
        )


class Vetted(httpcore2.AsyncNetworkBackend):
    """Connects through another, to addresses of the internet alone."""

    def __init__(self, through: httpcore2.AsyncNetworkBackend) -> None:
        self._through = through

    async def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, local_address: str | None = None,  # noqa: ASYNC109
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.AsyncNetworkStream:  # fmt: skip
        """To the first of its addresses that answers. Raises httpcore2.ConnectError: one of them is not outside."""
        failed: Exception = httpcore2.ConnectError("no_address")
        for address in await _addresses(host, port):
            if not outside(address):
                raise httpcore2.ConnectError("not_outside")
            try:
                return await self._through.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failed = error
        raise failed

    async def sleep(self, seconds: float) -> None:
        """httpcore's, between retries; there are none."""
        await self._through.sleep(seconds)


def outside(address: str) -> bool:
    """Whether an address is one of the internet's: not ours, not this machine's, no cloud's metadata. Pure."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (inner is None or inner.is_global)


async def _addresses(host: str, port: int) -> list[str]:
    """All that a name stands for; an address stands for itself."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore2.ConnectError("unknown_name") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
