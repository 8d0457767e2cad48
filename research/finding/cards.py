"""What of a report stands in the index."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kosna.core import clock
from research.finding.words import tokens_of, tokens_of_initials, tokens_of_pages
from research.models import Placed, Posting, Report

Field = Posting.Field
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Card:
    """What everybody may see of a report, and by which facets it is chosen."""

    title: str = ""
    known: str = ""
    told: str = ""
    facets: list[str] = field(default_factory=list)

    def tokens(self) -> set[tuple[str, str]]:
        """(field, token) of everything but its text."""
        found = {(Field.FACET.value, facet) for facet in self.facets}
        for name, text in ((Field.TITLE, self.title), (Field.KNOWN, self.known)):
            tokens = tokens_of(text) | tokens_of_initials(text)
            found |= {(name.value, token) for token in tokens}
        return found | {(Field.TOLD.value, token) for token in tokens_of(self.told)}


def card_of(report: Report) -> Card:
    """Reads the report's labels."""
    return Card(
        title=_lines(report.title_ko, report.title_en),
        known=_lines(report.authors_ko, report.authors_en, report.keywords_ko, report.keywords_en),
        told=_lines(report.abstract_ko, report.abstract_en, report.contents_ko, report.contents_en),
        facets=sorted(_facets_of(report)),
    )


def card_in(placed: Placed) -> Card:
    """As it was indexed."""
    return Card(placed.title, placed.known, placed.told, placed.facets)


def text_tokens(pages: Iterable[str]) -> set[tuple[str, str]]:
    return {(Field.TEXT.value, token) for token in tokens_of_pages(pages)}


def since_of(report: Report) -> int:
    """When it comes out, in microseconds since 1970; 0 where that is not said."""
    if report.published_at is None:
        return 0
    return (report.published_at - _EPOCH) // timedelta(microseconds=1)


def instant_of(at: datetime) -> int:
    return (at - _EPOCH) // timedelta(microseconds=1)


def _lines(*texts: str) -> str:
    return "\n".join(text for text in texts if text)


def _facets_of(report: Report) -> set[str]:
    facets = {f"topic={report.topic}", f"access={'open' if report.is_public else 'members'}"}
    facets |= {f"{label.kind}={label.value}" for label in report.labels.all()}
    if report.published_at:
        facets.add(f"year={clock.kst_date(report.published_at).year}")
    if report.abstract_en:
        facets.add("language=en")
    return facets
