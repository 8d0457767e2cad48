"""What membership gave somebody this year: reports read, events attended, won saved, dues paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _

from events.models import Registration
from kosna.core import clock
from kosna.core.templatetags.ui import won
from members.models import Member
from research.models import Download


@dataclass(frozen=True)
class MembershipYear:
    """Figures of a calendar year in Korea; amounts in whole won. ``dues`` are those of the paid
    days that hold today, None for who does not pay them."""

    year: int
    reports: int
    events: int
    saved: int
    dues: int | None

    @property
    def is_empty(self) -> bool:
        return not (self.reports or self.events or self.saved)

    @property
    def sentence(self) -> str:
        facts = {
            "reports": self.reports,
            "events": self.events,
            "saved": won(self.saved),
            "dues": won(self.dues),
        }
        if self.dues:
            return (
                _(
                    "This year, for dues of %(dues)s: %(reports)s research reports, %(events)s"
                    " events and %(saved)s saved."
                )
                % facts
            )
        return (
            _("This year: %(reports)s research reports, %(events)s events and %(saved)s saved.")
            % facts
        )


def year_of(
    user: Any, members: Sequence[Member], run_by_me: Iterable[int], today: date
) -> MembershipYear | None:
    """Of somebody who belongs (``members`` with their periods and lines); None for others."""
    if not members:
        return None
    begins = datetime(today.year, 1, 1, tzinfo=clock.KST)
    ends = clock.end_of(date(today.year, 12, 31)) + timedelta(seconds=1)
    seen = _events(user, begins, ends)
    return MembershipYear(
        year=today.year,
        reports=_reports(user, begins, ends),
        events=seen["attended"],
        saved=seen["saved"] or 0,
        dues=_dues([member for member in members if member.pk in set(run_by_me)], today),
    )


def _reports(user: Any, begins: datetime, ends: datetime) -> int:
    read = Download.objects.of(user).filter(at__gte=begins, at__lt=ends)
    return read.aggregate(count=Count("report", distinct=True))["count"]


def _events(user: Any, begins: datetime, ends: datetime) -> dict[str, Any]:
    """Where they came in through the door, and what they paid less than everyone, colleagues on
    their order included."""
    cheaper = Q(line__list_price__gt=F("line__amount"))
    places = Registration.objects.confirmed().filter(
        line__order__user=user, event__starts_at__gte=begins, event__starts_at__lt=ends
    )
    return places.aggregate(
        attended=Count("event", filter=Q(user=user, check_in__isnull=False), distinct=True),
        saved=Sum(F("line__list_price") - F("line__amount"), filter=cheaper),
    )


def _dues(members: Sequence[Member], today: date) -> int | None:
    paid = [
        period.line.amount
        for member in members
        for period in member.periods.all()
        if period.line
        and period.voided_at is None
        and period.starts_on <= today
        and (period.ends_on is None or today <= period.ends_on)
    ]
    return sum(paid) if paid else None
