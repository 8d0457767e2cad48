"""What is approved but not out, withdrawn, or opened by no tier: what its writers may do to it, and
what readers and staff are told."""

from datetime import timedelta
from typing import Any

import pytest

from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.templatetags.ui import kdatetime
from members.access import entitlement
from members.models import Clock
from research import actions
from research.explaining import explain
from research.models import Report, Step
from tests import factories
from tests.conftest import Cast
from tests.research.conftest import checked
from tests.research.readers import come

SOON, LATER = timedelta(days=3), timedelta(days=9)


@pytest.fixture
def scheduled(cast: Cast, make_report: Any) -> Report:
    report = make_report("soon", tiers=(cast.regular_tier,), published_at=clock.now() + SOON)
    actions.reviewing.note_step(report, Step.Kind.APPROVED, cast.head_office)
    return report


def save(report: Report, cast: Cast, **more: Any) -> Report:
    return actions.save_report(report, **{"tiers": [cast.regular_tier], "by": cast.editor, **more})


def test_what_was_approved_and_is_changed_waits_for_a_second_person_again(cast, scheduled) -> None:
    scheduled.abstract_ko = "다른 요약"
    save(scheduled, cast)
    scheduled.refresh_from_db()
    assert (scheduled.status, scheduled.published_at) == ("review", None)
    with pytest.raises(Refused):
        actions.approve_report(scheduled, by=cast.editor)
    actions.approve_report(scheduled, by=cast.head_office)
    assert scheduled.is_out(clock.now())


def test_a_file_that_has_not_come_out_is_replaced_itself(cast, scheduled) -> None:
    with pytest.raises(Refused, match="파일을 직접"):
        actions.prepare_edition(scheduled, label="2.0", upload=checked(3), by=cast.editor)
    save(scheduled, cast, upload=checked(3))
    scheduled.refresh_from_db()
    assert (scheduled.pages, scheduled.status) == (3, "review")
    actions.approve_report(scheduled, at=clock.now() + SOON, by=cast.head_office)
    with clock.standing_at(clock.now() + LATER):
        assert scheduled.is_out(clock.now())
        with pytest.raises(Refused, match="이미 공개된"):
            save(Report.objects.get(), cast, upload=checked(4))


def test_who_may_read_it_is_changed_without_another_approval(cast, scheduled) -> None:
    save(scheduled, cast, tiers=[cast.associate_tier], openings=[(None, clock.now() + LATER)])
    scheduled.refresh_from_db()
    assert scheduled.is_scheduled(clock.now()) and scheduled.clock is not None


def test_labels_are_writing_and_the_same_ones_are_not(cast, scheduled) -> None:
    actions.keep_labels(scheduled, {"field": ["work"], "audience": ["business"]})
    save(scheduled, cast, labels={"audience": ["business"], "field": ["work"]})
    assert Report.objects.get().is_scheduled(clock.now())
    save(Report.objects.get(), cast, labels={"field": ["work"]})
    assert Report.objects.get().status == Report.Status.REVIEW


def test_sample_pages_of_what_was_approved_wait_for_a_second_person(cast, login, scheduled) -> None:
    """For they are everybody's once it is out."""
    page = login("editor").post(
        f"/staff/reports/{scheduled.pk}/samples/", {"pages": "1-2"}, follow=True
    )
    assert "다시 승인해야" in page.content.decode()
    scheduled.refresh_from_db()
    assert (scheduled.status, scheduled.published_at) == ("review", None)
    with pytest.raises(Refused):
        actions.approve_report(scheduled, by=cast.editor)
    actions.approve_report(scheduled, by=cast.head_office)


def test_who_chose_sample_pages_does_not_approve(cast, make_report) -> None:
    report = make_report("kept", status=Report.Status.REVIEW, abstract_en="x")
    actions.choose_samples(report, pages="1", by=cast.head_office)
    with pytest.raises(Refused):
        actions.approve_report(report, by=cast.head_office)
    out = make_report("out")
    actions.choose_samples(out, pages="1", by=cast.editor)
    out.refresh_from_db()
    assert out.is_out(clock.now()) and not out.steps.exists()


@pytest.mark.parametrize("days", [-30, 0, 30])
def test_the_day_that_citations_name_stays(cast, make_report, login, days: int) -> None:
    report = make_report("kept", abstract_en="x", published_at=clock.now() - timedelta(days=90))
    out = report.published_at
    actions.withdraw_report(report, reason="오류", by=cast.editor)
    actions.submit_report(report, by=cast.editor)
    with pytest.raises(Refused) as refused:
        actions.approve_report(report, at=clock.now() + timedelta(days=days), by=cast.head_office)
    assert refused.value.field == "at"
    new = make_report("new", status=Report.Status.REVIEW, published_at=None)
    office = login("head_office")
    pages = [office.get(f"/staff/reports/{row.pk}/").content.decode() for row in (report, new)]
    assert ['name="at"' in page for page in pages] == [False, True]  # nor is one asked for
    actions.approve_report(report, by=cast.head_office)
    assert Report.objects.get(pk=report.pk).published_at == out


def test_nothing_that_is_out_loses_what_it_must_have(cast, make_report) -> None:
    report = make_report("out", tiers=(cast.regular_tier,), abstract_en="")
    report.title_ko = "이전부터 영문 요약이 없던 보고서"
    save(report, cast)  # what was missing before keeps nobody from mending the rest
    for lost in (
        {"tiers": []},
        {"openings": [(cast.regular_tier, clock.now())], "is_public": True},
        {"is_public": True, "price": 9_000},
    ):
        report = Report.objects.get()
        for name in {"is_public", "price"} & set(lost):
            setattr(report, name, lost.pop(name))
        with pytest.raises(Refused):
            save(report, cast, **lost)
        kept = Report.objects.get()
        assert (kept.is_public, kept.price, list(kept.tiers.all())) == (
            False, None, [cast.regular_tier],
        )  # fmt: skip
    assert not Clock.objects.exists()


def test_withdrawn_before_its_time_it_has_never_come_out(cast, scheduled) -> None:
    actions.withdraw_report(scheduled, reason="오류", by=cast.editor)
    assert Report.objects.get().published_at is None
    actions.submit_report(scheduled, by=cast.editor)
    actions.approve_report(scheduled, by=cast.head_office)
    assert scheduled.is_out(clock.now())


@pytest.mark.parametrize("state", ["draft", "review", "scheduled", "withdrawn"])
def test_staff_are_told_that_nobody_reads_what_is_not_out(cast, login, make_report, state) -> None:
    fields = {"published_at": clock.now() + SOON} if state == "scheduled" else {"status": state}
    report = make_report("kept", tiers=(cast.regular_tier,), **fields)
    told = explain(Report.objects.with_access().get(), cast.regular, clock.now())
    assert (told.decision.allowed, told.decision.code) == (False, "not_out")
    assert [way.opens for way in told.ways[:3]] == [False, False, True]  # what there will be
    desk, page = login("editor"), f"/staff/reports/{report.pk}/"
    assert not desk.get(f"{page}access/?who={cast.regular.email}").context_data["may_read"]
    seen = desk.get(f"{page}as/?tier={cast.regular_tier.pk}")
    assert (
        seen.context_data["is_out"] is False and "공개되지 않은 자료입니다" in seen.content.decode()
    )
    with pytest.raises(Refused):
        actions.read_for_a_reason(report, reason="확인", by=cast.editor)
    assert desk.get(f"{page}preview/1/")["Content-Type"] == "image/png"


# --- what readers are told ---


def reason(cast: Cast, who: str, report: Report) -> tuple[str, str]:
    decision = entitlement(getattr(cast, who), report, clock.now())
    return decision.code, decision.reason


def test_renewing_is_not_said_to_open_what_opens_later(cast, make_report) -> None:
    report = make_report("gated", tiers=(cast.regular_tier,))
    assert reason(cast, "lapsed", report)[1].endswith("바로 열립니다.")
    when = clock.now() + LATER
    report.clock = factories.make_clock({cast.regular_tier: when})
    code, told = reason(cast, "lapsed", report)
    assert code == "renew" and kdatetime(when) in told


def test_what_no_tier_includes_sends_nobody_to_the_tiers(cast, login, make_report) -> None:
    event = factories.make_event(branch=cast.busan)
    report = make_report("after", is_public=False)
    report.occasions.create(event=event.pk)
    come(cast.applicant, event, cast.doorkeeper)
    assert reason(cast, "applicant", report)[0] == "came"
    for who in ("regular", "account"):
        code, told = reason(cast, who, report)
        page = login(who).get("/research/after/").content.decode()
        assert code == "others" and told == "여기 적힌 행사에 참가하신 분을 위한 자료입니다."
        assert told in page
        assert "회원 종류 비교" not in page and event.title_ko in page
    visited = login("visitor").get("/research/after/").content.decode()
    assert "참가하신 분을 위한 자료입니다. 로그인해 주십시오." in visited
    report.branches.add(cast.daegu)
    assert reason(cast, "account", report)[1].startswith("여기 적힌 지부의 회원을 위한 자료입니다.")


def test_who_must_wait_to_buy_is_told_until_when(cast, login, make_report) -> None:
    when = clock.now() + LATER
    make_report(
        "sold", tiers=(cast.regular_tier,), price=9_000, clock=factories.make_clock({None: when})
    )
    page = login("account").get("/research/sold/").content.decode()
    assert "/research/sold/buy/" not in page
    assert f"비회원은 {kdatetime(when)}부터 9,000원에 구매할 수 있습니다." in page
