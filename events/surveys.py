"""What people thought of an event: who may say so, and what all of them said together."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from events.models import Answered, Event, Question, Registration

OPEN_FOR = timedelta(days=30)
# Fewer answers are not shown: one could tell who gave them (decision 28).
FEWEST = 5


def closes_at(event: Event) -> datetime:
    return event.ends_at + OPEN_FOR


def why_not(place: Registration, at: datetime) -> str:
    """Why a place, fetched with its event and check-in, may not answer; empty when it may."""
    if not place.has_come or place.status != Registration.Status.CONFIRMED:
        return _("The survey is for those who came.")
    if at >= closes_at(place.event):
        return _("The survey has closed.")
    if Answered.objects.filter(registration=place).exists():
        return _("You have answered. Thank you.")
    return ""


@dataclass(frozen=True)
class Bar:
    label: str
    count: int
    percent: int
    y: int  # where its chart draws it, as the width that follows
    width: int


@dataclass(frozen=True)
class Result:
    """The answers to one question: ``bars`` or ``remarks``; neither while there are too few."""

    question: Question
    answers: int
    bars: tuple[Bar, ...] = ()
    remarks: tuple[str, ...] = ()
    mean: float | None = None

    @property
    def is_shown(self) -> bool:
        return self.answers >= FEWEST

    @property
    def height(self) -> int:
        return len(self.bars) * ROW


ROW, WIDEST = 56, 400  # units of the chart's view box


def results(event: Event) -> list[Result]:
    """In three statements, whatever the number of questions and answers."""
    questions = event.questions.prefetch_related("tallies", "remarks")
    return [_result(question) for question in questions]


def _result(question: Question) -> Result:
    if question.kind == Question.Kind.TEXT:
        said = sorted(remark.text for remark in question.remarks.all())
        shown = tuple(said) if len(said) >= FEWEST else ()
        return Result(question, len(said), remarks=shown)
    counts = {tally.value: tally.count for tally in question.tallies.all()}
    total = sum(counts.values())
    if total < FEWEST:
        return Result(question, total)
    most = max(counts.values())
    bars = tuple(
        Bar(label, n, round(100 * n / total), row * ROW, round(WIDEST * n / most))
        for row, (value, label) in enumerate(question.options)
        for n in [counts.get(value, 0)]
    )
    mean = None
    if question.kind == Question.Kind.SCALE:
        mean = sum(value * n for value, n in counts.items()) / total
    return Result(question, total, bars, mean=mean)
