"""The parts of a page of results that come by the dozen: drawn here, for a template takes longer to
walk them than the database to find them."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core.templatetags.ui import icon, kdate
from research.finding.facets import Choice, Group
from research.library import Hit
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
def hits(found: Iterable[Hit]) -> SafeString:
    """Reports that were found, with their words marked, and who may read them."""
    # One reversed for all of them: it takes longer than all else that is drawn of one.
    before, after = reverse("research:report", args=[SLUG]).split(SLUG)
    words = {
        "before": before,
        "after": after,
        "pages": _("%(n)s pages"),
        "page": escape(_("In the full text, p. %(n)s")),
        "in_text": escape(_("The words stand in the full text.")),
    }
    topics = {value: str(name) for value, name in Report.Topic.choices}
    return mark_safe("".join(_hit(hit, words, topics) for hit in found))


def _hit(hit: Hit, words: dict[str, str], topics: dict[str, str]) -> str:
    """The title, the authors and the lines are safe already; the rest is escaped here."""
    entry, report = hit.shelved, hit.shelved.report
    told = ""
    if hit.text:
        page = words["page"] % {"n": hit.page}
        told = f'<p class="in-text"><span class="meta">{page}</span> {hit.text}</p>'
    elif hit.is_in_text:
        told = f'<p class="in-text meta">{words["in_text"]}</p>'
    address = f"{words['before']}{escape(report.slug)}{words['after']}"
    meta = (topics[report.topic], kdate(report.published_at), words["pages"] % {"n": report.pages})
    chip = f'<span class="chip {entry.tone}">{icon(entry.icon)}{escape(entry.label)}</span>'
    return (
        f'<li class="hit"><h3><a href="{address}">{hit.title}</a></h3>'
        f'<p class="meta">{hit.authors} · {escape(" · ".join(meta))}</p><p>{hit.line}</p>{told}'
        f"<p>{chip}</p></li>"
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
