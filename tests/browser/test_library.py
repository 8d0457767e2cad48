"""The library and the statistics in Chromium: a report that a member waits for, a figure that is
chosen, passed on and taken along, and a report on its way over two desks."""

from datetime import timedelta

import pytest

from kosna.core import clock
from research.models import Download, Report
from tests import factories
from tests.browser.tab import Tab
from tests.flows.person import text_of

TYPED = ("숏폼", "전망", "김서연", "연구위원", "요약", "부산", "초안", "차례")


@pytest.fixture
def clock_file(settings, tmp_path):
    """The portal's clock stands where this file says."""
    file = tmp_path / "clock"
    file.write_text(clock.now().isoformat())
    settings.KOSNA_CLOCK = str(file)
    return file


def click(tab: Tab, selector: str) -> Tab:
    """What leads to another page."""
    with tab.page.expect_navigation():
        tab.page.locator(selector).first.click()
    return tab


def take(tab: Tab, selector: str) -> bytes:
    """The file that a link leads to, as the browser saves it."""
    with tab.page.expect_download() as waiting:
        tab.page.locator(selector).first.click()
    return waiting.value.path().read_bytes()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_member_waits_for_a_report_and_takes_it(enter, people, clock_file, language):
    opens = clock.now() + timedelta(hours=3)
    factories.make_report(
        "outlook", tiers=(people.regular_tier,), title_ko="숏폼 전망", title_en="Outlook",
        authors_en="Kim Seo-yeon", pages=2, content=factories.make_pdf(2),
        clock=factories.make_clock({people.regular_tier: opens}),
    )  # fmt: skip
    tab = enter("regular", language=language, typed=TYPED, both_ways=language == "ko")
    tab.open("/research/").look()
    click(tab, "main a[href='/research/outlook/']").look()
    box = tab.page.locator("#access")
    assert f"{opens.astimezone(clock.KST):%H:%M}" in box.inner_text()
    assert "2" in box.locator("[data-countdown]").inner_text()  # hours and minutes are left
    assert not tab.page.locator("main a[href$='/download/']").count()
    tab.open("/research/outlook/download/", 403).look()

    clock_file.write_text(opens.isoformat())
    tab.open("/research/outlook/").look()
    assert not box.locator("[data-countdown]").count()
    copy = take(tab, "#access a[href$='/download/']")
    assert Download.objects.get().serial in text_of(copy)
    tab.open("/research/?mine=1").look()
    assert tab.page.locator("main a[href='/research/outlook/']").count()
    tab.open("/me/downloads/").look()
    assert Download.objects.get().serial in tab.text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_figure_is_chosen_passed_on_and_taken_along(enter, people, language):
    ages = [{"name_ko": "연령", "name_en": "Age", "categories": [["young", "청년", "Young"]]}]
    series = factories.make_series(
        "usage", tiers=(people.regular_tier,), audience="detail", by_region=True, breakdowns=ages,
        is_sample=True,
    )  # fmt: skip
    values = {
        "2023": "58.1", "2024": "60.1", "2025": "61.5", ("2025", "busan", "", ""): "55.5",
        ("2024", "busan", "", ""): "54.4",
    }  # fmt: skip
    factories.make_values(series, values)
    games = factories.make_series("games", name_ko="게임 이용률", name_en="Use of games")
    factories.make_values(games, {"2024": "33.0", "2025": "36.3"})

    tab = enter("regular", language=language, both_ways=language == "ko")
    tab.open("/research/statistics/").look()
    click(tab, "main a[href='/research/statistics/usage/']").look()
    tab.press("chart", by="region", chart="bar")
    tab.press("chart", **{"from": "2025", "to": "2025"}).look()
    assert tab.page.locator("main figure svg").first.is_visible()
    assert "55.5" in tab.text and "54.4" not in tab.text
    saved = take(tab, "main a[href*='.csv']").decode("utf-8-sig")
    assert "55.5" in saved and "54.4" not in saved

    # The address is copied, and a visitor opens it: the total, without what is for members.
    tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    tab.page.locator("main [data-copy]").first.click()
    link = tab.page.evaluate("navigator.clipboard.readText()")
    assert link == tab.page.locator("main .copy code").first.inner_text()
    visitor = enter(language=language, both_ways=False).open(link).look()
    assert "61.5" in visitor.text and "55.5" not in visitor.text and "60.1" not in visitor.text

    click(visitor, "main a[href*='/compare/?s=usage']")
    visitor.page.locator("main [name=s][value=games]").check()
    click(visitor, "main form[action$='/compare/'] button").look()
    assert "61.5" in visitor.text and "36.3" in visitor.text
    assert take(visitor, "main a[href*='compare.xlsx']").startswith(b"PK")
    assert "games" in visitor.page.locator("main .copy code").first.inner_text()


def test_a_report_goes_over_two_desks(enter, people, tmp_path):
    paper = tmp_path / "outlook.pdf"
    paper.write_bytes(factories.make_pdf(2))
    editor = enter("editor", both_ways=False).open("/staff/reports/")
    click(editor, "main a[href='/staff/reports/new/']")
    page = editor.page
    page.locator("[name=topic]").select_option("market")
    page.locator(f"[name=tiers][value='{people.regular_tier.pk}']").check()
    editor.press(
        "title_ko", title_ko="숏폼 전망", slug="outlook", authors_ko="김서연", abstract_ko="요약"
    )
    editor.press("/submit/").look()
    report = Report.objects.get()
    assert report.status == Report.Status.DRAFT
    click(editor, "main a[href$='/edit/']")
    editor.press("title_ko", pdf=str(paper), abstract_en="In short")
    editor.press("/submit/")

    office = enter("head_office", both_ways=False).open(f"/staff/reports/{report.pk}/").look()
    out = clock.now().astimezone(clock.KST) + timedelta(days=2)
    office.press("/publish/", at=f"{out:%Y-%m-%dT%H:%M}")
    report.refresh_from_db()
    assert report.is_scheduled(clock.now())
    enter("regular").open("/research/outlook/", 404)
    editor.open(f"/staff/reports/{report.pk}/")
    editor.press("/withdraw/", reason="표본 오류").look()
    report.refresh_from_db()
    assert report.status == Report.Status.WITHDRAWN and "표본 오류" in editor.text
    editor.press("/submit/")
    office.open(f"/staff/reports/{report.pk}/").press("/publish/", at="2026-01-02T09:00")
    reader = enter("regular", both_ways=False).open("/research/outlook/")
    assert take(reader, "#access a[href$='/download/']").startswith(b"%PDF")
