"""The books: entries of a period, what stood in each account, and both as a file."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from kosna.accounts.requests import client_ip
from kosna.audit import actions as audit
from kosna.branches.access import staff_view
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.payments import actions, ledger
from kosna.payments.ledger_forms import LedgerExportForm, LedgerFilter
from kosna.payments.models import LedgerEntry

VIEW = "payments.view_ledger"


@require_GET
@staff_view(VIEW)
def ledger_list(request: HttpRequest) -> HttpResponse:
    return _page(request, LedgerExportForm())


def _page(request: HttpRequest, export_form: LedgerExportForm) -> HttpResponse:
    form = LedgerFilter(request.GET, scope=request.scope)
    asked = form.asked()
    first, last = asked.period
    entries = asked.narrow(LedgerEntry.objects.permitted(request.user, VIEW))
    rows = entries.between(first, last)
    page = page_of(request, rows.with_causes().order_by("-booked_at", "-pk"), count=rows.count())
    shown: list[Any] = list(page.object_list)
    audit.viewed(
        request,
        request.user,
        subjects={entry.order.user_id for entry in shown if entry.order},
        filters=asdict(asked),
    )
    page.object_list = list(ledger.Reader.of(request.user).rows(shown))
    balances = ledger.balances(entries, first, last)
    return TemplateResponse(
        request,
        "staff/payments/ledger.html",
        {
            "form": form,
            "page": page,
            "first": first,
            "last": last,
            "balances": balances,
            "total": ledger.total_of(balances),
            "export_form": export_form,
            "query": f"?{request.GET.urlencode()}" if request.GET else "",
        },
        status=422 if export_form.errors else 200,
    )


@require_POST
@staff_view(VIEW)
def ledger_export(request: HttpRequest) -> HttpResponse:
    """The list as it is filtered, as a file; never without a reason, which stays on record."""
    typed = LedgerExportForm(request.POST)
    if not typed.is_valid():
        return _page(request, typed)
    batch = actions.start_ledger_file(
        LedgerFilter(request.GET, scope=request.scope).asked(),
        **typed.cleaned_data,
        by=request.user,
        ip=client_ip(request),
    )
    return redirect("batches:batch", batch.uuid)
