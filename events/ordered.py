"""Where the buyer of an order finds what was bought, and for whom it was."""

from django.urls import reverse
from django.utils.translation import gettext as _

from events.models import Extra, Registration
from kosna.payments.models import Order
from kosna.payments.payables import Holder


def opens(order: Order) -> tuple[str, str]:
    return _("Show the ticket"), reverse("tickets:order-ticket", args=[order.code])


def holders(order: Order) -> dict[int, Holder]:
    """Who comes with each place, and to whose place each add-on belongs, by the key of the line."""
    places = Registration.objects.filter(line__order=order).order_by()
    extras = Extra.objects.filter(line__order=order).order_by()
    named = places.values_list("line", "name", "user").union(
        extras.values_list("line", "registration__name", "registration__user"), all=True
    )
    return {line: Holder(name or _("To be named"), user) for line, name, user in named}
