"""Running events: the list, the numbers, who comes and what is sold."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.db.models import Model, Prefetch, ProtectedError
from django.forms import BaseFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from events import actions, answers, programme
from events.changes import with_price
from events.forms.desk import (
    EventForm,
    ReasonForm,
    RegistrationFilter,
    StaffEventFilter,
    TicketFormSet,
    TicketPriceFormSet,
)
from events.forms.openings import OpeningFormSet, OpeningRows
from events.models import Event, Extra, RegistrationQuerySet, TicketPrice, registration_numbers
from events.reach import outside
from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.branches.models import Scope
from kosna.core.errors import Refused
from kosna.core.exports import csv_response
from kosna.core.methods import require_POST
from members import quorum
from members.models import Opening, Tier

PAGE = 20
EXPORT = ListExport(
    "events.export_events",
    gettext_lazy("Events"),
    [
        (gettext_lazy("Event"), lambda event: event.title),
        (gettext_lazy("Date and time"), lambda event: event.starts_at),
        (gettext_lazy("Branch"), lambda event: event.branch.name),
        (gettext_lazy("Status"), lambda event: event.get_status_display()),
        (gettext_lazy("Seats taken"), lambda event: event.seats_taken),
        (gettext_lazy("Seats"), lambda event: "" if event.shares_seats else event.seats),
        (gettext_lazy("Came"), lambda event: event.came),
    ],
)


def event_or_404(request: HttpRequest, slug: str, verb: str) -> Event:
    events = Event.objects.permitted(request.user, verb).select_related(
        "branch", "clock", "meeting"
    )
    return get_object_or_404(events, slug=slug)


@staff_view("events.view_event", "events.check_in")
def events(request: HttpRequest) -> HttpResponse:
    form, found = _listed(request)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    return TemplateResponse(
        request,
        "staff/events/event_list.html",
        {
            "form": form,
            "page": page,
            "may_change": request.user.has_perm("events.change_event"),
            "may_view": request.user.has_perm("events.view_event"),
            "may_admit": Scope.of(request.user, "events.check_in"),
        },
    )


def _listed(request: HttpRequest) -> tuple[StaffEventFilter, Any]:
    form = StaffEventFilter(request.GET)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    branch = wanted.get("branch")
    found = request.scope.narrow(Event.objects.all()).filtered(
        kind=wanted.get("kind", ""), branch=branch.code if branch else ""
    )
    found = found.named(wanted.get("q", "")).in_status(wanted.get("status", ""))
    if wanted.get("asked"):
        found = found.awaiting_decision()
    else:
        found = found.past() if wanted.get("past") else found.upcoming()
    return form, found.select_related("branch").with_numbers()


@require_POST
@staff_view("events.view_event", "events.check_in")
def events_export(request: HttpRequest) -> HttpResponseBase:
    _form, found = _listed(request)
    return EXPORT.answer(request, found)


def _registrations(event: Event, form: RegistrationFilter) -> RegistrationQuerySet:
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = (
        event.registrations.matching(wanted.get("q", ""))
        .in_state(wanted.get("status", ""))
        .of_ticket(wanted.get("ticket"))
        .of_tier(wanted.get("tier", ""))
        .of_home(wanted.get("home", ""))
        .select_related("ticket", "line__order", "check_in")
        .order_by("name", "pk")
    )
    return with_price(found)


@staff_view("events.view_event")
def event(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_event")
    tickets = list(event.tickets.with_end_before(event.registration_closes_at))
    form = RegistrationFilter(request.GET, event=event, tickets=tickets)
    numbers = registration_numbers(event)
    paginator = Paginator(_registrations(event, form), PAGE)
    if not form.has_changed():
        paginator.count = numbers["all"]  # nothing is filtered: counted already
    page = paginator.get_page(request.GET.get("page"))
    audit.viewed(
        request,
        event,
        subjects=[row.user_id for row in page if row.user_id],
        registrations=[row.pk for row in page],
    )
    return TemplateResponse(
        request,
        "staff/events/event_detail.html",
        {
            "event": event,
            "numbers": numbers,
            "tickets": tickets,
            "has_choice": len(tickets) > 1,
            "unsold": [ticket for ticket in tickets if ticket.ends_before],
            "form": form,
            "page": page,
            "reason_form": ReasonForm(),
            "present": quorum.attendance(event.meeting) if event.meeting else None,
            "may_see_meeting": request.user.has_perm("members.view_meeting"),
            **{
                name: request.user.has_perm(f"events.{verb}", event.branch)
                for name, verb in (
                    ("may_change", "change_event"),
                    ("may_admit", "check_in"),
                    ("may_see_people", "view_registration"),
                )
            },
        },
    )


@require_POST
@staff_view("events.view_registration")
def registrations_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as a file, which leaves the house: only with a reason, and on record."""
    event = event_or_404(request, slug, "events.view_registration")
    reason = ReasonForm(request.POST)
    if not reason.is_valid():
        raise Refused(_("An export needs a reason: it is kept on record."))
    rows = _registrations(event, RegistrationFilter(request.GET, event=event))
    people = list(rows.exclude(user=None).values_list("user", flat=True))
    audit.record_seen(
        "events.export_registrations",
        event,
        by=request.user,
        reason=reason.cleaned_data["reason"],
        subjects=people,
        ip=client_ip(request),
        rows=rows.count(),
    )
    extras = Extra.objects.standing().select_related("addon").order_by("pk")
    return csv_response(
        f"{event.slug}.csv",
        [
            (_("Name"), lambda row: row.shown_name),
            (_("Affiliation"), lambda row: row.affiliation),
            (_("E-mail"), lambda row: row.email),
            (_("Ticket"), lambda row: row.ticket.name),
            (_("Status"), lambda row: row.get_status_display()),
            (_("Order"), lambda row: row.line.order.code),
            (_("Price"), lambda row: row.price),
            (_("Door code"), lambda row: row.door_code),
            (_("Checked in at"), lambda row: row.check_in.at if row.has_come else ""),
            (_("Add-ons"), lambda row: ", ".join(extra.addon.name for extra in row.has)),
            *answers.columns(event),
        ],
        answers.with_answers(rows).prefetch_related(Prefetch("extras", extras, to_attr="has")),
    )


# --- editing ---


@staff_view("events.change_event")
def event_new(request: HttpRequest) -> HttpResponse:
    form = EventForm(request.POST or None, user=request.user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            event = form.save()
            audit.record("events.create", event, by=request.user)
        return redirect("events_staff:tickets", event.slug)
    return TemplateResponse(request, "staff/events/event_form.html", {"form": form, "event": None})


@staff_view("events.change_event")
def event_edit(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    first_day = event.first_day
    form = EventForm(request.POST or None, instance=event, user=request.user)
    if request.method == "POST" and form.is_valid():
        typed = _columns(event, [*form.changed_data, "refund_policy"])
        told = actions.change_event(form.save(commit=False), fields=typed, by=request.user)
        messages.success(request, _told(told) if told else _("Saved."))
        if event.first_day != first_day:
            _say_of_programme(request, event)
        return redirect("events_staff:event", event.slug)
    stands = event_or_404(request, slug, "events.change_event") if form.errors else event
    return TemplateResponse(
        request,
        "staff/events/event_form.html",
        {"form": form, "event": event, "outside": outside(stands)},
    )


def _say_of_programme(request: HttpRequest, event: Event) -> None:
    """What became of it as the event was moved to another day."""
    if outside(event):
        messages.warning(request, _("Some sessions lie outside the days of the event."))
    if programme.steps(programme.draft_of(event)):
        messages.warning(
            request,
            _("The programme is not published for the new days yet: look at its draft."),
        )


def _told(people: int) -> str:
    return ngettext(
        "Saved. %(n)s person was told of the new time or place.",
        "Saved. %(n)s people were told of the new time or place.",
        people,
    ) % {"n": people}


@staff_view("events.change_event")
def tickets(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    data = request.POST or None
    sold, tiers = list(event.tickets.all()), list(Tier.objects.all())
    formsets = [
        (gettext_lazy("Tickets"), TicketFormSet(data, instance=event, prefix="tickets")),
        (
            gettext_lazy("Prices"),
            TicketPriceFormSet(
                data,
                queryset=TicketPrice.objects.filter(ticket__event=event).order_by("ticket", "pk"),
                form_kwargs={"event": event, "tickets": sold, "tiers": tiers},
                prefix="prices",
            ),
        ),
        (
            gettext_lazy("Registration opens"),
            OpeningFormSet(
                data,
                queryset=Opening.objects.filter(
                    clock__in=[row.clock_id for row in (event, *sold) if row.clock_id]
                ).order_by("clock", "opens_at"),
                form_kwargs={"event": event, "tickets": sold, "tiers": tiers},
                prefix="openings",
            ),
        ),
    ]
    return edit_rows(
        request,
        event,
        formsets,
        gettext_lazy("Tickets, prices and opening times"),
        gettext_lazy(
            "A price or a time without a tier is for everyone. A ticket with opening times of its "
            "own goes by them alone. Save a new ticket first; then give it prices and times."
        ),
    )


def edit_rows(
    request: HttpRequest,
    event: Event,
    formsets: Sequence[tuple[Any, BaseFormSet]],
    title: Any,
    lead: Any,
) -> HttpResponse:
    problems: Sequence[str] = ()
    # A list, not a generator: every row is checked, and all errors are shown at once.
    if request.method == "POST" and all([rows.is_valid() for _name, rows in formsets]):  # noqa: C419
        try:
            _save_rows(request, event, [formset for _name, formset in formsets])
        except Refused as refusal:
            problems = refusal.reasons
        else:
            messages.success(request, _("Saved."))
            return redirect(request.path)
    return TemplateResponse(
        request,
        "staff/events/event_rows.html",
        {
            "event": event,
            "formsets": formsets,
            "title": title,
            "lead": lead,
            "problems": problems,
        },
        status=422 if problems else 200,
    )


@transaction.atomic
def _save_rows(request: HttpRequest, event: Event, formsets: Sequence[BaseFormSet]) -> None:
    facts: dict[str, Any] = {}
    try:
        for formset in formsets:
            formset.save(commit=False)
            if isinstance(formset, OpeningRows):
                actions.wind(event, formset.written)
            for row in formset.new_objects:
                row.save()
            for row, typed in formset.changed_objects:
                _save_typed(row, typed)
            formset.save_m2m()
            for row in formset.deleted_objects:
                row.delete()
            if isinstance(formset, OpeningRows) and formset.has_changed():
                actions.unwind_empty(event)
                facts["openings"] = actions.openings_on_record(event)
    except ProtectedError:
        raise Refused(
            _("Others depend on this row: take a ticket off sale; empty a room or a track first.")
        ) from None
    except IntegrityError:
        raise Refused(
            _("A tier has one opening time, and no ticket has fewer places than it has sold.")
        ) from None
    actions.touch(event)
    audit.record("events.change", event, by=request.user, page=request.path, **facts)


def _save_typed(row: Model, typed: Iterable[str]) -> None:
    """Writes only the columns that were typed: the rest of the row may have moved on since it was
    read, above all ``Ticket.taken`` while it sells and the status of an event."""
    row.save(update_fields=_columns(row, typed))


def _columns(row: Model, typed: Iterable[str]) -> set[str]:
    return {field.name for field in row._meta.concrete_fields} & set(typed)


@require_POST
@staff_view("events.change_event")
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.publish(event=event, by=request.user)
    messages.success(request, _("Published."))
    return redirect("events_staff:event", slug)


@require_POST
@staff_view("events.change_event")
def unpublish(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    actions.unpublish(event=event, by=request.user)
    messages.success(request, _("Back to a draft."))
    return redirect("events_staff:event", slug)


@require_POST
@staff_view("events.change_event")
def cancel(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please give the reason that participants will be told."))
    ended = actions.cancel_event(event=event, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("Cancelled. %(n)s places were ended.") % {"n": ended})
    return redirect("events_staff:event", slug)
