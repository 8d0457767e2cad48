from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.forms import OfBranchesFilter
from kosna.branches.models import Branch
from kosna.core import clock
from members.models import Member
from members.programmes.models import Partner, PartnerQuerySet

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
KINDS = [("", _("All kinds")), *Partner.Kind.choices]


class PartnerFilter(forms.Form):
    """``/programmes/partners/?kind=&branch=&past=1``; what makes no sense is ignored."""

    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    branch = forms.ModelChoiceField(
        Branch.objects.exclude(partners=None).distinct(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )
    past = forms.BooleanField(label=_("With MOUs that have ended"), required=False)

    def narrow(self, partners: PartnerQuerySet, day: date) -> PartnerQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        rows = partners.filtered(kind=asked.get("kind", ""), branch=asked.get("branch"))
        return (rows if asked.get("past") else rows.current(day)).current_first(day)


class StaffPartnerFilter(OfBranchesFilter):
    field_order = ("kind", "branch", "state")
    kind = forms.ChoiceField(label=_("Kind"), choices=KINDS, required=False)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *Partner.State.choices]
    )

    def narrow(self, partners: PartnerQuerySet, day: date) -> PartnerQuerySet:
        asked = self.cleaned_data
        rows = partners.filtered(kind=asked.get("kind", ""), branch=asked.get("branch"))
        return rows.in_state(asked.get("state", ""), day).current_first(day)


class PartnerForm(forms.ModelForm):
    """For the branches in which this person may write."""

    class Meta:
        model = Partner
        fields = (
            *("branch", "kind", "name_ko", "name_en", "about_ko", "about_en", "signed_on"),
            "member",
        )
        widgets = {
            "signed_on": DATE,
            "about_ko": forms.Textarea({"rows": 4}),
            "about_en": forms.Textarea({"rows": 4}),
        }
        help_texts = {
            "name_en": _("Empty: English readers see the Korean name."),
            "about_ko": _("The fields, and who does what."),
            "about_en": _("Empty: English readers see the Korean text."),
            "member": _(
                "Where the party is a member. While the MOU is in force, it may ask us for"
                " consulting."
            ),
        }

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        self.fields["member"].queryset = organisations_of(branches, self.instance.member_id)
        self.fields["member"].label_from_instance = lambda member: member.name
        if self.instance.pk:
            del self.fields["branch"]  # it is that branch that signed
        elif len(branches) == 1:
            self.fields["branch"].initial = branches[0]

    def clean_signed_on(self) -> date:
        day: date = self.cleaned_data["signed_on"]
        if day > clock.today():
            raise forms.ValidationError(_("An MOU is entered once it has been signed."))
        return day


def organisations_of(branches: Any, kept: int | None) -> Any:
    """The members that are organisations of these branches, and the one that stands here."""
    mine = Q(branch__in=branches, status=Member.Status.ACTIVE)
    return Member.objects.exclude(organisation=None).filter(mine | Q(pk=kept)).order_by("name")


class EndForm(forms.Form):
    on = forms.DateField(
        label=_("Last day of the MOU"),
        widget=DATE,
        help_text=_("It may lie ahead; this day still counts."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)


class CorrectEndForm(EndForm):
    on = forms.DateField(
        label=_("Last day of the MOU"),
        widget=DATE,
        required=False,
        help_text=_("Empty: the MOU has not ended."),
    )
