"""The shelves as one reader sees them: reports, each with the one answer of ``entitlement``."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kosna.core.prepared import Prepared
from kosna.core.templatetags.ui import kdate
from members import keys
from members.access import NOT_MEMBERS, Decision, entitlement
from research.access_facts import AT_ONCE, filled, with_access
from research.finding import snippets
from research.finding.facets import GROUPS
from research.finding.readable import readable
from research.finding.searching import Found, search
from research.finding.shelf import Shelf
from research.finding.words import Word, words_of
from research.models import CAME, Catalogue, Label, Occasion, Report

PER_PAGE = AT_ONCE
NOTHING = SafeString()


def _state(slug: str, at: datetime) -> QuerySet[Any]:
    rows = Report.objects.published(at).filter(slug=slug).with_lock(at).with_next_opening(at)
    listed = Subquery(Catalogue.objects.values("stamp")[:1])
    tied = Exists(Occasion.objects.filter(report=OuterRef("pk")))
    return rows.annotate(listed=listed, is_tied=tied).values_list(
        "pk", "version", "next_opening", "is_open", "listed", "is_tied"
    )


_states: Prepared[tuple] = Prepared(_state, slug=str, at=datetime)


def state_of(slug: str, at: datetime) -> tuple[int, int, datetime | None, bool, str, bool] | None:
    """Of a report that is out: its key and version, when its lock next opens for somebody, whether
    it is open to everyone now, the stamp of all that is listed, and whether events are tied to it.
    None of another."""
    rows = _states(slug=slug, at=at)
    return rows[0] if rows else None


def occasions_shown(report: int) -> list[str]:
    """The titles of the events that open this report to who came, as far as readers see them."""
    events = Occasion.objects.filter(report=report).values_list("event", flat=True)
    return list(keys.names_shown(CAME, list(events)).values())


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

    @property
    def sold_from(self) -> datetime | None:
        """From when this reader may buy it, while that lies ahead; None: now, or never."""
        rule, decision = self.report.access_rule(), self.decision
        is_ahead = rule.single is not None and decision.price is None
        return rule.sold_from if is_ahead and decision.code in NOT_MEMBERS else None


def audience(report: Report) -> str:
    """For whom a report is: up to two tiers and branches by name, and how many more."""
    names = [tier.name for tier in report.linked("tiers")]
    names += [branch.name for branch in report.linked("branches")]
    if len(names) > 2:
        return _("%(tiers)s and %(n)s more") % {"tiers": names[0], "n": len(names) - 1}
    if not names and report.linked("occasions"):
        return _("Who came to the event")
    return " · ".join(names) or _("Members")


def shelve(reports: Iterable[Report], user: Any, at: datetime) -> list[Shelved]:
    """Reports (fetched ``with_access``) for one reader; two queries in all, for his memberships."""
    return [Shelved(report, entitlement(user, report, at)) for report in reports]


@dataclass(frozen=True)
class Hit:
    """A report that was found, with the words in it marked. ``line`` is of what everybody may see;
    ``text`` of its text, on ``page``, for who may read it; ``is_in_text``: only there."""

    shelved: Shelved
    title: SafeString
    authors: SafeString
    line: SafeString
    is_in_text: bool = False
    page: int = 0
    text: SafeString = NOTHING


def look_up(
    shelf: Shelf, user: Any, at: datetime, wanted: Mapping[str, Any], groups: Sequence[str]
) -> Found:
    """What a reader asked for (q, mine, and a value by group of facets), with counts for
    ``groups``. What is listed at all is what has been published and has come out."""
    words = words_of(wanted.get("q", ""))
    within = readable(shelf, user, at) if wanted.get("mine") else None
    if wanted.get("q") and not words:
        within = 0  # nothing that was typed can be looked up
    chosen = {group: wanted[group] for group in GROUPS if wanted.get(group)}
    return search(shelf, at, words, chosen, groups, within=within)


def _rows(at: datetime, *, is_search: bool, **keys: int) -> QuerySet[Report]:
    rows = Report.objects.published(at).filter(pk__in=list(keys.values()))
    return (rows.for_results() if is_search else rows.for_lists()).prefetch_related(None)


_KEYS = [f"key_{number}" for number in range(PER_PAGE)]
_prepared = {
    is_search: Prepared[Report](
        partial(_rows, is_search=is_search), at=datetime, **dict.fromkeys(_KEYS, int)
    )
    for is_search in (False, True)
}


def _rows_of(keys: Sequence[int], at: datetime, *, is_search: bool) -> dict[int, Report]:
    """By key, those of up to a page's keys that are out."""
    rows = _prepared[is_search](at=at, **dict(zip(_KEYS, filled(keys), strict=True)))
    return {report.pk: report for report in rows}


def page_of(
    found: Found, at: datetime, number: Any, *, newest: bool, is_search: bool
) -> tuple[Page, set[int]]:
    """One page of reports in their order, and the keys of those that only their text has led to.
    What has been withdrawn since the index was read is not among the rows."""
    page: Any = Paginator(range(found.total), PER_PAGE).get_page(number)
    places = found.places(page.start_index() - 1, page.end_index(), newest=newest)
    keys = [found.shelf.reports[place] for place in places]
    there = with_access(_rows_of(keys, at, is_search=is_search)) if keys else {}
    page.object_list = [there[key] for key in keys if key in there]
    return page, {found.shelf.reports[place] for place in found.deep(places)}


def hits_of(
    shelved: Sequence[Shelved], deep: set[int], query: str, *, shows_text: bool = True
) -> list[Hit]:
    """Why each was found. Asks for text only where a word stands nowhere else, and where this
    reader may be shown it at all."""
    words = words_of(query)
    readable = [
        entry.report.pk
        for entry in shelved
        if shows_text and entry.report.pk in deep and entry.decision.allowed
    ]
    lines = snippets.text_lines(readable, words)
    return [
        _hit(entry, words, entry.report.pk in deep, lines.get(entry.report.pk, (0, NOTHING)))
        for entry in shelved
    ]


def _hit(
    entry: Shelved, words: tuple[Word, ...], is_in_text: bool, found: tuple[int, SafeString]
) -> Hit:
    report, (page, text) = entry.report, found
    title = snippets.marked(report.title, words)
    told = [report.abstract, report.contents, report.abstract_ko, report.abstract_en]
    if "<mark>" not in title:  # it may be its title in the other language that has the words
        told += [report.title_ko, report.title_en]
    lines = (snippets.excerpt(part, words) for part in dict.fromkeys(told) if part)
    return Hit(
        entry,
        title,
        snippets.marked(report.authors, words),
        next(filter(None, lines), NOTHING) or snippets.beginning(report.abstract),
        is_in_text,
        page,
        text,
    )


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
