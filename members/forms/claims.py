"""What an imported member types when they come to their account."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kosna.accounts.forms import SignupForm
from kosna.accounts.models import User


class ClaimForm(SignupForm):
    """As at sign-up, without what is known: name and address. A password may be left for later."""

    name = None
    password1 = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        help_text=_("Leave it empty to sign in with a code by e-mail instead."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    password2 = forms.CharField(
        label=_("Password, once more"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    field_order = ("password1", "password2", "born_on", "agrees_to_terms")

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.user = user

    def clean_password1(self) -> str:
        password = self.cleaned_data["password1"]
        if password:
            validate_password(password, self.user)
        return password

    def clean_password2(self) -> str:
        password = self.cleaned_data["password2"]
        if password != self.cleaned_data.get("password1", password):
            raise ValidationError(_("The two passwords differ."))
        return password


class EmailForm(forms.Form):
    email = forms.EmailField(label=_("E-mail"), max_length=254)
