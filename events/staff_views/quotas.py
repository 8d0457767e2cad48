"""Seats that several tickets of an event share."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions
from events.forms.quotas import QuotaFormSet
from events.staff_views.events import event_or_404
from kosna.branches.access import staff_view
from kosna.core.errors import Refused


@staff_view("events.change_event")
def quotas(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    tickets = list(event.tickets.all())
    rows = list(event.quotas.prefetch_related("tickets"))
    formset = QuotaFormSet(
        request.POST or None,
        instance=event,
        queryset=event.quotas.prefetch_related("tickets"),
        form_kwargs={"event": event, "tickets": tickets},
        prefix="quotas",
    )
    problem = None
    if request.method == "POST" and formset.is_valid():
        try:
            actions.change_quotas(event, formset.terms, by=request.user)
        except Refused as refusal:
            problem = refusal
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    return TemplateResponse(
        request,
        "staff/events/quotas.html",
        {
            "event": event,
            "quotas": rows,
            "tickets": tickets,
            "formset": formset,
            "problems": problem.reasons if problem else (),
        },
        status=422 if problem or (formset.is_bound and formset.errors) else 200,
    )
