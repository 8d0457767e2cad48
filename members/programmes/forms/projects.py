"""What is typed about projects, by their branch and by who wants to take part."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch
from members.models import Member
from members.programmes.forms.consulting import MOMENT
from members.programmes.forms.partners import DATE
from members.programmes.models import Partner, Project, ProjectFigure, ProjectQuerySet

AREAS = [("", _("All fields")), *Project.Area.choices]
STATES = [("", _("All")), *Project.State.choices]


class ProjectFilter(forms.Form):
    """``/programmes/projects/?area=&state=&branch=``; what makes no sense is ignored."""

    area = forms.ChoiceField(label=_("Field"), choices=AREAS, required=False)
    state = forms.ChoiceField(label=_("State"), choices=STATES, required=False)
    branch = forms.ModelChoiceField(
        Branch.objects.exclude(projects=None).distinct(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )

    def narrow(self, projects: ProjectQuerySet, day: date) -> ProjectQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        rows = projects.filtered(area=asked.get("area", ""), branch=asked.get("branch"))
        return rows.in_state(asked.get("state", ""), day).running_first(day)


class StaffProjectFilter(ProjectFilter):
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )

    def __init__(self, data: Any, *, branches: Any) -> None:
        super().__init__(data)
        self.fields["branch"].queryset = branches


class ProjectForm(forms.ModelForm):
    """For the branches in which this person may write."""

    link = forms.URLField(
        label=_("Page elsewhere"),
        required=False,
        assume_scheme="https",
        help_text=_("Where the project has a page of its own."),
    )

    class Meta:
        model = Project
        fields = (
            *("branch", "slug", "area", "title_ko", "title_en", "text_ko", "text_en"),
            *("lead_ko", "lead_en", "others_ko", "others_en", "partner"),
            *("starts_on", "ends_on", "link", "is_public"),
        )
        widgets = {
            "starts_on": DATE,
            "ends_on": DATE,
            "text_ko": forms.Textarea({"rows": 6}),
            "text_en": forms.Textarea({"rows": 6}),
            "others_ko": forms.Textarea({"rows": 3}),
            "others_en": forms.Textarea({"rows": 3}),
        }
        help_texts = {
            "slug": _("Small letters, digits and hyphens; it stays as it is once others link"
                      " here."),
            "title_en": _("Empty: English readers see the Korean title."),
            "text_en": _("Empty: English readers see the Korean text."),
            "lead_en": _("Empty: English readers see the Korean name."),
            "others_ko": _("One organisation a line. Members whom you take on appear by"
                           " themselves."),
            "others_en": _("One a line. Empty: English readers see the Korean names."),
            "ends_on": _("Empty: without an end. This day still counts."),
        }  # fmt: skip

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        mine = Q(branch__in=branches) | Q(pk=self.instance.partner_id)
        self.fields["partner"].queryset = Partner.objects.filter(mine).newest()
        self.fields["partner"].label_from_instance = lambda partner: partner.name
        if self.instance.pk:
            del self.fields["branch"]
        elif len(branches) == 1:
            self.fields["branch"].initial = branches[0]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        first, last = given.get("starts_on"), given.get("ends_on")
        if first and last and last < first:
            self.add_error("ends_on", _("The last day lies before the first."))
        return given


class CallForm(forms.Form):
    first_at = forms.DateTimeField(
        label=_("Open first to regular members from"),
        required=False,
        widget=MOMENT,
        help_text=_("Tiers with priority registration. Empty: to all at the same time."),
    )
    opens_at = forms.DateTimeField(label=_("Open to every member from"), widget=MOMENT)
    ends_on = forms.DateField(
        label=_("Last day for applications"), widget=DATE, help_text=_("This day still counts.")
    )
    places = forms.IntegerField(
        label=_("Participants taken on"),
        min_value=1,
        max_value=1000,
        help_text=_("More may ask; so many are taken on."),
    )


class FigureForm(forms.ModelForm):
    class Meta:
        model = ProjectFigure
        fields = (
            "name_ko",
            "name_en",
            "value",
            "unit_ko",
            "unit_en",
            "on",
            "source_ko",
            "source_en",
        )
        widgets = {"on": DATE}
        help_texts = {
            "source_ko": _("Who says so, and where: a number without it is not shown."),
        }


class ApplyForm(forms.Form):
    member = forms.ModelChoiceField(
        label=_("For which membership"), queryset=None, empty_label=None
    )
    plan = forms.CharField(
        label=_("What you bring and want to do"),
        max_length=4000,
        widget=forms.Textarea({"rows": 6}),
    )
    may_name = forms.BooleanField(
        label=_("When taken on, our name may stand on the page of the project.")
    )

    def __init__(self, *args: Any, members: list[Member], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Member.objects.filter(pk__in=[member.pk for member in members])
        field = self.fields["member"]
        field.queryset = rows.select_related("tier").order_by("pk")
        field.label_from_instance = lambda member: f"{member.name} · {member.tier.name}"
        if members:
            field.initial = members[0].pk
        if len(members) == 1:
            field.widget = forms.HiddenInput()

    @property
    def facts(self) -> dict[str, Any]:
        """As the action calls them; without the consent nothing is sent."""
        return {name: value for name, value in self.cleaned_data.items() if name != "may_name"}
