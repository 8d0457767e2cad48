"""The names by which the demo is reached when it listens on HOST: ``hosts.py HOST``. With commas,
the one that links bear first. Only the standard library."""

import contextlib
import socket
import sys

HERE = ["localhost", "127.0.0.1"]
NOWHERE = ("192.0.2.1", 9)  # set apart for documentation; nothing is sent there


def main(host: str) -> list[str]:
    host = host.lower()
    if host in HERE:
        return HERE
    others = own() if host == "0.0.0.0" else [host]
    return [*others, *(name for name in HERE if name not in others)]


def own() -> list[str]:
    """This machine's addresses, that of its way out first, and its name."""
    found = []
    probe = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    with probe, contextlib.suppress(OSError):  # no network at all
        probe.connect(NOWHERE)
        found.append(probe.getsockname()[0])
    name = socket.gethostname().lower()
    with contextlib.suppress(OSError):  # its name stands nowhere
        found += [str(each[4][0]) for each in socket.getaddrinfo(name, None, socket.AF_INET)]
    outer = [address for address in found if not address.startswith("127.")]
    return list(dict.fromkeys([*outer, name]))


if __name__ == "__main__":
    print(",".join(main(sys.argv[1])))
