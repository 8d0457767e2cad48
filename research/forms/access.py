"""What staff type about who may read a report."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kosna.accounts.models import User
from kosna.branches.models import Branch
from members import standing
from members.access import AsIf
from members.models import Member, Tier


def person_of(text: str) -> User | None:
    """By exact e-mail address, or by the number of a person's membership; never by a part."""
    text = text.strip()
    if not text:
        return None
    if user := User.objects.filter(email__iexact=text).first():
        return user
    member = Member.objects.filter(Q(number=text)).exclude(user=None).first()
    return member.user if member else None


class PersonForm(forms.Form):
    who = forms.CharField(label=gettext_lazy("E-mail or member number"), max_length=120)

    def clean_who(self) -> User:
        if user := person_of(self.cleaned_data["who"]):
            return user
        raise forms.ValidationError(_("Nobody is known by this address or number."))


class ReasonForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=300)


class LetInForm(PersonForm, ReasonForm):
    until = forms.DateTimeField(
        label=gettext_lazy("Until"),
        widget=forms.DateTimeInput({"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    field_order = ("who", "until", "reason")


class AsForm(forms.Form):
    """A reader who does not exist; nothing chosen is somebody with a mere account."""

    tier = forms.ModelChoiceField(
        Tier.objects.prefetch_related("rights"),
        label=gettext_lazy("Tier"),
        required=False,
        empty_label=gettext_lazy("No membership"),
    )
    standing = forms.ChoiceField(
        label=gettext_lazy("Standing"),
        choices=[
            (standing.GOOD, gettext_lazy("in good standing")),
            (standing.GRACE, gettext_lazy("in grace")),
            (standing.ARREARS, gettext_lazy("in arrears")),
            (standing.SUSPENDED, gettext_lazy("suspended")),
        ],
        required=False,
    )
    branch = forms.ModelChoiceField(
        Branch.objects.order_by("pk"),
        label=gettext_lazy("Branch"),
        required=False,
        empty_label=gettext_lazy("No branch"),
    )

    def reader(self) -> Any:
        self.is_valid()
        wanted = self.cleaned_data
        branch = wanted.get("branch")
        code = wanted.get("standing") or standing.GOOD
        return AsIf(wanted.get("tier"), code, branch.pk if branch else None)
