"""Where the buyer of an order finds what was bought."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.payments.models import Order


def opens(order: Order) -> tuple[str, str]:
    return _("Show the ticket"), reverse("tickets:order-ticket", args=[order.code])
