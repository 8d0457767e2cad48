"""Counting a till and taking it over."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.payments.forms import MOST, DateInput
from kosna.payments.models import Till, TillQuerySet


class TillFilter(forms.Form):
    q = forms.CharField(label=_("Event or doorkeeper"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *Till.Status.choices, ("differing", _("With a difference"))],
    )
    since = forms.DateField(label=_("From"), required=False, widget=DateInput)
    until = forms.DateField(label=_("To"), required=False, widget=DateInput)

    def narrow(self, rows: TillQuerySet) -> TillQuerySet:
        """The tills that the valid fields ask for; a senseless one is as good as empty."""
        self.is_valid()
        asked = self.cleaned_data
        rows = rows.of_days(asked.get("since"), asked.get("until"))
        return rows.in_state(asked.get("status", "")).search(asked.get("q", ""))


def _sum_field(label: Any, help_text: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=0,
        max_value=MOST,
        localize=False,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class CountForm(forms.Form):
    cash = _sum_field(_("Cash in the till (won)"), _("Without the change that was brought along."))
    cards = _sum_field(_("Card slips (won)"), _("The sum that the card terminal prints."))
    reason = forms.CharField(
        label=_("Why it differs"),
        required=False,
        max_length=300,
        help_text=_("Only where it is not what was taken."),
    )


class ReceiveForm(forms.Form):
    cash = _sum_field(_("Cash that you received (won)"), _("Count it yourself."))
    cards = _sum_field(_("Card slips that you received (won)"), "")
