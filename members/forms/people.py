"""One person, named exactly."""

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from members.models import Member

NOBODY = _("Nobody is known by this address or number.")


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
    who = forms.CharField(label=_("E-mail or member number"), max_length=120)

    def clean_who(self) -> User:
        if user := person_of(self.cleaned_data["who"]):
            return user
        raise forms.ValidationError(NOBODY)
