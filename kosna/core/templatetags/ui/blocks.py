"""What a page is built of: headers, cards, tables, notes."""

from collections.abc import Iterable
from itertools import count

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from kosna.core.templatetags.ui.library import NOTHING, register
from kosna.core.templatetags.ui.parts import button_link, icon

REFUSED = ('id="form-errors"', 'class="errorlist')
TONE_ICONS = {"good": "check-circle", "warning": "warning", "danger": "x-circle"}


@register.simple_block_tag
def page_header(content: str, title: str, lead: str = "", kicker: str = "") -> SafeString:
    """The page's only h1; the block holds its actions."""
    return format_html(
        '<div class="page-header"><div>{}<h1>{}</h1>{}</div>{}</div>',
        format_html('<p class="kicker">{}</p>', kicker) if kicker else NOTHING,
        title,
        format_html('<p class="lead">{}</p>', lead) if lead else NOTHING,
        format_html('<div class="row">{}</div>', content) if content.strip() else NOTHING,
    )


@register.simple_block_tag
def card(
    content: str,
    title: str = "",
    tone: str = "",
    href: str = "",
    more: str = "",
    flush: bool = False,
) -> SafeString:
    """A surface with an optional heading; `href` with `more` links on; `flush` for a table."""
    heading = format_html("<h2>{}</h2>", title) if title else NOTHING
    onward = (
        format_html('<a class="more" href="{}">{}{}</a>', href, more, icon("arrow-right"))
        if more and href
        else NOTHING
    )
    header = format_html("<header>{}{}</header>", heading, onward) if title else NOTHING
    body = format_html('<div class="body{}">{}</div>', " flush" if flush else "", content)
    if href and not more:
        return format_html('<a class="card {}" href="{}">{}{}</a>', tone, href, header, body)
    return format_html('<section class="card {}">{}{}</section>', tone, header, body)


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: str = "") -> SafeString:
    """Something the reader must know here; messages after an action look the same."""
    return format_html(
        '<div class="alert {}">{}<div>{}{}</div></div>',
        tone,
        icon(TONE_ICONS.get(tone, "info")),
        format_html('<strong class="title">{}</strong>', title) if title else NOTHING,
        content,
    )


MOTIF = mark_safe(
    '<svg class="motif" viewBox="0 0 112 72" aria-hidden="true"><line x1="20" y1="20" x2="58" '
    'y2="36"/><line x1="20" y1="54" x2="58" y2="36"/><line x1="58" y1="36" x2="94" y2="18"/>'
    '<line x1="58" y1="36" x2="92" y2="56"/><circle cx="20" cy="20" r="7"/><circle cx="20" '
    'cy="54" r="5"/><circle class="focus" cx="58" cy="36" r="11"/><circle cx="94" cy="18" r="6"/>'
    '<circle cx="92" cy="56" r="8"/></svg>'
)


@register.simple_tag
def motif() -> SafeString:
    """Nodes and links, for a page with nothing on it yet."""
    return MOTIF


@register.simple_tag
def empty(title: str, hint: str = "", href: str = "", action: str = "") -> SafeString:
    """What a list says when nothing is in it: why, and what to do next."""
    return format_html(
        # No heading: where it stands, one of its level may be missing above it.
        '<div class="empty">{}<p class="what">{}</p>{}{}</div>',
        MOTIF,
        title,
        format_html("<p>{}</p>", hint) if hint else NOTHING,
        button_link(href, action, "primary") if href and action else NOTHING,
    )


@register.simple_tag
def stat(label: str, value: object, hint: str = "", href: str = "", tone: str = "") -> SafeString:
    """One figure; stands in `<div class="stats">`. With a tone the hint becomes a chip."""
    inner = format_html(
        '<span class="label">{}</span><span class="value">{}</span>{}',
        label,
        f"{value:,}" if isinstance(value, int) else value,
        format_html('<span class="{}">{}</span>', f"chip {tone}" if tone else "hint", hint)
        if hint
        else NOTHING,
    )
    if href:
        return format_html('<a class="stat" href="{}">{}</a>', href, inner)
    return format_html('<div class="stat">{}</div>', inner)


@register.simple_block_tag
def facts(content: str) -> SafeString:
    """A definition list of `fact`s."""
    return format_html('<dl class="facts">{}</dl>', content)


@register.simple_block_tag
def fact(content: str, label: str) -> SafeString:
    """One line of `facts`; left out when it has nothing to say."""
    content = mark_safe(content.strip())
    if not content:
        return NOTHING
    return format_html("<div><dt>{}</dt><dd>{}</dd></div>", label, content)


@register.simple_tag
def steps(items: Iterable[str], current: int) -> SafeString:
    """Where one is on a way of several steps; `current` counts from 1."""
    lines = []
    for number, item in zip(count(1), items, strict=False):
        state = (
            mark_safe(' class="done"')
            if number < current
            else mark_safe(' aria-current="step"')
            if number == current
            else NOTHING
        )
        lines.append((state, item))
    return format_html(
        '<ol class="steps" aria-label="{}">{}</ol>',
        _("Progress"),
        format_html_join("", "<li{}>{}</li>", lines),
    )


@register.simple_block_tag
def table(content: str, caption: str) -> SafeString:
    """A table that turns into cards on a phone: give each td its `data-label`.
    The caption is for those who cannot see what stands around it."""
    return format_html(
        '<div class="table-wrap" role="region" aria-label="{}" tabindex="0"><table class="cards">'
        '<caption class="sr-only">{}</caption>{}</table></div>',
        caption,
        caption,
        content,
    )


@register.simple_block_tag
def confirm(content: str, label: str, kind: str = "danger", icon_name: str = "") -> SafeString:
    """A button that unfolds the form that really does it; needs no JavaScript. A form that was
    refused comes back unfolded."""
    return format_html(
        '<details class="confirm"{}><summary class="btn {}">{}{}</summary><div>{}</div></details>',
        mark_safe(" open") if any(mark in content for mark in REFUSED) else NOTHING,
        kind,
        icon(icon_name) if icon_name else NOTHING,
        label,
        content,
    )


@register.simple_block_tag
def fold(content: str, label: str, opened: bool = False) -> SafeString:
    """More to read for those who want it (questions and answers, details)."""
    return format_html(
        '<details class="fold"{}><summary>{}{}</summary><div class="prose">{}</div></details>',
        mark_safe(" open") if opened else NOTHING,
        label,
        icon("chevron-down"),
        content,
    )
