"""What somebody without an account types to take a place."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions import Attendee
from events.forms.registering import RegistrationForm
from kosna.accounts.forms import ReadsPrivacy
from kosna.core.korean import NameField, PhoneField


class GuestRegistrationForm(ReadsPrivacy, RegistrationForm):
    """As anybody's, and who buys: nothing is asked for that the order does not need."""

    name = NameField(label=_("Name"), max_length=80)
    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Your order and your tickets are sent to this address."),
    )
    phone = PhoneField(label=_("Mobile phone"), widget=forms.TextInput({"autocomplete": "tel"}))
    form_key = forms.UUIDField(widget=forms.HiddenInput, initial=uuid.uuid4)

    @property
    def guest_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "email", "phone")]

    @property
    def me(self) -> Attendee:
        data = self.cleaned_data
        return Attendee(
            data["name"],
            data["email"],
            data["affiliation"],
            is_buyer=True,
            answers=self.i_am_asked.answers,
        )

    def guest(self) -> dict[str, Any]:
        typed = {name: self.cleaned_data[name] for name in ("name", "email", "phone", "form_key")}
        return typed | {"privacy": self.privacy}
