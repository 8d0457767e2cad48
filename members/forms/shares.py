"""A rule of what part of dues goes to branches, as the secretariat types it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from kosna.core import clock
from members.actions.shares import refusals
from members.forms.decisions import DateField
from members.models import ShareRule, Tier


class ShareRuleForm(forms.Form):
    tier = forms.ModelChoiceField(
        Tier.objects.all(),
        label=_("Tier"),
        required=False,
        to_field_name="code",
        empty_label=_("All tiers"),
    )
    branch = forms.ModelChoiceField(
        Branch.objects.filter(is_head_office=False).exclude(status=Branch.Status.CLOSED),
        label=_("Branch"),
        required=False,
        to_field_name="code",
        empty_label=_("All branches"),
        help_text=_("A rule of one branch goes before the rules of tiers."),
    )
    percent = forms.IntegerField(
        label=_("Percent of the dues to the branch"), required=False, min_value=0, max_value=100
    )
    ends = forms.BooleanField(
        label=_("The rule of its own ends, and the wider one holds again"), required=False
    )
    valid_from = DateField(label=_("From"), help_text=_("Of orders placed on this day and later."))
    basis = forms.CharField(
        label=_("Basis"),
        max_length=200,
        help_text=_("Who decided it, when, and under which number."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_from"].initial = clock.today() + timedelta(days=1)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        percent, ends = data.get("percent"), data.get("ends")
        if ends and percent is not None:
            self.add_error("percent", _("Leave this empty where the rule ends."))
        elif not ends and percent is None and "percent" not in self.errors:
            self.add_error("percent", _("Enter a whole number from 0 to 100."))
        if not self.errors:
            for field, reason in refusals(self.rule(), ShareRule.objects.all()).items():
                self.add_error(field, reason)
        return data

    def rule(self) -> ShareRule:
        data = self.cleaned_data
        return ShareRule(
            **{name: data[name] for name in ("tier", "branch", "percent", "valid_from", "basis")}
        )
