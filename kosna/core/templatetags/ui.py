"""The portal's components, each with declared arguments; `/staff/components/` shows them all.

Block tags wrap what stands between them (`{% card %}…{% endcard %}`); the rest stand alone.
The hot ones build their few tags here rather than through an included template.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import count
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import dateformat
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core import clock, covers, korean, tilemap

register = template.Library()

#: The hues that a component may take; each says its meaning in words as well.
TONES = ("plain", "info", "action", "accent", "good", "warning", "danger")
TONE_ICONS = {"good": "check-circle", "warning": "warning", "danger": "x-circle"}
WEEKDAYS = "월화수목금토일"
NOTHING = mark_safe("")


# Text and figures --------------------------------------------------------------------------


@register.filter
def won(amount: int | None) -> str:
    """Whole won as 33,000원, in English ₩33,000; nothing for None."""
    if amount is None:
        return ""
    if get_language() == "ko":
        return f"{amount:,}원"
    return f"-₩{-amount:,}" if amount < 0 else f"₩{amount:,}"


def _local(value: date) -> date:
    """An instant as Korea reads it; a plain date as it is."""
    return value.astimezone(clock.KST) if isinstance(value, datetime) else value


@register.filter
def kdate(value: date | None) -> str:
    """2026. 11. 23.(월), in English Mon, 23 Nov 2026. Instants are read in Korean time."""
    if not value:
        return ""
    day = _local(value)
    if get_language() == "ko":
        return f"{day.year}. {day.month}. {day.day}.({WEEKDAYS[day.weekday()]})"
    return dateformat.format(day, "D, j M Y")


@register.filter
def kdatetime(value: datetime | None) -> str:
    """2026. 11. 23.(월) 14:00, in Korean time."""
    return f"{kdate(value)} {_local(value):%H:%M}" if value else ""


@register.filter
def kmonth(value: date) -> str:
    """2026. 11., in English Nov 2026: what stands beside a large day."""
    day = _local(value)
    return f"{day.year}. {day.month}." if get_language() == "ko" else dateformat.format(day, "M Y")


@register.filter
def kspan(start: datetime, end: datetime) -> str:
    """2026. 11. 23.(월) 14:00 ~ 17:30; another day is named."""
    same_day = clock.kst_date(start) == clock.kst_date(end)
    return f"{kdatetime(start)} ~ {ktime(end) if same_day else kdatetime(end)}"


@register.filter
def ktime(value: datetime | None) -> str:
    """14:00, in Korean time."""
    return f"{_local(value):%H:%M}" if value else ""


@register.filter
def isodate(value: date | None) -> str:
    """2026-11-23 for tables."""
    return f"{_local(value):%Y-%m-%d}" if value else ""


@register.filter
def until(value: date | None) -> str:
    """How long is left: 3일 남음. A date lasts to the end of its day in Korea."""
    if not value:
        return ""
    if not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=clock.KST) + timedelta(days=1)
    minutes = int((value - clock.now()).total_seconds() // 60)
    if minutes < 0:
        return _("Deadline passed")
    if minutes < 60:
        return _("%(n)s min left") % {"n": max(minutes, 1)}
    if minutes < 48 * 60:
        return _("%(n)s h left") % {"n": minutes // 60}
    return _("%(n)s days left") % {"n": minutes // (24 * 60)}


@register.filter
def masked(value: str) -> str:
    """김*늘 for a name, ho***@example.test for an e-mail address."""
    if not value:
        return ""
    return korean.mask_email(value) if "@" in value else korean.mask_name(value)


@register.filter
def phone(value: str) -> str:
    """+821012345678 as 010-1234-5678."""
    return korean.display_phone(value) if value else ""


@register.filter
def brn(value: str) -> str:
    """1234567891 as 123-45-67891."""
    return korean.display_business_number(value) if value else ""


# Small parts -------------------------------------------------------------------------------


@register.simple_tag
def page_head() -> SafeString:
    """Styles, scripts and icon, of every page alike."""
    return _page_head(get_language())


@lru_cache(maxsize=8)
def _page_head(language: str) -> SafeString:
    return render_to_string("components/head.html")


@register.simple_tag
@lru_cache(maxsize=1024, typed=True)  # typed: a safe string is not its unsafe twin
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """A picture of static/icons.svg; say `label` only where no text stands beside it."""
    meaning = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="icon {} icon-{}" viewBox="0 0 24 24" {}><use href="{}#{}"/></svg>',
        size,
        name,
        meaning,
        static("icons.svg"),
        name,
    )


@register.simple_block_tag
def chip(content: str, tone: str = "plain", icon_name: str = "") -> SafeString:
    """A short state in one of TONES."""
    picture = icon(icon_name) if icon_name else NOTHING
    return format_html(
        '<span class="chip {}">{}{}</span>', tone, picture, mark_safe(content.strip())
    )


@register.simple_tag
def status_chip(thing: Any) -> SafeString:
    """The status of a stateful row, in its `status_tone` (plain when it names none)."""
    return format_html(
        '<span class="chip {}">{}</span>',
        getattr(thing, "status_tone", "plain"),
        thing.get_status_display(),
    )


@register.simple_tag
def button_link(
    href: str, label: str, kind: str = "quiet", icon_name: str = "", size: str = ""
) -> SafeString:
    """A link that looks like a button. kind: primary, quiet, danger; size: small, large, wide."""
    picture = icon(icon_name) if icon_name else NOTHING
    return format_html('<a class="btn {} {}" href="{}">{}{}</a>', kind, size, href, picture, label)


@register.simple_block_tag
def button(
    content: str,
    kind: str = "primary",
    href: str = "",
    name: str = "",
    value: str = "",
    icon_name: str = "",
    size: str = "",
    form: str = "",
) -> SafeString:
    """A submit button, or a link when it has an href."""
    picture = icon(icon_name) if icon_name else NOTHING
    label = mark_safe(content.strip())
    if href:
        return button_link(href, label, kind, icon_name, size)
    attributes = format_html_join(
        "",
        ' {}="{}"',
        [(key, val) for key, val in (("name", name), ("value", value), ("form", form)) if val],
    )
    return format_html(
        '<button type="submit" class="btn {} {}"{}>{}{}</button>',
        kind,
        size,
        attributes,
        picture,
        label,
    )


@register.simple_tag(takes_context=True)
def post_button(
    context: dict,
    action: str,
    label: str,
    kind: str = "quiet",
    icon_name: str = "",
    size: str = "",
    **values: str,
) -> SafeString:
    """One button that is a whole form: POSTs `values` to `action`."""
    hidden = format_html_join("", '<input type="hidden" name="{}" value="{}">', values.items())
    return format_html(
        '<form method="post" action="{}"><input type="hidden" name="csrfmiddlewaretoken" '
        'value="{}">{}<button type="submit" class="btn {} {}">{}{}</button></form>',
        action,
        get_token(context["request"]),
        hidden,
        kind,
        size,
        icon(icon_name) if icon_name else NOTHING,
        label,
    )


@register.simple_tag
def copy_button(text: str, label: str = "") -> SafeString:
    """The text, selectable, with a button (where JavaScript runs) that copies it."""
    return format_html(
        '<span class="copy"><code>{}</code><button type="button" class="btn quiet small" '
        'data-copy="{}" data-done="{}" hidden>{}{}</button></span>',
        text,
        text,
        _("Copied"),
        icon("copy"),
        label or _("Copy"),
    )


@register.simple_tag
def progress(value: int, maximum: int, label: str = "") -> SafeString:
    """How far a long job has come."""
    percent = round(100 * value / maximum) if maximum else 0
    return format_html(
        '<div class="progress"><progress value="{}" max="{}" aria-label="{}">{}%</progress>'
        '<span class="meta nums">{} / {} · {}%</span></div>',
        value,
        max(maximum, 1),
        label or _("Progress"),
        percent,
        f"{value:,}",
        f"{maximum:,}",
        percent,
    )


@register.simple_tag
def countdown(deadline: datetime) -> SafeString:
    """What is left until an instant; app.js keeps it current."""
    return format_html(
        '<time class="countdown" datetime="{}" data-countdown data-left="{}" data-over="{}">'
        "{}</time>",
        deadline.isoformat(),
        _("{} left"),
        _("Deadline passed"),
        until(deadline),
    )


@register.simple_tag
def cover(seed: str, title: str = "", topic: str = "") -> SafeString:
    """Generated cover art, always the same for the same seed."""
    return covers.cover_svg(str(seed), title, topic)


@register.inclusion_tag("components/branch_map.html")
def branch_map(branches: Iterable) -> dict:
    """Korea's regions as tiles; each branch a link in the hue of its status."""
    return tilemap.tile_map(branches)


# Blocks of a page --------------------------------------------------------------------------


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
        '<div class="empty">{}<h3>{}</h3>{}{}</div>',
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
    """A button that unfolds the form that really does it; needs no JavaScript."""
    return format_html(
        '<details class="confirm"><summary class="btn {}">{}{}</summary><div>{}</div></details>',
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


# Forms and lists ---------------------------------------------------------------------------


@register.simple_tag
def field(bound: BoundField, **attrs: object) -> SafeString:
    """A field with its label, hint and errors; extra arguments become attributes of its input."""
    bound.field.widget.attrs |= {key.replace("_", "-"): val for key, val in attrs.items()}
    return bound.as_field_group()


@register.simple_tag
def fields(form: BaseForm) -> SafeString:
    """All fields of a form in their order."""
    return format_html_join(
        "",
        "{}",
        ((bound if bound.is_hidden else bound.as_field_group(),) for bound in form),
    )


@register.simple_tag
def form_errors(form: BaseForm) -> SafeString:
    """The summary of a refused form: takes the focus, links to each field."""
    if not form.is_bound or not form.errors:
        return NOTHING
    lines = [format_html("<li>{}</li>", reason) for reason in form.non_field_errors()]
    for bound in form:
        lines += [
            format_html('<li><a href="#{}">{}</a>: {}</li>', _target(bound), bound.label, reason)
            for reason in bound.errors
        ]
    return format_html(
        '<div class="alert danger" id="form-errors" role="alert" tabindex="-1" autofocus>{}'
        "<div><h2>{}</h2><ul>{}</ul></div></div>",
        icon("warning"),
        _("Please check the following and send the form again."),
        mark_safe("".join(lines)),
    )


def _target(bound: BoundField) -> str:
    """The id that a link to this field jumps to: of a group, its first choice."""
    return f"{bound.auto_id}_0" if bound.use_fieldset else bound.auto_id


@register.simple_block_tag(takes_context=True)
def filter_bar(context: dict, content: str, total: int | None = None) -> SafeString:
    """A list's filters: a GET form, so that the address says what is shown."""
    request = context["request"]
    reset = (
        format_html('<a class="btn quiet" href="{}">{}</a>', request.path, _("Reset"))
        if request.GET
        else NOTHING
    )
    return format_html(
        '<form class="filter-bar" method="get" action="{}" role="search" data-filter>{}'
        '<button type="submit" class="btn primary">{}{}</button>{}{}</form>',
        request.path,
        content,
        icon("search"),
        _("Search"),
        reset,
        format_html(
            '<span class="count meta nums">{}</span>', _("%(n)s found") % {"n": f"{total:,}"}
        )
        if total is not None
        else NOTHING,
    )


@register.simple_tag(takes_context=True)
def pagination(context: dict, page: Page) -> SafeString:
    """Links to the other pages of a list; every other part of the address is kept."""
    paginator = page.paginator
    if paginator.num_pages < 2:
        return NOTHING
    query = context["request"].GET.copy()

    def link(number: int, label: object, extra: str = "") -> SafeString:
        query["page"] = str(number)
        return format_html(
            '<li><a href="?{}" {}>{}</a></li>', query.urlencode(), mark_safe(extra), label
        )

    items = []
    if page.has_previous():
        items.append(link(page.number - 1, icon("chevron-left", _("Previous page")), 'rel="prev"'))
    for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
        if number == paginator.ELLIPSIS:
            items.append(mark_safe('<li><span class="gap">…</span></li>'))
        elif number == page.number:
            items.append(format_html('<li><span aria-current="page">{}</span></li>', number))
        else:
            items.append(link(int(number), number))
    if page.has_next():
        items.append(link(page.number + 1, icon("chevron-right", _("Next page")), 'rel="next"'))
    return format_html(
        '<nav class="pagination" aria-label="{}"><ul>{}</ul></nav>',
        _("Pages"),
        mark_safe("".join(items)),
    )


@register.simple_tag(takes_context=True)
def current(context: dict, prefix: str) -> SafeString:
    """aria-current for a navigation link when the page lies under `prefix`."""
    request = context.get("request")
    here = request is not None and request.path.startswith(prefix)
    return mark_safe('aria-current="true"') if here else NOTHING


@register.filter
def anchor(text: str) -> str:
    """A heading as a fragment of an address, Hangul kept."""
    return slugify(text, allow_unicode=True)
