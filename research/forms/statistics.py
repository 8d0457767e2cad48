"""What readers of statistics choose."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from members.models import Topic
from research.models import Series
from research.statistics import periods, undrawn
from research.statistics.periods import Frequency
from research.statistics.selection import DIMENSIONS, REGION, members_of, of_series

ALL = ("", gettext_lazy("All"))


class SeriesSearchForm(forms.Form):
    """Filters of the list. A value that makes no sense filters nothing."""

    q = forms.CharField(
        label=gettext_lazy("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput({"type": "search", "placeholder": gettext_lazy("Name, initials")}),
    )
    topic = forms.ChoiceField(
        label=gettext_lazy("Field"), choices=[ALL, *Topic.choices], required=False
    )
    frequency = forms.ChoiceField(
        label=gettext_lazy("Frequency"), choices=[ALL, *Frequency.choices], required=False
    )
    by = forms.ChoiceField(
        label=gettext_lazy("Divided"),
        choices=[
            ALL,
            ("region", gettext_lazy("By region")),
            ("breakdown", gettext_lazy("By other breakdowns")),
        ],
        required=False,
    )

    def wanted(self) -> dict[str, Any]:
        self.is_valid()
        return self.cleaned_data


class SelectionForm(forms.Form):
    """What of a series is shown. Only what this series and reader have is there to choose; what
    was chosen is read by ``research.statistics.selection``, which never refuses."""

    chart = forms.ChoiceField(label=gettext_lazy("Chart"), required=False)
    by = forms.ChoiceField(label=gettext_lazy("A line for each"), required=False)
    region = forms.ChoiceField(label=gettext_lazy("Region"), required=False)
    first = forms.ChoiceField(required=False)
    second = forms.ChoiceField(required=False)
    at = forms.ChoiceField(label=gettext_lazy("Period of the map"), required=False)
    pick = forms.MultipleChoiceField(
        label=gettext_lazy("Only these"), required=False, widget=forms.CheckboxSelectMultiple
    )
    as_of = forms.DateField(
        label=gettext_lazy("As known on"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
    )

    def __init__(
        self, series: Series, selection: Any, *, charts: list[str], has_detail: bool
    ) -> None:
        has = of_series(series) if has_detail else {}
        super().__init__(
            initial={
                "chart": selection.chart,
                "by": selection.by,
                "pick": selection.picked,
                "as_of": selection.as_of,
                **dict(zip(DIMENSIONS, selection.fixed, strict=True)),
            }
        )
        names = undrawn.names()
        self.fields["chart"].choices = [(chart, names[chart]) for chart in charts]
        for name in DIMENSIONS:
            if name not in has or name == selection.by:
                del self.fields[name]
                continue
            label = _("Region") if name == REGION else has[name]
            self.fields[name].label = label
            total = _("Whole country") if name == REGION else _("Total")
            self.fields[name].choices = [("", total), *members_of(series, name).items()]
        if has:
            self.fields["by"].choices = [
                ("", _("Nothing, one line")),
                *((key, _("By region") if key == REGION else name) for key, name in has.items()),
            ]
        else:
            del self.fields["by"]
        del self.fields["at"]
        if selection.by:
            self.fields["pick"].choices = list(members_of(series, selection.by).items())
        else:
            del self.fields["pick"]


class RangeForm(forms.Form):
    """From when to when, in the periods that there are."""

    def __init__(self, series: Series, starts: list[Any], selection: Any) -> None:
        super().__init__()
        choices = [
            (periods.code(start, series.frequency), periods.label(start, series.frequency))
            for start in starts
        ]
        for name, label, chosen in (
            ("from", pgettext("of periods", "From"), selection.start),
            ("to", pgettext("of periods", "To"), selection.end),
            ("at", _("Period of the map"), selection.at),
        ):
            if name == "at" and selection.chart != "map":
                continue
            self.fields[name] = forms.ChoiceField(
                label=label,
                choices=[("", _("Newest") if name == "at" else _("All")), *choices],
                required=False,
                initial=periods.code(chosen, series.frequency) if chosen else "",
            )


class CompareForm(forms.Form):
    """Which series, and from when to when."""

    chart = forms.ChoiceField(
        label=gettext_lazy("Chart"),
        choices=[("line", pgettext_lazy("a chart", "Line")), ("bar", gettext_lazy("Bars"))],
        required=False,
    )
    start = forms.CharField(
        label=gettext_lazy("From year"), max_length=4, required=False,
        widget=forms.NumberInput({"min": periods.FIRST_YEAR, "max": periods.LAST_YEAR}),
    )  # fmt: skip
    end = forms.CharField(
        label=gettext_lazy("To year"), max_length=4, required=False,
        widget=forms.NumberInput({"min": periods.FIRST_YEAR, "max": periods.LAST_YEAR}),
    )  # fmt: skip
    as_of = forms.DateField(
        label=gettext_lazy("As known on"), required=False,
        widget=forms.DateInput({"type": "date"}),
    )  # fmt: skip
    index = forms.BooleanField(label=gettext_lazy("As an index (100)"), required=False)
    s = forms.MultipleChoiceField(
        label=gettext_lazy("Statistics, up to six"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, choices: list[tuple[str, str]], wanted: Any) -> None:
        super().__init__(
            initial={
                "chart": wanted.chart,
                "start": wanted.start.year if wanted.start else "",
                "end": wanted.end.year if wanted.end else "",
                "as_of": wanted.as_of,
                "index": wanted.wants_index,
                "s": wanted.codes,
            }
        )
        self.fields["s"].choices = choices
        self.fields["index"].widget.attrs["value"] = "1"

    def add_prefix(self, field_name: str) -> str:
        """``from`` and ``to`` are what the address says, and one is a word of Python."""
        return {"start": "from", "end": "to"}.get(field_name, field_name)
