from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.documents.models import CODE_ALPHABET


class VerifyForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        help_text=_("26 letters and digits, printed below the QR code."),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off"}),
    )

    def clean_code(self) -> str:
        code = "".join(self.cleaned_data["code"].lower().replace("-", " ").split())
        if len(code) != 26 or set(code) - set(CODE_ALPHABET):
            raise forms.ValidationError(
                _("A code has 26 letters and digits. Please compare it with the paper.")
            )
        return code
