"""The library for everyone, and the way to one's own stamped copy."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse

from kosna.accounts.requests import client_ip
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.methods import require_safe
from kosna.core.pace import too_fast
from kosna.core.pagecache import cached_page, is_signed_out
from members import keys
from members.access import Decision, awaits_dues, entitlement
from members.viewing import reader_of, viewing_of, why_nothing_leaves
from research import actions, citations, counting, library, permits, sending
from research.finding.facets import GROUPS, groups_of, orders_of, query_of, years_of
from research.finding.shelf import current_shelf
from research.forms.library import MOST_LETTERS, NEWEST, SearchForm
from research.models import CAME, Download, Edition, Report

SEARCHES = 120  # a minute, from one address


@login_not_required
@require_safe
def reports(request: HttpRequest) -> HttpResponse:
    """The library, all of it or what is searched for; all that was asked stands in the address."""
    if request.GET.get("q") and too_fast(
        "search", client_ip(request), most=SEARCHES, within=timedelta(minutes=1)
    ):
        return TemplateResponse(
            request, "research/slow_down.html", status=429, headers={"Retry-After": "60"}
        )
    now, reader = clock.now(), reader_of(request)
    shelf = current_shelf()
    form = SearchForm(request.GET)
    wanted = form.wanted(years_of(shelf, now))
    query, newest = wanted.get("q", ""), wanted.get("sort") == NEWEST
    found = library.look_up(shelf, reader, now, wanted, list(GROUPS))
    page, deep = library.page_of(
        found, now, request.GET.get("page"), newest=newest, is_search=bool(query)
    )
    shelved = library.shelve(page.object_list, reader, now)
    return TemplateResponse(
        request,
        "research/report_list.html",
        {
            "page": page,
            "shelved": shelved,
            "hits": library.hits_of(shelved, deep, query, shows_text=not viewing_of(request))
            if query
            else [],
            "query": query,
            "typed": request.GET.get("q", ""),
            "is_cut": form.is_cut,
            "most_letters": MOST_LETTERS,
            "wanted": wanted,
            "address": query_of(wanted),
            "groups": groups_of(found, wanted),
            "orders": orders_of(wanted),
            "mine": query_of(wanted, mine="" if wanted.get("mine") else "1"),
            "without_facets": query_of({"q": query}),
            "has_facets": bool(wanted.keys() - {"q", "sort"}),
        },
    )


@login_not_required
@require_safe
def report(request: HttpRequest, slug: str) -> HttpResponse:
    """The kept page for visitors costs one SELECT: is this still the version, and until when? It
    shows related reports, too, so it ends with every change of what is listed; and titles of
    events, of which research does not know when they change."""
    now = clock.now()
    current = library.state_of(slug, now)
    if current is None:
        raise Http404
    pk, version, next_opening, is_open, listed, is_tied = current
    if is_signed_out(request) and request.method == "GET":
        counting.count_look(pk, request.user, is_locked=not is_open)
    return cached_page(
        request,
        name=f"report:{pk}",
        version=lambda: f"{version}:{listed}:{library.occasions_shown(pk) if is_tied else ''}",
        changes_at=lambda page: _next_change(next_opening, page),
        draw=lambda: _report_page(request, pk),
    )


def _next_change(opening: datetime | None, page: TemplateResponse) -> datetime | None:
    """When the lock of this report, or of a related one that the page shows, next opens."""
    related = [entry.decision.opens_at for entry in (page.context_data or {})["related"]]
    return min(filter(None, [opening, *related]), default=None)


def _is_claimed_back(request: HttpRequest, shelved: library.Shelved) -> bool:
    """Asked only where the report would be sold to them."""
    is_sold = shelved.decision.price is not None and not shelved.decision.allowed
    if not is_sold or is_signed_out(request) or viewing_of(request):
        return False
    return permits.is_claimed_back(shelved.report, request.user)


def _is_look(request: HttpRequest, report: Report, decision: Decision, status: int) -> bool:
    """Whoever is refused a copy has looked before, unless they come by a link to the copy that was
    passed on; where it is open to them, it is only too soon for one more."""
    if status != 200 and request.method == "GET":
        before = urlsplit(request.headers.get("Referer", "")).path
        return not decision.allowed and before != report.get_absolute_url()
    return request.method == "GET"


def _report_page(
    request: HttpRequest, pk: int, *, status: int = 200, refusal: str = ""
) -> TemplateResponse:
    now, reader = clock.now(), reader_of(request)
    rows = Report.objects.published(now).with_access().prefetch_related("labels")
    report = get_object_or_404(rows.defer("search_text", "search_initials"), pk=pk)
    shelved = library.shelve([report], reader, now)[0]
    if (
        _is_look(request, report, shelved.decision, status)
        and not is_signed_out(request)
        and not viewing_of(request)
    ):
        counting.count_look(pk, request.user, is_locked=not shelved.decision.allowed)
    related = library.related(report, now)
    events = [row.event for row in report.occasions.all()]
    return TemplateResponse(
        request,
        "research/report_detail.html",
        {
            "report": report,
            "shelved": shelved,
            "awaits_dues": shelved.decision.code == "tier"
            and not viewing_of(request)
            and awaits_dues(request.user, report.access_rule()),
            "contents": [line for line in report.contents.splitlines() if line.strip()],
            "keywords": [word.strip() for word in report.keywords.split(",") if word.strip()],
            "citations": citations.citations_of(report),
            "samples": report.samples.all(),
            "errata": report.errata.all(),
            "editions": report.editions.exclude(published_at=None),
            "labels": report.labels.all(),
            "authors": [row.author for row in report.authorships.select_related("author")],
            "reader": reader,
            "on_its_way": permits.ON_ITS_WAY if _is_claimed_back(request, shelved) else "",
            "own_address": report.get_absolute_url(),
            "refusal": refusal if shelved.decision.allowed or viewing_of(request) else "",
            "occasions": list(keys.names_shown(CAME, events).values()),
            "related": library.shelve(related, reader, now),
        },
        status=status,
    )


def buy(request: HttpRequest, slug: str) -> HttpResponse:
    """What a single purchase is, and the button that makes the order."""
    report = get_object_or_404(Report.objects.published().with_access(), slug=slug)
    decision = entitlement(request.user, report, clock.now())
    if request.method == "POST":
        return redirect(actions.buy_report(report, by=request.user))
    if order := actions.unpaid_order(report, request.user):
        return redirect(order)
    if decision.allowed or decision.price is None or viewing_of(request):
        return redirect(report)
    if permits.is_claimed_back(report, request.user):
        return redirect(report)  # which says why
    return TemplateResponse(
        request, "research/report_buy.html", {"report": report, "decision": decision}
    )


@require_safe
def download(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The bytes, for this reader, now; with ``?edition=`` those of an earlier edition, with Range
    the rest of what was begun. If-None-Match is not looked at: there is no 304 that could tell what
    a refusal hides. HEAD asks the same question and leaves no trace."""
    report = get_object_or_404(Report.objects.published().with_access(), slug=slug)
    edition = None
    label = request.GET.get("edition")
    if label and label != report.edition:
        edition = get_object_or_404(report.editions.exclude(published_at=None), label=label)
    looking = why_nothing_leaves(request)
    if request.method == "HEAD":
        return HttpResponse(status=403) if looking else _head(request, report)
    if looking:
        return _refused(request, report, looking)
    try:
        copy, content = _copy(request, report, edition)
    except actions.TooOften as refusal:
        response = _refused(request, report, str(refusal), 429)
        response["Retry-After"] = _seconds(refusal.again_in)
        return response
    except Refused as refusal:
        return _refused(request, report, str(refusal))
    except actions.CopyError:
        return render(request, "research/copy_unavailable.html", {"report": report}, status=503)
    return sending.send(request, report, copy, content)


def _head(request: HttpRequest, report: Report) -> HttpResponseBase:
    try:
        actions.allow_copy(report, by=request.user)
    except actions.TooOften as refusal:
        return HttpResponse(status=429, headers={"Retry-After": _seconds(refusal.again_in)})
    except Refused:
        return HttpResponse(status=403)
    return sending.head(report)


def _seconds(time: timedelta) -> str:
    return str(int(time.total_seconds()))


def _refused(request: HttpRequest, report: Report, reason: str, status: int = 403) -> HttpResponse:
    """The report's page with the reason; to a program that goes on with a transfer, the reason."""
    if sending.asks_for_a_part(request):
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    return _report_page(request, report.pk, status=status, refusal=reason)


def _copy(request: HttpRequest, report: Report, edition: Edition | None) -> tuple[Download, bytes]:
    if sending.asks_for_a_part(request):
        serial = sending.serial_wanted(request)
        resumed = actions.continue_copy(report, by=request.user, serial=serial, edition=edition)
        if resumed:
            return resumed
    return actions.take_copy(report, by=request.user, ip=client_ip(request), edition=edition)
