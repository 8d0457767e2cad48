"""Waiting for a seat: one's rank and the rule, joining and leaving, with an account or without."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from events import actions, brochures, offers, waiting_rank
from events.forms.guests import GuestRegistrationForm
from events.forms.registering import RegistrationForm
from events.models import Ticket, WaitlistEntry
from events.offers import EVERYONE
from events.views.events import live_or_404, most_people, people_asked, typed, waiters
from events.views.guests import asks_by_mail, chosen, paced, tell_sent
from events.views.tickets import unlisted
from kosna.accounts import guests
from kosna.accounts.guests import buyers, guests_too
from kosna.accounts.requests import client_ip
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_POST
from members.viewing import reader_of


@guests_too
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    """Where I stand, or the form with which I join. ``?people=3`` makes room for two colleagues."""
    if not request.user.is_authenticated:
        return _as_guest(request, slug)

    def joins(_form: RegistrationForm, **chosen: Any) -> str:
        actions.join(by=request.user, **chosen)
        messages.success(request, _("You are on the waiting list."))
        return "events:waiting"

    return _page(request, slug, reader_of(request), RegistrationForm, joins)


def _as_guest(request: HttpRequest, slug: str) -> HttpResponse:
    """Of whoever came by the link in a mail: what they wait for, or the form for guests."""
    state = live_or_404(slug)
    mine = waiting_rank.mine_of(buyers(request), clock.now(), state.event_id)
    if not mine:
        return redirect("events:waiting-guest", slug)
    return unlisted(_shown(request, state, EVERYONE, mine=mine))


@login_not_required
def waiting_guest(request: HttpRequest, slug: str) -> HttpResponse:
    """Joining without an account; the answer is the same whether or not one has the address."""
    if request.user.is_authenticated:
        return redirect("events:waiting", slug)

    def joins(form: GuestRegistrationForm, *, ticket: Ticket, **chosen: Any) -> str:
        facts = {"language": get_language() or "ko", "ip": client_ip(request), **form.guest()}
        with paced(request, form):
            guest, _entry = actions.join_as_guest(ticket=ticket, **chosen, **facts)
        if asks_by_mail(ticket):
            tell_sent(request, form.cleaned_data["email"])
            return "events:guest-sent"
        guests.enter(request, guest)
        return "events:waiting"

    return unlisted(_page(request, slug, EVERYONE, GuestRegistrationForm, joins))


def _page(
    request: HttpRequest,
    slug: str,
    reader: Any,
    form_class: type[RegistrationForm],
    joins: Callable[..., str],
) -> HttpResponse:
    state = live_or_404(slug, reader)
    brochure = brochures.brochure(state.event_id, state.version)
    choices = offers.invite(brochure, reader, clock.now(), state).to_wait_for
    people = people_asked(request)
    adds_a_row = "people" in request.POST
    form = form_class(
        request.POST if request.method == "POST" and not adds_a_row else None,
        offers=choices,
        people=people,
        user=reader,
        questions=brochure.form_questions.all(),
        initial=typed(request)
        if adds_a_row
        else {"ticket": choices[0].ticket.pk if choices else None, "myself": True},
    )
    if form.is_bound and form.is_valid():
        wanted = next(o.ticket for o in choices if o.ticket.pk == form.cleaned_data["ticket"])
        try:
            next_page = joins(
                form,
                ticket=wanted,
                attendees=form.attendees,
                answers=form.order_asked.answers,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(next_page, slug)
    theirs = waiters(request, state) if reader.is_authenticated else []
    mine = waiting_rank.mine_of(theirs, clock.now(), state.event_id)
    return _shown(request, state, reader, mine=mine, form=form, people=people)


def _shown(
    request: HttpRequest,
    state: brochures.Live,
    reader: Any,
    *,
    mine: list[waiting_rank.Mine],
    form: RegistrationForm | None = None,
    people: int = 1,
) -> TemplateResponse:
    brochure = brochures.brochure(state.event_id, state.version)
    invitation = offers.invite(brochure, reader, clock.now(), state)
    # One waits once, as a guest or not; a link that somebody else passed on keeps nobody from it.
    joins = form and not any(row.rank and row.entry.user.mailbox == reader.mailbox for row in mine)
    return TemplateResponse(
        request,
        "events/waiting.html",
        {
            "event": brochure,
            "invitation": invitation,
            "choices": invitation.to_wait_for if joins else [],
            "form": form,
            "people": people,
            "more_people": people + 1 if people < most_people(invitation) else None,
            "mine": mine,
            "rule": waiting_rank.rule(brochure.tickets.all()),
        },
        status=422 if form and form.is_bound and form.errors else 200,
    )


@login_not_required
def waiting_link(request: HttpRequest, token: str) -> HttpResponse:
    """The link in a guest's mails about a list: whoever opens it has read the mail. It shows
    nothing and joins nothing, so that a scanner of mails does neither."""
    known = guests.known_by(token)
    entry = (
        WaitlistEntry.objects.visible_to(known.user).select_related("event").last()
        if known
        else None
    )
    if known is None or entry is None:
        raise Http404
    guests.confirm(known)
    guests.enter(request, known)
    return unlisted(redirect(entry))


@guests_too
@require_POST
def prove(request: HttpRequest, slug: str) -> HttpResponse:
    """A guest whose address is proven takes their place on the list."""
    theirs = WaitlistEntry.objects.of_people(guests.guests_of(request)).unproven()
    entry = chosen(request, "entry", slug, theirs.select_related("user__guest", "ticket__event"))
    actions.prove(entry, by=entry.user)
    messages.success(request, _("You are on the waiting list."))
    return redirect("events:waiting", slug)


@guests_too
@require_POST
def leave(request: HttpRequest, slug: str) -> HttpResponse:
    mine = WaitlistEntry.objects.of_people(buyers(request)).filter(status__in=WaitlistEntry.OPEN)
    entry = chosen(request, "entry", slug, mine)
    actions.leave(entry, by=entry.user)
    messages.success(request, _("You are off the waiting list."))
    return redirect("events:waiting", slug)
