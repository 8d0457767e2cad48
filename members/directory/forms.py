from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from kosna.branches.forms import OfBranchesFilter
from kosna.branches.models import Branch
from kosna.core.korean import PhoneField
from members.directory.models import AbuseReport, Introduction, Profile, ProfileQuerySet
from members.models import Topic

ROWS = {"rows": 4}


class DirectoryFilter(forms.Form):
    """``/members/directory/?q=&branch=&topic=&kind=``; what makes no sense is ignored."""

    q = forms.CharField(label=_("Name or word"), required=False, max_length=100)
    branch = forms.ModelChoiceField(
        Branch.objects.exclude(members=None).distinct(),
        label=_("Branch"),
        to_field_name="code",
        empty_label=_("All branches"),
        required=False,
    )
    topic = forms.ChoiceField(
        label=_("Field of interest"),
        choices=[("", _("All fields")), *Topic.choices],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All kinds")), *Profile.Kind.choices], required=False
    )

    def narrow(self, profiles: ProfileQuerySet) -> ProfileQuerySet:
        self.is_valid()
        asked = self.cleaned_data
        rows = profiles.search(asked.get("q", "")).filtered(
            branch=asked.get("branch"), topic=asked.get("topic", ""), kind=asked.get("kind", "")
        )
        return rows.by_name()


def _who_sees(what: Any) -> Any:
    return format_lazy("{}: {}", what, _("who sees it"))


class ProfileForm(forms.ModelForm):
    """Each field with its audience."""

    topics = forms.MultipleChoiceField(
        label=_("Fields of interest"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    website = forms.URLField(
        label=_("Website"), required=False, max_length=200, assume_scheme="https"
    )
    links = forms.CharField(
        label=_("SNS links"),
        required=False,
        max_length=1100,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("One address in each line, at most five."),
    )
    phone = PhoneField(label=_("Phone"), required=False)

    class Meta:
        model = Profile
        fields = (
            "headline", "headline_for", "intro_ko", "intro_en", "intro_for",
            "affiliation", "position", "affiliation_for", "topics", "topics_for",
            "website", "website_for", "links", "links_for", "email", "email_for",
            "phone", "phone_for", "takes_requests",
        )  # fmt: skip
        widgets = {"intro_ko": forms.Textarea(ROWS), "intro_en": forms.Textarea(ROWS)}
        labels = {
            "headline": _("Headline"),
            "intro_ko": _("Introduction in Korean"),
            "intro_en": _("Introduction in English"),
            "affiliation": _("Affiliation"),
            "position": _("Position"),
            "email": _("E-mail"),
            "takes_requests": _("Members may ask to be introduced to me."),
            "headline_for": _who_sees(_("Headline")),
            "intro_for": _who_sees(_("Introduction")),
            "affiliation_for": _who_sees(_("Organisation and position")),
            "topics_for": _who_sees(_("Fields of interest")),
            "website_for": _who_sees(_("Website")),
            "links_for": _who_sees(_("SNS links")),
            "email_for": _who_sees(_("E-mail")),
            "phone_for": _who_sees(_("Phone")),
        }
        help_texts = {
            "headline": _("One line below the name, for example what you are looking for."),
            "intro_en": _("Empty: English readers see the Korean text."),
            "email": _(
                "Empty, or for nobody: whoever you accept is told the address of your account."
            ),
        }

    def __init__(self, *args: Any, instance: Profile, **kwargs: Any) -> None:
        super().__init__(*args, instance=instance, **kwargs)
        self.initial["links"] = "\n".join(instance.links)

    def clean_links(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines()]
        links = [line if "://" in line else f"https://{line}" for line in lines if line]
        if len(links) > Profile.MOST_LINKS:
            raise ValidationError(_("At most five addresses."))
        check = URLValidator(schemes=["http", "https"])
        for link in links:
            if len(link) > 200:
                raise ValidationError(_("This is too long."))
            try:
                check(link)
            except ValidationError:
                raise ValidationError(
                    _("“%(link)s” is no address of a page."), params={"link": link}
                ) from None
        return list(dict.fromkeys(links))


class OpenForm(forms.Form):
    version = forms.CharField(widget=forms.HiddenInput, max_length=20)
    agrees = forms.BooleanField(label=_("I agree that my entry is shown in the directory."))


class AskForm(forms.Form):
    """From one of the entries that this person keeps."""

    asker = forms.ModelChoiceField(label=_("As"), queryset=None, empty_label=None)
    message = forms.CharField(
        label=_("Message"),
        max_length=600,
        widget=forms.Textarea(ROWS),
        help_text=_("Who you are and what you would like to talk about."),
    )

    def __init__(self, data: Any, *, askers: ProfileQuerySet) -> None:
        super().__init__(data)
        self.fields["asker"].queryset = askers
        if len(askers) < 2:
            del self.fields["asker"]
        self._only = askers[0] if len(askers) == 1 else None

    @property
    def as_whom(self) -> Profile | None:
        return self.cleaned_data.get("asker") or self._only


class AbuseForm(forms.Form):
    reason = forms.CharField(
        label=_("What is wrong"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class PleaForm(forms.Form):
    plea = forms.CharField(
        label=_("What has changed"), max_length=500, widget=forms.Textarea({"rows": 3})
    )


class BoxFilter(forms.Form):
    """``/me/introductions/?box=&status=``"""

    box = forms.ChoiceField(
        label=_("Who asked"),
        required=False,
        choices=[("", _("All")), ("received", _("The other member")), ("sent", _("I"))],
    )
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *Introduction.Status.choices],
    )

    def narrow(self, user: Any) -> Any:
        self.is_valid()
        rows = {
            "received": Introduction.objects.received_by,
            "sent": Introduction.objects.sent_by,
        }.get(self.cleaned_data.get("box", ""), Introduction.objects.visible_to)(user)
        status = self.cleaned_data.get("status")
        return (rows.filter(status=status) if status else rows).newest()


class StaffFilter(OfBranchesFilter):
    """What makes no sense is ignored."""

    def value(self, name: str) -> Any:
        return self.cleaned_data.get(name)


class StaffProfileFilter(StaffFilter):
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            ("open", _("Open entries")),
            ("closed", _("Not opened")),
            ("hidden", _("Hidden by staff")),
            ("pleading", _("To be shown again?")),
        ],
    )

    def narrow(self, profiles: ProfileQuerySet) -> ProfileQuerySet:
        branch = self.value("branch")
        rows = profiles.filtered(branch=branch)
        state = self.value("state")
        if state == "open":
            rows = rows.opened().filter(hidden_at=None)
        elif state == "closed":
            rows = rows.closed()
        elif state == "hidden":
            rows = rows.hidden()
        elif state == "pleading":
            rows = rows.filter(pleaded_at__isnull=False)
        return rows.by_name()


class ReportFilter(StaffFilter):
    status = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[("", _("All")), *AbuseReport.Status.choices],
    )

    def narrow(self, reports: Any) -> Any:
        if branch := self.value("branch"):
            reports = reports.filter(about__member__branch=branch)
        status = self.value("status")
        return reports.filter(status=status) if status else reports


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("The member reads this."),
    )


class DecisionForm(forms.Form):
    decision = forms.CharField(
        label=_("Why there is no reason to act"),
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text=_("Whoever reported it reads this."),
    )
