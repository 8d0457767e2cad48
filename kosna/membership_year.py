"""What membership gave somebody this year: reports read, events attended, won saved, dues paid."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

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
        """Only what there was: nobody is told of nothing."""
        used = ", ".join(self._used())
        facts = {"dues": won(self.dues), "used": used, "saved": won(self.saved)}
        if self.saved and used:
            if self.dues:
                return _("This year, for dues of %(dues)s: %(used)s and %(saved)s saved.") % facts
            return _("This year: %(used)s and %(saved)s saved.") % facts
        facts["used"] = used or _("%(saved)s saved") % facts
        if self.dues:
            return _("This year, for dues of %(dues)s: %(used)s.") % facts
        return _("This year: %(used)s.") % facts

    def _used(self) -> Iterator[str]:
        if self.reports:
            yield ngettext("%(n)s research report", "%(n)s research reports", self.reports) % {
                "n": self.reports
            }
        if self.events:
            yield ngettext("%(n)s event", "%(n)s events", self.events) % {"n": self.events}


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
