"""The editors' desk: keep, publish, withdraw, trace."""

import io
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments.models import Refund
from members.models import Clock
from research import actions
from research.models import Download, Report, ViewCount
from research.stamping import stamp
from tests import factories
from tests.conftest import Cast
from tests.research.conftest import pdf
from tests.research.readers import pay


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "title_ko": "새 보고서",
        "title_en": "A new report",
        "slug": "",
        "topic": "market",
        "edition": "1.0",
        "authors_ko": "서지안",
        "abstract_ko": "요약입니다.",
        "openings-TOTAL_FORMS": "2",
        "openings-INITIAL_FORMS": "0",
        **changes,
    }


def upload(content: bytes, name: str = "report.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_editor_keeps_publishes_and_withdraws(cast: Cast, login, settings) -> None:
    client: Client = login("editor")
    answer = client.post(
        "/staff/reports/new/",
        typed(
            tiers=[cast.regular_tier.pk],
            pdf=upload(pdf(3)),
            abstract_en="An abstract.",
            **{
                "openings-0-tier": cast.regular_tier.pk,
                "openings-0-opens_at": "2026-01-05T09:00",
                "openings-1-opens_at": "2031-02-05T09:00",
            },
        ),
    )
    report = Report.objects.get()
    assert answer.status_code == 302
    assert answer.url == f"/staff/reports/{report.pk}/"
    assert (report.slug, report.pages, report.status) == ("a-new-report", 3, "draft")
    assert report.file.name.startswith("reports/")
    assert "report.pdf" not in report.file.name
    assert sorted(report.clock.openings.values_list("tier", flat=True), key=str) == sorted(
        [cast.regular_tier.pk, None], key=str
    )
    assert client.get("/research/a-new-report/").status_code == 404

    client.post(f"/staff/reports/{report.pk}/submit/")
    assert client.get("/research/a-new-report/").status_code == 404
    client.post(f"/staff/reports/{report.pk}/publish/", {})  # who wrote it does not approve it
    assert client.get("/research/a-new-report/").status_code == 404
    login("head_office").post(f"/staff/reports/{report.pk}/publish/", {})
    assert client.get("/research/a-new-report/").status_code == 200
    page = client.post(f"/staff/reports/{report.pk}/withdraw/", {"reason": ""})
    assert page.context_data["withdraw_form"].errors
    client.post(f"/staff/reports/{report.pk}/withdraw/", {"reason": "오류 발견"})
    assert client.get("/research/a-new-report/").status_code == 404
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True)) == [
        "research.create_report",
        "research.submit_report",
        "research.publish_report",
        "research.withdraw_report",
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [("report.pdf", b"MZ\x90\x00 not a pdf"), ("report.pdf", b""), ("report.svg", b"<svg/>")],
)
def test_false_pdf_is_refused_and_nothing_is_stored(
    login, settings, tmp_path, name: str, content: bytes
) -> None:
    page = login("editor").post("/staff/reports/new/", typed(pdf=upload(content, name)))
    assert page.status_code == 200
    assert page.context_data["form"].errors["pdf"]
    assert not Report.objects.exists()
    assert not list(tmp_path.rglob("*.*"))


def test_new_file_replaces_and_the_old_one_stays(cast: Cast, login, make_report) -> None:
    report = make_report("kept", status=Report.Status.DRAFT, published_at=None)
    old = report.file.name
    login("editor").post(
        f"/staff/reports/{report.pk}/edit/",
        typed(slug="other", version=1, is_public="on", pdf=upload(pdf(5))),
    )
    changed = Report.objects.get()
    assert (changed.pages, changed.version, changed.slug) == (5, 2, "other")
    assert changed.file.name != old
    assert changed.sha256 != report.sha256
    assert report.file.storage.exists(old)
    assert "새 보고서" in changed.search_text


def test_slower_editor_is_told(cast: Cast, login, make_report) -> None:
    report = make_report("kept")
    url, public = f"/staff/reports/{report.pk}/edit/", {"version": 1, "is_public": "on"}
    answer = login("editor").post(url, typed(title_ko="먼저", abstract_en="An abstract.", **public))
    assert answer.status_code == 302
    page = login("editor").post(url, typed(title_ko="나중", abstract_en="An abstract.", **public))
    assert page.status_code == 200
    assert page.context_data["form"].non_field_errors()
    assert Report.objects.get().title_ko == "먼저"


def test_openings_are_replaced_and_taken_away(cast: Cast, login, make_report) -> None:
    report = make_report("kept")
    url = f"/staff/reports/{report.pk}/edit/"
    client = login("editor")
    twice = {"openings-0-opens_at": "2031-02-05T09:00", "openings-1-opens_at": "2031-03-05T09:00"}
    kept = {"is_public": "on", "abstract_en": "An abstract."}
    page = client.post(url, typed(version=1, **kept, **twice))
    assert page.context_data["form"].non_field_errors()
    client.post(url, typed(version=1, **kept, **{"openings-0-opens_at": "2031-02-05T09:00"}))
    assert Report.objects.get().clock.openings.count() == 1
    client.post(url, typed(version=2, **kept, **{"openings-0-opens_at": ""}))
    assert Report.objects.get().clock is None
    assert Clock.objects.count() == 1  # an empty clock that nobody winds


def test_publishing_says_everything_that_is_missing(cast: Cast) -> None:
    report = Report(slug="x", title_ko="제목", authors_ko="저자", abstract_ko="요약")
    actions.save_report(report, tiers=[], by=cast.editor)
    with pytest.raises(Refused) as refusal:
        actions.submit_report(report, by=cast.editor)
    assert len(refusal.value.reasons) == 3
    assert Report.objects.get().status == Report.Status.DRAFT


def test_editor_of_a_branch_reaches_nothing(cast: Cast, login, make_report) -> None:
    """The library belongs to the whole association."""
    report = make_report()
    factories.appoint(cast.account, Appointment.Role.EDITOR, cast.busan)
    client = login("account")
    assert client.get("/staff/reports/").context_data["rows"] == []
    assert client.get(f"/staff/reports/{report.pk}/").status_code == 404
    assert client.get(f"/staff/reports/{report.pk}/edit/").status_code == 404
    assert client.post(f"/staff/reports/{report.pk}/publish/").status_code == 404
    assert client.get("/staff/reports/new/").status_code == 403
    assert client.get("/staff/downloads/").context_data["downloads"] == []


@pytest.mark.parametrize(
    ("name", "answers"),
    [
        ("visitor", (302, 302, 302, 302)),
        ("regular", (403, 403, 403, 403)),
        ("officer", (403, 403, 403, 403)),
        ("treasurer", (403, 403, 403, 403)),
        ("head_office", (200, 200, 403, 403)),
        ("auditor", (200, 200, 403, 200)),
        ("editor", (200, 200, 200, 200)),
    ],
)
def test_who_may_open_the_desk(login, make_report, name: str, answers: tuple[int, ...]) -> None:
    report = make_report()
    client = login(name)
    urls = (
        "/staff/reports/",
        f"/staff/reports/{report.pk}/",
        f"/staff/reports/{report.pk}/edit/",
        "/staff/downloads/",
    )
    assert tuple(client.get(url).status_code for url in urls) == answers


def _copies(report: Report, cast: Cast, count: int) -> list[Download]:
    return [
        Download.objects.create(
            report=report, user=cast.regular, name="김하늘", member_number="26-00001",
            original_sha256=report.sha256,
        )
        for _copy in range(count)
    ]  # fmt: skip


def test_serial_leads_to_the_reader_and_looking_is_recorded(cast: Cast, login, make_report) -> None:
    copy, _other = _copies(make_report("kept"), cast, 2)
    client = login("auditor")
    typed_serial = f" {copy.serial[:8].lower()}-{copy.serial[8:]} "
    page = client.get("/staff/downloads/", {"q": typed_serial})
    assert page.context_data["downloads"] == [copy]
    entry = Entry.objects.get(verb="privacy.view")
    assert (entry.actor_id, entry.subjects) == (cast.auditor.pk, [cast.regular.pk])
    # As it was copied off a page: the line of the stamp, or the hidden word.
    for line in (f"김하늘 · 26-00001 · 2026-11-23 14:00:00 KST · {copy.serial}",
                 f"KOSNA:{copy.serial}"):  # fmt: skip
        assert client.get("/staff/downloads/", {"q": line}).context_data["downloads"] == [copy]
    assert client.get("/staff/downloads/?q=nobody").context_data["downloads"] == []
    assert len(client.get("/staff/downloads/?report=kept").context_data["downloads"]) == 2
    assert client.get("/staff/downloads/?since=2099-01-01").context_data["downloads"] == []
    assert len(client.get("/staff/downloads/?since=x").context_data["downloads"]) == 2


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize(("url", "queries"), [("/staff/reports/", 9), ("/staff/downloads/", 6)])
def test_desk_list_query_count(
    cast: Cast, login, make_report, django_assert_num_queries, rows: int, url: str, queries: int
) -> None:
    for _report in range(rows):
        _copies(make_report(tiers=(cast.regular_tier,)), cast, 1)
    client = login("editor")
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)


def test_forms_speak_the_readers_language(cast: Cast, login) -> None:
    page = login("editor").get("/staff/reports/new/").content.decode()
    assert "---------" not in page
    assert "선택해 주십시오" in page
    assert "선택된 파일이 없습니다" in page


def test_list_counts_tiers_where_they_are_many(cast: Cast, login) -> None:
    two, three = [cast.regular_tier, cast.company_tier], cast.associate_tier
    factories.make_report("few", tiers=tuple(two))
    factories.make_report("many", tiers=(*two, three))
    page = login("editor").get("/staff/reports/").content.decode()
    assert "회원 3종" in page
    assert "회원 2종" not in page
    assert two[0].name in page


def test_list_says_who_else_may_read_and_what_is_scheduled(cast: Cast, login) -> None:
    for_busan = factories.make_report(
        "of-a-branch", is_public=False, published_at=clock.now() + timedelta(days=2)
    )
    for_busan.branches.add(cast.busan)
    for_guests = factories.make_report("of-an-event", is_public=False)
    for_guests.occasions.create(event=factories.make_event(branch=cast.busan).pk)
    page = html.fromstring(login("editor").get("/staff/reports/").content)
    told = [[cell.text_content().strip() for cell in row] for row in page.xpath("//tbody/tr")]
    assert [(row[2], row[-1]) for row in told] == [
        ("행사 1건의 참가자", "공개"), (cast.busan.name, "공개 예정"),
    ]  # fmt: skip


@pytest.mark.parametrize("deed", ["withdraw", "return", "publish"])
def test_refused_decision_comes_back_unfolded(cast: Cast, login, make_report, deed: str) -> None:
    review = {"status": Report.Status.REVIEW, "published_at": None}
    report = make_report("kept", **({} if deed == "withdraw" else review))
    address = f"/staff/reports/{report.pk}/{deed}/"
    who = "editor" if deed == "withdraw" else "head_office"
    page = login(who).post(address, {"reason": " ", "at": "never"})
    assert page.status_code == 422
    [fold] = html.fromstring(page.content).xpath("//details[@class='confirm'][@open]")
    assert fold.xpath(".//form/@action") == [address]
    assert fold.xpath(".//*[contains(@class, 'errorlist')]")


def test_review_is_another_persons(cast: Cast, make_report) -> None:
    report = make_report(status=Report.Status.DRAFT, published_at=None)
    actions.submit_report(report, by=cast.editor)
    with pytest.raises(Refused):
        actions.return_report(report, reason=" ", by=cast.head_office)
    actions.return_report(report, reason="요약 보완", by=cast.head_office)
    assert report.status == Report.Status.DRAFT
    actions.submit_report(report, by=cast.editor)
    with pytest.raises(Refused):
        actions.approve_report(report, by=cast.editor)
    later = clock.now() + timedelta(days=2)
    actions.approve_report(report, at=later, by=cast.head_office)
    assert report.is_scheduled(clock.now())
    assert not Report.objects.published().exists()
    assert list(Report.objects.in_state("scheduled", None)) == [report]
    assert Report.objects.published(later).get() == report
    assert [step.kind for step in report.steps.order_by("pk")] == [
        "submitted", "returned", "submitted", "approved",
    ]  # fmt: skip


def test_nobody_approves_what_they_have_not_seen(cast: Cast, login, make_report) -> None:
    """Who wrote may write on while it is in review; a page that was loaded before says so."""
    report = make_report("kept", status=Report.Status.DRAFT, published_at=None)
    actions.submit_report(report, by=cast.editor)
    office, page = login("head_office"), f"/staff/reports/{report.pk}/"

    def approve() -> str:
        seen = office.get(page).context_data["publish_form"]["version"].value()
        login("editor").post(f"{page}edit/", {**changed, "version": seen})
        office.post(f"{page}publish/", {"version": seen})
        return Report.objects.get().status

    changed = typed(abstract_en="An abstract.", is_public="on", pdf=upload(pdf(7)))
    assert approve() == "review"
    changed = {}  # refused, so nothing has changed
    assert approve() == "published"


def test_file_that_has_come_out_is_not_replaced(cast: Cast, login, make_report) -> None:
    report = make_report("kept")
    page = login("editor").post(
        f"/staff/reports/{report.pk}/edit/", typed(version=1, pdf=upload(pdf(5)))
    )
    assert page.context_data["form"].errors["pdf"]
    assert Report.objects.get().sha256 == report.sha256


@pytest.mark.parametrize("harm", ["a copy", "too small"])
def test_what_no_copy_could_be_made_of_is_refused_at_once(cast: Cast, login, harm: str) -> None:
    content = factories.make_pdf(2)
    if harm == "a copy":
        content = stamp(content, lines=["김하늘"], serial="ABCDEFGH23456789")
    else:
        out = io.BytesIO()
        with pikepdf.new() as tiny:
            tiny.add_blank_page(page_size=(3, 3))
            tiny.save(out)
        content = out.getvalue()
    page = login("editor").post("/staff/reports/new/", typed(pdf=upload(content)))
    assert "사본" in page.context_data["form"].errors["pdf"][0]
    assert not Report.objects.exists()


def test_figures_tell_what_is_used_and_what_is_wanted(cast: Cast, login, make_report) -> None:
    old = clock.now() - timedelta(days=60)
    gated = make_report("gated", tiers=(cast.regular_tier,), published_at=old)
    unread = make_report("unread", published_at=old)
    Client().get("/research/gated/")
    Client().get("/research/gated/")  # the kept page counts, too
    for who in ("account", "editor", "head_office", "associate"):
        client = login(who)
        client.get("/research/gated/")
        for _click in range(3):  # of the same look
            client.get(
                "/research/gated/download/",
                headers={"Referer": "https://kosna.example/research/gated/"},
            )
    login("applicant").get("/research/gated/download/")  # by a link that was passed on
    login("regular").get("/research/gated/download/")
    page = login("auditor").get("/staff/reports/figures/").context_data
    assert [(row.name, *row.counts) for row in page["by_tier"]] == [(cast.regular_tier.name, 1, 1)]
    assert [(row.name, *row.counts) for row in page["by_branch"]] == [(cast.busan.name, 1, 1)]
    assert page["locked"] == [(gated, 4)]
    assert list(page["unread"]) == [unread]
    looked = {row.counts: row.most for row in page["looks"]}
    assert looked == {(1, 1): [(gated, 1)], (2, 2): [(gated, 2)]}
    rows = ViewCount.objects.values_list("reader", "views", "locked").order_by("reader")
    assert list(rows) == [
        ("account", 2, 2), ("associate", 1, 1), ("staff", 2, 2), ("visitor", 2, 2)
    ]  # fmt: skip


def test_figures_say_what_each_tier_takes_most(cast: Cast, login, make_report) -> None:
    readers = (cast.regular_tier, cast.company_tier)
    reports = [make_report(f"r{n}", tiers=readers) for n in range(4)]
    for who, copies in (("regular", (1, 3, 2, 1)), ("company_seat", (2, 0, 0, 0))):
        for report, count in zip(reports, copies, strict=True):
            for _copy in range(count):
                login(who).get(f"/research/{report.slug}/download/")
    client = login("editor")
    page = client.get("/staff/reports/figures/")
    taken = {
        row.name: (*row.counts, [(report.slug, n) for report, n in row.most])
        for row in page.context_data["by_tier"]
    }
    assert taken == {
        cast.regular_tier.name: (7, 1, [("r1", 3), ("r2", 2), ("r0", 1)]),
        cast.company_tier.name: (2, 1, [("r0", 2)]),
    }
    today = clock.today()
    form = page.context_data["form"]
    assert (form["since"].value(), form["until"].value()) == (
        (today - timedelta(days=90)).isoformat(), today.isoformat(),
    )  # fmt: skip
    for asked in ("until=0001-01-01", "since=9999-12-31", "since=x&until=2026-02-30"):
        assert client.get(f"/staff/reports/figures/?{asked}").status_code == 200


def test_what_went_back_is_not_sold(cast: Cast, login, make_report) -> None:
    sold = make_report("sold", tiers=(cast.regular_tier,), price=30_000)
    orders = [actions.buy_report(sold, by=user) for user in (cast.account, cast.applicant)]
    for order in orders:
        pay(order, cast)
    client = login("editor")

    def told() -> list[tuple[int, int]]:
        of_all = client.get("/staff/reports/figures/").context_data["sales"]
        of_one = client.get(f"/staff/reports/{sold.pk}/").context_data["numbers"]
        return [(of_all["count"], of_all["won"]), (of_one["bought"], of_one["won"])]

    assert told() == [(2, 60_000)] * 2
    payment = orders[0].payments.get()
    for amount, count, won in ((10_000, 2, 50_000), (20_000, 1, 30_000)):
        refund = Refund.objects.create(
            order=orders[0], payment=payment, line=orders[0].lines.get(), amount=amount,
            reason="x", requested_by=cast.head_office, status=Refund.Status.DONE,
        )  # fmt: skip
        factories.book(refund)
        actions.on_refunded(refund)
        assert told() == [(count, won)] * 2


@pytest.mark.parametrize("rows", [1, 3])
def test_figures_query_count(
    cast: Cast, login, make_report, django_assert_num_queries, rows: int
) -> None:
    old = clock.now() - timedelta(days=60)
    for _report in range(rows):
        _copies(make_report(tiers=(cast.regular_tier,)), cast, 1)
        make_report(published_at=old).view_counts.create(
            day=clock.today(), reader="visitor", views=1, locked=1
        )
    client = login("editor")
    client.get("/staff/reports/figures/")
    with django_assert_num_queries(23):
        client.get("/staff/reports/figures/")
