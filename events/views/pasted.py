"""Registering many at once from a pasted list, on one order."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from events import brochures, offers
from events.forms.pasted import PastedListForm
from events.models import FormQuestion
from events.views.events import live_or_404, place_or_ask, sent_before
from kosna.core import clock
from kosna.core.errors import Refused
from members.viewing import reader_of


def register_list(request: HttpRequest, slug: str) -> HttpResponse:
    """Checked line by line; ``check`` only checks. What a list cannot answer is asked on the form
    for a few people. Times and prices are those of colleagues, with one's own price beside."""
    state = live_or_404(slug)
    brochure = brochures.brochure(state.event_id, state.version)
    reader, at = reader_of(request), clock.now()
    companions = offers.companions_at(brochure, reader, at)
    invitation = offers.invite(brochure, companions, at, state)
    mine = offers.invite(brochure, reader, at, state)
    questions = brochure.form_questions.all()
    form = PastedListForm(
        request.POST if request.method == "POST" else None,
        offers=invitation.offers,
        user=request.user,
        questions=questions,
        initial={"ticket": next((o.ticket.pk for o in invitation.offers if o.is_open), None)},
    )
    only_checks = "check" in request.POST
    asks_each = any(
        row.is_required and not row.is_retired and row.only_after_id is None
        for row in questions
        if row.scope == FormQuestion.Scope.ATTENDEE
    )
    if form.is_bound and asks_each:
        form.add_error(None, _("A list cannot answer what this event asks each participant."))
    if form.is_bound and form.is_valid() and not only_checks:
        offer = next(o for o in invitation.offers if o.ticket.pk == form.cleaned_data["ticket"])
        try:
            return redirect(
                place_or_ask(
                    ticket=offer.ticket,
                    attendees=form.attendees,
                    by=request.user,
                    form_key=form.cleaned_data["form_key"],
                    seats_left=offer.seats_left,
                    answers=form.order_asked.answers,
                )
            )
        except Refused as refusal:
            refusal.to_form(form)
    if sent := sent_before(request, form):
        return redirect(sent)
    return TemplateResponse(
        request,
        "events/register_list.html",
        {
            "event": brochure,
            "invitation": invitation,
            "offers": offers.beside(invitation, mine),
            "is_open_to_me": mine.is_open,
            "companions_from": None if invitation.is_open else invitation.opens_at,
            "form": form,
            "is_checked": only_checks and not form.errors,
            "asks_each": asks_each,
        },
        status=422 if form.is_bound and form.errors else 200,
    )
