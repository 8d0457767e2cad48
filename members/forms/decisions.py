"""Reasons and bases, as a decision asks for them."""

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        help_text=_("The applicant reads this."),
    )


class RejectForm(ReasonForm):
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("Meeting, date and number of the decision, or the article it rests on"),
    )


class ApproveForm(forms.Form):
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("Meeting, date and number of the decision, or the article it rests on"),
    )


class ExportForm(forms.Form):
    class Format(models.TextChoices):
        XLSX = "xlsx", _("Excel")
        CSV = "csv", _("CSV")

    format = forms.ChoiceField(
        label=_("Format"), choices=Format, initial=Format.XLSX, required=False
    )
    reason = forms.CharField(
        label=_("Reason for the export"),
        max_length=300,
        min_length=5,
        help_text=_("Kept in the audit log with your name and the people in the file."),
    )
