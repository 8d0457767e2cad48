"""Tiers, rates, rights and the dues calendar, as the secretariat types them."""

from collections.abc import Iterable
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import DuesCalendar, DuesRate, Organisation, Right, Tier, TierRight

TAKEN_CODES = ("new", "rights", "calendars", "shares")  # addresses beside the tiers' own
STANDINGS = (
    ("in_good", _("in good standing")),
    ("in_grace", _("in grace")),
    ("in_arrears", _("in arrears")),
)


class TierForm(forms.ModelForm):
    sizes = forms.MultipleChoiceField(
        label=_("Sizes of organisations"),
        choices=Organisation.Size.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "None: organisations of any size. One of another size that changes to this tier has"
            " the first of them from that day on."
        ),
    )

    class Meta:
        model = Tier
        fields: ClassVar = [
            "code",
            "name_ko",
            "name_en",
            "summary_ko",
            "summary_en",
            "holder",
            "rank",
            "seats",
            "sizes",
            "joining",
            "starts",
            "dues_basis",
            "first_year",
            "renew_days",
            "due_days",
            "grace_days",
            "barred_years",
            "is_for_life",
            "is_sawon",
            "needs_proof",
            "is_open",
        ]
        labels: ClassVar = {
            "code": _("Code"),
            "name_ko": _("Name in Korean"),
            "name_en": _("Name in English"),
            "summary_ko": _("Summary in Korean"),
            "summary_en": _("Summary in English"),
            "holder": _("Who may hold it"),
            "rank": _("Order of display"),
            "seats": _("Seats"),
            "is_for_life": _("Paid once, for life"),
            "is_sawon": _("Entered in the register of members"),
            "needs_proof": _("A document is asked for with the application"),
            "is_open": _("Takes applications"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("joining", "starts", "dues_basis", "first_year"):
            field = self.fields[name]
            field.label = str(field.label)[:1].upper() + str(field.label)[1:]
        if self.instance.pk:
            # What members, orders and papers name or stand on.
            del self.fields["code"], self.fields["holder"]
        else:
            self.fields["is_open"].initial = False
            self.fields["is_open"].help_text = _("Possible once its dues are entered.")

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        if code in TAKEN_CODES:
            raise forms.ValidationError(_("Please choose another code."))
        return code


class RateForm(forms.ModelForm):
    class Meta:
        model = DuesRate
        fields: ClassVar = ["from_year", "admission_fee", "annual_dues"]
        labels: ClassVar = {
            "from_year": _("From year"),
            "admission_fee": _("Admission fee (won)"),
            "annual_dues": _("Annual dues (won)"),
        }
        help_texts: ClassVar = {"from_year": _("Holds until a rate from a later year is entered.")}

    def __init__(self, *args: Any, tier: Tier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.tier = tier
        if self.instance.pk:
            self.fields["from_year"].disabled = True

    def clean_from_year(self) -> int:
        year: int = self.cleaned_data["from_year"]
        if not 2000 <= year <= 2100:
            raise forms.ValidationError(_("Enter a year between 2000 and 2100."))
        same = self.instance.tier.rates.filter(from_year=year).exclude(pk=self.instance.pk)
        if same.exists():
            raise forms.ValidationError(_("There is a rate from this year already. Change that."))
        return year


class CalendarForm(forms.ModelForm):
    notice_days = forms.CharField(
        label=_("Days of notices"),
        max_length=60,
        help_text=_("In days from the due date, for example: -30, -7, 0, 30"),
    )

    class Meta:
        model = DuesCalendar
        fields: ClassVar = [
            "from_year",
            "due_month",
            "due_day",
            "grace_month",
            "grace_day",
            "next_year_from_month",
            "half_from_month",
            "rounded_to",
            "forfeit_after_years",
            "notice_days",
        ]
        labels: ClassVar = {
            "from_year": _("From year"),
            "due_month": _("Due: month"),
            "due_day": _("Due: day"),
            "grace_month": _("End of grace: month"),
            "grace_day": _("End of grace: day"),
            "next_year_from_month": _("Paying from this month on also covers the next year"),
            "half_from_month": _("Half dues for those who join from month"),
            "rounded_to": _("Round first-year dues down to (won)"),
            "forfeit_after_years": _("Forfeiture after so many years without dues"),
        }
        help_texts: ClassVar = {
            "from_year": _("Holds until a calendar from a later year is entered."),
            "next_year_from_month": _("Empty: it never does."),
            "forfeit_after_years": _("Empty: never."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["notice_days"] = ", ".join(map(str, self.instance.notice_days))
        if self.instance.pk:
            self.fields["from_year"].disabled = True

    def clean_from_year(self) -> int:
        year: int = self.cleaned_data["from_year"]
        if not 2000 <= year <= 2100:
            raise forms.ValidationError(_("Enter a year between 2000 and 2100."))
        return year

    def clean_notice_days(self) -> list[int]:
        try:
            days = {int(part) for part in self.cleaned_data["notice_days"].split(",")}
        except ValueError as error:
            raise forms.ValidationError(
                _("Enter whole numbers of days with commas between them.")
            ) from error
        if any(abs(day) > 365 for day in days):
            raise forms.ValidationError(_("A notice lies at most a year from the due date."))
        return sorted(days)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        days = []
        for name in ("due", "grace"):
            try:
                # In any year: 29 February would be missing from most.
                days.append(date(2025, data[f"{name}_month"], data[f"{name}_day"]))
            except KeyError:
                continue
            except (ValueError, OverflowError):
                self.add_error(f"{name}_day", _("There is no such day in every year."))
        if len(days) == 2 and days[1] < days[0]:
            self.add_error("grace_day", _("Grace ends on the due date or after it."))
        for name in ("next_year_from_month", "half_from_month"):
            if data.get(name) is not None and not 1 <= data[name] <= 12:
                self.add_error(name, _("Enter a month from 1 to 12."))
        if data.get("forfeit_after_years") == 0:
            self.add_error("forfeit_after_years", _("Enter at least 1, or leave it empty."))
        return data


class RightsForm(forms.Form):
    """Rights by tier and standing, as a grid of boxes."""

    def __init__(self, *args: Any, tiers: Iterable[Tier], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tiers = list(tiers)
        stored = {(row.tier_id, row.right): row for row in TierRight.objects.all()}
        for tier in self.tiers:
            for right, label in Right.choices:
                row = stored.get((tier.pk, right))
                self.fields[self._name(tier, right)] = forms.MultipleChoiceField(
                    label=f"{tier.name}: {label}",
                    choices=STANDINGS,
                    required=False,
                    widget=forms.CheckboxSelectMultiple,
                    initial=[name for name, _label in STANDINGS if row and getattr(row, name)],
                )

    @staticmethod
    def _name(tier: Tier, right: str) -> str:
        return f"{tier.code}-{right}"

    def rows(self) -> list[tuple[str, list[tuple[Tier, Any]]]]:
        """(right, [(tier, field), …]) as the page shows them."""
        return [
            (label, [(tier, self[self._name(tier, right)]) for tier in self.tiers])
            for right, label in Right.choices
        ]

    def grid(self) -> dict[tuple[int, str], list[str]]:
        """(tier, right) → the standings that are ticked."""
        return {
            (tier.pk, right): self.cleaned_data[self._name(tier, right)]
            for tier in self.tiers
            for right in Right.values
        }
