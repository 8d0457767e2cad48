"""What part of the books is looked at: a period by month or by days, an account, a branch."""

import re
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, Scope
from kosna.core import clock
from kosna.payments.forms import DateInput
from kosna.payments.labels import ACCOUNTS, METHODS
from kosna.payments.ledger import Asked


class MonthField(forms.CharField):
    """``2026-11``; cleaned to its first day."""

    widget = forms.TextInput(attrs={"type": "month"})

    def clean(self, value: Any) -> date | None:
        text = super().clean(value)
        if not text:
            return None
        if not re.fullmatch(r"(19|20|21)\d\d-(0[1-9]|1[0-2])", text, re.ASCII):
            raise forms.ValidationError(_("Enter a month like 2026-11."), code="invalid")
        return date.fromisoformat(f"{text}-01")


class LedgerFilter(forms.Form):
    month = MonthField(label=_("Month"), required=False, max_length=7)
    since = forms.DateField(label=_("From"), required=False, widget=DateInput)
    until = forms.DateField(label=_("To"), required=False, widget=DateInput)
    account = forms.ChoiceField(label=_("Account"), required=False)
    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        label=_("Branch"),
        required=False,
        to_field_name="code",
        empty_label=_("All"),
    )
    cause = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[
            ("", _("All")),
            ("payment", _("Payments")),
            ("refund", _("Refunds")),
            ("line", _("Unidentified deposits")),
        ],
    )
    method = forms.ChoiceField(label=_("Method"), required=False)

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        everything = ("", _("All"))
        self.fields["account"].choices = [everything, *ACCOUNTS.items()]  # type: ignore[attr-defined]
        self.fields["method"].choices = [everything, *METHODS.items()]  # type: ignore[attr-defined]
        self.fields["branch"].queryset = scope.narrow(Branch.objects.all(), "pk")  # type: ignore[attr-defined]

    def asked(self) -> Asked:
        """What its valid fields say; a senseless one is as good as empty."""
        self.is_valid()
        said = self.cleaned_data
        first, last = self._period(said.get("since"), said.get("until"), said.get("month"))
        branch = said.get("branch")
        return Asked(
            first.isoformat(),
            last.isoformat(),
            account=said.get("account") or "",
            branch=branch.code if branch else "",
            cause=said.get("cause") or "",
            method=said.get("method") or "",
        )

    @staticmethod
    def _period(since: date | None, until: date | None, month: date | None) -> tuple[date, date]:
        """The days, else the month, else the month that runs."""
        if until and not since:
            since = until.replace(day=1)
        if since:
            return since, max(until or clock.today(), since)
        month = month or clock.today().replace(day=1)
        return month, clock.last_of_month(month)


class LedgerExportForm(forms.Form):
    format = forms.ChoiceField(
        label=_("Format"), choices=[("xlsx", _("Excel")), ("csv", _("CSV"))], initial="xlsx"
    )
    reason = forms.CharField(
        label=_("Reason for the export"),
        max_length=300,
        min_length=5,
        help_text=_("Kept in the audit log with your name and the people in the file."),
    )
