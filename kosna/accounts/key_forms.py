"""allauth's forms for security keys, whose only visible field it leaves in English."""

from typing import Any

from allauth.mfa.webauthn import forms
from django.utils.translation import gettext_lazy as _


class AddKeyForm(forms.AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")


class EditKeyForm(forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name of the key")
