"""The demonstration's reports are real: several pages, accepted by our own upload check."""

from django.core.files.uploadedfile import SimpleUploadedFile

from kosna.core import clock
from kosna.core.uploads import check_document
from kosna.management.demo_reports import REPORTS, load_reports
from research.models import Report
from tests.conftest import Cast


def test_twelve_reports_in_two_languages() -> None:
    assert len({facts["slug"] for facts in REPORTS}) == 12
    for facts in REPORTS:
        for name in ("title", "abstract", "authors", "keywords"):
            assert facts[f"{name}_ko"]
            assert facts[f"{name}_en"]
        assert len(facts["contents_ko"]) == len(facts["contents_en"]) >= 5
        assert 3 <= facts["abstract_ko"].count("다.") <= 5


def test_reports_are_loaded_once(cast: Cast, monkeypatch) -> None:
    monkeypatch.setattr("kosna.management.demo_reports.REPORTS", [REPORTS[0], REPORTS[4]])
    tiers = {"regular": [cast.regular_tier]}
    people = {"by": cast.editor, "approver": cast.head_office}
    gated, public = load_reports(**people, tiers=tiers)
    assert load_reports(**people, tiers=tiers) == []
    assert gated.pages > 9
    assert public.is_public
    assert clock.kst_date(gated.published_at).isoformat() == REPORTS[0]["published_on"]
    with gated.file.open("rb") as stored:
        content = stored.read()
    assert check_document(SimpleUploadedFile("r.pdf", content)).pages == gated.pages
    assert Report.objects.search("여론").count() == 1
