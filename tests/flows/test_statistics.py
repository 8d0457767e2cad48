"""A statistic from the desk to its readers: made, brought, published, revised, compared."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core import batches
from research.models import Series, SeriesImport

pytestmark = pytest.mark.django_db(transaction=True)
FACTS = {
    "name_ko": "숏폼 이용시간",
    "name_en": "Minutes of short videos",
    "topic": "computing",
    "frequency": "half",
    "unit_ko": "분",
    "places": "1",
    "source_ko": "시연용 생성자료",
    "audience": "detail",
    "is_sample": True,
    "first_ko": "연령",
    "first_categories": "young | 청년\nold | 장년",
}


def test_statistic_is_published_revised_and_read(enter, people):
    editor = enter("editor")
    editor.open("/staff/statistics/")
    editor.open("/staff/statistics/new/").press(
        "name_ko", **FACTS, tiers=str(people.regular_tier.pk)
    )
    series = Series.objects.get()
    bring(editor, series, "시점,연령,값\n2025-H1,,40.1\n2025-H2,,44.2\n2025-H2,청년,71.3\n")
    editor.open(f"/staff/statistics/{series.pk}/").press("publish/")

    visitor = enter()
    visitor.open("/research/statistics/")
    assert "44.2" in visitor.text
    assert "시연용 표본" in visitor.text
    visitor.open(series.get_absolute_url())
    assert "71.3" not in visitor.text
    assert "합계만 표시합니다" in visitor.text
    member = enter("regular", language="en").open(f"{series.get_absolute_url()}?by=first")
    assert "71.3" in member.text
    assert "Sample data" in member.text

    bring(editor, series, "시점,값\n2025-H2,45.0\n2026-H1,47.5\n", "표본 보완")
    visitor.open(series.get_absolute_url())
    assert "표본 보완" in visitor.text
    told = json.loads(visitor.download(f"/research/statistics/{series.code}.json"))
    assert [(row["value"], row["mark"]) for row in told["observations"]] == [
        ("40.1", ""), ("45.0", "r"), ("47.5", ""),
    ]  # fmt: skip
    assert "45.0,r" in visitor.download(f"/research/statistics/{series.code}.csv").decode()
    visitor.open(f"/research/statistics/compare/?s={series.code}&index=1")
    assert "2025년 상반기=100" in visitor.text
    editor.open(f"/staff/statistics/{series.pk}/?history=1")
    assert "44.2" in editor.text
    figures = enter("auditor").open("/staff/statistics/").open("/staff/statistics/figures/")
    assert people.regular_tier.name in figures.text and people.busan.name in figures.text


def bring(editor, series: Series, text: str, reason: str = "반기 공표") -> None:
    """Through the page: the file is checked, then written."""
    file = SimpleUploadedFile("values.csv", text.encode("cp949"))
    editor.open(f"/staff/statistics/{series.pk}/").press("import/", file=file, reason=reason)
    batches.run_all()
    imported = SeriesImport.objects.latest("pk")
    editor.open(imported.get_absolute_url()).press("apply/")
    batches.run_all()
    imported.refresh_from_db()
    assert imported.status == "applied"
