"""A second surface of the sandbox: Toss Payments' Core API, its payment page and its webhooks.

    client → `<sandbox>/toss/v1/payments` · browser → `<sandbox>/toss/pay/<paymentKey>`

It shares the store, the courier and the panel with the first, and its clock.
"""

from .pages import panel
from .surface import CONTROLS, Toss

__all__ = ["CONTROLS", "Toss", "panel"]
