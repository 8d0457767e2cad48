"""Who comes on an order: names given later, details corrected, tickets handed over."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions import Attendee
from events.forms.asked import Asked, of_scope
from events.models import FormQuestion, Registration
from kosna.core.korean import LineField


class NamesForm(forms.Form):
    """A row for each place without a name; rows that are left empty stay without one."""

    def __init__(
        self,
        *args: Any,
        places: Sequence[Registration],
        questions: Sequence[FormQuestion] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.places = places
        for number, place in enumerate(places, 1):
            self.fields[f"name_{place.pk}"] = LineField(
                label=_("Name of place %(n)s") % {"n": number}, max_length=80, required=False
            )
            self.fields[f"email_{place.pk}"] = forms.EmailField(
                label=_("E-mail of place %(n)s") % {"n": number}, required=False
            )
            self.fields[f"affiliation_{place.pk}"] = LineField(
                label=_("Affiliation of place %(n)s") % {"n": number},
                max_length=120,
                required=False,
                initial=place.affiliation,
            )
        of_each = of_scope(questions, FormQuestion.Scope.ATTENDEE)
        self.asked = {place.pk: Asked(self, of_each, str(place.pk)) for place in places}

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        return [
            [self[f"{name}_{place.pk}"] for name in ("name", "email", "affiliation")]
            + self.asked[place.pk].fields
            for place in self.places
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for place in self.places:
            name, email = data.get(f"name_{place.pk}"), data.get(f"email_{place.pk}")
            if email and not name:
                self.add_error(
                    f"name_{place.pk}", _("Please enter the name that goes on the ticket.")
                )
            if name and not email and f"email_{place.pk}" not in self.errors:
                self.add_error(f"email_{place.pk}", _("The ticket is sent to this address."))
            if name:
                self.asked[place.pk].clean()
        if not self.errors and not self.names:
            raise forms.ValidationError(_("Enter at least one name and its e-mail address."))
        return data

    @property
    def names(self) -> dict[int, Attendee]:
        return {
            place.pk: Attendee(
                name=self.cleaned_data[f"name_{place.pk}"],
                email=self.cleaned_data[f"email_{place.pk}"],
                affiliation=self.cleaned_data[f"affiliation_{place.pk}"],
                answers=self.asked[place.pk].answers,
            )
            for place in self.places
            if self.cleaned_data.get(f"name_{place.pk}")
        }


class DetailsForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"),
        help_text=_("To another address goes a new ticket; the one sent before is void at once."),
    )
    affiliation = LineField(label=_("Affiliation"), max_length=120, required=False)


class HandOverForm(forms.Form):
    name = LineField(label=_("Name of the person who comes instead"), max_length=80)
    email = forms.EmailField(
        label=_("Their e-mail"), help_text=_("Their ticket is sent to this address.")
    )
    affiliation = LineField(label=_("Their affiliation"), max_length=120, required=False)
    confirm = forms.BooleanField(label=_("The ticket sent before is void from now on."))

    def __init__(self, *args: Any, questions: Sequence[FormQuestion] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = Asked(self, of_scope(questions, FormQuestion.Scope.ATTENDEE), "them")
        self.order_fields([name for name in self.fields if name != "confirm"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        self.asked.clean()
        return data

    @property
    def attendee(self) -> Attendee:
        data = self.cleaned_data
        return Attendee(
            data["name"], data["email"], data["affiliation"], answers=self.asked.answers
        )
