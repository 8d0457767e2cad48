"""Our books beside the provider's: what disagrees and why, and when was last looked."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions
from kosna.payments.forms import DisagreementFilter
from kosna.payments.labels import advice
from kosna.payments.models import Disagreement, ProviderEvent, Reconciliation
from kosna.payments.providers import hosted
from kosna.payments.staff_views.rows import of_the_head_office

RUNS = 10
EXPORT = ListExport(
    "payments.export_disagreements",
    gettext_lazy("Reconciliation"),
    [
        (gettext_lazy("Since"), lambda row: row.first_seen_at),
        (gettext_lazy("What"), lambda row: row.get_kind_display()),
        (gettext_lazy("Reference"), lambda row: row.reference),
        (gettext_lazy("Order no."), lambda row: row.order.code if row.order else _("Unknown")),
        (gettext_lazy("Ours"), lambda row: row.ours),
        (gettext_lazy("Theirs"), lambda row: row.theirs),
        (
            gettext_lazy("What to do"),
            lambda row: advice(row.kind) if row.status == Disagreement.Status.STANDING else "",
        ),
        (gettext_lazy("Note"), lambda row: row.detail),
        (gettext_lazy("Status"), lambda row: row.get_status_display()),
        (gettext_lazy("Last seen"), lambda row: row.last_seen_at),
        (gettext_lazy("Agrees again"), lambda row: row.mended_at),
    ],
    people=["order__user"],
)


@require_GET
@staff_view("payments.view_reconciliation")
def reconciliation(request: HttpRequest) -> HttpResponse:
    form, rows = _listed(request)
    runs = list(Reconciliation.objects.select_related("by").order_by("-pk")[:RUNS])
    return TemplateResponse(
        request,
        "staff/payments/reconciliation.html",
        {
            "form": form,
            "page": page_of(request, rows),
            "runs": runs,
            "last": next((run for run in runs if run.finished_at), None),
            "standing": Disagreement.objects.standing().count(),
            "set_aside": ProviderEvent.objects.filter(
                outcome=ProviderEvent.Outcome.QUARANTINED
            ).count(),
            "has_provider": hosted() is not None,
            "may_run": request.user.has_perm("payments.reconcile"),
        },
    )


def _listed(request: HttpRequest) -> tuple[DisagreementFilter, Any]:
    of_the_head_office(request)
    form = DisagreementFilter(request.GET)
    return form, form.narrow(Disagreement.objects.select_related("order")).order_by("-pk")


@require_POST
@staff_view("payments.view_reconciliation")
def reconciliation_export(request: HttpRequest) -> HttpResponseBase:
    _form, rows = _listed(request)
    return EXPORT.answer(request, rows)


@require_POST
@staff_view("payments.reconcile")
def reconciliation_run(request: HttpRequest) -> HttpResponse:
    """The worker looks; the page of long work follows it."""
    of_the_head_office(request)
    batch = actions.start_reconciliation(by=request.user)
    return redirect("batches:batch", batch.uuid)
