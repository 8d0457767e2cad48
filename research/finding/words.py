"""Texts and queries as tokens.

Hangul and Hanja are cut into grams of one, two and three letters, so a word is found wherever it
stands in another; what is longer than three is found by all its grams of three, which hardly ever
meet elsewhere without it. Words of other scripts and numbers are found by their beginnings, up to
three letters as a whole only (AI is not in "aim"). Initial consonants are cut like Hangul, up to
four at a time. No gram crosses a space; a line end within a long text is both, a space and none.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kosna.core.korean import fold, initials, is_initials

MOST_WORDS = 8
GRAM, INITIALS_GRAM, WHOLE, PREFIX = 3, 4, 3, 8  # letters
CJK = "\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_IS_CJK = re.compile(rf"[{CJK}]").match
_INITIALS = re.compile("[ㄱ-ㅎ]+")
JAMO = "".join(map(chr, range(0x1100, 0x1200)))  # letters of a syllable that is not whole yet


@dataclass(frozen=True)
class Word:
    """A part of a query, and the tokens that a field must have for it."""

    text: str
    tokens: tuple[str, ...]
    is_initials: bool = False

    @property
    def is_cjk(self) -> bool:
        return bool(_IS_CJK(self.text))

    @property
    def is_whole(self) -> bool:
        """Whether nothing may follow it."""
        return not self.is_cjk and not self.is_initials and len(self.text) <= WHOLE


@lru_cache(maxsize=512)
def words_of(query: str) -> tuple[Word, ...]:
    """What is looked up; nothing where nothing typed can be."""
    found: dict[Word, None] = {}
    for part in query.split():
        if is_initials(part):
            letters = initials(part)
            found[Word(letters, _grams(letters, INITIALS_GRAM), is_initials=True)] = None
        else:
            for run in _RUN.findall(fold(part)):
                found[Word(run, _sought(run))] = None
    return tuple(found)[:MOST_WORDS]


def _sought(run: str) -> tuple[str, ...]:
    if _IS_CJK(run):
        return _grams(run, GRAM)
    return (f"{run} ",) if len(run) <= WHOLE else (run[:PREFIX],)


def _grams(run: str, size: int) -> tuple[str, ...]:
    if len(run) <= size:
        return (run,)
    return tuple(dict.fromkeys(run[start : start + size] for start in range(len(run) - size + 1)))


def words_typed(text: str) -> tuple[Word, ...]:
    """The same while somebody is typing: the last word may go on, a letter may lack its vowel."""
    *whole, last = words_of(text.strip()) or (None,)
    if last is None or last.is_initials:
        return words_of(text.strip())
    run = last.text.rstrip(JAMO)
    if not run:
        return tuple(whole)
    tokens = last.tokens if last.is_cjk and run == last.text else _sought(run)
    if not _IS_CJK(run):
        tokens = (run[:PREFIX],)
    return (*whole, Word(run, tokens))


@lru_cache(maxsize=100_000)
def _tokens_of_run(run: str) -> tuple[str, ...]:
    if _IS_CJK(run):
        return tuple(_all_grams(run, GRAM))
    beginnings = tuple(run[:size] for size in range(1, min(len(run), PREFIX) + 1))
    return (f"{run} ", *beginnings) if len(run) <= WHOLE else beginnings


@lru_cache(maxsize=200_000)
def _tokens_in_text(run: str) -> tuple[str, ...]:
    """Without those that say nothing in a long text: one letter, and the beginning of a word that
    nobody would have typed out."""
    least = 1 if _IS_CJK(run) else WHOLE
    return tuple(token for token in _tokens_of_run(run) if token[-1] == " " or len(token) > least)


def _all_grams(run: str, size: int) -> Iterator[str]:
    for length in range(1, size + 1):
        for start in range(len(run) - length + 1):
            yield run[start : start + length]


def tokens_of(text: str) -> set[str]:
    """What a short text is found by."""
    found: set[str] = set()
    for run in _RUN.findall(fold(text)):
        found.update(_tokens_of_run(run))
    return found


def tokens_of_pages(pages: Iterable[str]) -> set[str]:
    """What a long text is found by: its words, and what two lines make together, for a word may
    go on in the next one."""
    texts = {text for page in pages for text in (page, page.replace("\n", ""))}
    runs = {run for text in texts for run in _RUN.findall(fold(text))}
    found: set[str] = set()
    for run in runs:
        found.update(_tokens_in_text(run))
    return found


def tokens_of_initials(text: str) -> set[str]:
    """The initial consonants of each line, across its spaces."""
    return {
        gram
        for line in text.splitlines()
        for run in _INITIALS.findall(initials(line))
        for gram in _all_grams(run, INITIALS_GRAM)
    }
