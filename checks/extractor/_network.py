"""Connections to other machines, seen and refused in this process."""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any

#: Events of Python's own sockets, and which of their arguments is the address.
_EVENTS = {
    "socket.connect": 1,
    "socket.sendto": 1,
    "socket.sendmsg": 1,
    "socket.getaddrinfo": 0,
    "socket.gethostbyname": 0,
}


def refuse_network() -> list[str]:
    """Refuse connections to other machines, and look-ups of their names, from now on to the end of this process.

    Returns:
        where the hosts are entered that were asked for.
    """
    tried: list[str] = []

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event in _EVENTS and (host := foreign(arguments[_EVENTS[event]])):
            tried.append(host)
            raise ConnectionRefusedError(f"no network while an extractor is checked: {host}")

    sys.addaudithook(hook)
    return tried


def foreign(address: object) -> str:
    """Return the host of an address if that is not this machine, else "".

    Args:
        address: a host's name, or what a socket takes: (host, port, ...), the path of a Unix socket, None.

    >>> foreign(("93.184.216.34", 443)), foreign("example.org"), foreign(("127.0.0.1", 80)), foreign("/run/socket")
    ('93.184.216.34', 'example.org', '', '')
    """
    host = address[0] if isinstance(address, tuple) and address else address
    name = host.decode(errors="replace") if isinstance(host, bytes | bytearray) else host
    # No host has a slash or a zero byte in its name: Unix sockets are files, or "abstract" with a zero before.
    if not isinstance(name, str) or not name or "/" in name or "\0" in name:
        return ""
    try:
        number = ipaddress.ip_address(name)
    except ValueError:
        return "" if name in ("localhost", socket.gethostname()) else name
    return "" if number.is_loopback or number.is_unspecified else name
