"""The membership application."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from kosna.branches.models import Branch, Region
from kosna.core import clock
from kosna.core.korean import (
    BusinessNumberField,
    LineField,
    NameField,
    PhoneField,
    PostcodeField,
)
from kosna.core.uploads import CheckedFileField
from members.models import Application, Organisation, Tier, Topic

PERSON_SECTIONS = (
    (_("Applicant"), ("name", "name_en", "phone", "affiliation", "position", "topics")),
    (_("Address"), ("postcode", "address", "address_detail", "branch")),
)
ORGANISATION_SECTIONS = (
    (
        _("Organisation"),
        (
            "organisation_name",
            "business_number",
            "representative",
            "size",
            "industry",
            "is_in_g_valley",
            "tax_email",
        ),
    ),
    (_("Contact person"), ("name", "name_en", "phone", "affiliation", "position", "topics")),
    (_("Business address"), ("postcode", "address", "address_detail", "branch")),
)
NEEDED = ("name", "phone", "postcode", "address")
NEEDED_OF_ORGANISATION = ("organisation_name", "business_number", "representative", "size")


class ApplicationForm(forms.ModelForm):
    """One form for both kinds of holder; fields of the other kind are not there at all, and of an
    application that was sent back only those are there that the reviewer named.

    ``draft=True`` asks for nothing, so that half a form can be kept; what is typed must be right.
    """

    name = NameField(label=_("Name"), max_length=80)
    phone = PhoneField(label=_("Mobile phone"))
    postcode = PostcodeField(label=_("Postcode"), help_text=_("5 digits"))
    business_number = BusinessNumberField(
        label=_("Business registration number"), help_text=_("10 digits, with or without hyphens")
    )
    topics = forms.MultipleChoiceField(
        label=_("Fields of interest"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"),
        queryset=Branch.objects.none(),
        required=False,
        empty_label=_("The branch of my address"),
    )
    proof = CheckedFileField(
        label=_("Attachment"),
        required=False,
        help_text=_("PDF, JPEG or PNG, at most 10 MB"),
    )
    declaration = forms.BooleanField(
        label=_("I apply under the articles of association, and what I have written is true."),
    )

    class Meta:
        model = Application
        fields = Application.WRITTEN
        field_classes: ClassVar = dict.fromkeys(
            ("name_en", "affiliation", "position", "organisation_name", "representative"), LineField
        )

    def __init__(self, *args: Any, draft: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.draft = draft
        self.tier: Tier = self.instance.tier
        self.is_organisation = self.tier.holder == Tier.Holder.ORGANISATION
        layout = ORGANISATION_SECTIONS if self.is_organisation else PERSON_SECTIONS
        self.layout = [(title, list(names)) for title, names in layout]
        self.layout.append((_("Attachment and declaration"), ["proof", "declaration"]))
        self.is_revision = self.instance.status == Application.Status.REVISION
        if self.is_revision:
            named = {*self.instance.revise_fields, "declaration"}
            chosen = [(title, [n for n in names if n in named]) for title, names in self.layout]
            self.layout = [(title, names) for title, names in chosen if names]
        shown = {name for _title, names in self.layout for name in names}
        for name in set(self.fields) - shown:
            del self.fields[name]
        needed = NEEDED + (NEEDED_OF_ORGANISATION if self.is_organisation else ())
        for name, field in self.fields.items():
            field.required = not draft and name in (*needed, "declaration")
        self._describe()
        if self.is_revision:
            for name in self.instance.revise_fields:
                if name in self.fields:
                    self.fields[name].help_text = _("Please revise: %(reason)s") % {
                        "reason": self.instance.reason
                    }

    def _describe(self) -> None:
        if self.is_organisation:
            self._label(
                proof=_("Business registration certificate"),
                affiliation=_("Department"),
                name=_("Name of the contact person"),
            )
            if "size" in self.fields:
                blank = ("", _("Please choose"))
                sizes = self.tier.sizes or Organisation.Size.values
                choices = [one for one in Organisation.Size.choices if one[0] in sizes]
                self.fields["size"].choices = [blank, *choices]
        elif self.tier.needs_proof:
            self._label(proof=_("Proof of enrolment"))
        if "branch" in self.fields:
            self.fields["branch"].queryset = Branch.objects.open()
        if "address" in self.fields:
            self.fields["address"].help_text = _(
                "For example: 168 Gasan digital 1-ro, Geumcheon-gu, Seoul"
            )
        if self.tier.needs_proof and "proof" in self.fields:
            has_one = self.instance.pk and self.instance.files.exists()
            self.fields["proof"].required = not self.draft and not has_one
            if has_one:
                self.fields["proof"].help_text = _(
                    "A file is attached. Choose another to replace it."
                )

    def _label(self, **labels: Any) -> None:
        for name, label in labels.items():
            if name in self.fields:
                self.fields[name].label = label

    def sections(self) -> Iterator[tuple[str, list[BoundField]]]:
        for title, names in self.layout:
            yield title, [self[name] for name in names]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "branch" in self.fields and not data.get("branch"):
            address = data.get("address", self.instance.address)
            data["branch"] = suggest_branch(address or "")
        return data


def nameable_fields(application: Application) -> list[tuple[str, Any]]:
    """What a revision request may name: the fields of this application's form, with labels."""
    form = ApplicationForm(instance=Application(tier=application.tier))
    return [(name, field.label) for name, field in form.fields.items() if name != "declaration"]


def suggest_branch(address: str) -> Branch:
    """The open branch of the 시·도 with which an address begins (in English: that it names),
    else the head office."""
    first = short_region(next(iter(address.split()), ""))
    lowered = address.casefold()
    branches = Branch.objects.open()
    for region in Region.objects.on(clock.today()):
        if (first and short_region(region.name_ko) == first) or (
            address.isascii() and region.name_en.casefold() in lowered
        ):
            branch = branches.filter(regions=region).order_by("is_head_office", "pk").first()
            if branch:
                return branch
    return Branch.objects.get(is_head_office=True)


def short_region(name: str) -> str:
    """부산광역시 → 부산, 경상북도 → 경북: as addresses shorten a 시·도, old names and new."""
    if len(name) == 4 and name.endswith(("남도", "북도")):
        return name[0] + name[2]
    return name[:2]
