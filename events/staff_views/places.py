"""A participant's ticket changed by staff, with a reason: on the buyer's own terms."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events.forms.changing import StaffChangeForm
from events.models import Registration
from events.views.changing import confirmed, shown
from kosna.audit import actions as audit
from kosna.branches.access import staff_view


@staff_view("events.change_event")
def place_change(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    places = Registration.objects.permitted(request.user, "events.change_event").with_event()
    places = places.select_related("line__order__user", "user")
    place = get_object_or_404(places, event__slug=slug, pk=pk)
    form = StaffChangeForm(request.POST if request.method == "POST" else None)
    reason = form.cleaned_data.get("reason", "") if form.is_bound and form.is_valid() else ""
    done, order = confirmed(place, form, by=request.user, reason=reason)
    if done:
        messages.success(
            request,
            _("The buyer was sent the order that is to be paid.")
            if order
            else _("The ticket was changed."),
        )
        return redirect("events_staff:event", slug)
    audit.viewed(
        request,
        place.event,
        subjects=sorted({row for row in (place.user_id, place.line.order.user_id) if row}),
        registrations=[place.pk],
    )
    return TemplateResponse(
        request,
        "staff/events/place_change.html",
        {"place": place, "event": place.event, "form": form, **shown(request, place, request.user)},
        status=422 if form.errors else 200,
    )
