"""Every document in both languages: its facts are there, its letters print, and it fetches
nothing."""

import io
import subprocess

import pikepdf
import pytest
from django.template import engines
from django.template.loader import get_template

from kosna.core.qr import qr_svg
from kosna.documents import rendering
from kosna.documents.rendering import FONTS, render_pdf, revive

URL = "https://example.test/verify/23456789abcdefghjkmnpqrstu"
FACTS = {
    "number": "제2026-영수-000123호",
    "issued_on": "2026-11-23",
    "name": "김하늘",
    "holder": "김하늘",
    "organisation": "㈜가온소셜랩 漢字",
    "member_number": "2026-00012",
    "tier": "정회원",
    "branch": "부산지부",
    "valid_until": "2027-12-31",
    "lines": [
        {
            "title": "연회비",
            "quantity": 1,
            "amount": 300_000,
            "starts_on": "2026-03-02",
            "ends_on": "2026-12-31",
            "paid_on": "2026-03-02",
        }
    ],
    "joined_on": "2026-03-02",
    "standing": "정상",
    "paid_until": "2026-12-31",
    "purpose": "관공서 제출용",
    "total": 300_000,
    "paid_at": "2026-11-23T05:00:00+00:00",
    "event_title": "소셜 데이터 컨퍼런스",
    "starts_at": "2027-03-18T05:00:00Z",
    "venue": "대회의실",
    "ticket_type": "일반",
    "attended": 7,
    "held": 8,
}
EXPECTED = {
    "membership_card": ["김하늘", "2026-00012", "2027-12-31", "漢字"],
    "approval": ["김하늘", "漢字", "정회원", "제2026-영수-000123호", URL[-20:]],
    "receipt": ["김하늘", "漢字", "300,000", "연회비", URL[-20:]],
    "ticket": ["김하늘", "漢字", "소셜 데이터 컨퍼런스", "14:00"],
    "attendance_certificate": ["김하늘", "漢字", "소셜 데이터 컨퍼런스", "14:00", URL[-20:]],
    "completion_certificate": ["김하늘", "漢字", "소셜 데이터 컨퍼런스", "7", URL[-20:]],
    "membership_certificate": ["김하늘", "2026-00012", "정회원", "관공서 제출용", URL[-20:]],
    "dues_certificate": ["김하늘", "300,000", "연회비", "2026-12-31", URL[-20:]],
}
PAGES = {"membership_card": (86, 54), "ticket": (148, 210)}


def text(pdf: bytes) -> str:
    done = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
    )
    return done.stdout.decode()


def render(kind: str, language: str = "ko", **facts) -> bytes:
    context = {"facts": FACTS | facts, "verify_url": URL, "qr": qr_svg(URL)}
    return render_pdf(f"documents/{kind}.html", context, language=language)


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("kind", EXPECTED)
def test_document_shows_its_facts_on_one_page(kind, language):
    content = render(kind, language)
    shown = text(content)
    assert [fact for fact in EXPECTED[kind] if fact not in shown] == []
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1
        left, bottom, right, top = (float(n) for n in pdf.pages[0].mediabox)
        width, height = PAGES.get(kind, (210, 297))
        assert (right - left) / 72 * 25.4 == pytest.approx(width, abs=0.2)
        assert (top - bottom) / 72 * 25.4 == pytest.approx(height, abs=0.2)
        assert str(pdf.Root.Lang) == language


def test_receipt_says_its_amount_in_words():
    assert "금 삼십만원정" in text(render("receipt", "ko"))
    assert "₩300,000" in text(render("receipt", "en"))


FULL_RECEIPT = {
    "order_code": "VWD3S9YNHE",
    "method": "페이코",
    "purpose": "정회원 입회",
    "vat": 30_000,
    "refunded": 10_000,
}


@pytest.mark.parametrize("language", ["ko", "en"])
def test_receipt_of_three_lines_with_every_row_stays_on_its_page(language):
    """Admission fee, dues and one more: the seal never moves to a page of its own."""
    content = render("receipt", language, lines=FACTS["lines"] * 3, **FULL_RECEIPT)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 1


def test_seal_of_a_long_receipt_comes_with_its_statement():
    for count in range(4, 14):
        content = render("receipt", lines=FACTS["lines"] * count, **FULL_RECEIPT)
        last_page = text(content).rstrip("\f").split("\f")[-1]
        assert "강학주" in last_page
        assert "영수하였음을" in last_page


def test_same_facts_give_the_same_bytes():
    assert render("receipt") == render("receipt")
    assert render("receipt") != render("receipt", total=300_001)


def test_name_is_text_whatever_it_says():
    hostile = "<img src=file:///etc/passwd>{{ association }}"
    assert "{{ association }}" in text(render("approval", name=hostile))


@pytest.mark.parametrize(
    "link",
    [
        "<link rel=attachment href=file:///etc/passwd>",
        "<a rel=attachment href=file:///etc/passwd>x</a>",
        "<link rel=stylesheet href=file:///etc/passwd>",
        "<img src=http://127.0.0.1:9/x.png>",
        "<img src=data:image/png;base64,iVBORw0KGgo=>",
    ],
)
def test_template_fetches_nothing_but_our_fonts(link, monkeypatch):
    page = engines["django"].from_string(f"<html><body>page {link}</body></html>")
    monkeypatch.setattr(rendering, "get_template", lambda name: page)
    content = render_pdf("any.html", {"facts": {}}, language="ko")
    assert "page" in text(content) and "root:" not in text(content)
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.attachments) == 0


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        FONTS.as_uri() + "/../models.py",
        FONTS.as_uri() + "/%2e%2e/models.py",
        "file://host" + str(FONTS / "VERSION"),
        "https://example.test/font.otf",
        "data:text/plain,x",
    ],
)
def test_fetcher_refuses_all_but_the_font_folder(url):
    with pytest.raises(ValueError, match="may not fetch"):
        rendering._engine()["fetcher"].fetch(url)


def test_fetcher_reads_a_font():
    assert (
        rendering._engine()["fetcher"].fetch((FONTS / "Pretendard-Bold.otf").as_uri()).read(4)
        == b"OTTO"
    )


def test_frozen_facts_come_back_as_dates():
    facts = revive(
        {
            "a": ["2026-11-23", {"b": "2026-11-23T05:00:00+00:00"}],
            "c": "2026-00012",
            "d": "2026-99-99",
        }
    )
    assert facts["a"][0].isoformat() == "2026-11-23"
    assert facts["a"][1]["b"].utcoffset().total_seconds() == 0
    assert (facts["c"], facts["d"]) == ("2026-00012", "2026-99-99")


@pytest.mark.parametrize("kind", EXPECTED)
def test_template_has_no_inline_style(kind):
    assert "style=" not in get_template(f"documents/{kind}.html").template.source
