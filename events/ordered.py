"""Where the buyer of an order finds what was bought, and for whom it was."""

from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Extra, Registration
from kosna.payments.models import Order


def opens(order: Order) -> tuple[str, str]:
    return _("Show the ticket"), reverse("tickets:order-ticket", args=[order.code])


def holders(order: Order) -> dict[int, str]:
    """Who comes with each place, and to whose place each add-on belongs, by the key of the line."""
    places = Registration.objects.filter(line__order=order).order_by()
    extras = Extra.objects.filter(line__order=order).order_by()
    named = places.values_list("line", "name").union(
        extras.values_list("line", "registration__name"), all=True
    )
    return {line: name or _("To be named") for line, name in named}
