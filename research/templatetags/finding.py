"""The parts of a page of results that come by the dozen: drawn here, for a template takes longer to
walk them than the database to find them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core.templatetags.ui import cover, icon, kdate
from research.finding.facets import Choice, Group
from research.library import Hit, Shelved
from research.models import Report

register = template.Library()
CURRENT = ' aria-current="true"'
SLUG = "slug"
AWAY = '<span class="sr-only"> ({})</span>'


@register.simple_tag(takes_context=True)
def research_tabs(context: dict, here: str) -> SafeString:
    """The rooms of the library and the statistics; what people save is theirs."""
    is_signed_in = bool(context["user"].is_authenticated)
    return _research_tabs(get_language(), here, is_signed_in)


@lru_cache(maxsize=64)
def _research_tabs(language: str, here: str, is_signed_in: bool) -> SafeString:
    shown = {"here": here, "is_signed_in": is_signed_in}
    return render_to_string("research/statistics/tabs.html", shown)


@register.simple_tag
def library_links() -> SafeString:
    """What the head of the library's page links to."""
    return _library_links(get_language())


@lru_cache(maxsize=4)
def _library_links(language: str) -> SafeString:
    return render_to_string("research/library_links.html")


@register.simple_tag(takes_context=True)
def library_top(context: dict) -> SafeString:
    """What stands above the shelves: the heading, the feed and the tabs."""
    return _library_top(get_language(), bool(context["user"].is_authenticated))


@lru_cache(maxsize=8)
def _library_top(language: str, is_signed_in: bool) -> SafeString:
    tabs = _research_tabs(language, "library", is_signed_in)
    return render_to_string("research/library_top.html", {"tabs": tabs})


@dataclass(frozen=True)
class _Wording:
    """What all reports of a page share, in the reader's language."""

    before: str  # of an address, what stands before the slug
    after: str
    pages: str
    topics: Mapping[str, str]

    def address(self, report: Report) -> str:
        return f"{self.before}{escape(report.slug)}{self.after}"

    def facts(self, report: Report) -> tuple[str, str, str]:
        day, pages = kdate(report.published_at), self.pages % {"n": report.pages}
        return escape(self.topics[report.topic]), escape(day), escape(pages)


@lru_cache(maxsize=4)
def _wording(language: str) -> _Wording:
    # One reversed for all of them: it takes longer than all else that is drawn of one.
    before, after = reverse("research:report", args=[SLUG]).split(SLUG)
    topics = {value: str(name) for value, name in Report.Topic.choices}
    return _Wording(before, after, _("%(n)s pages"), topics)


def _chip(entry: Shelved) -> str:
    return f'<span class="chip {entry.tone}">{icon(entry.icon)}{escape(entry.label)}</span>'


@register.simple_tag
def report_cards(shelved: Iterable[Shelved]) -> SafeString:
    """Reports on a shelf, each with its cover and who may read it."""
    wording = _wording(get_language())
    return mark_safe("".join(_card(entry, wording) for entry in shelved))  # escaped there


def _card(entry: Shelved, wording: _Wording) -> str:
    report = entry.report
    picture = cover(report.slug, report.title_ko, report.topic)
    topic, day, pages = wording.facts(report)
    return (
        f'<article class="card link"><span class="card-cover">{picture}</span>'
        f'<div class="body">{_chip(entry)}'
        f'<h3><a href="{wording.address(report)}">{escape(report.title)}</a></h3>'
        f'<p class="meta">{topic} · {day} · <span class="nowrap">{pages}</span></p></div></article>'
    )


@register.simple_tag
def hits(found: Iterable[Hit]) -> SafeString:
    """Reports that were found, with their words marked, and who may read them."""
    wording = _wording(get_language())
    page = escape(_("In the full text, p. %(n)s"))
    in_text = escape(_("The words stand in the full text."))
    return mark_safe("".join(_hit(hit, wording, page, in_text) for hit in found))


def _hit(hit: Hit, wording: _Wording, page: str, in_text: str) -> str:
    """The title, the authors and the lines are safe already; the rest is escaped here."""
    report, told = hit.shelved.report, ""
    if hit.text:
        where = page % {"n": hit.page}
        told = f'<p class="in-text"><span class="meta">{where}</span> {hit.text}</p>'
    elif hit.is_in_text:
        told = f'<p class="in-text meta">{in_text}</p>'
    return (
        f'<li class="hit"><h3><a href="{wording.address(report)}">{hit.title}</a></h3>'
        f'<p class="meta">{" · ".join([hit.authors, *wording.facts(report)])}</p>'
        f"<p>{hit.line}</p>{told}<p>{_chip(hit.shelved)}</p></li>"
    )


@register.simple_tag
def facets(groups: Iterable[Group]) -> SafeString:
    """Values with how many are left, each a link that keeps everything else."""
    away = escape(_("take this filter away"))
    parts = []
    for group in groups:
        choices = "".join(_choice(choice, away) for choice in group.choices)
        parts.append(f"<h3>{escape(str(group.name))}</h3><ul>{choices}</ul>")
    return mark_safe("".join(parts))  # everything typed by people was escaped


def _choice(choice: Choice, away: str) -> str:
    is_it = choice.is_chosen
    return (
        f'<li><a href="?{escape(choice.query)}"{CURRENT if is_it else ""}>'
        f"<span>{escape(str(choice.name))}{AWAY.format(away) if is_it else ''}</span> "
        f'<span class="meta nums">{choice.count:,}</span></a></li>'
    )
