"""What is confirmed when a ticket becomes another."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ChangeForm(forms.Form):
    """``price`` and ``back``: the won that the page said it would cost, and bring back."""

    ticket = forms.IntegerField(widget=forms.HiddenInput)
    price = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    back = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    confirm = forms.BooleanField(label=_("Yes, change the ticket as shown."))

    @property
    def quoted(self) -> tuple[int, int]:
        return self.cleaned_data["price"], self.cleaned_data["back"]


class StaffChangeForm(ChangeForm):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Kept on record, and told to nobody else."),
    )
