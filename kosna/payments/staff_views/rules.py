"""What was decided about money that arrives when nobody may have the thing any more."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.audit.list_exports import ListExport
from kosna.branches.access import staff_view
from kosna.core.errors import Refused
from kosna.core.lists import page_of
from kosna.core.methods import require_POST
from kosna.payments import actions
from kosna.payments.forms import MoneyRuleForm
from kosna.payments.models import MoneyRule
from kosna.payments.staff_views.rows import of_the_head_office

EXPORT = ListExport(
    "payments.export_rules",
    gettext_lazy("Payment rules"),
    [
        (gettext_lazy("Decided"), lambda row: row.decided_at),
        (gettext_lazy("Late money"), lambda row: row.get_late_money_display()),
        (gettext_lazy("Decided by (meeting, date)"), lambda row: row.reason),
        (gettext_lazy("Entered by"), lambda row: row.decided_by.name),
    ],
)


@staff_view("payments.change_rule", "payments.view_reconciliation")
def money_rules(request: HttpRequest) -> HttpResponse:
    """The rule in force, those before it, and the form of the next decision."""
    of_the_head_office(request)
    may_change = request.user.has_perm("payments.change_rule")
    rule = MoneyRule.objects.in_force()
    form = MoneyRuleForm(request.POST or None, initial={"late_money": rule.late_money})
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if form.is_valid():
            try:
                actions.decide_rule(by=request.user, **form.cleaned_data)
            except Refused as refusal:
                refusal.to_form(form)
            else:
                messages.success(request, _("The decision holds from now on."))
                return redirect("payments_staff:money-rules")
    rows = _decided()
    return TemplateResponse(
        request,
        "staff/payments/money_rules.html",
        {"rule": rule, "form": form, "may_change": may_change, "page": page_of(request, rows)},
    )


def _decided() -> Any:
    return MoneyRule.objects.select_related("decided_by").order_by("-pk")


@require_POST
@staff_view("payments.change_rule", "payments.view_reconciliation")
def money_rules_export(request: HttpRequest) -> HttpResponseBase:
    of_the_head_office(request)
    return EXPORT.answer(request, _decided())
