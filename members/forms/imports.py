"""What is chosen while members are brought along: the file, what its columns and values mean, and
what to do with doubtful rows."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.branches.models import Branch
from kosna.core import clock, sheets
from kosna.core.columns import normalised
from members.imports import columns
from members.models import Import, ImportRow, Tier


class UploadForm(forms.Form):
    """``cleaned_data["shape"]`` says what the file is, by its content."""

    file = forms.FileField(
        label=gettext_lazy("Excel or CSV file"),
        allow_empty_file=True,
        help_text=gettext_lazy(
            "At most 200,000 rows, in any order of columns. Nothing is written"
            " before you have seen what would happen."
        ),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt,.tsv"}),
    )
    branch = forms.ModelChoiceField(label=gettext_lazy("For"), queryset=None)

    def __init__(self, data: Any = None, files: Any = None, *, branches: QuerySet[Branch]) -> None:
        super().__init__(data, files)
        self.fields["branch"].queryset = branches
        if len(branches) == 1:
            self.fields["branch"].initial = branches[0]

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        self.cleaned_data["shape"] = sheets.recognise(upload.file, upload.size)
        return upload


class MappingForm(forms.Form):
    """One choice for each column, and one for each value of the columns of tiers and branches."""

    tier = forms.ModelChoiceField(
        label=gettext_lazy("Tier where a row names none"),
        queryset=Tier.objects.all(),
        required=False,
        empty_label=gettext_lazy("– none –"),
    )
    branch = forms.ModelChoiceField(
        label=gettext_lazy("Branch where a row names none"),
        queryset=None,
        required=False,
        empty_label=gettext_lazy("– none –"),
    )
    joined_on = forms.DateField(
        label=gettext_lazy("Day of joining where a row names none"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, data: Any, *, imported: Import, branches: QuerySet[Branch]) -> None:
        defaults = {**imported.defaults}
        if not imported.branch.is_head_office:
            defaults.setdefault("branch", imported.branch_id)
        super().__init__(data, initial=defaults)
        self.imported = imported
        self.rows = {"tier": list(Tier.objects.all()), "branch": list(branches)}
        self.fields["branch"].queryset = branches
        choices = columns.choices(imported.headings)
        for index, meaning in enumerate(imported.mapping):
            self.fields[f"column_{index}"] = forms.ChoiceField(
                label=imported.headings[index] or _("Column %(n)s") % {"n": index + 1},
                choices=choices,
                required=False,
                initial=meaning,
            )
        self.mapping = [
            data.get(f"column_{index}", "") if data else meaning
            for index, meaning in enumerate(imported.mapping)
        ]
        self.values = {what: self._add_values(what) for what in self.rows}

    def _add_values(self, what: str) -> list[str]:
        """A choice for each value of the column that holds a tier or a branch."""
        values = columns.distinct(self.mapping, what, self.imported.samples) or []
        known = self.imported.values.get(what, {})
        for index, value in enumerate(values):
            self.fields[f"{what}_{index}"] = forms.TypedChoiceField(
                label=value,
                choices=[("", _("– unknown –")), *((row.pk, row.name) for row in self.rows[what])],
                coerce=int,
                empty_value=None,
                required=False,
                initial=known.get(value) or _alike(value, self.rows[what]),
            )
        return values

    def column_fields(self) -> list[tuple[Any, dict[str, Any]]]:
        samples = self.imported.samples
        return [(self[f"column_{i}"], sample) for i, sample in enumerate(samples)]

    def tier_fields(self) -> list[Any]:
        return [self[f"tier_{i}"] for i in range(len(self.values["tier"]))]

    def branch_fields(self) -> list[Any]:
        return [self[f"branch_{i}"] for i in range(len(self.values["branch"]))]

    def default_fields(self) -> list[Any]:
        return [self["tier"], self["branch"], self["joined_on"]]

    def clean_joined_on(self) -> Any:
        day = self.cleaned_data["joined_on"]
        if day and day > clock.today():
            raise ValidationError(_("This day lies in the future."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        faults = columns.faults(
            self.mapping,
            has_tier=bool(cleaned.get("tier")),
            has_branch=bool(cleaned.get("branch")),
        )
        for index, reason in faults.items():
            self.add_error(None if index is None else f"column_{index}", reason)
        for what, few in (("tier", _("tiers")), ("branch", _("branches"))):
            if columns.distinct(self.mapping, what, self.imported.samples) is None:
                self.add_error(
                    f"column_{self.mapping.index(what)}",
                    _("This column holds too many different values to be %(few)s.") % {"few": few},
                )
        asked = [f"{what}_{i}" for what, values in self.values.items() for i in range(len(values))]
        if any(name not in self.data for name in asked):
            self.add_error(None, _("Now say what the values of these columns stand for."))
        return cleaned

    def chosen_values(self) -> dict[str, dict[str, int]]:
        return {
            what: {
                value: self.cleaned_data[f"{what}_{i}"]
                for i, value in enumerate(values)
                if self.cleaned_data[f"{what}_{i}"]
            }
            for what, values in self.values.items()
        }

    def chosen_defaults(self) -> dict[str, Any]:
        day = self.cleaned_data["joined_on"]
        chosen = {
            "tier": self.cleaned_data["tier"] and self.cleaned_data["tier"].pk,
            "branch": self.cleaned_data["branch"] and self.cleaned_data["branch"].pk,
            "joined_on": day and day.isoformat(),
        }
        return {name: value for name, value in chosen.items() if value}


def _alike(value: str, rows: list[Any]) -> int | None:
    """The tier or branch of that name or code; 부산 and 부산지회 are 부산지부."""
    wanted = normalised(value)
    for row in rows:
        if wanted in {normalised(name) for name in (row.name_ko, row.name_en, row.code)}:
            return row.pk
    short = wanted.removesuffix("지부").removesuffix("지회").removesuffix("branch")
    found = [
        row.pk for row in rows if short and normalised(row.name_ko).removesuffix("지부") == short
    ]
    return found[0] if len(found) == 1 else None


class RowFilter(forms.Form):
    verdict = forms.ChoiceField(
        label=gettext_lazy("What would happen"),
        required=False,
        choices=[("", gettext_lazy("All")), *ImportRow.Verdict.choices],
    )

    def apply(self, rows: Any) -> Any:
        if self.is_valid() and self.cleaned_data["verdict"]:
            return rows.filter(verdict=self.cleaned_data["verdict"])
        return rows


class ChoiceForm(forms.Form):
    choice = forms.ChoiceField(choices=ImportRow.Choice.choices)


class ApplyForm(forms.Form):
    leaves_out = forms.BooleanField(
        label=gettext_lazy("Leave the faulty and undecided rows out"), required=False
    )


class UndoForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        min_length=5,
        help_text=gettext_lazy("It stands in the register and in the record."),
    )


class ClaimFilter(forms.Form):
    state = forms.ChoiceField(
        label=gettext_lazy("Account"),
        required=False,
        choices=[
            ("", gettext_lazy("All")),
            ("claimed", gettext_lazy("In use")),
            ("sent", gettext_lazy("Invited, not yet come")),
            ("unsent", gettext_lazy("Not invited yet")),
            ("no_email", gettext_lazy("Without e-mail")),
        ],
    )

    @property
    def is_narrow(self) -> bool:
        return self.is_valid() and bool(self.cleaned_data["state"])

    def apply(self, rows: Any) -> Any:
        return rows.in_state(self.cleaned_data["state"]) if self.is_narrow else rows
