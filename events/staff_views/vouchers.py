"""Vouchers at the desk: made, looked for, what each was used for, withdrawn, handed out."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events import actions
from events.forms.desk import ReasonForm
from events.forms.vouchers import VoucherFilter, VoucherForm
from events.models import Voucher, VoucherQuerySet, VoucherUse
from events.staff_views.events import event_or_404
from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.exports import csv_response
from kosna.core.methods import require_POST

PAGE, NAMES = 50, 3


def _found(event: Any, form: VoucherFilter) -> VoucherQuerySet:
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    found = event.vouchers.matching(wanted.get("q", "")).in_state(wanted.get("state", ""))
    return found.select_related("ticket")


@staff_view("events.view_registration")
def vouchers(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.view_registration")
    form = VoucherFilter(request.GET)
    uses = VoucherUse.objects.standing().select_related("registration")
    rows = _found(event, form).prefetch_related(
        Prefetch("uses", uses[:NAMES], to_attr="first_uses")
    )
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    shown = [use.registration for row in page for use in row.first_uses]
    audit.viewed(request, event, subjects={place.user_id for place in shown if place.user_id})
    return TemplateResponse(
        request,
        "staff/events/vouchers.html",
        {
            "event": event,
            "form": form,
            "page": page,
            "reason_form": ReasonForm(),
            "may_change": request.user.has_perm("events.change_event", event.branch),
        },
    )


@staff_view("events.change_event")
def voucher_new(request: HttpRequest, slug: str) -> HttpResponse:
    event = event_or_404(request, slug, "events.change_event")
    form = VoucherForm(request.POST or None, event=event, tickets=list(event.tickets.all()))
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_vouchers(
                event,
                form.terms,
                count=form.cleaned_data["count"],
                code=form.cleaned_data["code"],
                form_key=form.cleaned_data["form_key"],
                by=request.user,
            )
        except Refused as refusal:
            refusal.to_form(form)
        else:
            if not made:
                return _sent_twice(request, slug)
            text = ngettext("%(n)s code was made.", "%(n)s codes were made.", len(made))
            messages.success(request, text % {"n": len(made)})
            return redirect("events_staff:vouchers", slug)
    key = form.cleaned_data.get("form_key") if form.errors else None
    if key and Voucher.objects.filter(made_by=request.user, form_key=key).exists():
        return _sent_twice(request, slug)
    return TemplateResponse(
        request,
        "staff/events/voucher_form.html",
        {"event": event, "form": form},
        status=422 if form.errors else 200,
    )


def _sent_twice(request: HttpRequest, slug: str) -> HttpResponse:
    messages.info(request, _("This form was sent twice: its codes were made once."))
    return redirect("events_staff:vouchers", slug)


@staff_view("events.view_registration")
def voucher(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """What one code is good for, and every place that it was used for."""
    found = Voucher.objects.permitted(request.user, "events.view_registration")
    row = get_object_or_404(found.select_related("event", "ticket"), event__slug=slug, pk=pk)
    uses = row.uses.select_related("registration__ticket", "registration__line__order")
    page = Paginator(uses, PAGE).get_page(request.GET.get("page"))
    places = [use.registration for use in page]
    audit.viewed(request, row.event, subjects={place.user_id for place in places if place.user_id})
    return TemplateResponse(
        request,
        "staff/events/voucher_detail.html",
        {
            "event": row.event,
            "voucher": row,
            "page": page,
            "may_change": request.user.has_perm("events.change_event", row.event.branch),
        },
    )


@require_POST
@staff_view("events.change_event")
def voucher_withdraw(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = Voucher.objects.permitted(request.user, "events.change_event")
    row = get_object_or_404(found.select_related("event"), event__slug=slug, pk=pk)
    actions.withdraw_voucher(row, by=request.user)
    messages.success(request, _("Withdrawn. What it kept is on sale again."))
    return redirect("events_staff:voucher", slug, pk)


@require_POST
@staff_view("events.view_registration")
def vouchers_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Codes are worth money: they leave the house only with a reason, and on record."""
    event = event_or_404(request, slug, "events.view_registration")
    reason = ReasonForm(request.POST)
    if not reason.is_valid():
        raise Refused(_("An export needs a reason: it is kept on record."))
    rows = _found(event, VoucherFilter(request.GET))
    audit.record(
        "events.export_vouchers",
        event,
        by=request.user,
        reason=reason.cleaned_data["reason"],
        ip=client_ip(request),
        rows=rows.count(),
    )
    return csv_response(
        f"{event.slug}-vouchers.csv",
        [
            (_("Code"), lambda row: row.code),
            (_("Purpose"), lambda row: row.purpose),
            (_("Ticket"), lambda row: row.ticket.name if row.ticket else ""),
            (_("Effect"), lambda row: row.get_effect_display()),
            (_("Per cent or won"), lambda row: row.value),
            (_("Good for"), lambda row: row.max_uses),
            (_("Used"), lambda row: row.used),
            (_("Valid until"), lambda row: row.valid_until),
            (_("Ended"), lambda row: row.ended_at),
        ],
        rows,
    )
