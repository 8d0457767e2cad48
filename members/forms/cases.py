"""What is typed on the way to another branch or another tier, by members and by staff."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.uploads import CheckedFileField
from members.forms.decisions import BasisForm, DateField
from members.forms.filters import Filter
from members.models import Member, Tier, TierChange, Transfer


class TransferForm(forms.Form):
    to_branch = forms.ModelChoiceField(
        label=_("Branch that you wish"), queryset=None, empty_label=_("Please choose")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("For example: I have moved. Both branches read it."),
    )

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_branch"].queryset = Branch.objects.open().exclude(pk=member.branch_id)


class CaseReasonForm(forms.Form):
    """Why a request is refused."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The member reads this."),
    )


class WaiverForm(forms.Form):
    """Only where dues are open, and only for the head office."""

    waiver = forms.CharField(
        label=_("Waived because"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Stays on record. What is owed is still owed, to the old branch."),
    )


class AcceptForm(forms.Form):
    moves_on = DateField(
        label=_("Moves on"), help_text=_("Today or later. Everything moves on this one date.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["moves_on"].initial = clock.today()


class MoveAllForm(BasisForm):
    """All members of a branch that closes."""

    to_branch = forms.ModelChoiceField(
        label=_("To branch"), queryset=None, empty_label=_("Please choose")
    )
    moves_on = DateField(label=_("Moves on"))
    field_order = ("to_branch", "moves_on", "meeting", "decided_on", "number")

    def __init__(self, *args: Any, branch: Branch, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["to_branch"].queryset = Branch.objects.open().exclude(pk=branch.pk)
        self.fields["moves_on"].initial = clock.today()


class TierChangeForm(forms.Form):
    reason = forms.CharField(
        label=_("Why, in a sentence"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    proof = CheckedFileField(
        label=_("Attachment"), required=False, help_text=_("PDF, JPEG or PNG, at most 10 MB")
    )

    def __init__(self, *args: Any, tier: Tier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not tier.needs_proof:
            del self.fields["proof"]
            return
        self.fields["proof"].required = True
        is_organisation = tier.holder == Tier.Holder.ORGANISATION
        self.fields["proof"].label = (
            _("Business registration certificate") if is_organisation else _("Proof of enrolment")
        )


class TierRejectForm(CaseReasonForm, BasisForm):
    number_required = False
    field_order = ("reason", "meeting", "decided_on", "number")


class CaseFilter(Filter):
    """By status, branch, and the member's name or number."""

    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )

    def apply(self, cases: Any, *fields: str) -> Any:
        """``fields`` are the paths to the branches of a case."""
        if status := self.value("status"):
            cases = cases.filter(status=status)
        if branch := self.value("branch"):
            chosen = cases.none()
            for name in fields:
                chosen |= cases.filter(**{name: branch})
            cases = chosen
        if query := self.value("q"):
            cases = cases.filter(member__in=Member.objects.search(query).values("pk"))
        return cases


class TransferFilter(CaseFilter):
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Transfer.Status.choices]
    )


class TierChangeFilter(CaseFilter):
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *TierChange.Status.choices]
    )
