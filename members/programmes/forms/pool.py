"""What the office types about consultants and rounds."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from members.programmes.forms.partners import DATE
from members.programmes.models import (
    Consultant,
    ConsultantQuerySet,
    ConsultingField,
    ConsultingRound,
)


class ConsultantForm(forms.Form):
    """What is said of one, and in which fields they advise."""

    expertise = forms.MultipleChoiceField(
        label=_("Fields of expertise"),
        choices=ConsultingField.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    affiliation = forms.CharField(
        label=_("Affiliation"),
        max_length=120,
        required=False,
        help_text=_("The company where they work: they are not given its requests."),
    )
    about = forms.CharField(
        label=_("Experience"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("Whoever assigns a request reads this."),
    )

    @property
    def facts(self) -> dict[str, Any]:
        """As the actions call them."""
        given = dict(self.cleaned_data)
        return {"fields": given.pop("expertise"), **given}


class NewConsultantForm(ConsultantForm):
    email = forms.EmailField(
        label=_("E-mail of the account"),
        help_text=_("Whoever advises has an account here; their pages are on “My page”."),
    )
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=None, empty_label=None)
    field_order = ("email", "branch", "expertise", "affiliation", "about")

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches

    def clean_email(self) -> User:
        account = User.objects.filter(
            email__iexact=self.cleaned_data["email"], is_active=True
        ).first()
        if account is None:
            raise forms.ValidationError(_("There is no account with this address. They sign up"
                                          " first, then you take them in."))  # fmt: skip
        return account

    @property
    def facts(self) -> dict[str, Any]:
        given = super().facts
        return {"user": given.pop("email"), **given}


class ConsultantFilter(forms.Form):
    field = forms.ChoiceField(
        label=_("Field"), required=False, choices=[("", _("All")), *ConsultingField.choices]
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), ("active", _("In the pool")), ("retired", _("Left the pool"))],
    )

    def narrow(self, consultants: ConsultantQuerySet) -> ConsultantQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        return consultants.filtered(field=asked.get("field", ""), state=asked.get("state", ""))


class RoundForm(forms.ModelForm):
    """For the branches in which this person runs consulting."""

    class Meta:
        model = ConsultingRound
        fields = (
            *("branch", "name_ko", "name_en", "about_ko", "about_en"),
            *("opens_on", "closes_on", "places", "is_for_g_valley"),
        )
        widgets = {
            "opens_on": DATE,
            "closes_on": DATE,
            "about_ko": forms.Textarea({"rows": 4}),
            "about_en": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "name_en": _("Empty: English readers see the Korean name."),
            "about_en": _("Empty: English readers see the Korean text."),
            "closes_on": _("This day still counts."),
            "places": _("More may ask; so many are taken on."),
        }

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        if self.instance.pk:
            del self.fields["branch"]
        elif len(branches) == 1:
            self.fields["branch"].initial = branches[0]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("opens_on"), given.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", _("The last day lies before the first."))
        return given


def facts_of(consultant: Consultant) -> dict[str, Any]:
    """What the form shows of a consultant."""
    return {
        "expertise": consultant.fields,
        "affiliation": consultant.affiliation,
        "about": consultant.about,
    }
