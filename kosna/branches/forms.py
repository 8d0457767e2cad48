from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.accounts.models import User
from kosna.branches.models import Appointment, Branch, BranchNotice, Proposal, Region, Term
from kosna.core import clock
from kosna.core.korean import PhoneField

DATE = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BranchForm(forms.ModelForm):
    class Meta:
        model = Branch
        fields = (
            "code",
            "name_ko",
            "name_en",
            "status",
            "regions",
            "opened_on",
            "address_ko",
            "address_en",
            "phone",
            "email",
            "intro_ko",
            "intro_en",
        )
        labels = {
            "regions": _("Regions"),
            "opened_on": _("Opened on"),
            "address_ko": _("Address in Korean"),
            "address_en": _("Address in English"),
            "phone": _("Phone"),
            "email": _("E-mail"),
            "intro_ko": _("Introduction in Korean"),
            "intro_en": _("Introduction in English"),
        }
        field_classes = {"phone": PhoneField}
        widgets = {
            "opened_on": DATE,
            "regions": forms.CheckboxSelectMultiple,
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["regions"].queryset = Region.objects.on(clock.today()).order_by("name_ko")
        # Addresses, mails and printed codes rely on the code of a branch that works or worked.
        self.fields["code"].disabled = self.instance.status in (
            Branch.Status.OPEN,
            Branch.Status.CLOSED,
        )

    def clean_regions(self) -> list[Region]:
        """Regions of the past are offered no more, and stay with the branch that had them."""
        chosen = list(self.cleaned_data["regions"])
        if self.instance.pk is None:
            return chosen
        return [*chosen, *self.instance.regions.exclude(pk__in=self.fields["regions"].queryset)]

    def clean_status(self) -> str:
        """Only along the arrows that the model draws."""
        new, old = self.cleaned_data["status"], self.initial.get("status")
        if self.instance.pk and new != old and new not in Branch.TRANSITIONS[old]:
            raise forms.ValidationError(
                _("“%(now)s” cannot become “%(new)s”.")
                % {"now": Branch.Status(old).label, "new": Branch.Status(new).label}
            )
        return new


class BranchFilter(forms.Form):
    """The list's filters as they stand in its address; what makes no sense is ignored."""

    q = forms.CharField(label=_("Name or code"), required=False, max_length=60)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Branch.Status.choices]
    )

    def narrow(self, branches: Any) -> Any:
        self.is_valid()
        asked = self.cleaned_data
        return branches.in_status(asked.get("status", "")).named(asked.get("q", ""))


class ProposalFilter(forms.Form):
    q = forms.CharField(label=_("Name, e-mail or branch"), required=False, max_length=100)
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Proposal.Status.choices]
    )

    def narrow(self, proposals: Any) -> Any:
        self.is_valid()
        asked = self.cleaned_data
        return proposals.in_status(asked.get("status", "")).matching(asked.get("q", ""))


class BranchNoticeForm(forms.ModelForm):
    """For the branches in which this person may write."""

    class Meta:
        model = BranchNotice
        fields = (
            "branch",
            "title_ko",
            "title_en",
            "body_ko",
            "body_en",
            "valid_from",
            "valid_to",
        )
        widgets = {
            "valid_from": DATE,
            "valid_to": DATE,
            "body_ko": forms.Textarea({"rows": 6}),
            "body_en": forms.Textarea({"rows": 6}),
        }
        help_texts = {
            "title_en": _("Empty: English readers see the Korean title."),
            "body_en": _("Empty: English readers see the Korean text."),
            "valid_to": _("Empty: until it is withdrawn."),
        }

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        if self.instance.pk:
            del self.fields["branch"]  # it is that branch's page on which it stands
        elif len(branches) == 1:
            self.fields["branch"].initial = branches[0]
        self.fields["valid_from"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day lies before the first."))
        return cleaned


class OfBranchesFilter(forms.Form):
    """Narrows a list of the desk to one of the branches that this person sees there. What makes no
    sense is ignored."""

    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )

    def __init__(self, data: Any, *, branches: Any) -> None:
        super().__init__(data)
        self.fields["branch"].queryset = branches
        self.is_valid()


class BranchNoticeFilter(OfBranchesFilter):
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All")), *BranchNotice.State.choices]
    )

    def narrow(self, notices: Any) -> Any:
        asked = self.cleaned_data
        if asked.get("branch"):
            notices = notices.filter(branch=asked["branch"])
        return notices.in_state(asked.get("state", ""), clock.today())


class RefusalForm(forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 2}))


class TermForm(forms.ModelForm):
    """A term of an officer, as it was decided."""

    class Meta:
        model = Term
        fields = (
            "title",
            "field_ko",
            "field_en",
            "name_ko",
            "name_en",
            "affiliation",
            "valid_from",
            "valid_to",
            "basis",
            "is_public",
        )
        widgets = {"valid_from": DATE, "valid_to": DATE}
        help_texts = {
            "field_ko": _("Of a committee chair only."),
            "valid_to": _("Empty: until further notice."),
            "basis": _("Who decided, when, and under which number."),
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day lies before the first."))
        if cleaned.get("title") == Term.Title.COMMITTEE_CHAIR and not cleaned.get("field_ko"):
            self.add_error("field_ko", _("Which committee?"))
        return cleaned


class RenewTermForm(forms.Form):
    valid_to = forms.DateField(
        label=_("Until"), widget=DATE, required=False, help_text=_("Empty: until further notice.")
    )
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("Who decided, when, and under which number."),
    )


class EndTermForm(forms.Form):
    on = forms.DateField(label=_("Last day"), widget=DATE, initial=clock.today)
    reason = forms.CharField(label=_("Reason"), max_length=300)


class AppointmentForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail of the account"),
        help_text=_("The person needs an account of their own first."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Appointment.Role.choices)
    valid_from = forms.DateField(label=_("From"), widget=DATE, initial=clock.today)
    valid_to = forms.DateField(
        label=_("Until"), widget=DATE, required=False, help_text=_("Empty: until further notice.")
    )

    def clean_email(self) -> User:
        user = User.objects.filter(email__iexact=self.cleaned_data["email"], is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("There is no account with this e-mail."))
        return user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("valid_from"), cleaned.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", _("The last day lies before the first."))
        return cleaned
