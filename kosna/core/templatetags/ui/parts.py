"""Icons, chips, buttons and other small parts."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from html import escape
from typing import Any

from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core import covers, tilemap
from kosna.core.templatetags.ui.library import NOTHING, register
from kosna.core.templatetags.ui.text import until

GAP = "\N{OBJECT REPLACEMENT CHARACTER}"  # where what is drawn once is filled in


@register.simple_tag
def page_head() -> SafeString:
    """Styles, scripts and icon, of every page alike."""
    return _page_head(get_language())


@lru_cache(maxsize=8)
def _page_head(language: str) -> SafeString:
    return render_to_string("components/head.html")


@register.simple_tag(takes_context=True)
def site_header(context: dict) -> SafeString:
    """The sections, the ways in and to the other language. To visitors it says the same on all
    pages of a section but for the way back."""
    path, user = getattr(context.get("request"), "path", ""), context.get("user")
    section, form = path[: path.find("/", 1) + 1], language_form(context)
    if not getattr(user, "is_authenticated", False):
        return mark_safe(form.join(_around_language_forms(get_language(), section)))
    return _site_header(section, form, user=user, has_desk=context.get("has_desk"))


def _site_header(section: str, form: str, **shown: Any) -> SafeString:
    shown |= {"section": section, "language_form": form}
    return render_to_string("components/header.html", shown)


@lru_cache(maxsize=64)
def _around_language_forms(language: str, section: str) -> list[str]:
    return _site_header(section, SafeString(GAP)).split(GAP)


@register.simple_tag
def main_menu(section: str, arrow: str = "") -> SafeString:
    """The sections of the portal, the one where the page lies marked. `arrow`: an icon's name."""
    return _main_menu(get_language(), section, arrow)


@lru_cache(maxsize=256)
def _main_menu(language: str, section: str, arrow: str) -> SafeString:
    picture = icon(arrow) if arrow else NOTHING
    return render_to_string("components/gnb.html", {"section": section, "arrow": picture})


@register.simple_tag(takes_context=True)
def page_footer(context: dict) -> SafeString:
    """Policies, and who the association is."""
    facts = tuple((context.get("association") or {}).items())
    return _page_footer(get_language(), facts, bool(context.get("is_demo")))


@lru_cache(maxsize=8)
def _page_footer(language: str, facts: tuple[tuple[str, str], ...], is_demo: bool) -> SafeString:
    shown = {"association": dict(facts), "is_demo": is_demo}
    return render_to_string("components/footer.html", shown)


@register.simple_tag(takes_context=True)
def language_form(context: dict) -> SafeString:
    """The way to the other language, and back to this page. It has no token: choosing a language
    changes nothing that could harm, and public pages stay cacheable."""
    request = context.get("request")
    before, after = _language_form(get_language())
    path = request.get_full_path() if request else ""
    return mark_safe(f"{before}{escape(path)}{after}")


@lru_cache(maxsize=4)
def _language_form(language: str) -> list[str]:
    """What stands before the page to come back to, and what after it."""
    other, name = ("en", "English") if language == "ko" else ("ko", "한국어")
    form = format_html(
        '<form method="post" action="{}"><input type="hidden" name="next" value="{}">'
        '<button class="util-link" name="language" value="{}" lang="{}">{}{}</button></form>',
        reverse("set-language"),
        GAP,
        other,
        other,
        icon("globe"),
        name,
    )
    return form.split(GAP)


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
def copy_button(text: str, label: str = "", shown: str = "") -> SafeString:
    """The text, selectable, with a button (where JavaScript runs) that copies it. ``shown``: as
    people read it, where programs take it otherwise."""
    return format_html(
        '<span class="copy"><code>{}</code><button type="button" class="btn quiet small" '
        'data-copy="{}" data-done="{}" hidden>{}{}</button></span>',
        shown or text,
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
