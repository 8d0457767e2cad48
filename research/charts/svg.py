"""Elements of a drawing, escaped; and how wide a text is, near enough to lay out by."""

import unicodedata
from collections.abc import Iterable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language


def tag(name: str, content: str = "", **attributes: object) -> SafeString:
    """``class_`` is class, ``font_size`` is font-size; None leaves an attribute out. The content is
    markup: text goes through ``text``."""
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_number(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    return mark_safe(f"<{name}{written}>{content}</{name}>" if content else f"<{name}{written}/>")


def _number(value: object) -> object:
    """A coordinate to a tenth: nobody sees more, and it keeps pages small."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else value


def text(words: object, x: float, y: float, **attributes: object) -> SafeString:
    return tag("text", escape(words), x=float(x), y=float(y), **attributes)


def group(parts: Iterable[str], **attributes: object) -> SafeString:
    return tag("g", "".join(parts), **attributes)


def hint(words: str) -> SafeString:
    """What a pointer over an element is told."""
    return tag("title", escape(words))


def width_of(words: str, size: float) -> float:
    """Pixels of a line of text: Hangul is as wide as it is high, Latin a bit more than half."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in words)
    return size * (0.93 * wide + 0.57 * (len(words) - wide))


def drawing(
    key: str, title: str, summary: str, width: float, height: float, body: str, *, kind: str
) -> SafeString:
    """A whole picture with its name and description; ``key`` makes their ids unique in a page."""
    return tag(
        "svg",
        tag("title", escape(title), id=f"{key}-title")
        + tag("desc", escape(summary), id=f"{key}-summary")
        + body,
        xmlns="http://www.w3.org/2000/svg",
        lang=get_language(),
        class_=f"chart {kind}",
        viewBox=f"0 0 {width:g} {height:g}",
        role="img",
        aria_labelledby=f"{key}-title {key}-summary",
    )
