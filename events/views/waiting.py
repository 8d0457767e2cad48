"""Waiting for a seat: one's rank and the rule, joining and leaving. Needs an account."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import actions, offers, waiting_rank
from events.forms.registering import RegistrationForm
from events.models import WaitlistEntry
from events.views.events import live_or_404, most_people, people_asked
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST


def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """Where I stand, or the form with which I join. ``?people=3`` makes room for two colleagues."""
    state = live_or_404(slug, request.user)
    at = clock.now()
    brochure = offers.brochure(state.event_id, state.version)
    invitation = offers.invite(brochure, request.user, at, state)
    choices = invitation.to_wait_for
    people = people_asked(request)
    adds_a_row = "people" in request.POST
    form = RegistrationForm(
        request.POST if request.method == "POST" and not adds_a_row else None,
        offers=choices,
        people=people,
        user=request.user,
        initial=request.POST.dict()
        if adds_a_row
        else {"ticket": choices[0].ticket.pk if choices else None, "myself": True},
    )
    if form.is_bound and form.is_valid():
        chosen = next(o.ticket for o in choices if o.ticket.pk == form.cleaned_data["ticket"])
        try:
            actions.join(ticket=chosen, attendees=form.attendees, by=request.user)
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("You are on the waiting list."))
            return redirect(request.path)
    mine = waiting_rank.mine(request.user, at, state.event_id) if state.my_entry else []
    return TemplateResponse(
        request,
        "events/waiting.html",
        {
            "event": brochure,
            "invitation": invitation,
            "choices": choices,
            "form": form,
            "people": people,
            "more_people": people + 1 if people < most_people(invitation) else None,
            "mine": mine,
            "is_waiting": any(row.rank for row in mine),
            "rule": waiting_rank.rule(),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    entries = WaitlistEntry.objects.visible_to(request.user).waiting().select_related("user")
    entry = get_object_or_404(entries, event__slug=slug)
    actions.leave(entry, by=request.user)
    messages.success(request, _("You are off the waiting list."))
    return redirect("events:waiting", slug)
