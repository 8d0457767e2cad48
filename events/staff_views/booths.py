"""An exhibition's booths at the desk: kinds and prices, the plan, and who has which."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from events import actions, booth_offers
from events.forms.booths import (
    AssignForm,
    AssignNumberForm,
    BoothPriceFormSet,
    BoothTypeFormSet,
    MoveForm,
    PlanForm,
    TakeBackForm,
)
from events.forms.desk import ReasonForm
from events.models import Booth, BoothBooking, BoothPrice, Event, Exhibitor
from events.staff_views.events import edit_rows, event_or_404
from kosna.audit import actions as audit
from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.deeds import carried_out
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST, require_safe
from members.models import Tier


@staff_view("events.view_event")
@require_safe
def booths(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_event")
    plan = list(event.booths.on_plan())
    bookings = [row.booking for row in plan if row.booking]
    audit.viewed(request, event, subjects=[row.exhibitor.contact_id for row in bookings])
    return TemplateResponse(
        request,
        "staff/events/booths.html",
        {
            "event": event,
            "grid": booth_offers.grid(plan),
            "numbers": event.booth_bookings.numbers(),
            "free": sum(row.is_free for row in plan),
            "unassigned": event.booth_bookings.unassigned().count(),
            "bookings": event.booth_bookings.with_event().order_by("booth__number", "-pk")[:400],
            "has_kinds": event.booth_types.exists(),
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


@staff_view("events.change_event")
def booth_types(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    data = request.POST or None
    tiers = list(Tier.objects.filter(holder=Tier.Holder.ORGANISATION))
    prices = BoothPrice.objects.filter(booth_type__event=event).order_by("booth_type", "pk")
    formsets = [
        (
            gettext_lazy("Kinds of booths"),
            BoothTypeFormSet(data, instance=event, prefix="kinds"),
        ),
        (
            gettext_lazy("Prices"),
            BoothPriceFormSet(
                data,
                queryset=prices,
                form_kwargs={
                    "event": event,
                    "kinds": list(event.booth_types.all()),
                    "tiers": tiers,
                },
                prefix="prices",
            ),
        ),
    ]
    return edit_rows(
        request,
        event,
        formsets,
        gettext_lazy("Kinds and prices of booths"),
        gettext_lazy(
            "A price without a tier is for everyone. Save a new kind first; then give it a price, "
            "and its booths a place on the plan."
        ),
    )


@staff_view("events.change_event")
def booth_plan(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = PlanForm(
        request.POST if request.method == "POST" else None,
        event=event,
        initial={"plan": _drawn(event)},
    )

    def draw(plan: list[actions.Cell]) -> None:
        actions.draw_plan(event, plan, by=request.user)

    if request.method == "POST" and carried_out(request, form, draw, _("The plan is saved.")):
        return redirect("events_staff:booths", slug)
    return TemplateResponse(
        request,
        "staff/events/booth_plan.html",
        {"event": event, "form": form, "kinds": event.booth_types.all()},
        status=422 if form.errors else 200,
    )


def _drawn(event: Event) -> str:
    """The plan as it is typed."""
    return "\n".join(
        " ".join(f"{cell.number}={cell.booth_type.code}" if cell else "." for cell in row)
        for row in booth_offers.grid(event.booths.on_plan())
    )


# --- one booth ---


def _booth(request: HttpRequest, slug: str, number: str, verb: str) -> Booth:
    event = event_or_404(request, slug, verb)
    booth = get_object_or_404(event.booths.on_plan(), number=number)
    booth.event = booth.booth_type.event = event
    return booth


@staff_view("events.view_event")
def booth(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Who has it, and for staff who run the event: give it to a company."""
    row = _booth(request, slug, number, "events.view_event")
    may_change = request.user.has_perm("events.change_event", row.event.branch)
    form = AssignForm(request.POST if request.method == "POST" and may_change else None)
    if form.is_bound and form.is_valid():
        try:
            actions.assign_booth(
                row,
                company=form.company,
                expires_at=form.expires_at,
                form_key=form.cleaned_data["form_key"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The booth is held, and its contact is told."))
            return redirect("events_staff:booth", slug, number)
    return _page(request, row, may_change, form)


def _page(
    request: HttpRequest,
    row: Booth,
    may_change: bool,
    form: AssignForm,
    move: MoveForm | None = None,
    back: TakeBackForm | None = None,
) -> HttpResponse:
    history = BoothBooking.objects.filter(booth=row).with_event().order_by("-pk")
    audit.viewed(request, row.event, subjects=[each.exhibitor.contact_id for each in history])
    shown = [form, *filter(None, [move, back])]
    return TemplateResponse(
        request,
        "staff/events/booth.html",
        {
            "event": row.event,
            "booth": row,
            "history": history,
            "may_change": may_change,
            "form": form,
            "move": move or MoveForm(booth=row),
            "back": back or TakeBackForm(),
        },
        status=422 if any(each.is_bound and each.errors for each in shown) else 200,
    )


def _booking(row: Booth) -> BoothBooking:
    if row.booking is None:
        raise Refused(_("Nobody has this booth any more. Reload the page and look again."))
    return BoothBooking.objects.with_event().get(pk=row.booking.pk)


@require_POST
@staff_view("events.change_event")
def booth_move(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    row = _booth(request, slug, number, "events.change_event")
    booking = _booking(row)
    form = MoveForm(request.POST, booth=row)

    def move(booth: Booth) -> None:
        actions.move_booking(booking, booth, by=request.user)

    if carried_out(request, form, move, _("The exhibitor has another booth, and is told.")):
        return redirect("events_staff:booth", slug, form.cleaned_data["booth"].number)
    return _page(request, row, True, AssignForm(), move=form)


@require_POST
@staff_view("events.change_event")
def booth_take_back(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    row = _booth(request, slug, number, "events.change_event")
    booking = _booking(row)
    form = TakeBackForm(request.POST)

    def take_back(reason: str, is_ours: bool, **_confirmed: bool) -> None:
        actions.take_booth_back(booking, is_ours=is_ours, reason=reason, by=request.user)

    if carried_out(request, form, take_back, _("The booth is free again, and its exhibitor told.")):
        return redirect("events_staff:booth", slug, number)
    return _page(request, row, True, AssignForm(), back=form)


@require_POST
@staff_view("events.change_event")
def booth_withhold(request: HttpRequest, slug: str, number: str) -> HttpResponse:
    """Companies cannot choose it any more; or they can again."""
    row = _booth(request, slug, number, "events.change_event")
    if row.is_offered:
        actions.withhold_booth(row, by=request.user)
        messages.success(request, _("This booth is not offered any more."))
    else:
        actions.offer_booth(row, by=request.user)
        messages.success(request, _("This booth is offered again."))
    return redirect("events_staff:booth", slug, number)


# --- a booking without a number ---


def _booking_or_404(request: HttpRequest, slug: str, pk: int, verb: str) -> BoothBooking:
    event = event_or_404(request, slug, verb)
    return get_object_or_404(event.booth_bookings.with_event(), pk=pk)


@staff_view("events.view_event")
def booking(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Any booth of a kind was ordered: staff say which it is."""
    row = _booking_or_404(request, slug, pk, "events.view_event")
    may_change = request.user.has_perm("events.change_event", row.event.branch)
    form = AssignNumberForm(
        request.POST if request.method == "POST" and may_change else None, booking=row
    )

    def assign(booth: Booth) -> None:
        actions.assign_number(row, booth, by=request.user)

    done = _("The booth has its number, and the exhibitor is told.")
    if form.is_bound and carried_out(request, form, assign, done):
        return redirect("events_staff:booths", slug)
    return _booking_page(request, row, may_change, form, TakeBackForm())


@require_POST
@staff_view("events.change_event")
def booking_take_back(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    row = _booking_or_404(request, slug, pk, "events.change_event")
    form = TakeBackForm(request.POST)

    def take_back(reason: str, is_ours: bool, **_confirmed: bool) -> None:
        actions.take_booth_back(row, is_ours=is_ours, reason=reason, by=request.user)

    done = _("The booking has ended, and its exhibitor is told.")
    if carried_out(request, form, take_back, done):
        return redirect("events_staff:booths", slug)
    return _booking_page(request, row, True, AssignNumberForm(booking=row), form)


def _booking_page(
    request: HttpRequest,
    row: BoothBooking,
    may_change: bool,
    form: AssignNumberForm,
    back: TakeBackForm,
) -> HttpResponse:
    audit.viewed(request, row.event, subjects=[row.exhibitor.contact_id])
    return TemplateResponse(
        request,
        "staff/events/booth_booking.html",
        {
            "event": row.event,
            "booking": row,
            "may_change": may_change and row.released_at is None,
            "form": form,
            "back": back,
        },
        status=422 if any(each.is_bound and each.errors for each in (form, back)) else 200,
    )


# --- pages of exhibitors ---


def _shown(row: Exhibitor) -> str:
    if row.hidden_at:
        return _("Hidden")
    return _("Shown") if row.booked else _("Not shown before a booth is paid")


EXHIBITORS = ListExport(
    "events.export_exhibitors",
    gettext_lazy("Exhibitors"),
    [
        (gettext_lazy("Exhibitor"), lambda row: row.name),
        (gettext_lazy("Booth"), lambda row: row.numbers),
        (gettext_lazy("Contact"), lambda row: row.contact.name),
        (pgettext_lazy("of an exhibitor", "Page"), _shown),
        (gettext_lazy("Reason"), lambda row: row.hidden_reason),
    ],
    people=["contact"],
)


@staff_view("events.view_event")
@require_safe
def exhibitors(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_event")
    page = page_of(request, _exhibitors(event))
    audit.viewed(request, event, subjects=[row.contact_id for row in page])
    return TemplateResponse(
        request,
        "staff/events/exhibitors.html",
        {
            "event": event,
            "page": page,
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


def _exhibitors(event: Event) -> Any:
    rows = Exhibitor.objects.filter(event=event).with_booths().select_related("contact")
    return rows.order_by("name_ko", "pk")


@require_POST
@staff_view("events.view_event")
def exhibitors_export(request: HttpRequest, slug: str) -> HttpResponseBase:
    event = event_or_404(request, slug, "events.view_event")
    return EXHIBITORS.answer(request, _exhibitors(event), of=event)


def _exhibitor(request: HttpRequest, slug: str, pk: int) -> Exhibitor:
    event = event_or_404(request, slug, "events.change_event")
    return get_object_or_404(event.exhibitors.select_related("contact", "event__branch"), pk=pk)


@require_POST
@staff_view("events.change_event")
def exhibitor_hide(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    row = _exhibitor(request, slug, pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please give the reason that the exhibitor is told."))
    actions.hide_page(row, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, _("The page is hidden, and its exhibitor told."))
    return redirect("events_staff:exhibitors", slug)


@require_POST
@staff_view("events.change_event")
def exhibitor_show(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    actions.show_page(_exhibitor(request, slug, pk), by=request.user)
    messages.success(request, _("The page is shown again."))
    return redirect("events_staff:exhibitors", slug)
