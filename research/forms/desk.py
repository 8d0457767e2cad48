"""What editors type."""

from datetime import date
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.forms import formset_factory
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.branches.models import Branch
from kosna.payments.models import OrderLine
from members import keys
from members.models import Tier, Topic
from research.caps import USUAL
from research.forms.uploads import MAX_PDF_BYTES, ReportPdfField
from research.models import CAME, Audience, DailyCap, Label, Report

RESERVED = {
    "statistics",
    "authors",
    "feed",
    "saved",
    "suggest",
}  # addresses beside those of reports


def day_field(label: Any) -> forms.DateField:
    """A day of this portal's time: one of the year 1 has no midnight in Seoul by UTC."""
    bounds = [MinValueValidator(date(2000, 1, 1)), MaxValueValidator(date(2199, 12, 31))]
    return forms.DateField(
        label=label,
        required=False,
        validators=bounds,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )


class DeskSearchForm(forms.Form):
    """Filters of the editors' list."""

    q = forms.CharField(
        label=gettext_lazy("Title, author or keyword"), max_length=100, required=False
    )
    status = forms.ChoiceField(
        label=gettext_lazy("Status"),
        choices=[
            ("", gettext_lazy("All")),
            *Report.Status.choices,
            ("scheduled", gettext_lazy("Scheduled")),
        ],
        required=False,
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Topic"),
        choices=[("", gettext_lazy("All topics")), *Report.Topic.choices],
        required=False,
    )


class DownloadSearchForm(forms.Form):
    """Who took which copy: by what stands on the copy, by report, by Korean days."""

    q = forms.CharField(
        label=gettext_lazy("Serial, member number or name"), max_length=100, required=False
    )
    report = forms.CharField(label=gettext_lazy("Report address"), max_length=80, required=False)
    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("To"))


class SpanForm(forms.Form):
    """Korean days, both included."""

    since = day_field(gettext_lazy("From"))
    until = day_field(gettext_lazy("To"))


class TraceForm(forms.Form):
    """Whatever turned up: it need not be a sound PDF, and is never shown or kept."""

    pdf = forms.FileField(
        label=gettext_lazy("A file, or a page of one (PDF)"),
        help_text=gettext_lazy("Up to 50 MB. It is looked at and not kept."),
    )

    def clean_pdf(self) -> bytes:
        upload = self.cleaned_data["pdf"]
        if upload.size > MAX_PDF_BYTES:
            raise forms.ValidationError(_("This file is too large."))
        return upload.read()


class CapsForm(forms.Form):
    """A number for everyone, and one for each tier that has its own."""

    everyone = forms.IntegerField(
        label=gettext_lazy("Everyone else"), min_value=1, max_value=1000, initial=USUAL
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = list(Tier.objects.all())
        known = dict(DailyCap.objects.values_list("tier", "copies"))
        self.fields["everyone"].initial = known.get(None, USUAL)
        for tier in self.tiers:
            self.fields[f"tier_{tier.pk}"] = forms.IntegerField(
                label=tier.name,
                min_value=1,
                max_value=1000,
                required=False,
                initial=known.get(tier.pk),
            )

    def caps(self) -> dict[Tier | None, int | None]:
        own = {tier: self.cleaned_data[f"tier_{tier.pk}"] for tier in self.tiers}
        return {None: self.cleaned_data["everyone"], **own}


class ReportForm(forms.ModelForm):
    """A report as its editor sees it. ``version`` is what the editor had before the eyes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    pdf = ReportPdfField(
        label=gettext_lazy("PDF"),
        required=False,
        help_text=gettext_lazy("Up to 50 MB, not encrypted. Replaces the present file."),
    )

    events = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Who came to these events"),
        coerce=int,
        required=False,
        widget=forms.SelectMultiple({"size": 6}),
    )

    field = forms.MultipleChoiceField(
        label=gettext_lazy("Social fields"),
        choices=Topic,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    audience = forms.MultipleChoiceField(
        label=gettext_lazy("Written for"),
        choices=Audience,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Report
        fields = (
            "title_ko",
            "title_en",
            "slug",
            "topic",
            "edition",
            "authors_ko",
            "authors_en",
            "keywords_ko",
            "keywords_en",
            "abstract_ko",
            "abstract_en",
            "contents_ko",
            "contents_en",
            "no_english",
            "is_public",
            "tiers",
            "branches",
            "price",
            "vat_class",
        )
        widgets = {
            "tiers": forms.CheckboxSelectMultiple,
            "branches": forms.SelectMultiple({"size": 6}),
        }
        help_texts = {
            "slug": gettext_lazy(
                "The last part of the web address; made from the English title if empty."
            ),
            "keywords_ko": gettext_lazy("Separated by commas."),
            "keywords_en": gettext_lazy("Separated by commas."),
            "contents_ko": gettext_lazy("One heading a line."),
            "contents_en": gettext_lazy("One heading a line."),
            "branches": gettext_lazy("Beside the tiers: whoever belongs to one of these."),
            "price": gettext_lazy("In won, VAT included. Leave empty if it is not sold."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = [row.event for row in self.instance.occasions.all()] if self.instance.pk else []
        names = keys.names_of(CAME, []) | (keys.names_of(CAME, chosen) if chosen else {})
        self.fields["events"].choices = list(names.items())
        self.fields["events"].initial = chosen
        labels = list(self.instance.labels.all()) if self.instance.pk else []
        for kind in Label.Kind.values:
            self.fields[kind].initial = [row.value for row in labels if row.kind == kind]
        self.fields["branches"].queryset = Branch.objects.order_by("pk")
        self.fields["slug"].required = False
        self.fields["vat_class"].required = False
        self.fields["version"].initial = self.instance.version
        if self.instance.published_at:
            self.fields["slug"].disabled = True  # mails and bibliographies point there

    def clean_slug(self) -> str:
        slug = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("title_en", ""))[:80]
        if not slug:
            raise forms.ValidationError(
                _("Type an address, or a title in English to make it from.")
            )
        if slug in RESERVED or Report.objects.filter(slug=slug).exclude(pk=self.instance.pk):
            raise forms.ValidationError(_("This address is taken."))
        return slug

    def clean_vat_class(self) -> str:
        return self.cleaned_data["vat_class"] or OrderLine.VatClass.TAXABLE

    def labels(self) -> dict[str, list[str]]:
        return {kind: self.cleaned_data[kind] for kind in Label.Kind.values}

    def save(self, commit: bool = False) -> Report:
        """The unsaved report with the editor's version; ``actions.save_report`` writes it."""
        report = super().save(commit=False)
        if report.pk:
            report.version = self.cleaned_data["version"] or 0
        return report


class OpeningForm(forms.Form):
    """A line of the tier clock; without a time it says nothing."""

    tier = forms.ModelChoiceField(
        Tier.objects.all(), label=gettext_lazy("Tier"), empty_label=gettext_lazy("Everyone else"),
        required=False,
    )  # fmt: skip
    opens_at = forms.DateTimeField(
        label=gettext_lazy("Opens at"),
        required=False,
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


OpeningFormSet = formset_factory(OpeningForm, extra=2, max_num=20)


class PublishForm(forms.Form):
    """``version`` is what the second person had before the eyes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    at = forms.DateTimeField(
        label=gettext_lazy("Publish at"),
        required=False,
        help_text=gettext_lazy("Leave empty to publish now."),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )


class ReturnForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class WithdrawForm(ReturnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = _(
            "Who has bought the report reads this in a mail. Orders that wait are cancelled; who"
            " paid and has taken no copy gets the price back."
        )
