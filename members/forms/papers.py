"""What is chosen and typed to get a paper."""

from typing import Any

from django import forms
from django.utils.translation import get_language, override
from django.utils.translation import gettext_lazy as _

from kosna.documents.models import Document
from members.forms.filters import MemberFilter
from members.models import Member
from members.papers import LANGUAGES, OTHER, PURPOSES, Kind, paid_dues, purpose_words


class PaperForm(forms.Form):
    """A paper in one of two languages."""

    kind: str = ""
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES, widget=forms.RadioSelect)

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, prefix=f"{self.kind}-{member.pk}", **kwargs)
        self.member = member
        self.fields["language"].initial = "en" if get_language() == "en" else "ko"

    @property
    def label(self) -> str:
        return str(Kind(self.kind).label)

    def facts(self) -> dict[str, Any]:
        """What the action is told."""
        return {"language": self.cleaned_data["language"]}


class CardForm(PaperForm):
    kind = Kind.MEMBERSHIP_CARD


class ApprovalForm(PaperForm):
    kind = Kind.APPROVAL


class MembershipForm(PaperForm):
    kind = Kind.MEMBERSHIP
    purpose = forms.ChoiceField(label=_("Purpose"), choices=PURPOSES)
    typed = forms.CharField(
        label=_("Another purpose"),
        max_length=60,
        required=False,
        help_text=_("Printed as you type it; only where you chose another purpose."),
    )
    field_order = ("purpose", "typed", "language")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("purpose") == OTHER and not data.get("typed"):
            self.add_error("typed", _("Type what the certificate is for."))
        return data

    def facts(self) -> dict[str, Any]:
        data = self.cleaned_data
        with override(data["language"]):  # as the paper prints it
            purpose = purpose_words(data["purpose"], data["typed"])
        return super().facts() | {"purpose": purpose}


class DuesForm(PaperForm):
    kind = Kind.DUES
    periods = forms.TypedMultipleChoiceField(
        label=_("Dues"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    field_order = ("periods", "language")

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, member=member, **kwargs)
        paid = paid_dues(member)[::-1]
        self.fields["periods"].choices = [(dues.period.pk, dues.label) for dues in paid]
        self.fields["periods"].initial = [dues.period.pk for dues in paid[:1]]

    def facts(self) -> dict[str, Any]:
        return super().facts() | {"periods": self.cleaned_data["periods"]}


FORMS: dict[str, type[PaperForm]] = {
    form.kind: form for form in (CardForm, MembershipForm, DuesForm, ApprovalForm)
}


def paper_form(kind: str, *args: Any, member: Member, **kwargs: Any) -> PaperForm:
    return FORMS[kind](*args, member=member, **kwargs)


class PaperReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"), min_length=2, max_length=200, help_text=_("Kept in the record.")
    )


class PaperFilter(forms.Form):
    """The filters of the desk's list of papers as they stand in its address."""

    q = forms.CharField(label=_("Number or name"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *Document.Kind.choices]
    )
    year = forms.IntegerField(label=_("Year"), required=False, min_value=2000, max_value=2200)
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Document.Status.choices]
    )

    def __init__(self, data: Any, *, branches: Any) -> None:
        super().__init__(data)
        self.fields["branch"].queryset = branches
        self.is_valid()

    def apply(self, rows: Any) -> Any:
        data = self.cleaned_data
        chosen = {
            name: data[name] for name in ("kind", "year", "branch", "status") if data.get(name)
        }
        return rows.filter(**chosen).search(data.get("q") or "")


class ManyPapersForm(MemberFilter):
    """Papers for all members that a filter names."""

    EACH = "each"

    kind = forms.ChoiceField(
        label=_("Document"),
        choices=[
            (kind.value, kind.label) for kind in (Kind.MEMBERSHIP_CARD, Kind.MEMBERSHIP, Kind.DUES)
        ],
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=[(EACH, _("Each member's own")), *LANGUAGES]
    )
    purpose = forms.CharField(
        label=_("Purpose"),
        max_length=60,
        required=False,
        help_text=_("Printed on certificates of membership."),
    )
    mails = forms.BooleanField(label=_("Mail everybody a link to their document"), required=False)
    field_order = ("kind", "tier", "branch", "standing", "language", "purpose", "mails")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["q"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("kind") == Kind.MEMBERSHIP and not data.get("purpose"):
            self.add_error("purpose", _("Type what the certificate is for."))
        return data
