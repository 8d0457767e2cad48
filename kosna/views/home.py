"""The front door: what is next, what is new, and what it is to this reader."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db.models import Count, Q, QuerySet, Sum, Value
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from events.models import Event
from events.offers import Invitation, invitations, with_offers
from kosna.branches.models import Branch, BranchNotice
from kosna.core import clock
from kosna.core.pagecache import LONGEST, cached_page, pages
from kosna.core.prepared import Prepared
from members.access import tiers_with
from members.community.models import Board, Post
from members.models import Member, Right
from members.programmes.models import Partner
from members.viewing import reader_of
from research.library import shelve
from research.models import Report

EVENTS_SHOWN, REPORTS_SHOWN, NOTICES_SHOWN = 3, 4, 4
PARTNERS_SHOWN = 8


def _notices(day: date) -> QuerySet[BranchNotice]:
    """The newest of all branches that have a page."""
    return BranchNotice.objects.on(day).filter(branch__in=Branch.objects.shown()).newest()


def _posts(now: datetime) -> QuerySet[Post]:
    """What the association itself announces."""
    return Post.objects.shown(now).on(Board.NOTICES).newest()


@dataclass(frozen=True)
class Announced:
    """A notice of the association or of a branch, as one line of the page."""

    on: date
    title: str
    href: str
    by: str


def announced(now: datetime) -> list[Announced]:
    """The newest of both together; two statements."""
    of_branches = _notices(clock.kst_date(now)).select_related("branch")[:NOTICES_SHOWN]
    rows = (
        [
            Announced(
                clock.kst_date(row.published_at),  # type: ignore[arg-type]
                row.title,
                row.get_absolute_url(),
                row.branch.name,
            )
            for row in _posts(now).for_pages()[:NOTICES_SHOWN]
        ]
        + [
            Announced(
                row.valid_from,
                row.title,
                f"{reverse('branches:branch', args=[row.branch.code])}#notice-{row.pk}",
                row.branch.name,
            )
            for row in of_branches
        ]
    )
    return sorted(rows, key=lambda row: row.on, reverse=True)[:NOTICES_SHOWN]


def _shown(now: datetime, day: date) -> QuerySet:
    """All events in one row for each status, and the few reports and notices of the page."""
    events = Event.objects.published().order_by().values("status")
    newest = Report.objects.published(now).newest()[:REPORTS_SHOWN]
    notices = BranchNotice.objects.filter(pk__in=_notices(day)[:NOTICES_SHOWN].values("pk"))
    posts = Post.objects.filter(pk__in=_posts(now)[:NOTICES_SHOWN].values("pk"))
    return (
        events.annotate(
            n=Count("pk", distinct=True), versions=Sum("version"), taken=Sum("tickets__taken")
        )
        .values_list("n", "versions", "taken")
        .union(
            Report.objects.filter(pk__in=newest.values("pk")).values_list(
                "pk", "version", Value(0)
            ),
            notices.values_list("pk", "version", Value(-1)),
            posts.values_list("pk", "version", Value(-2)),
            all=True,
        )
    )


_state: Prepared[tuple] = Prepared(_shown, now=datetime, day=date)


def version() -> str:
    """Changes with every event, report and notice that the page shows. One statement. The figures
    at the foot may be as old as a kept page."""
    return str(sorted(_state(now=clock.now(), day=clock.today()), key=str))


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return cached_page(request, name="home", version=version, draw=lambda: draw(request))


def draw(request: HttpRequest) -> TemplateResponse:
    now = clock.now()
    user = reader_of(request)
    newest = Report.objects.published(now).for_lists().newest()[:REPORTS_SHOWN]
    branches = list(Branch.objects.shown().with_regions())
    invited, early = _invited(user, now)
    return TemplateResponse(
        request,
        "home.html",
        {
            "invitations": invited,
            "early": early,
            "reports": shelve(newest, user, now),
            "notices": announced(now),
            "branches": branches,
            "figures": figures(branches),
            "partners": pages.get_or_set("home:partners", _partners, LONGEST),
        },
    )


def _invited(user: Any, now: datetime) -> tuple[list[Invitation], Invitation | None]:
    """The next events, and the one that is open to this reader before it is to everyone: however
    far ahead it lies, it has a place among them."""
    upcoming = with_offers(Event.objects.published().upcoming(now))
    shown = invitations(upcoming[:EVENTS_SHOWN], user, now)
    if not tiers_with(user, Right.PRIORITY, now):
        return shown, None
    windows = invitations(upcoming.in_priority_window(now), user, now)
    early = next((one for one in windows if one.is_early), None)
    if early and early.event not in [one.event for one in shown]:
        shown[EVENTS_SHOWN - 1 :] = [early]
    return shown, early


def figures(branches: list[Branch]) -> dict[str, int]:
    """The association at a glance, as old as a kept page at most."""
    counted = pages.get_or_set("home:figures", _counted, LONGEST)
    assert counted is not None
    return {
        **counted,
        "branches": sum(branch.status == Branch.Status.OPEN for branch in branches),
    }


def _counted() -> dict[str, int]:
    members = Member.objects.active().aggregate(
        people=Count("pk", filter=Q(organisation=None)),
        organisations=Count("pk", filter=Q(organisation__isnull=False)),
    )
    return {**members, "reports": Report.objects.published().count()}


def _partners() -> list[Partner]:
    return list(Partner.objects.current(clock.today()).newest()[:PARTNERS_SHOWN])
