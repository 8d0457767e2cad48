"""The index says what the reports say, whatever happens to them, and a search what it says."""

import io
from datetime import datetime, timedelta
from typing import Any

import pikepdf
import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosna.core import clock
from kosna.core.korean import fold
from kosna.core.uploads import check_document
from research import actions, library
from research.actions.indexing import index_faults, keep_text, place_report, rebuild_index
from research.finding.facets import GROUPS
from research.finding.shelf import current_shelf
from research.models import Catalogue, Placed, Posting, Report, TextPage
from tests import factories
from tests.conftest import Cast
from tests.research.conftest import pdf
from tests.research.finding.conftest import slugs

words = st.lists(
    st.sampled_from(["소셜", "셜미", "소셜미디어", "여론", "조사", "data"]), max_size=3
)
rows = st.fixed_dictionaries(
    {
        "title_ko": words, "keywords_ko": words, "abstract_ko": words, "text": words,
        "topic": st.sampled_from(["market", "technology"]),
        "is_public": st.booleans(),
        "year": st.sampled_from([2024, 2025]),
        "fields": st.sets(st.sampled_from(["work", "art"])),
        "is_out": st.booleans(),
    }
)  # fmt: skip
asked = st.fixed_dictionaries(
    {"q": words.map(" ".join)},
    optional={
        "topic": st.sampled_from(["market", "technology"]),
        "year": st.sampled_from(["2024", "2025"]),
        "field": st.sampled_from(["work", "art"]),
        "access": st.sampled_from(["open", "members"]),
    },
)


def make(number: int, row: dict[str, Any]) -> Report:
    report = factories.make_report(
        f"r-{number}", topic=row["topic"], is_public=row["is_public"], title_en="",
        abstract_en="", authors_ko="",
        published_at=datetime(row["year"], 3, 1, tzinfo=clock.KST) if row["is_out"]
        else clock.now() + timedelta(days=1),
        **{name: " ".join(row[name]) for name in ("title_ko", "keywords_ko", "abstract_ko")},
    )  # fmt: skip
    actions.keep_labels(report, {"field": sorted(row["fields"])})
    place_report(report)
    keep_text(report, [" ".join(row["text"])])
    return report


def fits(row: dict[str, Any], wanted: dict[str, str]) -> bool:
    """As somebody would decide who reads it."""
    texts = [" ".join(row[name]) for name in ("title_ko", "keywords_ko", "abstract_ko", "text")]
    return (
        row["is_out"]
        and all(any(word in fold(text) for text in texts) for word in wanted["q"].split())
        and wanted.get("topic", row["topic"]) == row["topic"]
        and wanted.get("year", str(row["year"])) == str(row["year"])
        and ("field" not in wanted or wanted["field"] in row["fields"])
        and wanted.get("access") in (None, "open" if row["is_public"] else "members")
    )


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=st.lists(rows, min_size=1, max_size=5), wanted=asked, changed=st.integers(0, 4))
def test_search_and_counts_are_what_reading_would_find(
    db: None, made: list[dict[str, Any]], wanted: dict[str, str], changed: int
) -> None:
    with transaction.atomic():
        reports = [make(number, row) for number, row in enumerate(made)]
        last = made[changed % len(made)]
        report = reports[changed % len(made)]
        # A report that is changed is found by what it says now.
        report.title_ko = " ".join(reversed(last["title_ko"] + last["abstract_ko"]))
        last["title_ko"] = report.title_ko.split()
        report.save()
        place_report(report)
        right = {f"r-{number}" for number, row in enumerate(made) if fits(row, wanted)}
        assert set(slugs(wanted["q"], **{k: v for k, v in wanted.items() if k != "q"})) == right
        found = library.look_up(current_shelf(), AnonymousUser(), clock.now(), wanted, list(GROUPS))
        for group in ("topic", "year", "field", "access"):
            for value in ("market", "technology", "2024", "2025", "work", "art", "open"):
                if f"{group}={value}" in current_shelf().facets:
                    count = sum(fits(row, {**wanted, group: value}) for row in made)
                    assert found.count(group, value) == count
        assert index_faults() == []
        transaction.set_rollback(True)


def test_titles_come_first_then_the_newest(written) -> None:
    day = clock.now() - timedelta(days=10)
    written("text", "여론 조사", published_at=day + timedelta(days=4))
    written("told", abstract_ko="여론", published_at=day + timedelta(days=3))
    written("known", keywords_ko="여론", published_at=day + timedelta(days=2))
    written("old", title_ko="여론", published_at=day)
    written("new", title_ko="여론", published_at=day + timedelta(days=1))
    assert slugs("여론") == ["new", "old", "known", "told", "text"]
    assert slugs("여론", newest=True) == ["text", "told", "known", "new", "old"]
    assert slugs("여론 조사") == ["text"]


def test_index_follows_every_change(cast: Cast, make_report, written) -> None:
    report = written("gone", "본문에만", title_ko="여론")
    assert slugs("여론") == slugs("본문에만") == ["gone"]
    actions.withdraw_report(Report.objects.get(), reason="오류", by=cast.head_office)
    assert slugs("여론") == slugs() == []
    report = Report.objects.get()
    report.title_ko, report.no_english = "조사", "없음"
    actions.save_report(report, tiers=[cast.regular_tier], by=cast.editor)
    assert slugs("조사") == []
    actions.submit_report(Report.objects.get(), by=cast.editor)
    assert slugs("조사") == []
    actions.approve_report(Report.objects.get(), by=cast.head_office)
    assert slugs("조사") == slugs("본문에만") == slugs(access="open") == ["gone"]
    assert slugs("여론") == []
    not_yet: dict[str, Any] = {"status": Report.Status.REVIEW, "published_at": None}
    coming = written("coming", title_ko="앞날", no_english="x", **not_yet)
    later = clock.now() + timedelta(days=1)
    actions.approve_report(coming, at=later, by=cast.head_office)
    assert slugs("앞날") == []
    with clock.standing_at(later + timedelta(seconds=1)):
        assert slugs("앞날") == ["coming"]
    assert index_faults() == []


def test_text_of_what_was_not_published_at_a_rebuild_is_read_again(cast: Cast, make_report) -> None:
    made = factories.make_report("whole", content=_pdf("Distorted opinions"), no_english="없음")
    place_report(made)
    actions.read_texts()
    assert slugs("distorted") == ["whole"]
    actions.withdraw_report(Report.objects.get(), reason="오류", by=cast.editor)
    rebuild_index()
    actions.submit_report(Report.objects.get(), by=cast.editor)
    actions.approve_report(Report.objects.get(), by=cast.head_office)
    actions.read_texts()
    assert slugs("distorted") == ["whole"]
    assert index_faults() == []


def test_a_row_that_changed_behind_the_index_is_not_shown(written) -> None:
    report = written("hidden", title_ko="여론")
    Report.objects.filter(pk=report.pk).update(status=Report.Status.WITHDRAWN)
    at = clock.now()
    found = library.look_up(current_shelf(), AnonymousUser(), at, {"q": "여론"}, [])
    page, _deep = library.page_of(found, at, 1, newest=False, is_search=True)
    assert page.object_list == []
    assert index_faults() == [f"report {report.pk} is withdrawn, the index says otherwise"]


def test_rebuilding_finds_the_same(written) -> None:
    for number in range(3):
        written(f"r{number}", "본문 여론", published_at=clock.now() - timedelta(days=number))
    before = slugs("여론")
    call_command("index_reports", stdout=io.StringIO())
    assert slugs("여론") == before == ["r0", "r1", "r2"]
    assert index_faults() == []
    assert [row.place for row in Placed.objects.order_by("since")] == [0, 1, 2]
    Placed.objects.filter(place=1).update(title="다른 말")
    assert any("indexed as it was before" in fault for fault in index_faults())
    rebuild_index()
    assert index_faults() == []


def test_worker_indexes_what_is_not_and_reads_files(cast: Cast) -> None:
    whole = factories.make_report("whole", content=_pdf("Distorted opinions of the public"))
    broken = factories.make_report("broken", content=b"%PDF-1.7 this is none")
    Placed.objects.all().delete()
    Posting.objects.all().delete()
    actions.read_texts()
    assert slugs("distorted") == ["whole"]
    assert TextPage.objects.get().text == "Distorted opinions of the public"
    assert set(Placed.objects.values_list("report", "text_sha256")) == {
        (row.pk, row.sha256) for row in (whole, broken)
    }
    assert actions.read_texts() == ""
    with transaction.atomic():
        actions.prepare_edition(whole, label="2.0", upload=_checked(pdf(1)), by=cast.editor)
    actions.release_edition(whole.editions.get(), by=cast.head_office)
    actions.read_texts()
    assert slugs("distorted") == []
    assert index_faults() == []


def test_worker_writes_the_whole_index_where_there_is_none(cast: Cast) -> None:
    for slug in ("one", "two"):
        factories.make_report(slug)
    for model in (Placed, Posting, Catalogue):
        model.objects.all().delete()
    assert actions.read_texts().startswith("2 placed")
    assert index_faults() == []
    assert set(slugs("")) == {"one", "two"}


def _checked(content: bytes) -> Any:
    return check_document(SimpleUploadedFile("x.pdf", content), kinds=("pdf",), max_bytes=10**7)


def _pdf(text: str) -> bytes:
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
    )
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F0=font))
    page.Contents = document.make_stream(f"BT /F0 12 Tf 72 720 Td ({text}) Tj ET".encode())
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("query", ["%", "'; --", "“", "\N{ZERO WIDTH SPACE}", "ᄀ", "-" * 90])
def test_odd_queries_find_nothing_and_break_nothing(written, query: str) -> None:
    written("there")
    assert slugs(query) == []
