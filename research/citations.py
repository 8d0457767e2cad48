"""How a report is cited: APA 7, Chicago 17, Korean style, and for programs BibTeX and RIS."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from kosna.core import clock
from research.models import Report


@dataclass(frozen=True)
class Citation:
    code: str
    name: str
    text: str
    language: str  # in which it is read out


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _facts(report: Report) -> dict[str, str]:
    """In English where the report has it; a bibliography takes one language throughout."""
    day = clock.kst_date(report.published_at) if report.published_at else None
    return {
        "title": report.title_en or report.title_ko,
        "title_ko": report.title_ko,
        "authors": report.authors_en or report.authors_ko,
        "authors_ko": report.authors_ko,
        "year": str(day.year) if day else "n.d.",
        "date": f"{day:%Y/%m/%d}" if day else "",
        "publisher": settings.ASSOCIATION["name_en"],
        "publisher_ko": settings.ASSOCIATION["name_ko"],
        "edition": report.edition,
        "url": f"{settings.SITE_URL}{report.get_absolute_url()}",
    }


def _parted(name: str) -> tuple[str, str]:
    """Family and given name of a name in Latin letters: "Baek Na-rin" (the given name of a Korean
    is the one with a hyphen) or "Maria Santos". A name in Hangul is not parted."""
    words = name.split()
    if len(words) < 2 or not name.isascii():
        return name, ""
    if "-" in words[-1] and "-" not in words[0]:
        return words[0], " ".join(words[1:])
    return words[-1], " ".join(words[:-1])


def _last_first(name: str) -> str:
    return ", ".join(filter(None, _parted(name)))


def _initials(name: str) -> str:
    """As APA has it: ``Baek, N.-r.`` and ``Santos, M.``"""
    family, given = _parted(name)
    short = ["-".join(f"{part[0]}." for part in word.split("-") if part) for word in given.split()]
    return ", ".join(filter(None, [family, " ".join(short)]))


def apa(report: Report) -> str:
    facts = _facts(report)
    names = [_initials(name) for name in _names(facts["authors"])]
    authors = ", & ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
    return "{authors} ({year}). {title} (ed. {edition}). {publisher}. {url}".format(
        **facts | {"authors": authors}
    )


def _listed(names: list[str]) -> str:
    """ "Lee, Ga-on, and Maria Santos": as the first has its family name before, a comma stands
    before the last even of two."""
    return ", and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))


def chicago(report: Report) -> str:
    facts = _facts(report)
    names = _names(facts["authors"])
    authors = _listed([*map(_last_first, names[:1]), *names[1:]])
    return "{authors}. {title}. Ed. {edition}. {publisher}, {year}. {url}.".format(
        **facts | {"authors": authors}
    )


def korean(report: Report) -> str:
    """저자, 「제목」, 발행처, 연도."""
    facts = _facts(report)
    authors = "·".join(_names(facts["authors_ko"]))
    return "{authors}, 「{title_ko}」({edition}판), {publisher_ko}, {year}, {url}.".format(
        **facts | {"authors": authors}
    )


_TEX = {letter: f"\\{letter}" for letter in "&%$#_{}"} | {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def bibtex(report: Report) -> str:
    facts = _facts(report)
    rows = {
        "title": _tex(facts["title"]),
        "author": " and ".join(_tex(_last_first(name)) for name in _names(facts["authors"])),
        "institution": _tex(facts["publisher"]),
        "year": facts["year"],
        "edition": _tex(facts["edition"]),
        "url": facts["url"],
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in rows.items())
    return f"@techreport{{kosna-{report.slug},\n{body}\n}}\n"


def ris(report: Report) -> str:
    facts = _facts(report)
    lines = [
        "TY  - RPRT",
        f"TI  - {facts['title']}",
        *(f"AU  - {_last_first(name)}" for name in _names(facts["authors"])),
        f"PB  - {facts['publisher']}",
        f"PY  - {facts['year']}",
        f"DA  - {facts['date']}",
        f"ET  - {facts['edition']}",
        f"UR  - {facts['url']}",
        "ER  - ",
    ]
    return "\r\n".join(" ".join(line.splitlines()) for line in lines) + "\r\n"


FILES = {
    "bib": ("application/x-bibtex", bibtex),
    "ris": ("application/x-research-info-systems", ris),
}


def citations_of(report: Report) -> list[Citation]:
    """Beside the international styles the Korean one, on Korean pages."""
    language = "en" if report.title_en else "ko"
    cited = [
        Citation("apa", "APA", apa(report), language),
        Citation("chicago", "Chicago", chicago(report), language),
    ]
    if get_language() == "en":
        return cited
    return [Citation("korean", _("Korean style"), korean(report), "ko"), *cited]
