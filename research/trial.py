"""Whether copies of a file will show their stamp: one is made, and read as a browser would show it.
Slow; once for a file, which is known by its hash from then on."""

from research.finding.pdf_text import NoText, pages_without
from research.models import new_serial
from research.stamping import StampError, must_be_drawn_soundly, must_lie_on_top, stamp

LINE = f"{'가' * 20} · 2026. 11. 27. 10:00 · "  # as long as most are, with its serial


def must_show_its_stamp(original: bytes) -> None:
    """Raises StampError unless every page of a copy shows what is stamped on it. Whether a page is
    drawn soundly says how its operators stand, not what a reader makes of an end that it never
    comes to: of a text, a comment, a picture. The word that is looked for stands in the line that
    people see, and nowhere in the file."""
    word = new_serial()
    copy = stamp(original, lines=[LINE + word], serial=new_serial())
    must_be_drawn_soundly(original)
    must_lie_on_top(original)
    try:
        without = pages_without(copy, word)
    except NoText as error:
        raise StampError("a copy could not be read") from error
    if without:
        raise StampError(f"page {without[0]} does not show its stamp")
