"""At the door: the devices of an event, its scans, and what a device sends."""

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from events.actions.badges import Size
from events.models import Direction, DoorDevice, Outcome

# A device's clock may be wrong (one whose battery was empty begins with 1970), but not so far that
# correcting it leaves the calendar.
FIRST, LAST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
IN_OUR_TIMES = (MinValueValidator(FIRST), MaxValueValidator(LAST))


def be_whole(text: str) -> None:
    """A QR code may hold anything; half of a pair of surrogates no database keeps."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValidationError("half a letter") from error


class DeviceForm(forms.ModelForm):
    """``cashiers``: who may take money at this event."""

    class Meta:
        model = DoorDevice
        fields = ("label", "door", "kind", "cashier")
        help_texts: dict[str, Any] = {
            "label": _("So that you know it again, such as “Tablet 2”."),
            "door": _("Where it stands, such as “Main entrance”."),
            "cashier": _(
                "Who answers for the money: tickets are then sold on it, in their name. "
                "Left empty, it sells nothing."
            ),
        }

    def __init__(self, *args: Any, cashiers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cashier"].queryset = cashiers
        self.fields["cashier"].empty_label = _("Nobody: it sells nothing")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("cashier") and cleaned.get("kind") == DoorDevice.Kind.KIOSK:
            self.add_error("cashier", _("A kiosk sells nothing: guests stand at it alone."))
        return cleaned


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
    code = forms.CharField(max_length=200, required=False, validators=[be_whole])
    place = forms.IntegerField(min_value=1, max_value=2**62, required=False)
    digest = forms.RegexField(r"^[0-9a-f]{64}$", required=False)


class SentHandOutForm(forms.Form):
    """One add-on that was given out, or is to be, as a device sends it."""

    uuid = forms.UUIDField()
    at = forms.DateTimeField(validators=IN_OUR_TIMES)
    extra = forms.IntegerField(min_value=1, max_value=2**62)
    told = forms.BooleanField(required=False)


class SelfCheckInForm(forms.Form):
    uuid = forms.UUIDField()
    code = forms.CharField(max_length=200)
