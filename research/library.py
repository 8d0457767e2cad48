"""The shelves as one reader sees them: reports, each with the one answer of ``entitlement``."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils.translation import gettext as _

from kosna.core import clock
from kosna.core.templatetags.ui import kdate
from members.access import Decision, entitlement
from research.models import Label, Report, ReportQuerySet

PER_PAGE = 20
MOST_FOUND = 1000  # a search is one scan that stops here, rather than one to count, one to fetch


@dataclass(frozen=True)
class Shelved:
    """A report with what it is to this reader."""

    report: Report
    decision: Decision

    @property
    def tone(self) -> str:
        if self.decision.allowed:
            return "good"
        return {"later": "accent", "renew": "warning"}.get(self.decision.code, "action")

    @property
    def icon(self) -> str:
        if self.decision.allowed:
            return "unlock"
        return "clock" if self.decision.code == "later" else "lock"

    @property
    def label(self) -> str:
        """The lock in a word or two; the report's own page says the whole sentence."""
        if self.report.is_public and self.decision.allowed:
            return _("Open to everyone")
        if self.decision.allowed:
            return (
                _("You bought this") if self.decision.code == "bought" else _("You can read this")
            )
        if self.decision.code == "renew":
            return _("Renew to read")
        if self.decision.code == "later" and self.decision.opens_at:
            return _("Opens on %(day)s") % {"day": kdate(self.decision.opens_at)}
        return audience(self.report)


def audience(report: Report) -> str:
    """For whom a report is: up to two tiers and branches by name, and how many more."""
    names = [tier.name for tier in report.tiers.all()]
    names += [branch.name for branch in report.branches.all()]
    if len(names) > 2:
        return _("%(tiers)s and %(n)s more") % {"tiers": names[0], "n": len(names) - 1}
    return " · ".join(names) or _("Members")


def shelve(reports: Iterable[Report], user: Any, at: datetime) -> list[Shelved]:
    """Reports (fetched ``with_access``) for one reader; two queries in all, for his memberships."""
    return [Shelved(report, entitlement(user, report, at)) for report in reports]


def shelf(user: Any, at: datetime, wanted: Mapping[str, Any]) -> ReportQuerySet:
    """The published reports that a reader asked for: q, topic, year, mine."""
    reports = Report.objects.published(at)
    if wanted.get("mine"):
        reports = reports.readable_by(user, at)
    if topic := wanted.get("topic"):
        reports = reports.filter(topic=topic)
    for kind in Label.Kind.values:
        if value := wanted.get(kind):
            labelled = Label.objects.filter(report=OuterRef("pk"), kind=kind, value=value)
            reports = reports.filter(Exists(labelled))
    if year := wanted.get("year"):
        reports = reports.published_in(int(year))
    if query := wanted.get("q"):
        reports = reports.search(query)
    return reports.newest()


def page_of(reports: ReportQuerySet, number: Any, *, is_search: bool) -> Page:
    """One page of reports ``for_lists``. Only ids are sorted and counted; the rows follow."""
    ids: Any = reports.values_list("pk", flat=True)
    page = Paginator(list(ids[:MOST_FOUND]) if is_search else ids, PER_PAGE).get_page(number)
    rows = Report.objects.for_lists().in_bulk(list(page.object_list))
    page.object_list = list(rows.values())
    page.object_list.sort(key=lambda report: (report.published_at, report.pk), reverse=True)
    return page


def years(at: datetime) -> list[int]:
    """From the newest year of publication to the first."""
    span = Report.objects.published(at).aggregate(
        first=Min("published_at"), last=Max("published_at")
    )
    if not span["first"]:
        return []
    last, first = (clock.kst_date(span[end]).year for end in ("last", "first"))
    return list(range(last, first - 1, -1))


def related(report: Report, at: datetime) -> list[Report]:
    """Three others: those that share most social fields first, then the newest on the topic."""
    others = Report.objects.published(at).exclude(pk=report.pk)
    fields = [row.value for row in report.labels.all() if row.kind == Label.Kind.FIELD]
    near: list[int] = []
    if fields:
        shared = Q(labels__kind=Label.Kind.FIELD, labels__value__in=fields)
        ranked = others.filter(shared).annotate(shared=Count("labels"))
        near = list(ranked.order_by("-shared", "-published_at").values_list("pk", flat=True)[:3])
    same = others.filter(topic=report.topic).exclude(pk__in=near).newest()
    keys = [*near, *same.values_list("pk", flat=True)[: 3 - len(near)]]
    rows = Report.objects.for_lists().in_bulk(keys)
    return [rows[key] for key in keys]
