"""Our books beside the provider's: what disagrees and why, and when was last looked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from kosna.branches.access import staff_view
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions
from kosna.payments.forms import DisagreementFilter
from kosna.payments.models import Disagreement, ProviderEvent, Reconciliation
from kosna.payments.providers import hosted
from kosna.payments.staff_views.rows import of_the_head_office

RUNS = 10


@require_GET
@staff_view("payments.view_reconciliation")
def reconciliation(request: HttpRequest) -> HttpResponse:
    of_the_head_office(request)
    form = DisagreementFilter(request.GET)
    rows = form.narrow(Disagreement.objects.select_related("order")).order_by("-pk")
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


@require_POST
@staff_view("payments.reconcile")
def reconciliation_run(request: HttpRequest) -> HttpResponse:
    """The worker looks; the page of long work follows it."""
    of_the_head_office(request)
    batch = actions.start_reconciliation(by=request.user)
    return redirect("batches:batch", batch.uuid)
