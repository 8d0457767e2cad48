"""Filters of the lists of dues, and what is typed to assess them or to let somebody off."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kosna.core import clock
from members.forms.filters import Filter
from members.models import AssessmentItem, Balance, Member, Tier

# Days past the due date, from the first to before the last.
AGES: dict[str, tuple[Any, tuple[int, int | None]]] = {
    "30": (_("up to 30 days overdue"), (1, 31)),
    "90": (_("31 to 90 days overdue"), (31, 91)),
    "365": (_("91 to 365 days overdue"), (91, 366)),
    "more": (_("more than a year overdue"), (366, None)),
}
OPEN, NO_EMAIL, CREDIT, PAID, ALL = "open", "no_email", "credit", "paid", "all"


def overdue_for(days: tuple[int, int | None]) -> Q:
    """Balances that have been due for so many days today."""
    first, last = days
    today = clock.today()
    since = Q(due_on__lte=today - timedelta(days=first))
    return since if last is None else since & Q(due_on__gt=today - timedelta(days=last))


def age_of(due_on: date) -> str | None:
    """For how long what was due on a day is overdue today; None where it is not."""
    days = (clock.today() - due_on).days
    ages = ((key, first, last) for key, (_label, (first, last)) in AGES.items())
    return next(
        (key for key, first, last in ages if first <= days and (last is None or days < last)), None
    )


def charged_years() -> list[int]:
    """From the first year for which anything is booked to the last, the latest first."""
    years = Balance.objects.values_list("year", flat=True)
    first, last = years.order_by("year").first(), years.order_by("-year").first()
    return [] if first is None or last is None else list(range(last, first - 1, -1))


class DuesFilter(Filter):
    """One year; unless something else is chosen, those who have something left to pay."""

    year = forms.TypedChoiceField(label=_("Year"), required=False, coerce=int, empty_value=None)
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )
    tier = forms.ModelChoiceField(
        label=_("Tier"), required=False, queryset=Tier.objects.all(), empty_label=_("All")
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            (OPEN, _("Not paid yet")),
            ("overdue", _("Overdue")),
            *((key, label) for key, (label, _days) in AGES.items()),
            (NO_EMAIL, _("Not paid yet, without an e-mail address")),
            (PAID, _("Paid in full")),
            (CREDIT, _("Too much paid")),
            (ALL, _("All")),
        ],
    )
    field_order = ("year", "branch", "tier", "state", "q")

    def __init__(self, data: Any, *, branches: Any) -> None:
        this_year = clock.today().year
        years = charged_years()
        newest = next((year for year in years if year <= this_year), this_year)
        super().__init__(
            {"year": newest, "state": OPEN, **data.dict()},
            branches=branches,
            year=[(year, str(year)) for year in years or [this_year]],
        )
        self.year: int = self.value("year") or newest
        self.state: str = self.value("state") or OPEN

    def query(self, data: Any) -> str:
        """The filters as an address holds them, without the page."""
        rest = data.copy()
        rest.pop("page", None)
        return f"?{rest.urlencode()}" if rest else ""

    def whole(self, balances: Any) -> Any:
        """Of year, branch and tier, whatever their state: what the sums are made of."""
        chosen = Q(year=self.year)
        for name, field in (("branch", "member__branch"), ("tier", "tier")):
            if value := self.value(name):
                chosen &= Q(**{field: value})
        return balances.filter(chosen)

    def apply(self, balances: Any) -> Any:
        balances = self.whole(balances)
        state = self.state
        if state == PAID:
            balances = balances.filter(open__lte=0)
        elif state == CREDIT:
            balances = balances.filter(open__lt=0)
        elif state != ALL:
            balances = balances.filter(open__gt=0)
        if state == NO_EMAIL:
            balances = balances.without_email()
        if state == "overdue":
            balances = balances.filter(due_on__lt=clock.today())
        elif state in AGES:
            balances = balances.filter(overdue_for(AGES[state][1]))
        return self._searched(balances)

    def _searched(self, balances: Any) -> Any:
        """By name or number, or by what a bank's list shows: 김하늘0042."""
        text = (self.value("q") or "").strip()
        if not text:
            return balances
        found = Q(member__in=Member.objects.search(text).values("pk"))
        name, digits = text[:-4].strip(), text[-4:]
        if name and digits.isdecimal():
            squeezed = Member.objects.filter(name__startswith=name, number__endswith=digits)
            found |= Q(member__in=squeezed.values("pk"))
        return balances.filter(found)


class ItemFilter(Filter):
    """The items of a preview."""

    kind = forms.ChoiceField(
        label=_("Change"), required=False, choices=[("", _("All")), *AssessmentItem.Kind.choices]
    )
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )
    tier = forms.ModelChoiceField(
        label=_("Tier"), required=False, queryset=Tier.objects.all(), empty_label=_("All")
    )

    def apply(self, items: Any) -> Any:
        chosen = Q()
        for name, field in (
            ("kind", "kind"),
            ("branch", "member__branch"),
            ("tier", "member__tier"),
        ):
            if value := self.value(name):
                chosen &= Q(**{field: value})
        if query := self.value("q"):
            chosen &= Q(member__in=Member.objects.search(query).values("pk"))
        return items.filter(chosen)


class AssessForm(forms.Form):
    year = forms.IntegerField(label=_("Year"), min_value=2000, max_value=2100)
    branch = forms.ModelChoiceField(
        label=_("Branch"), required=False, queryset=None, empty_label=_("All")
    )

    def __init__(self, *args: Any, branches: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches
        self.fields["year"].initial = clock.today().year


class ExemptForm(forms.Form):
    from_year = forms.IntegerField(label=_("From year"), min_value=2000, max_value=2100)
    until_year = forms.IntegerField(
        label=_("Until year"),
        min_value=2000,
        max_value=2100,
        required=False,
        help_text=_("The last exempted year. Empty: for good."),
    )
    reason = forms.CharField(
        label=_("Reason"),
        min_length=2,
        max_length=300,
        help_text=_("For example: over 65, honoured by the general meeting. It stays on record."),
    )


class EndExemptionForm(forms.Form):
    until_year = forms.IntegerField(label=_("Last exempted year"), min_value=1999, max_value=2100)
