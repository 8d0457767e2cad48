"""What is typed about the register of members: filters, new details, requests and decisions."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.audit.forms import ExportForm
from kosna.core import clock
from kosna.core.korean import LineField, NameField, PostcodeField
from members.forms.filters import Filter
from members.models import Inspection, Tier

REASON = forms.Textarea(attrs={"rows": 3})


class DayField(forms.DateField):
    """A day, picked or typed as 2026-11-23."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
        super().__init__(widget=widget, **kwargs)


class RegisterFilter(Filter):
    """The register's day and filters as they stand in its address."""

    on = DayField(label=_("As of"), required=False)
    tier = forms.ModelChoiceField(
        label=_("Tier"), required=False, queryset=Tier.objects.all(), empty_label=_("All")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )
    who = forms.ChoiceField(
        label=_("Listed"),
        required=False,
        choices=[
            ("", _("Voting members only")),
            ("all", _("All members")),
            ("left", _("Those who had left")),
        ],
    )
    field_order = ("q", "on", "branch", "tier", "who")

    def __init__(self, data: Any, *, branches: Any) -> None:
        data = data.copy()
        data.setdefault("on", clock.today().isoformat())
        super().__init__(data, branches=branches)

    @property
    def day(self) -> date:
        """The day asked for; what has not come yet cannot be asked for."""
        return min(self.value("on") or clock.today(), clock.today())

    def chosen(self) -> dict[str, Any]:
        """What ``actions.files.lines_of`` narrows by: plain facts, so that long work keeps them."""
        branch, tier, who = self.value("branch"), self.value("tier"), self.value("who")
        return {
            "branch": branch.pk if branch else None,
            "tier": tier.pk if tier else None,
            "everyone": who in ("all", "left"),
            "left": who == "left",
            "query": self.value("q") or "",
        }


class RegisterExportForm(ExportForm):
    format = None  # a register is a sheet or a paper
    form = forms.ChoiceField(
        label=_("File"),
        choices=[("sheet", _("Excel file")), ("paper", _("Paper (PDF, A4 landscape)"))],
    )
    field_order = ("form", "reason")


class AddressForm(forms.Form):
    """For a member, about their own address."""

    postcode = PostcodeField(label=_("Postcode"), help_text=_("5 digits"))
    address = forms.CharField(label=_("Road address"), max_length=200)
    address_detail = forms.CharField(label=_("Detailed address"), max_length=100, required=False)


class DetailsForm(AddressForm):
    """For the desk: the name too, and why."""

    name = NameField(label=_("Name"), max_length=120)
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("Stands in the register beside the new line; the member reads it too."),
    )
    field_order = ("name", "postcode", "address", "address_detail", "reason")


class PurposeForm(forms.Form):
    purpose = forms.CharField(
        label=_("What do you need the register for?"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2000,
        min_length=10,
        help_text=_("The purpose decides which fields you are shown."),
    )


class StrangerForm(PurposeForm):
    """A request that came by letter, entered by the desk."""

    name = NameField(label=_("Name"), max_length=80)
    email = forms.EmailField(label=_("E-mail"))
    affiliation = LineField(label=_("Affiliation"), max_length=120, required=False)
    field_order = ("name", "email", "affiliation", "purpose")


class GrantForm(forms.Form):
    granted = forms.MultipleChoiceField(
        label=_("Fields to show"),
        choices=Inspection.Field.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    as_of = DayField(label=_("Register as of"))
    expires_on = DayField(label=_("Open until (the end of this day)"))
    reason = forms.CharField(
        label=_("Grounds and conditions"),
        widget=REASON,
        max_length=1000,
        help_text=_("The requester reads this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        today = clock.today()
        initial = {
            "granted": ["number", "name", "tier", "branch"],
            "as_of": today,
            "expires_on": today + timedelta(days=7),
        }
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def facts(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        return {"fields": data.pop("granted"), **data}


class DeclineForm(forms.Form):
    """A reason that the requester, or whoever it is about, is told."""

    reason = forms.CharField(
        label=_("Reason"), widget=REASON, max_length=1000, help_text=_("The requester reads this.")
    )
