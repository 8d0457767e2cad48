"""What search engines may find: the addresses of public pages, and the day of what came out."""

from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import escape

from events.models import Event
from kosna.core import clock
from kosna.core.methods import require_safe
from members.community.models import Board, Post
from research.models import Report, Series

MOST_OF_A_KIND = 15_000  # a file of the protocol holds 50,000 addresses
HOUSE = (
    "/",
    "/about/",
    "/branches/",
    "/members/",
    "/events/",
    "/research/",
    "/programmes/partners/",
    "/community/",
    *(f"/community/{board.value}/" for board in Board if not board.is_members),
    "/programmes/projects/",
    "/programmes/consulting/",
)


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """The newest of each kind; the same for everybody, whoever is signed in."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *(_told(address, day) for address, day in _pages()),
        "</urlset>",
    ]
    return HttpResponse("\n".join(lines), content_type="application/xml")


def _told(address: str, day: str) -> str:
    changed = f"<lastmod>{day}</lastmod>" if day else ""
    return f"<url><loc>{escape(settings.SITE_URL + address)}</loc>{changed}</url>"


def _pages() -> Iterator[tuple[str, str]]:
    for address in HOUSE:
        yield address, ""
    events = Event.objects.published().order_by("-starts_at").values_list("slug", flat=True)
    for slug in events[:MOST_OF_A_KIND]:
        yield reverse("events:event", args=[slug]), ""
    reports = Report.objects.published().newest().values_list("slug", "published_at")
    for slug, at in reports[:MOST_OF_A_KIND]:
        yield reverse("research:report", args=[slug]), clock.kst_date(at).isoformat()
    posts = Post.objects.shown(clock.now()).exclude(board=Board.EXCHANGE).newest()
    for board, pk, at in posts.values_list("board", "pk", "published_at")[:MOST_OF_A_KIND]:
        yield reverse("community:post", args=[board, pk]), clock.kst_date(at).isoformat()
    series = Series.objects.published().order_by("-pk").values_list("code", "changed_at")
    for code, at in series[:MOST_OF_A_KIND]:
        yield reverse("research:series", args=[code]), clock.kst_date(at).isoformat()
