"""Vouchers as staff make them and look for them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from events.actions import VoucherTerms
from events.actions.vouchers import MOST
from events.forms.desk import LocalDateTimeInput
from events.models import Event, Ticket, Voucher
from events.models.vouchers import squeezed
from kosna.core import clock
from kosna.core.form_keys import form_key_field

SHORTEST = 6


class VoucherFilter(forms.Form):
    q = forms.CharField(label=_("Code or purpose"), required=False, max_length=100)
    state = forms.ChoiceField(
        label=_("Status"),
        choices=[
            ("", _("Any status")),
            ("open", _("Still good")),
            ("used", _("Used up")),
            ("ended", _("Ended")),
        ],
        required=False,
    )


class VoucherForm(forms.ModelForm):
    count = forms.IntegerField(label=_("How many codes"), min_value=1, max_value=MOST, initial=1)
    code = forms.CharField(
        label=_("A code of your own"),
        max_length=20,
        required=False,
        help_text=_("Left empty, codes are drawn that nobody guesses."),
    )
    form_key = form_key_field()

    class Meta:
        model = Voucher
        fields = (
            "purpose",
            "ticket",
            "effect",
            "value",
            "max_uses",
            "valid_until",
            "shows_hidden",
            "reserves_seats",
        )
        widgets = {"valid_until": LocalDateTimeInput()}

    def __init__(self, *args: Any, event: Event, tickets: list[Ticket], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["ticket"]
        field.queryset = event.tickets.all()
        field.empty_label = _("All tickets of the event")
        self.fields["value"].required = False

    def clean_code(self) -> str:
        code = squeezed(self.cleaned_data["code"])
        if self.cleaned_data["code"] and len(code) < SHORTEST:
            raise forms.ValidationError(
                _("Six letters and digits or more, or somebody will guess it.")
            )
        return code

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        effect, value = data.get("effect"), data.get("value") or 0
        if effect == Voucher.Effect.NONE:
            data["value"] = 0
        elif effect == Voucher.Effect.PERCENT and not 1 <= value <= 100:
            self.add_error("value", _("1 to 100 per cent."))
        elif effect == Voucher.Effect.OFF and not value:
            self.add_error("value", _("How many won come off?"))
        else:
            data["value"] = value
        if data.get("reserves_seats") and not data.get("ticket"):
            self.add_error("ticket", _("Say of which ticket seats are kept."))
        if data.get("valid_until") and data["valid_until"] <= clock.now():
            self.add_error("valid_until", _("This lies in the past."))
        if data.get("code") and data.get("count", 1) > 1:
            self.add_error("count", _("A code of your own is one."))
        return data

    @property
    def terms(self) -> VoucherTerms:
        return VoucherTerms(**{name: self.cleaned_data[name] for name in self._meta.fields or ()})
