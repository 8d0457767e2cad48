"""What is asked at sign-up, whether by e-mail or through another service."""

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from kosna.accounts import actions
from kosna.accounts.models import Policy, User
from kosna.accounts.requests import client_ip
from kosna.core.errors import Refused
from kosna.core.korean import PhoneField


class MarketingRule(forms.Form):
    """What the optional consents need of one another, wherever they are given."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("marketing_night") and not cleaned.get("marketing_sms"):
            self.add_error(
                "marketing_night", _("This goes with text messages: tick them too, or neither.")
            )
        return cleaned


class SignupForm(MarketingRule):
    """Base of allauth's two sign-up forms. Each consent stands alone: none is ticked beforehand,
    and refusing the optional ones blocks nothing (개인정보 보호법 §22)."""

    field_order = [
        "email",
        "password1",
        "name",
        "born_on",
        "agrees_to_terms",
        "marketing_email",
        "marketing_sms",
        "marketing_night",
    ]

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    born_on = forms.DateField(
        label=_("Date of birth"),
        help_text=_("Only to check that you are 14 or older. We do not keep it."),
        widget=forms.DateInput(attrs={"type": "date", "autocomplete": "bday"}),
    )
    agrees_to_terms = forms.BooleanField(label=_("I agree to the terms of use."))
    # Of the terms that stand beside the box.
    terms_version = forms.CharField(required=False, widget=forms.HiddenInput)
    marketing_email = forms.BooleanField(
        label=_("News and offers by e-mail (optional)"), required=False
    )
    marketing_sms = forms.BooleanField(
        label=_("News and offers by text message (optional)"), required=False
    )
    marketing_night = forms.BooleanField(
        label=_("Text messages between 21:00 and 08:00 as well (optional)"), required=False
    )

    @cached_property
    def terms(self) -> Policy:
        """The text that is agreed to, to be read beside the box."""
        return actions.current_policy(Policy.Kind.TERMS)

    def privacy(self) -> Policy:
        """What is processed for the contract, without consent: told apart, never ticked."""
        return actions.current_policy(Policy.Kind.PRIVACY)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == "terms_version":
            return self.terms.version
        return super().get_initial_for_field(field, field_name)

    def clean_name(self) -> str:
        return " ".join(self.cleaned_data["name"].split())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if born_on := cleaned.get("born_on"):
            try:
                actions.check_age(born_on)
            except Refused as refusal:
                refusal.to_form(self)
        try:
            self.terms = actions.shown_terms(cleaned.get("terms_version", ""))
        except Refused as refusal:
            self._show_new_terms()
            refusal.to_form(self)
        return cleaned

    def _show_new_terms(self) -> None:
        """Beside an empty box: whoever ticked it had read others."""
        self.data = self.data.copy()
        self.data[self.add_prefix("terms_version")] = self.terms.version
        self.data.pop(self.add_prefix("agrees_to_terms"), None)

    def signup(self, request: HttpRequest, user: User) -> None:
        """Called by allauth once the account exists."""
        user.name = self.cleaned_data["name"]
        user.language = request.LANGUAGE_CODE
        user.save(update_fields=["name", "language"])
        ip = client_ip(request)
        actions.give_consent(user=user, policy=self.terms, ip=ip)
        wanted = [kind for kind in actions.MARKETING if self.cleaned_data[kind]]
        actions.set_marketing(user=user, kinds=wanted, ip=ip)


class ConsentForm(MarketingRule):
    """The optional consents, each on its own."""

    marketing_email = forms.BooleanField(label=_("News and offers by e-mail"), required=False)
    marketing_sms = forms.BooleanField(label=_("News and offers by text message"), required=False)
    marketing_night = forms.BooleanField(
        label=_("Text messages between 21:00 and 08:00 as well"), required=False
    )

    def chosen(self) -> list[str]:
        return [kind for kind in actions.MARKETING if self.cleaned_data[kind]]


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "name_en", "phone", "language")
        field_classes = {"phone": PhoneField}
        widgets = {"language": forms.Select(choices=[("ko", "한국어"), ("en", "English")])}
