"""How often one sender may ask for something that costs. No row is written for it, so it suits what
is asked often and harms nobody when a few more get through.

With Redis the number holds for all processes together. Without, each process counts by itself: of
three workers that share the requests, up to three times as many get through. What must hold to the
one, is counted in rows.
"""

import ipaddress
import logging
from datetime import timedelta

from django.core.cache import caches
from redis.exceptions import RedisError

from kosna.core import clock

logger = logging.getLogger(__name__)
_counts = caches["pace"]


def too_fast(what: str, sender: str, *, most: int, within: timedelta) -> bool:
    """Counts one more, and says whether they are too many. A network that hands out whole ranges
    of IPv6 is one sender."""
    slot = int(clock.now().timestamp() / within.total_seconds())
    key = f"pace:{what}:{network(sender)}:{slot}"
    try:
        if _counts.add(key, 1, within.total_seconds()):
            return False
        return _counts.incr(key) > most
    except ValueError:  # it ended in between
        return False
    except RedisError:  # nobody counts, and what is asked for is there
        logger.exception("what %s asks for is not counted", what)
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
