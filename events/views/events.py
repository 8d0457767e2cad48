"""What everyone sees of events, and how a place is taken."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import lru_cache, partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.db.models import Count
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from events import actions, brochures, offers, timetable, voucher_entry, waiting_rank
from events.brochures import Live
from events.calendar import calendar_response, event_response
from events.forms.addons import on_offer
from events.forms.registering import EventFilter, RegistrationForm
from events.models import Call, Event, EventQuerySet, Material, PlaceRequest, Ticket
from events.openings import told_openings
from events.reach import is_emptied, sessions_to_come_to
from events.structured import event_data, programme_data
from kosna.accounts import guests
from kosna.accounts.models import User
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.pagecache import cached_page, is_signed_out
from kosna.payments import actions as payments
from kosna.payments.models import Order
from members.access import memberships_of
from members.models import Meeting
from members.viewing import reader_of, viewing_of

CALLED = (Meeting.Status.CALLED, Meeting.Status.OPEN, Meeting.Status.CLOSED)
PAGE = 20
MOST_PEOPLE = 10
FEW_SESSIONS = 24


def live_or_404(slug: str, user: Any = None) -> Live:
    state = brochures.live(slug, user)
    if state is None:
        raise Http404
    return state


def _filtered(form: EventFilter) -> EventQuerySet:
    """The published events that a filter names; a filter that makes no sense filters nothing."""
    wanted = form.cleaned_data if form.is_valid() else {}
    branch = wanted.get("branch")
    return Event.objects.published().filtered(
        kind=wanted.get("kind", ""), branch=branch.code if branch else ""
    )


@login_not_required
def events(request: HttpRequest) -> HttpResponse:
    form = EventFilter(request.GET)
    found = _filtered(form)
    past = form.is_valid() and form.cleaned_data["past"]
    rows = offers.with_offers(found.past() if past else found.upcoming())
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    if past:
        _count_materials(page)
    return TemplateResponse(
        request,
        "events/event_list.html",
        {
            "form": form,
            "past": past,
            "page": page,
            "invitations": offers.invitations(page, reader_of(request), clock.now()),
        },
    )


def _count_materials(events: Iterable[Any]) -> None:
    """Sets ``material_count``: what a list of the past says of each event."""
    rows = Material.objects.filter(event__in=[event.pk for event in events]).order_by()
    counts = dict(rows.values("event").annotate(n=Count("pk")).values_list("event", "n"))
    for event in events:
        event.material_count = counts.get(event.pk, 0)


@login_not_required
def event(request: HttpRequest, slug: str) -> HttpResponse:
    # Somebody who does not exist has no place and waits for none.
    is_known = not is_signed_out(request) and viewing_of(request) is None
    state = live_or_404(slug, request.user if is_known else None)
    at = clock.now()
    brochure = brochures.brochure(state.event_id, state.version)
    waits = waiters(request, state)

    def draw() -> TemplateResponse:
        invitation = offers.invite(brochure, reader_of(request), at, state)
        return TemplateResponse(
            request,
            "events/event_detail.html",
            {
                "event": brochure,
                "meeting_is_called": state.meeting in CALLED,
                "may_see_meeting": _may_see_meeting(brochure, reader_of(request), at),
                "invitation": invitation,
                "rule": waiting_rank.rule(brochure.tickets.all()) if invitation.has_list else [],
                "mine": waiting_rank.mine_of(waits, at, state.event_id) if waits else [],
                "story": story(
                    state.event_id, state.version, get_language(), _call_is_over(brochure)
                ),
                "my_ticket": state.my_ticket,
            },
        )

    changes_at = offers.changes_at(brochure, at)
    return cached_page(
        request,
        name=f"event:{slug}",
        version=f"{state.key}:{changes_at}",
        draw=draw,
        changes_at=changes_at,
    )


def waiters(request: HttpRequest, state: Live) -> list[int]:
    """Whose places on the list this browser may see: one's own, where the state tells of any, and
    those of guests whose links it opened, signed in or not."""
    if is_signed_out(request) or viewing_of(request) is not None:
        return []
    return guests.buyers(request) if state.my_entry else guests.guests_of(request)


def _may_see_meeting(event: Event, reader: Any, at: datetime) -> bool:
    """Whether the pages of its general meeting exist for this reader: a voter or a member."""
    return bool(event.meeting_id) and bool(
        memberships_of(reader, at) or not offers.roll_refusal(event, reader)
    )


def _call_is_over(event: Event) -> bool:
    call: Call | None = getattr(event, "call", None)
    return bool(call and call.is_over)


@lru_cache(maxsize=256)
def story(event_id: int, version: int, language: str, call_is_over: bool) -> dict[str, SafeString]:
    """What an event tells every reader of a language alike: most of its page, drawn once, and again
    once its call for proposals is over."""
    event = brochures.brochure(event_id, version)
    sessions = event.sessions.all()
    facts = {
        "event": event,
        "has_programme": bool(sessions),
        "is_emptied": is_emptied(event, sessions),
        # A long one has a page of its own, and this one only says so.
        "days": timetable.laid_out(sessions) if len(sessions) <= FEW_SESSIONS else [],
        "call": getattr(event, "call", None),
        "call_is_over": call_is_over,
        "speakers": timetable.speakers_of(event),
        "materials": event.materials.count(),
        "booths": event.booths.count(),
        "openings": told_openings(event),
    }
    parts = {
        part: render_to_string(f"events/story_{part}.html", facts)
        for part in ("told", "place", "clock")
    }
    to_come = sessions_to_come_to(event)
    return {**parts, "data": programme_data(event, to_come) if to_come else event_data(event)}


@login_not_required
def event_ics(request: HttpRequest, slug: str) -> HttpResponse:
    state = live_or_404(slug)
    event = brochures.brochure(state.event_id, state.version)
    return event_response(event, f"{slug}.ics")


@login_not_required
def calendar_ics(request: HttpRequest) -> HttpResponse:
    """Upcoming events of all branches, or of the kind and branch that the address names."""
    found = _filtered(EventFilter(request.GET)).open_to_plans().upcoming()
    return calendar_response(found[:500], "kosna.ics")


def place_or_ask(*, ticket: Ticket, form_key: UUID | None, **chosen: Any) -> Order | PlaceRequest:
    if ticket.needs_approval:  # one request a person: a second one is refused
        return actions.request_places(ticket=ticket, **chosen)
    return actions.register(ticket=ticket, form_key=form_key, **chosen)


def sent_before(request: HttpRequest, form: BaseForm) -> Order | None:
    """Of a form that is refused: what it has ordered already, when it was sent the first time."""
    if not form.errors or not request.user.is_authenticated:
        return None
    return payments.sent_before(request.user, form.cleaned_data.get("form_key"))


def register(request: HttpRequest, slug: str) -> HttpResponse:
    def buyer(form: RegistrationForm) -> Callable[..., Order | PlaceRequest]:
        key = form.cleaned_data["form_key"]
        return partial(place_or_ask, by=request.user, form_key=key)

    return registration_page(request, slug, request.user, RegistrationForm, buyer)


def registration_page(
    request: HttpRequest,
    slug: str,
    reader: Any,
    form_class: type[RegistrationForm],
    buyer: Callable[[Any], Callable[..., Order | PlaceRequest | str]],
) -> HttpResponse:
    """The whole registration on one page. ``?people=3`` makes room for two colleagues. ``reader``:
    whose prices and times these are, but for staff who look as a tier, and order nothing meanwhile;
    ``buyer(form)`` registers, as ``actions.register`` does,
    and says what is shown next."""
    if viewing := viewing_of(request):
        reader = viewing.reader
    state = live_or_404(slug)
    brochure = brochures.brochure(state.event_id, state.version)
    entry = voucher_entry.entered(request, state.event_id, clock.now())
    invitation = offers.invite(brochure, reader, clock.now(), state, entry.voucher)
    people = max(people_asked(request), fewest_people(invitation, reader))
    first = next((o.ticket.pk for o in invitation.offers if o.is_open), None)
    # "One more colleague" and "Apply the voucher" draw the page again with what was typed; they
    # are no registration yet.
    draws_again = "people" in request.POST or "apply" in request.POST
    form = form_class(
        request.POST if request.method == "POST" and not draws_again else None,
        offers=invitation.offers,
        people=people,
        user=reader,
        questions=brochure.form_questions.all(),
        addons=on_offer(brochure, [offer.ticket for offer in invitation.offers]),
        initial=typed(request)
        if draws_again
        else {"ticket": first, "myself": True, "voucher": entry.code},
    )
    if form.is_bound and entry.problem:
        form.add_error("voucher", entry.problem)
    if form.is_bound and form.is_valid():
        offer = next(o for o in invitation.offers if o.ticket.pk == form.cleaned_data["ticket"])
        try:
            order = buyer(form)(
                ticket=offer.ticket,
                attendees=form.attendees,
                seats_left=offer.seats_left,
                answers=form.order_asked.answers,
                voucher=entry.voucher,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            return redirect(order)
    if sent := sent_before(request, form):
        return redirect(sent)
    at = clock.now()
    companions = offers.companions_at(brochure, reader, at)
    theirs = (
        invitation
        if companions is reader
        else offers.invite(brochure, companions, at, state, entry.voucher)
    )
    return TemplateResponse(
        request,
        "events/register.html",
        {
            "event": brochure,
            "invitation": invitation,
            "has_materials": invitation.is_past and brochure.materials.exists(),
            "form": form,
            "entry": entry,
            "people": people,
            "hold_minutes": settings.SEAT_HOLD_MINUTES,
            "offers": offers.beside(invitation, theirs),
            "more_people": people + 1
            if theirs.is_open and people < most_people(invitation)
            else None,
            "companions_share": companions is not offers.EVERYONE,
            "companions_from": None if theirs.is_open else theirs.opens_at,
        },
        status=422 if entry.problem or (form.is_bound and form.errors) else 200,
    )


def typed(request: HttpRequest) -> dict[str, Any]:
    """What a form is drawn again with; several ticks of one field are kept all."""
    return {key: values if len(values) > 1 else values[0] for key, values in request.POST.lists()}


def people_asked(request: HttpRequest) -> int:
    """How many rows the form has; a number that makes no sense is one person."""
    wanted = request.POST.get("people") or request.POST.get("rows") or request.GET.get("people")
    try:
        return min(max(int(wanted or 1), 1), MOST_PEOPLE)
    except ValueError:
        return 1


def most_people(invitation: offers.Invitation) -> int:
    return min(max((o.ticket.max_per_order for o in invitation.offers), default=1), MOST_PEOPLE)


def fewest_people(invitation: offers.Invitation, reader: Any) -> int:
    """How many rows even the smallest order of this reader fills."""
    tickets = (offer.ticket for offer in invitation.offers if offer.is_open)
    if isinstance(reader, User):
        fewest = [actions.fewest_for(ticket, reader) for ticket in tickets]
    else:  # nobody in particular, who has nothing yet
        fewest = [ticket.min_per_order for ticket in tickets]
    return min(min(fewest, default=1), MOST_PEOPLE)
