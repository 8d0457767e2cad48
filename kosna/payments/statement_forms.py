"""Branches' statements and adjustments: what is looked for, and what the treasurer types."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.payments.forms import DateInput, won_field
from kosna.payments.models import Adjustment, Statement

MORE, LESS = "more", "less"


class BranchFilter(forms.Form):
    """What every list here is narrowed by: branches that the viewer may see, and a status."""

    model: type[Statement] | type[Adjustment]

    branch = forms.ModelChoiceField(
        Branch.objects.none(),
        label=_("Branch"),
        required=False,
        to_field_name="code",
        empty_label=_("All"),
    )
    status = forms.ChoiceField(label=_("Status"), required=False)

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches.filter(is_head_office=False)  # type: ignore[attr-defined]
        self.fields["status"].choices = [("", _("All")), *self.model.Status.choices]  # type: ignore[attr-defined]

    def narrow(self, rows: Any) -> Any:
        """Rows that the valid fields ask for; a senseless one is as good as empty."""
        self.is_valid()
        for name in ("branch", "status"):
            if asked := self.cleaned_data.get(name):
                rows = rows.filter(**{name: asked})
        return rows


class StatementFilter(BranchFilter):
    model = Statement

    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2200)
    field_order = ("year", "branch", "status")

    @property
    def asked_year(self) -> int | None:
        """This year unless another is asked for; every year where it is about what waits."""
        self.is_valid()
        year, status = (self.cleaned_data.get(name) for name in ("year", "status"))
        return year or (None if status else clock.today().year)

    def narrow(self, rows: Any) -> Any:
        rows = super().narrow(rows)
        return rows.in_year(self.asked_year) if self.asked_year else rows

    def words(self) -> str:
        """For the name of a file: 2026-busan"""
        branch, status = (self.cleaned_data.get(name) for name in ("branch", "status"))
        parts = (self.asked_year, branch and branch.code, status)
        return "-".join(str(part) for part in parts if part)


class AdjustmentFilter(BranchFilter):
    model = Adjustment


class AdjustmentForm(forms.Form):
    branch = forms.ModelChoiceField(
        Branch.objects.none(), label=_("Branch"), to_field_name="code", empty_label=_("Choose")
    )
    direction = forms.ChoiceField(
        label=_("Direction"),
        choices=[
            (MORE, _("Addition: the branch gets more")),
            (LESS, _("Deduction: the branch gets less")),
        ],
        widget=forms.RadioSelect,
    )
    amount = won_field(_("Amount (won)"))
    corrects = forms.ModelChoiceField(
        Statement.objects.none(),
        label=_("Corrects the statement of"),
        required=False,
        empty_label=_("None: another reason"),
        help_text=_("That statement stays as it is; this stands in the month that runs."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}))
    basis = forms.CharField(
        label=_("What it rests on"),
        max_length=200,
        help_text=_("A decision, a document, the code of an order."),
    )

    def __init__(self, *args: Any, branches: Any, statements: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches.filter(is_head_office=False)  # type: ignore[attr-defined]
        closed = statements.closed().select_related("branch").order_by("-month", "branch")
        field = self.fields["corrects"]
        field.queryset = closed  # type: ignore[attr-defined]
        field.label_from_instance = (  # type: ignore[attr-defined]
            lambda row: f"{row.month:%Y-%m} · {row.branch.name}"
        )

    def facts(self) -> dict[str, Any]:
        """What ``enter_adjustment`` takes."""
        data = dict(self.cleaned_data)
        sign = 1 if data.pop("direction") == MORE else -1
        return data | {"amount": sign * data["amount"]}


class PayoutForm(forms.Form):
    amount = won_field(_("Amount paid out (won)"))
    paid_on = forms.DateField(label=_("Paid out on"), widget=DateInput)
    reference = forms.CharField(label=_("The bank's reference of the transfer"), max_length=100)
