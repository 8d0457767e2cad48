"""The file of a report: what may follow it, what is shown of it, and what a copy of it says."""

import io
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.core.management import call_command

from kosna.core import clock
from kosna.core.errors import Refused
from research import actions
from research.models import Download, Report, SamplePage
from research.stamping import StampError, must_be_drawn_soundly
from research.trial import must_show_its_stamp
from tests import factories
from tests.conftest import Cast
from tests.research.conftest import checked, pdf
from tests.research.test_desk import typed, upload

Status = Report.Status
# Their operators are in order; a reader swallows what follows.
UNENDED = [
    b"q Q (abc",
    b"q Q <41",
    b"q Q [ 1",
    b"BI /W 9 /H 9 /BPC 8 /CS /G ID x EI",
]


def drawn(content: bytes) -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page(page_size=(595, 842))
        document.pages[0].Contents = pikepdf.Stream(document, content)
        document.save(out)
    return out.getvalue()


def test_sample_pages_end_with_the_file_that_they_show(cast: Cast, login, make_report) -> None:
    report = make_report("draft", status=Status.DRAFT, published_at=None)
    actions.choose_samples(report, pages="1", by=cast.editor)
    report.refresh_from_db()
    page = login("editor").post(
        f"/staff/reports/{report.pk}/edit/",
        typed(version=report.version, slug="draft", is_public="on", pdf=upload(pdf(5))),
        follow=True,
    )
    assert "견본 쪽" in page.content.decode()
    assert not SamplePage.objects.exists()


def test_samples_of_a_file_that_was_replaced_meanwhile_are_not_kept(
    cast: Cast, make_report
) -> None:
    report = make_report("draft", status=Status.DRAFT, published_at=None)
    seen = Report.objects.get()
    actions.save_report(report, tiers=[], upload=checked(5), by=cast.editor)
    with pytest.raises(Refused):
        actions.choose_samples(seen, pages="1", by=cast.editor)
    assert not SamplePage.objects.exists()


def test_what_has_come_out_keeps_file_day_and_address_even_when_it_is_withdrawn(
    cast: Cast, login, make_report
) -> None:
    report = make_report("kept", abstract_en="An abstract.")
    out = report.published_at
    actions.withdraw_report(report, reason="오류", by=cast.editor)
    with pytest.raises(Refused) as refused:
        actions.save_report(report, tiers=[], upload=checked(7), by=cast.editor)
    assert refused.value.field == "pdf"
    report.refresh_from_db()
    edited = typed(slug="other", version=report.version, is_public="on", abstract_en="An abstract.")
    login("editor").post(f"/staff/reports/{report.pk}/edit/", edited)
    report.refresh_from_db()
    assert (report.title, report.slug) == ("새 보고서", "kept")
    actions.submit_report(report, by=cast.editor)
    with pytest.raises(Refused) as refused:
        actions.approve_report(report, at=clock.now() + timedelta(days=2), by=cast.head_office)
    assert refused.value.field == "at"
    actions.approve_report(report, by=cast.head_office)
    assert report.published_at == out


@pytest.mark.parametrize(
    "content",
    [
        b"q 0 0 10 10 re W n q",
        b"Q .001 0 0 .001 0 0 cm",
        b"Q 0 0 10 10 re W n q",
        b"q 3 Tr q",
        b"BT (abc",
        b"/OC /Hidden BDC",
        *UNENDED,
    ],
)
def test_page_in_which_a_stamp_could_not_be_seen_is_refused(
    cast: Cast, login, content: bytes
) -> None:
    page = login("editor").post("/staff/reports/new/", typed(pdf=upload(drawn(content))))
    assert "원본" in page.context_data["form"].errors["pdf"][0]
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    "content", [b"", b"q 1 0 0 1 9 9 cm Q BT ET", b"BI /W 1 /H 1 /BPC 8 /CS /G ID Q EI"]
)
def test_page_that_ends_what_it_begins_is_sound(content: bytes) -> None:
    must_be_drawn_soundly(drawn(content))
    with pytest.raises(StampError):
        must_be_drawn_soundly(drawn(content + b" q"))


def test_page_that_ends_in_a_comment_shows_its_stamp() -> None:
    must_show_its_stamp(drawn(b"q Q % end"))


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_stamp_is_read_on_turned_narrow_and_many_pages(turned: int) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(3))) as document:
        document.pages[1].Rotate = turned
        document.pages[2].MediaBox = pikepdf.Array([-40, 50, 60, 890])
        document.save(out)
    must_show_its_stamp(out.getvalue())


def with_note(
    *rectangle: int, kind: str = "/Square", turned: int = 0, flags: int = 4, **facts: Any
) -> bytes:
    """Three pages; on the second something white that readers draw after it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(3))) as document:
        page = document.pages[1]
        page.Rotate = turned
        note = pikepdf.Dictionary(
            Type=pikepdf.Name.Annot,
            Subtype=pikepdf.Name(kind),
            Rect=list(rectangle),
            F=flags,
            IC=[1, 1, 1],
            **facts,
        )
        page.Annots = pikepdf.Array([document.make_indirect(note)])
        document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rectangle", "turned"),
    [
        ((0, 0, 595, 60), 0),
        ((595, 60, 0, 20), 0),
        ((560, 0, 595, 842), 90),
        ((0, 800, 595, 842), 180),
        ((0, 0, 30, 842), 270),
    ],
)
def test_what_is_laid_over_the_foot_of_a_page_is_refused(
    cast: Cast, login, rectangle: tuple[int, ...], turned: int
) -> None:
    covered = with_note(*rectangle, turned=turned)
    page = login("editor").post("/staff/reports/new/", typed(pdf=upload(covered)))
    assert "아래쪽" in page.context_data["form"].errors["pdf"][0]
    assert not Report.objects.exists()
    with pytest.raises(StampError, match="foot of page 2"):
        must_show_its_stamp(covered)


@pytest.mark.parametrize(("place", "refused"), [(["a"] * 4, True), (5, False), ([None] * 4, True)])
def test_a_note_without_a_sound_place_breaks_nothing(
    cast: Cast, login, place: Any, refused: bool
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(with_note(0, 0, 9, 9))) as document:
        note = document.pages[1].Annots[0]
        note.Rect = pikepdf.Array(place) if isinstance(place, list) else place
        document.save(out)
    page = login("editor").post("/staff/reports/new/", typed(pdf=upload(out.getvalue())))
    assert page.status_code == (200 if refused else 302)
    assert Report.objects.exists() != refused


def test_notes_elsewhere_and_links_hide_no_stamp() -> None:
    must_show_its_stamp(with_note(0, 60, 595, 842))
    must_show_its_stamp(with_note(0, 0, 595, 60, turned=180))
    must_show_its_stamp(with_note(0, 0, 595, 60, kind="/Link"))
    must_show_its_stamp(with_note(0, 0, 595, 60, flags=2))
    must_show_its_stamp(with_note())
    drawn_link = with_note(0, 0, 595, 60, kind="/Link", AP=pikepdf.Dictionary())
    with pytest.raises(StampError):
        must_show_its_stamp(drawn_link)


def test_one_page_without_its_stamp_is_enough() -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf(3))) as document:
        document.pages[1].Contents = pikepdf.Stream(document, UNENDED[0])
        document.save(out)
    with pytest.raises(StampError, match="page 2"):
        must_show_its_stamp(out.getvalue())


def test_files_from_before_the_check_are_named(cast: Cast, make_report) -> None:
    make_report("sound")
    said = io.StringIO()
    call_command("try_stamps", stdout=said)
    assert said.getvalue() == ""
    old = factories.make_report("old", content=drawn(UNENDED[0]))
    gone = factories.make_report("gone", content=b"%PDF-1.7 nonsense")
    with pytest.raises(SystemExit):
        call_command("try_stamps", stdout=said)
    assert [line.split(":")[0] for line in said.getvalue().splitlines()] == [
        f"research.Report {old.pk}",
        f"research.Report {gone.pk}",
    ]


@pytest.mark.parametrize("is_public", [True, False])
def test_copy_names_the_membership_whose_time_has_come(
    cast: Cast, login, make_report, is_public: bool
) -> None:
    """Not the one of a higher rank, which has to wait."""
    now, later = clock.now(), timedelta(days=5)
    factories.make_seat(cast.company, cast.regular)
    make_report(
        "early",
        is_public=is_public,
        tiers=() if is_public else (cast.regular_tier, cast.company_tier),
        clock=factories.make_clock(
            {
                None if is_public else cast.regular_tier: now + later,
                cast.company_tier: now - later,
            }
        ),
    )
    assert login("regular").get("/research/early/download/").status_code == 200
    assert Download.objects.get().tier == "company"


def test_the_present_edition_is_had_by_its_label(cast: Cast, login, make_report) -> None:
    label = make_report("kept").edition
    client = login("account")
    assert client.get(f"/research/kept/download/?edition={label}").status_code == 200
    assert client.head(f"/research/kept/download/?edition={label}").status_code == 200
    assert client.get("/research/kept/download/?edition=9").status_code == 404


def test_copy_names_the_membership_that_opens_it(cast: Cast, login) -> None:
    """Not the one of a higher rank, which may read other reports."""
    factories.make_seat(cast.company, cast.regular)
    factories.make_report("for-companies", tiers=(cast.company_tier,))
    factories.make_report("for-all")
    client = login("regular")
    for slug in ("for-companies", "for-all"):
        assert client.get(f"/research/{slug}/download/").status_code == 200
    taken = Download.objects.order_by("pk").values_list("tier", "branch", "member_number")
    assert list(taken) == [
        ("company", "hq", cast.company.number or ""),
        ("regular", "busan", cast.regular_member.number),
    ]


def test_each_who_may_read_has_a_time_before_it_comes_out(cast: Cast, make_report) -> None:
    """Or who is forgotten could never read it."""
    report = make_report(
        "early",
        status=Status.DRAFT,
        tiers=(cast.regular_tier, cast.associate_tier),
        price=30_000,
        clock=factories.make_clock({cast.regular_tier: clock.now()}),
        abstract_en="An abstract.",
    )
    with pytest.raises(Refused) as refused:
        actions.submit_report(report, by=cast.editor)
    assert refused.value.reasons == [
        "열람할 수 있는 회원 종류마다, 또는 그 밖의 모두에게 공개 일시를 정해 주십시오."
    ]
    report.clock.openings.create(tier=cast.associate_tier, opens_at=clock.now())
    actions.submit_report(report, by=cast.editor)


def test_who_may_read_is_not_asked_to_buy(cast: Cast, login, make_report) -> None:
    make_report(
        "early",
        tiers=(cast.regular_tier, cast.associate_tier),
        price=30_000,
        clock=factories.make_clock({cast.regular_tier: clock.now()}),
    )
    assert login("associate").post("/research/early/buy/").status_code != 302
    assert login("account").get("/research/early/buy/").status_code == 200


def test_nobody_lets_themselves_in_for_more_than_a_day(cast: Cast, make_report) -> None:
    report, now = make_report("kept", tiers=(cast.regular_tier,)), clock.now()
    with pytest.raises(Refused) as refused:
        actions.let_in(
            report, cast.editor, until=now + timedelta(days=30), reason="x", by=cast.editor
        )
    assert refused.value.field == "until"
