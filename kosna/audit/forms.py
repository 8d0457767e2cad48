from django import forms
from django.db.models import Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from kosna.audit.models import Entry
from kosna.audit.words import VERBS


class EntryFilter(forms.Form):
    q = forms.CharField(label=_("Actor or target"), required=False, max_length=80)
    verb = forms.ChoiceField(
        label=_("Verb"), choices=[("", _("Everything")), *VERBS.items()], required=False
    )
    on = forms.DateField(
        label=_("Day"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def narrow(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        """The rows that the filters in the address leave; senseless filters leave all."""
        if not self.is_valid():
            return rows
        wanted = self.cleaned_data
        if wanted["q"]:
            rows = rows.filter(Q(actor__icontains=wanted["q"]) | Q(target__icontains=wanted["q"]))
        if wanted["verb"]:
            rows = rows.filter(verb=wanted["verb"])
        if wanted["on"]:
            rows = rows.filter(at__date=wanted["on"])
        return rows


class ExportForm(forms.Form):
    """As what a list is taken along, and what for."""

    class Format(TextChoices):
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
