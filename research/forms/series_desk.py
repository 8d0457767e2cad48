"""What editors of statistics type."""

from datetime import date
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.core import sheets
from research.forms.statistics import ALL, SeriesSearchForm
from research.models import Observation, Series
from research.statistics import naming, periods, regions
from research.statistics.selection import DIMENSIONS, REGION, members_of, of_series
from research.statistics.values import NewValue, parse_value

RESERVED = {"industry", "compare", "new", "imports"}
ENGLISH_REASON = gettext_lazy("Readers of English see the Korean one where it is empty.")
BREAKDOWN_HELP = gettext_lazy("A line each: code | name in Korean | name in English.")


class DeskSeriesSearchForm(SeriesSearchForm):
    status = forms.ChoiceField(
        label=gettext_lazy("Status"), choices=[ALL, *Series.Status.choices], required=False
    )


class SeriesForm(forms.ModelForm):
    """A series as its editor sees it. ``version`` is what the editor had before the eyes."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    first_ko = forms.CharField(
        label=gettext_lazy("First breakdown, in Korean"), max_length=40, required=False
    )
    first_en = forms.CharField(
        label=gettext_lazy("First breakdown, in English"), max_length=40, required=False
    )
    first_categories = forms.CharField(
        label=gettext_lazy("Its categories"), required=False, help_text=BREAKDOWN_HELP,
        widget=forms.Textarea({"rows": 6}),
    )  # fmt: skip
    second_ko = forms.CharField(
        label=gettext_lazy("Second breakdown, in Korean"), max_length=40, required=False
    )
    second_en = forms.CharField(
        label=gettext_lazy("Second breakdown, in English"), max_length=40, required=False
    )
    second_categories = forms.CharField(
        label=gettext_lazy("Categories of the second"), required=False, help_text=BREAKDOWN_HELP,
        widget=forms.Textarea({"rows": 6}),
    )  # fmt: skip

    class Meta:
        model = Series
        fields = (
            "name_ko",
            "name_en",
            "code",
            "topic",
            "frequency",
            "unit_ko",
            "unit_en",
            "places",
            "source_ko",
            "source_en",
            "method_ko",
            "method_en",
            "by_region",
            "adds_up",
            "audience",
            "tiers",
            "is_sample",
            "is_key",
            "sort",
        )
        widgets = {"tiers": forms.CheckboxSelectMultiple, "audience": forms.RadioSelect}
        help_texts = {
            "code": gettext_lazy("The last part of the web address."),
            "unit_ko": gettext_lazy("For example %, 2011=100."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].required = False
        self.fields["version"].initial = self.instance.version
        if self.instance.status != Series.Status.DRAFT:
            self.fields["code"].disabled = True  # links and programs point there
        for name, row in zip(("first", "second"), self.instance.breakdowns, strict=False):
            self.fields[f"{name}_ko"].initial = row["name_ko"]
            self.fields[f"{name}_en"].initial = row["name_en"]
            self.fields[f"{name}_categories"].initial = "\n".join(
                " | ".join(filter(None, line)) for line in row["categories"]
            )

    def clean_code(self) -> str:
        code = self.cleaned_data["code"] or slugify(self.cleaned_data.get("name_en", ""))[:60]
        if not code:
            raise forms.ValidationError(_("Type a code, or a name in English to make it from."))
        if code in RESERVED or Series.objects.filter(code=code).exclude(pk=self.instance.pk):
            raise forms.ValidationError(_("This address is taken."))
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        found = {name: self._breakdown(name) for name in ("first", "second")}
        rows = {name: row for name, row in found.items() if row}
        if list(rows) == ["second"]:
            self.add_error("first_ko", _("The second breakdown needs a first one."))
        for field, reason in naming.faults(rows):
            self.add_error(field, reason)
        self.instance.breakdowns = list(rows.values())
        return cleaned

    def _breakdown(self, name: str) -> dict[str, Any] | None:
        korean = self.cleaned_data.get(f"{name}_ko", "")
        lines = [
            [part.strip() for part in line.split("|")]
            for line in self.cleaned_data.get(f"{name}_categories", "").splitlines()
            if line.strip()
        ]
        if not korean and not lines:
            return None
        if not korean or not lines:
            self.add_error(f"{name}_ko", _("A breakdown has a name and categories."))
        codes = [line[0] for line in lines]
        for line in lines:
            if len(line) not in (2, 3) or not all(line[:2]) or slugify(line[0]) != line[0].lower():
                self.add_error(
                    f"{name}_categories",
                    _("“%(line)s” is not “code | name | name in English”.")
                    % {"line": " | ".join(line)[:60]},
                )
        if len(set(codes)) < len(codes):
            self.add_error(f"{name}_categories", _("Each code stands once."))
        if any(len(code) > 40 for code in codes):
            self.add_error(f"{name}_categories", _("A code has at most 40 letters."))
        return {
            "name_ko": korean,
            "name_en": self.cleaned_data.get(f"{name}_en", ""),
            "categories": [[*line, "", ""][:3] for line in lines],
        }

    def save(self, commit: bool = False) -> Series:
        """The unsaved series with the editor's version; ``actions.save_series`` writes it."""
        series = super().save(commit=False)
        if series.pk:
            series.version = self.cleaned_data["version"] or 0
        return series


class ValueForm(forms.Form):
    """One value, told or told anew."""

    period = forms.CharField(label=gettext_lazy("Period"), max_length=20)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    first = forms.ChoiceField(required=False)
    second = forms.ChoiceField(required=False)
    value = forms.CharField(
        label=gettext_lazy("Value"), max_length=40,
        help_text=gettext_lazy("“…” says that it is not available."),
    )  # fmt: skip
    mark = forms.ChoiceField(
        label=gettext_lazy("Mark"),
        required=False,
        choices=[
            ("", gettext_lazy("final, or revised where it replaces another")),
            *((value, label) for value, label in Observation.Mark.choices if value),
        ],
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason of a change"), max_length=300, required=False
    )
    reason_en = forms.CharField(
        label=gettext_lazy("Reason in English"), max_length=300, required=False
    )

    def __init__(self, data: Any = None, *, series: Series) -> None:
        super().__init__(data)
        self.series = series
        has = of_series(series)
        for name in DIMENSIONS:
            if name not in has:
                del self.fields[name]
                continue
            total = regions.name_of("") if name == REGION else _("Total")
            self.fields[name].choices = [("", total), *members_of(series, name).items()]
            if name != REGION:
                self.fields[name].label = has[name]
        self.fields["period"].widget.attrs["placeholder"] = periods.code(
            date(2026, 1, 1), series.frequency
        )

    def clean_period(self) -> Any:
        return _parsed(periods.parse, self.cleaned_data["period"], self.series.frequency)

    def clean_value(self) -> Any:
        return _parsed(parse_value, self.cleaned_data["value"], self.series)

    def told(self) -> NewValue:
        typed = self.cleaned_data
        region, first, second = (typed.get(name, "") for name in DIMENSIONS)
        cell = (typed["period"], region, first, second)
        why = (typed["reason"], typed["reason_en"])
        return NewValue(cell, typed["value"], typed["mark"], *why)


def _parsed(parse: Any, *typed: Any) -> Any:
    try:
        return parse(*typed)
    except ValueError as error:
        raise forms.ValidationError(str(error)) from error


class SeriesUploadForm(forms.Form):
    """``cleaned_data["shape"]`` says what the file is, by its content."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        allow_empty_file=True,
        help_text=gettext_lazy("Nothing is written before you have seen what would change."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason of the changes"),
        max_length=300,
        help_text=gettext_lazy("Shown in the history of every value that changes."),
    )
    reason_en = forms.CharField(
        label=gettext_lazy("Reason in English"),
        max_length=300,
        required=False,
        help_text=ENGLISH_REASON,
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        self.cleaned_data["shape"] = sheets.recognise(upload.file, upload.size)
        return upload
