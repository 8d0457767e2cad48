"""What is sold beside the places of an event, as staff write it down."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy

from events.forms.addons import AddOnFormSet
from events.staff_views.events import edit_rows, event_or_404
from kosna.branches.access import staff_view


@staff_view("events.change_event")
def addons(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    rows = AddOnFormSet(
        request.POST or None,
        instance=event,
        queryset=event.addons.prefetch_related("tickets"),
        form_kwargs={"event": event, "tickets": list(event.tickets.all())},
        prefix="addons",
    )
    return edit_rows(
        request,
        event,
        [(gettext_lazy("Add-ons"), rows)],
        gettext_lazy("Add-ons"),
        gettext_lazy(
            "What attendees choose beside their place: a dinner, a kit, a parking space. Each has a"
            " line of its own in the order."
        ),
    )
