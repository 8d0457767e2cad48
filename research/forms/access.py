"""What staff type about who may read a report."""

from django import forms
from django.utils.translation import gettext_lazy

from members.forms import PersonForm


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class LetInForm(PersonForm, ReasonForm):
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    field_order = ("who", "until", "reason")
