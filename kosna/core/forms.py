from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.core.holidays import EVERY_YEAR
from kosna.core.models import Holiday


class HolidayForm(forms.ModelForm):
    class Meta:
        model = Holiday
        fields = ("day", "name_ko", "name_en")
        widgets = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def clean_day(self) -> Any:
        day = self.cleaned_data["day"]
        if (day.month, day.day) in EVERY_YEAR:
            raise forms.ValidationError(_("This day is a holiday every year; it is known already."))
        return day


class HolidayFilter(forms.Form):
    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2200)

    def narrow(self, holidays: Any) -> Any:
        """Of the year asked for; one that makes no sense is as good as empty."""
        self.is_valid()
        year = self.cleaned_data.get("year")
        return holidays.filter(day__year=year) if year else holidays
