"""The filters of the desk's lists."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members import standing
from members.models import Application, Member, Removal, Tier

EXPIRING = "expiring"  # no standing: in good standing, and soon no longer


class Filter(forms.Form):
    """A list's filters as they stand in its address; what makes no sense is ignored."""

    q = forms.CharField(label=_("Search"), required=False, max_length=100)

    def __init__(self, data: Any, *, branches: Any, **choices: Any) -> None:
        """``choices`` are those of other fields that are only known now."""
        super().__init__(data)
        self.fields["branch"].queryset = branches
        if "tier" in self.fields:  # asked already, where standing is worked out
            tiers = [(tier.pk, str(tier)) for tier in standing.all_tiers()]
            self.fields["tier"].choices = [("", _("All")), *tiers]
        for name, known in choices.items():
            self.fields[name].choices = known
        self.is_valid()

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name)


class ApplicationFilter(Filter):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")),
            *[c for c in Application.Status.choices if c[0] != Application.Status.DRAFT],
        ],
    )
    tier = forms.ModelChoiceField(
        label=_("Tier"), required=False, queryset=Tier.objects.all(), empty_label=_("All")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )

    def __init__(self, data: Any, *, branches: Any) -> None:
        """Without a status in the address: what waits, which is why the list is opened."""
        if "status" not in data:
            data = data.copy()
            data["status"] = Application.Status.SUBMITTED
        super().__init__(data, branches=branches)

    def apply(self, applications: Any) -> Any:
        chosen = Q()
        for name in ("status", "tier", "branch"):
            if value := self.value(name):
                chosen &= Q(**{name: value})
        return applications.filter(chosen).search(self.value("q") or "")


class MemberFilter(Filter):
    tier = forms.ModelChoiceField(
        label=_("Tier"), required=False, queryset=Tier.objects.all(), empty_label=_("All")
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )
    standing = forms.ChoiceField(
        label=_("Standing"),
        required=False,
        choices=[
            ("", _("All")),
            *((code, label) for code, label in standing.LABELS.items() if code != standing.BEFORE),
            (EXPIRING, _("Expire within 60 days")),
        ],
    )

    def apply(self, members: Any) -> Any:
        chosen = Q()
        for name in ("tier", "branch"):
            if value := self.value(name):
                chosen &= Q(**{name: value})
        members = members.filter(chosen).search(self.value("q") or "")
        code = self.value("standing")
        if code == EXPIRING:
            return standing.expiring(members, clock.today())
        if code:
            members = standing.in_standing(members, code, clock.today())
        return members


class RemovalFilter(Filter):
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), *Removal.Kind.choices]
    )
    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *Removal.Status.choices]
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )

    def apply(self, removals: Any) -> Any:
        chosen = Q()
        for name, field in (("kind", "kind"), ("status", "status"), ("branch", "member__branch")):
            if value := self.value(name):
                chosen &= Q(**{field: value})
        if query := self.value("q"):
            chosen &= Q(member__in=Member.objects.search(query).values("pk"))
        return removals.filter(chosen)
