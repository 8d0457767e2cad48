"""What the payment provider told us; above all what did not fit and was set aside."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions
from kosna.payments.forms import ApplyForm, ProviderEventFilter, ReasonForm
from kosna.payments.labels import event_label
from kosna.payments.models import Order, ProviderEvent
from kosna.payments.providers.base import ProviderDown
from kosna.payments.staff_views.rows import of_the_head_office

EXPORT = ListExport(
    "payments.export_provider_events",
    gettext_lazy("Provider notices"),
    [
        (gettext_lazy("Received"), lambda row: row.received_at),
        (gettext_lazy("What"), lambda row: f"{event_label(row.type)} ({row.type})"),
        (gettext_lazy("Order no."), lambda row: row.payload.get("order")),
        (
            gettext_lazy("Amount"),
            lambda row: (
                f"{row.amount} {row.foreign_currency}" if row.foreign_currency else row.amount
            ),
        ),
        (gettext_lazy("Why"), lambda row: row.note),
        (gettext_lazy("Status"), lambda row: row.get_outcome_display()),
    ],
)


@require_GET
@staff_view("payments.view_reconciliation")
def provider_events(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    page = page_of(request, rows)
    return TemplateResponse(
        request, "staff/payments/provider_events.html", {"form": form, "page": page}
    )


def _listed(request: HttpRequest) -> tuple[ProviderEventFilter, Any]:
    of_the_head_office(request)
    form = ProviderEventFilter(request.GET)
    return form, form.narrow(ProviderEvent.objects.all()).order_by("-pk")


@require_POST
@staff_view("payments.view_reconciliation")
def provider_events_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@require_GET
@staff_view("payments.view_reconciliation")
def provider_event(request: HttpRequest, pk: int) -> HttpResponse:
    of_the_head_office(request)
    row = get_object_or_404(ProviderEvent.objects.select_related("decided_by"), pk=pk)
    return _page(request, row, ApplyForm(), ReasonForm())


@require_POST
@staff_view("payments.reconcile")
def provider_event_apply(request: HttpRequest, pk: int) -> HttpResponse:
    """Once more, after what did not fit was mended."""
    of_the_head_office(request)
    row = get_object_or_404(ProviderEvent, pk=pk)
    form = ApplyForm(request.POST)
    if form.is_valid():
        try:
            actions.apply_again(row, by=request.user, **form.cleaned_data)
        except ProviderDown as problem:
            form.add_error(None, _("The payment provider does not answer. Please try again later."))
            form.add_error(None, str(problem))
        except Refused as refusal:
            refusal.to_form(form)
        else:
            messages.success(request, _("The notice was applied."))
            return redirect("payments_staff:provider-event", row.pk)
    return _page(request, row, form, ReasonForm())


@require_POST
@staff_view("payments.reconcile")
def provider_event_ignore(request: HttpRequest, pk: int) -> HttpResponse:
    of_the_head_office(request)
    row = get_object_or_404(ProviderEvent, pk=pk)
    form = ReasonForm(request.POST)
    if form.is_valid():
        actions.ignore(row, by=request.user, **form.cleaned_data)
        messages.success(request, _("The notice was put aside for good."))
        return redirect("payments_staff:provider-events")
    return _page(request, row, ApplyForm(), form)


def _page(
    request: HttpRequest, row: ProviderEvent, apply_form: ApplyForm, ignore_form: ReasonForm
) -> HttpResponse:
    waits = row.outcome in (ProviderEvent.Outcome.QUARANTINED, ProviderEvent.Outcome.RECEIVED)
    code = str(row.payload.get("order", ""))
    return TemplateResponse(
        request,
        "staff/payments/provider_event.html",
        {
            "row": row,
            "order": Order.objects.filter(code=code).first() if code else None,
            "apply_form": apply_form,
            "ignore_form": ignore_form,
            "may_decide": waits and request.user.has_perm("payments.reconcile"),
        },
    )
