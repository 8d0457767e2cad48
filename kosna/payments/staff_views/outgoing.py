"""Outgoing lines of the bank: which payout or refund each of them is."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_GET, require_POST
from kosna.core.templatetags.ui import kmonth
from kosna.payments import actions, outgoing
from kosna.payments.bank_forms import OutgoingFilter, UndoMatchForm
from kosna.payments.models import BankAccount, BankLine, OutgoingMatch
from kosna.payments.staff_views.choices import CONFIRM


def _told(line: Any) -> str:
    """What a line was found to show; what it may show is the page's to propose."""
    for match in line.matched:
        if match.payout:
            statement = match.payout.statement
            return _("Payout of %(branch)s, %(month)s") % {
                "branch": statement.branch.name,
                "month": kmonth(statement.month),
            }
        order = match.refund.order
        return _("Refund to %(name)s, %(code)s") % {"name": order.buyer_name, "code": order.code}
    return _("Shows a deposit that was wired back.") if hasattr(line, "returned") else ""


EXPORT = ListExport(
    "payments.export_outgoing",
    gettext_lazy("Outgoing lines"),
    [
        (
            gettext_lazy("Date"),
            lambda row: clock.kst_date(row.at) if row.grain == "day" else row.at,
        ),
        (gettext_lazy("To whom"), lambda row: row.payer),
        (gettext_lazy("Description"), lambda row: row.memo),
        (gettext_lazy("Account"), lambda row: row.account.name),
        (gettext_lazy("Amount"), lambda row: row.outgoing),
        (gettext_lazy("What it shows"), _told),
    ],
    people=["borne__refund__order__user"],
)


@require_GET
@staff_view(CONFIRM)
def outgoing_lines(request: HttpRequest) -> HttpResponse:
    """Those of the size of something that waits for its line, unless the address asks for more."""
    targets = outgoing.targets_of(request.user)
    form, lines = _listed(request, targets)
    page = page_of(request, lines)
    shown = list(page.object_list)
    found, matches = outgoing.proposals(shown, targets), _matches_of(shown)
    page.object_list = [
        (line, matches.get(line.pk), [] if line.pk in matches else found[line.pk]) for line in shown
    ]
    return TemplateResponse(
        request,
        "staff/payments/bank/outgoing.html",
        {"form": form, "page": page, "waiting": len(targets), "here": "outgoing"},
    )


def _listed(request: HttpRequest, targets: list[outgoing.Target]) -> tuple[OutgoingFilter, Any]:
    form = OutgoingFilter(
        request.GET, accounts=BankAccount.objects.permitted(request.user, CONFIRM)
    )
    lines = form.narrow(
        BankLine.objects.permitted(request.user, CONFIRM).outgoing(),
        {target.amount for target in targets},
    )
    return form, lines.select_related("account", "returned").order_by("-at", "-pk")


def _standing() -> Any:
    rows = OutgoingMatch.objects.standing()
    return rows.select_related("payout__statement__branch", "refund__order", "matched_by")


def _matches_of(lines: list[BankLine]) -> dict[int, OutgoingMatch]:
    return {match.line_id: match for match in _standing().filter(line__in=lines)}


@require_POST
@staff_view(CONFIRM)
def outgoing_export(request: HttpRequest) -> HttpResponseBase:
    _form, lines = _listed(request, outgoing.targets_of(request.user))
    matches = Prefetch("outgoing_matches", _standing(), to_attr="matched")
    return EXPORT.answer(request, lines.with_borne().prefetch_related(matches))


@require_POST
@staff_view(CONFIRM)
def outgoing_match(request: HttpRequest, pk: int) -> HttpResponse:
    """``choice`` is one of the line's proposals."""
    lines = BankLine.objects.permitted(request.user, CONFIRM).outgoing()
    line = get_object_or_404(lines, pk=pk)
    [found] = outgoing.proposals([line], outgoing.targets_of(request.user)).values()
    chosen = {proposal.target.value: proposal for proposal in found}
    proposal = chosen.get(request.POST.get("choice", ""))
    if proposal is None:
        raise Refused(_("It no longer fits this line. Look at the list again."))
    kind, thing = proposal.target.value.partition(":")[0], proposal.target.thing
    deed: Any = {
        "statement": actions.pay_out_by_line,
        "payout": actions.find_payout,
        "refund": actions.find_refund,
    }[kind]
    deed(line, thing, why=proposal.why, by=request.user)
    messages.success(request, _("Matched to the bank's line."))
    return _back(request)


@require_POST
@staff_view(CONFIRM)
def outgoing_undo(request: HttpRequest, pk: int) -> HttpResponse:
    rows = OutgoingMatch.objects.permitted(request.user, CONFIRM)
    rows = rows.select_related("payout__statement", "refund__order")
    match = get_object_or_404(rows, pk=pk)
    form = UndoMatchForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    actions.unmatch_outgoing(match, reason=reason or _("Undone at once"), by=request.user)
    messages.success(request, _("Taken back. What was paid out stays recorded."))
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """To the statement from whose page it was done, or to the list as it was filtered."""
    back = request.POST.get("back", "")
    if back.isdecimal() and len(back) < 10:
        return redirect("payments_staff:statement", int(back))
    return redirect(reverse("payments_staff:outgoing") + (f"?{back}" if back else ""))
