"""One HTTP POST that cannot be led astray: the name is resolved once, the address judged and then used; no redirects,
no proxies, and no answer that lasts longer than it may.
"""

import http.client
import socket
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from matcher.notices.message import UnreachedError

Network = IPv4Network | IPv6Network
MOST_WAIT = 24 * 3600
"""The longest that a receiver may ask us to wait."""
SECONDS = 15.0


class AddressError(ValueError):
    """The address may not be called; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    after: float | None
    """Retry-After, in seconds."""


def networks(listed: str) -> tuple[Network, ...]:
    """`10.20.0.0/16, 127.0.0.0/8` as networks. ValueError: it is not a network."""
    return tuple(ip_network(part.strip()) for part in listed.split(",") if part.strip())


def judged(url: str, inside: Sequence[Network]) -> tuple[SplitResult, str]:
    """The parts of the URL and the one address to call. AddressError: it is no URL that may be called, or it leads
    to a network that is neither public nor named. UnreachedError: its name is not known just now."""
    parts = _parts(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(parts.hostname, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise UnreachedError(f"The name {parts.hostname} is not known: {error}.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        known = _is_inside(address, inside)
        if not (known or _is_public(address)):
            raise AddressError(f"{parts.hostname} is {address}, which is not a public address.")
        if parts.scheme == "http" and not known:
            raise AddressError("Outside one's own network only https is called.")
    return parts, addresses[0]


def post(url: str, body: bytes, headers: Mapping[str, str], inside: Sequence[Network]) -> Answer:
    """Send the body as JSON. AddressError, UnreachedError; any status is an answer."""
    parts, address = judged(url, inside)
    connection = _connection(parts, address)
    watch = Timer(SECONDS, _cut, [connection])
    watch.daemon = True
    watch.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        said = {"Content-Type": "application/json", "User-Agent": "Matcher", "Connection": "close", **headers}
        connection.request("POST", path, body, said)
        answer = connection.getresponse()
        return Answer(answer.status, _after(answer.getheader("Retry-After")))
    except (OSError, http.client.HTTPException) as error:
        raise UnreachedError(f"{parts.hostname} does not answer: {type(error).__name__}.") from error
    finally:
        watch.cancel()
        connection.close()


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is no number is noticed when it is asked for
    except ValueError:
        raise AddressError("This is no URL.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise AddressError("A URL begins with https:// and names a host.")
    if parts.username or parts.password or parts.fragment:
        raise AddressError("A URL holds neither a name with a password nor a fragment.")
    if not url.isascii() or any(letter <= " " for letter in url):
        raise AddressError("A URL holds plain letters and no spaces.")
    return parts


def _is_inside(address: str, inside: Sequence[Network]) -> bool:
    return any(ip_address(address) in network for network in inside)


def _is_public(address: str) -> bool:
    """Also where a public-looking IPv6 address only wraps an IPv4 one."""
    found = ip_address(address.partition("%")[0])
    if isinstance(found, IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if wrapped is None and found in ip_network("64:ff9b::/96"):
            wrapped = ip_address(int(found) & 0xFFFFFFFF)  # type: ignore[assignment]
        if wrapped is not None:
            return _is_public(str(wrapped))
    return found.is_global and not found.is_multicast and not found.is_reserved


def _connection(parts: SplitResult, address: str) -> http.client.HTTPConnection:
    assert parts.hostname
    if parts.scheme == "https":
        return _Sealed(parts.hostname, parts.port, address)
    return _Plain(parts.hostname, parts.port, address)


class _Plain(http.client.HTTPConnection):
    """Calls the address that was judged, whatever the name leads to by now."""

    def __init__(self, host: str, port: int | None, address: str) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.address = address

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), SECONDS)


class _Sealed(_Plain):
    default_port = 443

    def connect(self) -> None:
        super().connect()
        self.sock = _tls().wrap_socket(self.sock, server_hostname=self.host)


@lru_cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cut(connection: http.client.HTTPConnection) -> None:
    """Whoever answers a letter at a time is not listened to for ever."""
    if connection.sock is not None:
        try:
            connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return


def _after(said: str | None) -> float | None:
    return min(float(said), MOST_WAIT) if said is not None and said.isascii() and said.isdigit() else None
