"""The rule of a recurring class, as staff type it."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from events.models import ClassSeries, Event, Room
from events.series import WEEKS, Rhythm, Rule
from kosna.core import clock

# One choice for both kinds of rhythm: every field of the form matters, whichever is taken.
RHYTHMS = [
    (_("Weeks"), [(row.value, row.label) for row in Rhythm if row in WEEKS]),
    (_("Months"), [(row.value, row.label) for row in Rhythm if row not in WEEKS]),
]
LONGEST = timedelta(days=366 * 2)


class RuleForm(forms.Form):
    rhythm = forms.TypedChoiceField(
        label=_("Rhythm"),
        choices=RHYTHMS,
        coerce=Rhythm,
        initial=Rhythm.WEEK,
        help_text=_(
            "“Monthly, the second” with “Saturday” is the second Saturday of every month. Weeks "
            "are counted from that of the first day of the series."
        ),
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        choices=list(WEEKDAYS.items()),
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    first = forms.DateField(
        label=_("From"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("Until"), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )
    starts = forms.TimeField(
        label=_("Begins at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Ends at"), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last and last < first:
            self.add_error("last", _("The class ends before it begins."))
        elif first and last and last - first > LONGEST:
            self.add_error("last", _("A series lasts two years at most."))
        if data.get("starts") and data.get("ends") and data["ends"] <= data["starts"]:
            self.add_error("ends", _("It ends after it begins, on the same day."))
        return data

    @property
    def rule(self) -> Rule:
        data = self.cleaned_data
        return Rule(
            frozenset(data["weekdays"]),
            data["first"],
            data["last"],
            data["starts"],
            data["ends"],
            data["rhythm"],
        )

    @property
    def since(self) -> date:
        """The day from which the rule holds."""
        return self.cleaned_data["first"]


class SeriesForm(RuleForm):
    title_ko = forms.CharField(
        label=_("Title in Korean"),
        max_length=140,
        help_text=_("Each session adds its number: 1회, 2회."),
    )
    title_en = forms.CharField(label=_("Title in English"), max_length=140, required=False)
    room = forms.ModelChoiceField(
        Room.objects.none(), label=_("Room"), required=False, empty_label=_("No room")
    )
    capacity = forms.IntegerField(
        label=_("Places to sign up for"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=_("Of each session. Left empty, nobody signs up: everyone may come."),
    )
    field_order = ("title_ko", "title_en")

    def __init__(self, *args: Any, event: Event, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = event.rooms.all()

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        room, capacity = data.get("room"), data.get("capacity")
        if room and room.capacity and capacity and capacity > room.capacity:
            text = gettext("%(room)s holds %(n)s people.") % {"room": room, "n": room.capacity}
            self.add_error("capacity", text)
        return data


class ChangeForm(RuleForm):
    """``first`` is the day from which the new rule holds; weeks are counted from the series' own
    first day, or from this one where it now begins earlier."""

    def __init__(self, *args: Any, series: ClassSeries, **kwargs: Any) -> None:
        self.series = series
        initial = {
            "rhythm": series.rhythm,
            "weekdays": series.weekdays,
            "first": max(series.first_on, clock.today() + timedelta(days=1)),
            "last": series.last_on,
            "starts": series.starts,
            "ends": series.ends,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["first"].label = _("The change holds from")

    @property
    def rule(self) -> Rule:
        rule = super().rule
        return replace(rule, first=min(self.series.first_on, rule.first))
