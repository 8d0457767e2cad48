"""The picture by which a shared link is shown: a report's cover with its title, as a PNG. It shows
what the public page says, and nothing of the file."""

import io
import re
from functools import cache
from pathlib import Path

from django.conf import settings
from fontTools.ttLib import TTFont
from PIL import Image, ImageColor, ImageDraw, ImageFont

from kosna.core.covers import Circle, Drawing, drawing
from kosna.documents.rendering import FONTS
from research.models import Report

SIZE = (1200, 630)  # as those who show links ask for
FINE = 2  # drawn so much larger and made smaller, which softens edges
SCALE, LEFT, TOP = 1.6, 560, 75  # of the drawing: its size and its corner
MARGIN, COLUMN = 64, 500
TITLE, SMALL, LEADING, LINES = 52, 26, 70, 5
COLOURS = 96
NAMES = ("ground", "deep", "link", "node", "bright")
OPACITY = {"ring": 0.4, "link": 0.55, "path": 0.85, "soft": 0.5}


def share_picture(report: Report, language: str) -> bytes:
    """In ``ko`` or ``en``. The same words give the same bytes."""
    drawn = drawing(report.slug, report.title_ko, report.topic)
    colours = palette(drawn.palette)
    picture = Image.new("RGB", (SIZE[0] * FINE, SIZE[1] * FINE), colours["ground"])
    _draw_cover(ImageDraw.Draw(picture, "RGBA"), drawn, colours)
    picture = picture.resize(SIZE, Image.Resampling.LANCZOS)
    is_english = language == "en"
    house = settings.ASSOCIATION["name_en" if is_english else "name_ko"]
    pen = ImageDraw.Draw(picture)
    _write(pen, (MARGIN, 84), str(report.get_topic_display()), SMALL, colours["node"])
    title = (is_english and report.title_en) or report.title_ko
    for row, line in enumerate(_wrapped(pen, title)):
        _write(pen, (MARGIN, 144 + row * LEADING), line, TITLE, colours["bright"])
    for row, line in enumerate(_wrapped(pen, f"KOSNA · {house}", SMALL)[:2]):
        _write(pen, (MARGIN, 516 + row * 36), line, SMALL, colours["node"])
    out = io.BytesIO()
    picture.quantize(COLOURS).save(out, "PNG", optimize=True)
    return out.getvalue()


@cache
def palette(number: int) -> dict[str, str]:
    """The colours of a cover, as the style sheet says them."""
    css = (Path(settings.BASE_DIR) / "static/css/components.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for selector in (r"\.cover", rf"\.cover-{number}"):
        for block in re.findall(rf"^  {selector} \{{(.*?)\}}", css, re.DOTALL | re.MULTILINE):
            found |= dict(re.findall(r"--c-(\w+): (#[0-9a-f]+);", block))
    return {name: found[name] for name in NAMES}


def _draw_cover(pen: ImageDraw.ImageDraw, drawn: Drawing, colours: dict[str, str]) -> None:
    def at(x: float, y: float) -> tuple[float, float]:
        return (LEFT + x * SCALE) * FINE, (TOP + y * SCALE) * FINE

    def ink(name: str, kind: str) -> tuple[int, ...]:
        return (*ImageColor.getrgb(colours[name])[:3], round(255 * OPACITY.get(kind, 1)))

    def dot(circle: Circle, **how: object) -> None:
        (x, y), radius = at(circle.x, circle.y), circle.radius * SCALE * FINE
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), **how)  # type: ignore[arg-type]

    for circle in drawn.below:
        if circle.kind == "deep":
            dot(circle, fill=ink("deep", "deep"))
        else:
            dot(circle, outline=ink("link", "ring"), width=round(1.2 * SCALE * FINE))
    for a, b in drawn.links:
        pen.line((*at(*a), *at(*b)), fill=ink("link", "link"), width=round(1.4 * SCALE * FINE))
    way = [number for point in drawn.path for number in at(*point)]
    pen.line(way, fill=ink("bright", "path"), width=round(2.2 * SCALE * FINE), joint="curve")
    names = {"node": "node", "soft": "link", "bright": "bright"}
    for circle in drawn.nodes:
        dot(circle, fill=ink(names[circle.kind], circle.kind))


# --- words ---


@cache
def _fonts(size: int) -> list[tuple[ImageFont.FreeTypeFont, frozenset[int]]]:
    """Pretendard, then what it lacks, each with the letters that it has."""
    names = ("Pretendard-Bold.otf", "NotoSansKR-Hanja.ttf")
    return [(ImageFont.truetype(FONTS / name, size), _letters(name)) for name in names]


@cache
def _letters(name: str) -> frozenset[int]:
    with TTFont(FONTS / name, lazy=True) as font:
        return frozenset(font.getBestCmap())


def _font_of(letter: str, size: int) -> ImageFont.FreeTypeFont:
    fonts = _fonts(size)
    return next((font for font, has in fonts if ord(letter) in has), fonts[0][0])


def _width(pen: ImageDraw.ImageDraw, text: str, size: int) -> float:
    return sum(pen.textlength(letter, font=_font_of(letter, size)) for letter in text)


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: int, colour: str
) -> None:
    x, y = at
    for letter in text:
        font = _font_of(letter, size)
        # On one line, whichever font a letter comes from.
        pen.text((x, y + size), letter, font=font, fill=colour, anchor="ls")
        x += pen.textlength(letter, font=font)


def _wrapped(pen: ImageDraw.ImageDraw, text: str, size: int = TITLE) -> list[str]:
    """Broken between words, or within one that is longer than a line; what is too long is cut."""
    lines, line = [], ""
    for word in text.split():
        for piece in _pieces(pen, word, size):
            longer = f"{line} {piece}".strip() if piece == word or not line else line + piece
            if line and _width(pen, longer, size) > COLUMN:
                lines.append(line)
                line = piece
            else:
                line = longer
    lines.append(line)
    if len(lines) > LINES:
        lines = [*lines[: LINES - 1], f"{lines[LINES - 1]} …"]
    return lines


def _pieces(pen: ImageDraw.ImageDraw, word: str, size: int) -> list[str]:
    pieces, piece = [], ""
    for letter in word:
        if piece and _width(pen, piece + letter, size) > COLUMN:
            pieces.append(piece)
            piece = ""
        piece += letter
    return [*pieces, piece]
