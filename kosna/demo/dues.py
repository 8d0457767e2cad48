"""The dues of a year: assessed in January and once more lately, reminded, partly unpaid."""

from datetime import date, datetime, timedelta

from kosna.core import batches, clock
from kosna.demo.people import account
from kosna.demo.story import Story
from members import actions
from members.models import Charge, Member
from members.standing import calendar_for


def tell(story: Story) -> None:
    for years in (1, 0):
        story.at(story.past(years, 1, 5), _assess)
    _notices(story)
    story.at(story.ago(20), _assess)
    story.at(story.ago(12), _let_somebody_off)


def _assess() -> None:
    """As the secretariat does it: look at the preview, then book."""
    by = account("hq")
    assessment, _batch = actions.start_assessment(year=clock.today().year, branch=None, by=by)
    batches.run_all()
    assessment.refresh_from_db()
    actions.start_booking(assessment, by=by)
    batches.run_all()


def _notices(story: Story) -> None:
    """What the daily job did on its days since last January."""
    for year in (story.today.year - 1, story.today.year):
        calendar = calendar_for(year)
        for days in calendar.notice_days:
            day = calendar.due_on(year) + timedelta(days=days)
            instant = _at_nine(day)
            if instant < story.now:
                story.at(instant, actions.send_due_notices)


def _at_nine(day: date) -> datetime:
    return clock.start_of(day) + timedelta(hours=9)


def _let_somebody_off() -> None:
    """One of those who fell behind turned 65."""
    unpaid = Charge.objects.filter(year=clock.today().year).unpaid()
    charge = unpaid.filter(member__status=Member.Status.ACTIVE).order_by("-member__number").first()
    if charge:
        actions.exempt(
            charge.member,
            from_year=charge.year,
            until_year=None,
            reason="만 65세 이상 면제 (정관 시행세칙 제12조)",
            by=account("hq"),
        )
