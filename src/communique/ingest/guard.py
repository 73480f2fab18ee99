"""Where `communique fetch` may connect: addresses of the public internet, on the ports of the web, and nothing else.

A name is resolved once, every address that it has is looked at, and the connection goes to one of those that were looked at: a name
that answers differently a moment later (DNS rebinding) gains nothing.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from communique.errors import FetchFailed, FetchRefused

PORTS = {"http": 80, "https": 443}
MAX_URL = 4000
# RFC 3986 and nothing else: what two parsers may read in two ways is refused
_URL = re.compile(r"https?://[A-Za-z0-9.\-_~%\[\]:]+(?:[/?][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*)?$", re.I)
_EMBEDDED = [
    ipaddress.ip_network(n)
    for n in (
        "::/96",  # IPv4-compatible
        "::ffff:0:0/96",  # IPv4-mapped
        "::ffff:0:0:0/96",  # IPv4-translated
        "64:ff9b::/96",  # NAT64
        "64:ff9b:1::/48",  # NAT64, local
        "2001::/23",  # Teredo and other protocol assignments
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
        "5f00::/16",  # segment routing
        "fc00::/7",  # unique local
        "fe80::/10",  # link-local
        "fec0::/10",  # site-local
        "ff00::/8",  # multicast
        "100::/64",  # discard
    )
]
_IPV4 = [
    ipaddress.ip_network(n)
    for n in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
]
Resolver = Callable[[str, int], list[str]]


def is_public(address: str) -> bool:
    """Whether an address is one of the public internet, in its plain form.

    >>> is_public("93.184.216.34"), is_public("169.254.169.254"), is_public("::ffff:93.184.216.34"), is_public("64:ff9b::5db8:d822")
    (True, False, False, False)
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        return found.scope_id is None and found.is_global and not any(found in n for n in _EMBEDDED)
    return found.is_global and not any(found in n for n in _IPV4)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a host by the system's resolver."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise FetchFailed(f"{host} has no address ({error})") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The parts of an address on the web that was looked at."""

    scheme: str
    host: str
    port: int
    target: str

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        return f"{self.scheme}://{self.bracketed}:{self.port}"

    @property
    def bracketed(self) -> str:
        """The host as it stands in addresses."""
        return f"[{self.host}]" if ":" in self.host else self.host


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """Decides what may be connected to."""

    allow: frozenset[str] = frozenset()
    """HOST:PORT that are let through whatever their address. For tests, which have only this machine; there is no option for it."""
    resolver: Resolver = resolve

    def place(self, url: str) -> Place:
        """The parts of an address; raises `FetchRefused` where it is none of the web, or could be read in two ways."""
        if len(url) > MAX_URL or not _URL.match(url):
            raise FetchRefused(f"{url[:120]!r} is no plain http or https address")
        try:
            parts = urlsplit(url)
            host, port = (parts.hostname or "").rstrip("."), parts.port
        except ValueError as error:
            raise FetchRefused(f"{url[:120]!r} is no plain http or https address ({error})") from error
        if not host or parts.username is not None or "%" in host:
            raise FetchRefused(f"{url[:120]!r} is no plain http or https address")
        port = port or PORTS[parts.scheme]
        if port != PORTS[parts.scheme] and f"{host}:{port}" not in self.allow:
            raise FetchRefused(f"port {port} is not that of {parts.scheme}; only the web's own ports are used")
        path = parts.path or "/"
        return Place(scheme=parts.scheme, host=host, port=port, target=f"{path}?{parts.query}" if parts.query else path)

    def follow(self, place: Place, location: str) -> str:
        """The address that a redirect leads to; raises `FetchRefused` from https to http."""
        target = urljoin(f"{place.origin}{place.target}", location.strip()).split("#")[0]
        if place.scheme == "https" and not target.lower().startswith("https:"):
            raise FetchRefused(f"{place.origin} redirects from https to {target[:80]!r}")
        return target

    def addresses(self, host: str, port: int) -> list[str]:
        """Addresses to connect to, each looked at; raises `FetchRefused` where any of them is not public."""
        found = self.resolver(host, port)
        if f"{host}:{port}" in self.allow:
            return found
        bad = [a for a in found if not is_public(a)]
        if bad or not found:
            raise FetchRefused(f"{host} has the address {bad[0] if bad else 'none'}, which is not of the public internet")
        return found
