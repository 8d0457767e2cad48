"""The waiting list at the desk: who is next and why; overrides, each with a reason on record."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import actions, waiting_rank
from events.forms.desk import ReasonForm
from events.models import Event, WaitingPlace, WaitlistEntry
from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.exports import csv_response
from kosna.core.methods import require_POST

PAGE = 50


def _event_or_404(request: HttpRequest, slug: str) -> Event:
    events = Event.objects.permitted(request.user, "events.view_registration")
    return get_object_or_404(events.select_related("branch"), slug=slug)


@staff_view("events.view_registration")
def waiting(request: HttpRequest, slug: str) -> HttpResponse:
    event = _event_or_404(request, slug)
    tickets = list(event.tickets.all())
    page = Paginator(waiting_rank.list_of(event, clock.now()), PAGE).get_page(
        request.GET.get("page")
    )
    offered = list(
        WaitingPlace.objects.offered()
        .filter(entry__event=event)
        .select_related("entry__user", "registration__line__order", "registration__ticket")
        .order_by("registration__line__order__expires_at", "pk")
    )
    unproven = _unproven(event)
    shown = [row.entry for row in page] + [row.entry for row in offered] + unproven
    audit.viewed(request, event, subjects={entry.user_id for entry in shown})
    return TemplateResponse(
        request,
        "staff/events/waiting.html",
        {
            "event": event,
            "tickets": tickets,
            "page": page,
            "offered": offered,
            "unproven": unproven,
            "rule": waiting_rank.rule(tickets),
            "reason_form": ReasonForm(),
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


def _unproven(event: Event) -> list[WaitlistEntry]:
    """The latest of them: an address that was mistyped is put right at the desk."""
    entries = WaitlistEntry.objects.unproven().filter(event=event).with_wants()
    return list(
        entries.select_related("user__guest", "ticket").order_by("-joined_at", "-pk")[:PAGE]
    )


@require_POST
@staff_view("events.view_registration")
def waiting_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """The list as a file, which leaves the house: only with a reason, and on record."""
    event = _event_or_404(request, slug)
    reason = ReasonForm(request.POST)
    if not reason.is_valid():
        raise Refused(_("An export needs a reason: it is kept on record."))
    rows = waiting_rank.list_of(event, clock.now())
    audit.record_seen(
        "events.export_waiting",
        event,
        by=request.user,
        reason=reason.cleaned_data["reason"],
        subjects={row.entry.user_id for row in rows},
        ip=client_ip(request),
        rows=len(rows),
    )
    return csv_response(
        f"{event.slug}-waiting.csv",
        [
            (_("Rank"), lambda row: row.number),
            (_("Name"), lambda row: row.entry.user.name),
            (_("E-mail"), lambda row: row.entry.user.mailbox),
            (_("Ticket"), lambda row: row.entry.ticket.name),
            (_("Seats"), lambda row: row.entry.wants),
            (_("Membership"), lambda row: row.through.tier.name if row.through else ""),
            (_("Joined the list"), lambda row: row.entry.joined_at),
        ],
        rows,
    )


def _overridden(
    request: HttpRequest, slug: str, pk: int, deed: Callable[..., Any], done: Callable[[Any], str]
) -> HttpResponse:
    entries = WaitlistEntry.objects.permitted(request.user, "events.change_event")
    entry = get_object_or_404(entries.select_related("user"), event__slug=slug, pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        raise Refused(_("Please give a reason: it is kept on record."))
    result = deed(entry, reason=form.cleaned_data["reason"], by=request.user)
    messages.success(request, done(result))
    return redirect("events_staff:waiting", slug)


@require_POST
@staff_view("events.change_event")
def move_up(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _overridden(request, slug, pk, actions.move_up, lambda _done: _("Moved up."))


@require_POST
@staff_view("events.change_event")
def offer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _overridden(
        request,
        slug,
        pk,
        actions.offer_now,
        lambda n: ngettext("%(n)s seat was offered.", "%(n)s seats were offered.", n) % {"n": n},
    )


@require_POST
@staff_view("events.change_event")
def remove(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    return _overridden(request, slug, pk, actions.remove, lambda _done: _("Taken off the list."))
