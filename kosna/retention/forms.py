from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.retention.models import Destruction, DestructionQuerySet


class CloseForm(forms.Form):
    confirmed = forms.BooleanField(
        label=_("I have read this and want to close my account for good.")
    )


class ProposalForm(forms.Form):
    note = forms.CharField(
        label=_("Note for whoever approves it"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class IdentityForm(forms.Form):
    reason = forms.CharField(
        label=_("What it is needed for"),
        min_length=5,
        max_length=300,
        help_text=_("Kept in the record with your name."),
    )


class DestructionFilter(forms.Form):
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Destruction.Status.choices]
    )

    def narrow(self, rows: DestructionQuerySet) -> DestructionQuerySet:
        self.is_valid()
        return rows.in_status(self.cleaned_data.get("status", ""))


class ClosedFilter(forms.Form):
    """``?number=&kept=``; what makes no sense is ignored."""

    number = forms.IntegerField(label=_("Account number"), required=False, min_value=1)
    kept = forms.ChoiceField(
        label=_("What is kept"),
        required=False,
        choices=[("", _("All")), ("yes", _("Name and address kept")), ("no", _("Nothing left"))],
    )

    def narrow(self, rows: Any) -> Any:
        self.is_valid()
        asked = self.cleaned_data
        if asked.get("number"):
            rows = rows.filter(pk=asked["number"])
        if asked.get("kept"):
            rows = rows.filter(sealed__isnull=asked["kept"] == "no")
        return rows
