"""What texts and queries are cut into, and how bits are packed."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosna.core.korean import fold, initials
from kosna.management.demo_reports import demo_pdf
from research.finding.bits import BLOCK, FEW, bits_of, offsets_of, pack, places_of, with_place
from research.finding.pdf_text import text_of
from research.finding.words import (
    tokens_of,
    tokens_of_initials,
    tokens_of_pages,
    words_of,
    words_typed,
)

# A busy machine is slow to think of examples; that says nothing of ours.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Few letters, so that words meet in texts.
syllables = st.lists(st.sampled_from("가나다"), min_size=1, max_size=5).map("".join)
latin = st.lists(st.sampled_from("ab"), min_size=1, max_size=10).map("".join)
texts = st.lists(syllables | latin | st.just("ai"), max_size=8).map(" ".join)


def is_found(text: str, query: str) -> bool:
    return all(set(word.tokens) <= tokens_of(text) for word in words_of(query))


@unhurried
@given(text=texts, word=syllables.filter(lambda word: len(word) <= 3))
def test_syllables_are_found_wherever_they_stand(text: str, word: str) -> None:
    assert is_found(text, word) is (word in text)


@unhurried
@given(text=texts, word=syllables)
def test_longer_words_are_never_missed(text: str, word: str) -> None:
    if word in text:
        assert is_found(text, word)


@unhurried
@given(text=texts, word=latin.filter(lambda word: len(word) <= 8))
def test_latin_words_are_found_by_their_beginnings(text: str, word: str) -> None:
    end = r"(?![a-z])" if len(word) <= 3 else ""
    assert is_found(text, word) is bool(re.search(rf"(?<![a-z]){word}{end}", text))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("소상", ["소상"]),
        ("소상공인", ["소상공", "상공인"]),
        ("OPINIONS", ["opinions"]),
        ("ｏｐｉｎｉｏｎｓ", ["opinions"]),
        ("AI", ["ai "]),
        ("AI기반", ["ai ", "기반"]),
        ("“여론 조사”", ["여론", "조사"]),
        ("ㄳㄷ", ["ㄱㅅㄷ"]),
        ("ㅅㅍㅅㄷㅅㅅ", ["ㅅㅍㅅㄷ", "ㅍㅅㄷㅅ", "ㅅㄷㅅㅅ"]),
        ("여론 여론", ["여론"]),
        ("% _", []),
        ("", []),
    ],
)
def test_words_of_a_query(query: str, found: list[str]) -> None:
    assert [token for word in words_of(query) for token in word.tokens] == found


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("소ㅅ", ["소"]),
        ("여론 조ㅅ", ["여론", "조"]),
        ("op", ["op"]),
        ("ㅅ", ["ㅅ"]),
        (" ", []),
    ],
)
def test_words_while_somebody_types(typed: str, found: list[str]) -> None:
    assert [token for word in words_typed(typed) for token in word.tokens] == found


@unhurried
@given(text=texts, length=st.integers(1, 4))
def test_initials_are_found_across_spaces(text: str, length: int) -> None:
    spelt = "".join(letter for letter in initials(text) if "ㄱ" <= letter <= "ㅎ")
    for run in re.findall("[ㄱ-ㅎ]+", initials(text)):
        for start in range(len(run) - length + 1):
            assert run[start : start + length] in tokens_of_initials(text)
    assert all(token in spelt for token in tokens_of_initials(text))


def test_a_line_end_of_a_long_text_cuts_no_word_and_joins_none() -> None:
    found = tokens_of_pages(["같았으나 크\n기는 항목"])
    for word in ("크기", "크기는", "기는"):
        assert set(words_of(word)[0].tokens) <= found
    assert "나크" not in found and "는항" not in found


def test_words_that_a_pdf_has_in_two_lines_are_found() -> None:
    """Set in lines as long as the page is wide, wherever a syllable ends."""
    syllables = "".join(chr(0xAC00 + 28 * n) for n in range(300))
    pages = text_of(demo_pdf(1, "제목", "저자", syllables, ("서론",), pages=3))
    assert any("\n" in page for page in pages)
    found = tokens_of_pages(pages)
    assert all(syllables[n : n + 3] in found for n in range(len(syllables) - 2))


def test_long_texts_are_not_found_by_one_letter() -> None:
    assert tokens_of_pages(["가 나다 a opinion"]) == {
        "나다", "a ", "opin", "opini", "opinio", "opinion",
    }  # fmt: skip


@unhurried
@given(st.sets(st.integers(0, BLOCK - 1), max_size=120))
def test_packed_bits_come_back(offsets: set[int]) -> None:
    assert offsets_of(pack(offsets)) == offsets
    assert set(places_of(bits_of(offsets, 1))) == offsets


@unhurried
@given(st.sets(st.integers(0, BLOCK - 1), max_size=120), st.integers(0, BLOCK - 1), st.booleans())
def test_one_place_more_or_less_is_packed_as_all_of_them_are(
    offsets: set[int], place: int, is_in: bool
) -> None:
    due = offsets | {place} if is_in else offsets - {place}
    packed = pack(offsets) if offsets else b""
    assert with_place(packed, place, is_in=is_in) == (pack(due) if due else b"")


@unhurried
@given(st.sets(st.integers(0, 60), min_size=FEW, max_size=FEW + 1), st.booleans())
def test_few_and_many_change_into_each_other(offsets: set[int], is_in: bool) -> None:
    place = min(offsets)
    due = offsets if is_in else offsets - {place}
    assert with_place(pack(offsets), place, is_in=is_in) == pack(due)


def test_folding_is_that_of_the_portal() -> None:
    assert is_found(fold("Ｓｔｒａßｅ 한글"), "STRASSE 한글")
