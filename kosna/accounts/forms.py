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
from kosna.core.korean import LineField, NameField, PhoneField


class MarketingRule(forms.Form):
    """What the optional consents need of one another and of their texts, wherever they are
    given."""

    # Of the texts that stand beside the boxes.
    marketing_versions = forms.CharField(required=False, widget=forms.HiddenInput)

    @cached_property
    def texts(self) -> dict[str, Policy]:
        return actions.marketing_texts()

    @property
    def marketing(self) -> list[tuple[forms.BoundField, Policy]]:
        """Each box and what is agreed to by it."""
        return [(self[kind], text) for kind, text in self.texts.items()]

    @property
    def agreed(self) -> list[Policy]:
        return [text for kind, text in self.texts.items() if self.cleaned_data[kind]]

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        if field_name == "marketing_versions":
            return self._versions()
        return super().get_initial_for_field(field, field_name)

    def _versions(self) -> str:
        return " ".join(f"{kind}:{text.version}" for kind, text in self.texts.items())

    def _refuse_unread(self, cleaned: dict[str, Any]) -> None:
        """Of a text that has changed since the page was opened the box is empty again."""
        shown = cleaned.get("marketing_versions", "").split()
        unread = [
            kind
            for kind, text in self.texts.items()
            if cleaned.get(kind) and f"{kind}:{text.version}" not in shown
        ]
        if unread:
            self.data = self.data.copy()
            self.data[self.add_prefix("marketing_versions")] = self._versions()
        for kind in unread:
            self.data.pop(self.add_prefix(kind), None)
            self.add_error(kind, _("This text is new. Please read it, then agree if you like."))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._refuse_unread(cleaned)
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

    name = NameField(label=_("Name"), max_length=80)
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
        actions.set_marketing(user=user, texts=self.agreed, ip=ip)


class ReadsPrivacy(forms.Form):
    """For whoever has no account: they agree to the privacy policy that stands beside the box."""

    agrees = forms.BooleanField(
        label=_("I am 14 or older and agree to my data being used as the privacy policy says.")
    )
    # Of the policy that stands beside the box.
    privacy_version = forms.CharField(required=False, widget=forms.HiddenInput)

    @cached_property
    def privacy(self) -> Policy:
        return actions.current_policy(Policy.Kind.PRIVACY)

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        """Typed before, and not sent yet: a box ticked beside another text is empty again."""
        if field_name == "privacy_version":
            return self.privacy.version
        if field_name == "agrees" and self.initial.get("privacy_version") != self.privacy.version:
            return False
        return super().get_initial_for_field(field, field_name)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        try:
            self.privacy = actions.shown_privacy(cleaned.get("privacy_version", ""))
        except Refused as refusal:
            self.data = self.data.copy()
            self.data[self.add_prefix("privacy_version")] = self.privacy.version
            self.data.pop(self.add_prefix("agrees"), None)
            refusal.to_form(self)
        return cleaned


class ConsentForm(MarketingRule):
    """The optional consents, each on its own."""

    marketing_email = forms.BooleanField(label=_("News and offers by e-mail"), required=False)
    marketing_sms = forms.BooleanField(label=_("News and offers by text message"), required=False)
    marketing_night = forms.BooleanField(
        label=_("Text messages between 21:00 and 08:00 as well"), required=False
    )


class ProfileForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ("name", "name_en", "phone", "language")
        field_classes = {"name": NameField, "name_en": LineField, "phone": PhoneField}
        widgets = {"language": forms.Select(choices=[("ko", "한국어"), ("en", "English")])}
