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

    def asked(self, name: str) -> Any:
        """What a valid field says; a senseless one is as good as empty."""
        self.is_valid()
        return self.cleaned_data.get(name)

    @property
    def period(self) -> tuple[date, date]:
        """First and last day, in Seoul: the days, else the month, else the month that runs."""
        since, until = self.asked("since"), self.asked("until")
        if since or until:
            first = since or date(until.year, until.month, 1)
            return first, max(until or clock.today(), first)
        month = self.asked("month") or clock.today().replace(day=1)
        return month, clock.last_of_month(month)

    def narrow(self, entries: Any) -> Any:
        """The entries of all times that it asks for; the period is ``period``'s."""
        if account := self.asked("account"):
            entries = entries.filter(account=account)
        if branch := self.asked("branch"):
            entries = entries.filter(branch=branch)
        if cause := self.asked("cause"):
            entries = entries.of_cause(cause)
        if method := self.asked("method"):
            entries = entries.filter(payment__method=method)
        return entries

    def query(self) -> dict[str, str]:
        """It said again, for the address and for the record; without what was senseless."""
        self.is_valid()
        return {
            name: str(self.data[name])
            for name in self.fields
            if self.cleaned_data.get(name) and self.data.get(name)
        }


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
