"""How often one sender may ask for something that costs, in this process. No row is written for it,
so it suits what is asked often and harms nobody when a few more get through."""

import ipaddress
from datetime import timedelta

from django.core.cache import caches

from kosna.core import clock

_counts = caches["process"]


def too_fast(what: str, sender: str, *, most: int, within: timedelta) -> bool:
    """Counts one more, and says whether they are too many. A network that hands out whole ranges
    of IPv6 is one sender."""
    slot = int(clock.now().timestamp() / within.total_seconds())
    key = f"pace:{what}:{network(sender)}:{slot}"
    if _counts.add(key, 1, within.total_seconds()):
        return False
    try:
        return _counts.incr(key) > most
    except ValueError:  # it ended in between
        return False


def network(sender: str) -> str:
    """Who counts as one sender."""
    try:
        address = ipaddress.ip_address(sender)
    except ValueError:
        return sender
    if address.version == 6:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return sender
