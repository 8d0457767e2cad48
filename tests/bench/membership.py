"""Dues, papers, cases, offices and votes of 100,000 members: the work by the thousand, and every
list of the desk that grows with them."""

import time
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

from django.urls import reverse

from kosna.core import batches, clock
from kosna.core.models import Batch
from kosna.documents.models import Document
from members import actions
from members.models import Assessment, Balance, Meeting, Member, Tier
from tests.bench import crowd, votes
from tests.bench.browser import Browser
from tests.bench.data import world
from tests.bench.measures import Row, measure
from tests.bench.timing import in_turns

BILLS = 1_000


def _timed(step: Callable[[], Any]) -> float:
    """Seconds of a deed, with the batch that it starts."""
    start = time.perf_counter()
    step()
    batches.run_all()
    taken = time.perf_counter() - start
    if failed := Batch.objects.filter(status=Batch.Status.FAILED).first():
        raise AssertionError(f"{failed.kind}: {failed.note}")
    return taken


def _assess(year: int) -> Iterator[tuple[str, float]]:
    by = world().head_office
    yield "preview", _timed(lambda: actions.start_assessment(year=year, branch=None, by=by))
    assessment = Assessment.objects.latest("pk")
    yield "booking", _timed(lambda: actions.start_booking(assessment, by=by))


@cache
def worked() -> list[Row]:
    """The works that take long, once each; what they leave behind is what the lists show."""
    members, by, year = crowd.crowd(), world().head_office, clock.today().year
    rows = []
    for step, seconds in _assess(year):
        rows.append(Row(f"dues of 100,000 members: {step}", median=seconds))
    again = _timed(lambda: actions.assess(year=year, by=by))
    rows.append(Row("dues of 100,000 members: assessed again, nothing differs", median=again))
    crowd.year_before(members)
    crowd.notices_of_dues(members)
    owing = Balance.objects.filter(year=year).owing().order_by("pk")
    some = Balance.objects.filter(pk__in=list(owing.values_list("pk", flat=True)[:BILLS]))
    bills = _timed(lambda: actions.start_bills(some, by=by))
    rows.append(Row(f"bills of {BILLS:,} members in one document", median=bills))
    meeting = votes.prepare()
    frozen = _timed(lambda: actions.freeze_roll(meeting, by=by))
    meeting.refresh_from_db()
    rows.append(Row(f"freezing a roll of {meeting.roll_size:,} votes", median=frozen))
    votes.meeting_of(members)
    crowd.analyse()
    return rows


@measure
def membership_work() -> Iterator[Row]:
    yield from worked()


@measure
def membership_lists() -> Iterator[Row]:
    """Each list of the desk with the rows of 100,000 members, and pages about one of them."""
    worked()
    office = Browser(world().head_office)
    for name, path in paths():
        [sample] = in_turns(lambda path=path: office.get(path), seconds=3, warm=2)
        yield _row(name, sample)
    yield from _own_pages()


def _row(name: str, sample: Any) -> Row:
    """With the processor's time: what is left of a page when others use the machine, too."""
    return Row.of(
        f"100,000 members: {name}",
        sample,
        target="p95 ≤ 100 ms",
        is_met=sample.p95 <= 0.1,
        note=f"{sample.cpu * 1000:.0f} ms CPU",
    )


def paths() -> list[tuple[str, str]]:
    year, today = clock.today().year, clock.today()
    dues, papers = reverse("members_staff:dues"), reverse("members_staff:papers")
    register = reverse("members_staff:register")
    meeting = Meeting.objects.latest("pk")
    firm = Member.objects.filter(tier__holder=Tier.Holder.ORGANISATION).earliest("pk")
    unpaid = Balance.objects.filter(year=year).owing().earliest("pk")
    card = Document.objects.filter(kind=Document.Kind.MEMBERSHIP_CARD).latest("pk")
    return [
        ("dues not paid yet", f"{dues}?year={year}"),
        ("dues, last page", f"{dues}?year={year}&page=9999"),
        ("dues, overdue", f"{dues}?year={year}&state=overdue"),
        ("dues, all", f"{dues}?year={year}&state=all"),
        ("dues, paid", f"{dues}?year={year}&state=paid"),
        ("dues of a branch", f"{dues}?year={year}&branch={meeting.branch_id}"),
        ("dues by name", f"{dues}?year={year}&q={quote('김하늘')}"),
        ("dues of the year before", f"{dues}?year={year - 1}&state=all"),
        ("notices before they are sent", f"{reverse('members_staff:dues-notices')}?year={year}"),
        ("assessments", reverse("members_staff:assessments")),
        ("an assessment", Assessment.objects.earliest("pk").get_absolute_url()),
        ("dues of a member", reverse("members_staff:member-dues", args=[unpaid.member_id])),
        ("a member", reverse("members_staff:member", args=[unpaid.member_id])),
        ("documents", papers),
        ("documents of a kind and year", f"{papers}?kind={card.kind}&year={year}"),
        ("documents by number", f"{papers}?q={year}-{card.number}"),
        ("documents by name", f"{papers}?q={quote('김하늘042')}"),
        ("transfers", reverse("members_staff:transfers")),
        ("transfers that are done", f"{reverse('members_staff:transfers')}?status=done"),
        ("changes of tier", reverse("members_staff:tier-changes")),
        ("changes of company facts", reverse("members_staff:company-changes")),
        ("a company of 100 seats", reverse("members_staff:company", args=[firm.pk])),
        ("applications", reverse("members_staff:applications")),
        ("applications, all", f"{reverse('members_staff:applications')}?status="),
        ("register", register),
        ("register, everybody", f"{register}?who=all"),
        ("register of a past day", f"{register}?who=all&on={today.year - 2}-06-30"),
        ("register of a past day, page 1,000", f"{register}?on={today.year - 2}-06-30&page=1000"),
        ("register by name", f"{register}?who=all&q={quote('김하늘')}"),
        ("requests to inspect the register", reverse("members_staff:inspections")),
        ("general meetings", reverse("members_staff:meetings")),
        ("a meeting", reverse("members_staff:meeting", args=[meeting.number])),
        ("roll of voters", reverse("members_staff:meeting-roll", args=[meeting.number])),
        (
            "roll, page 2,000",
            reverse("members_staff:meeting-roll", args=[meeting.number]) + "?page=2000",
        ),
        (
            "roll by name",
            reverse("members_staff:meeting-roll", args=[meeting.number]) + f"?q={quote('김하늘')}",
        ),
        ("proof of notice", reverse("members_staff:meeting-notices", args=[meeting.number])),
        ("proxies", reverse("members_staff:meeting-proxies", args=[meeting.number])),
        ("door", reverse("members_staff:meeting-door", args=[meeting.number])),
        ("attendance, live", reverse("members_staff:meeting-live", args=[meeting.number])),
        ("expulsions and forfeitures", reverse("members_staff:removals")),
        ("members who may be forfeited", reverse("members_staff:forfeitures")),
        ("forfeitures to decide", reverse("members_staff:forfeitures-decide")),
        ("proposed offices", reverse("branches_staff:proposals")),
        ("terms that end", reverse("branches_staff:terms")),
        ("branches", reverse("branches_staff:branches")),
        ("a branch", reverse("branches_staff:branch", args=[meeting.branch.code])),
        ("tiers and rights", reverse("members_staff:tiers")),
        ("imports", reverse("members_staff:imports")),
        ("the desk", "/staff/"),
    ]


def _own_pages() -> Iterator[Row]:
    """My page and what hangs on it, for somebody who was imported."""
    _pk, user = crowd.crowd()[5]
    [person] = crowd.users_of([user] if user else [])
    mine = Browser(person)
    for name, path in [
        ("my page", reverse("me:me")),
        ("my documents", reverse("me:documents")),
        ("my history", reverse("me:history")),
        ("my meetings", reverse("me:meetings")),
        ("my transfer", reverse("me:transfer")),
        ("my tier", reverse("me:tier")),
        ("home page", "/"),
    ]:
        [sample] = in_turns(lambda path=path: mine.get(path), seconds=1.5, warm=2)
        yield _row(name, sample)
