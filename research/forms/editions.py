"""What editors type about editions, errata and sample pages."""

from django import forms
from django.utils.translation import gettext_lazy

from research.forms.uploads import ReportPdfField
from research.models import Edition, Erratum


class EditionForm(forms.ModelForm):
    pdf = ReportPdfField(
        label=gettext_lazy("PDF"),
        help_text=gettext_lazy("Up to 50 MB, not encrypted."),
    )

    class Meta:
        model = Edition
        fields = ("label", "note_ko", "note_en")

    field_order = ("label", "pdf", "note_ko", "note_en")


class ErratumForm(forms.ModelForm):
    class Meta:
        model = Erratum
        fields = ("place", "text_ko", "text_en")
        help_texts = {"place": gettext_lazy("Page, table or figure.")}


class SamplesForm(forms.Form):
    pages = forms.CharField(
        label=gettext_lazy("Pages that everybody may see"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("For example 1-3, 7. Up to ten; empty: none."),
    )
