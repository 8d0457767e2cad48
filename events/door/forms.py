"""At the door: the devices of an event, its scans, and what a device sends."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from events.actions.badges import Size
from events.models import Direction, DoorDevice, Outcome

# A device's clock may be wrong, but not so far that correcting it leaves the calendar.
FIRST, LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
IN_OUR_TIMES = (MinValueValidator(FIRST), MaxValueValidator(LAST))


class DeviceForm(forms.ModelForm):
    class Meta:
        model = DoorDevice
        fields = ("label", "door", "kind")
        help_texts: dict[str, Any] = {
            "label": _("So that you know it again, such as “Tablet 2”."),
            "door": _("Where it stands, such as “Main entrance”."),
        }


class ScanFilter(forms.Form):
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[
            ("", _("Any outcome")),
            *Outcome.choices,
            ("wrongly", _("Let in though the ticket says no")),
        ],
        required=False,
    )
    door = forms.CharField(label=_("Door of the building"), max_length=40, required=False)


class BadgeForm(forms.Form):
    size = forms.ChoiceField(
        label=_("Paper"), choices=Size.choices, widget=forms.RadioSelect, initial=Size.SHEET
    )


class SentScanForm(forms.Form):
    """One scan as a device sends it; nothing here is seen by people."""

    uuid = forms.UUIDField()
    at = forms.DateTimeField(validators=IN_OUR_TIMES)
    direction = forms.ChoiceField(choices=Direction.choices)
    told = forms.ChoiceField(choices=Outcome.choices, required=False)
    code = forms.CharField(max_length=200, required=False)
    place = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    digest = forms.RegexField(r"^[0-9a-f]{64}$", required=False)


class SelfCheckInForm(forms.Form):
    uuid = forms.UUIDField()
    code = forms.CharField(max_length=200)
