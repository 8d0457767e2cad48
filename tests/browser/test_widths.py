"""Between phone and desk: pages with wide tables scroll in their tables, and never as a whole; what
stands at the top of each page stands side by side."""

from datetime import timedelta

import pytest

from kosna.core import clock
from members.models import Meeting
from tests import factories

WIDTHS = (360, 768, 820, 912, 1024, 1280)


@pytest.fixture
def wide(people) -> None:
    for number in range(7):
        name = f"Special corporate {number}"
        factories.make_tier(f"tier-{number}", name_ko=name, name_en=name)
    Meeting.objects.create(
        number="2026-1",
        branch=people.hq,
        kind=Meeting.Kind.REGULAR,
        title_ko="2026년 정기총회",
        title_en="Ordinary General Meeting of 2026",
        starts_at=clock.now() + timedelta(days=40),
        record_on=clock.today(),
        notice_days=14,
        max_proxies=3,
        allows_written=True,
    )


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("who", "address"), [("", "/members/"), ("head_office", "/staff/meetings/")]
)
def test_no_page_is_wider_than_its_window(enter, wide, who, address, language):
    page = enter(who, language=language).open(address).page
    wider = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        found = page.evaluate("document.documentElement.scrollWidth")
        if found > width:
            wider[width] = found
    assert wider == {}


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("who", ["", "head_office"])
def test_menu_and_account_stand_side_by_side(enter, wide, who, language):
    page = enter(who, language=language).open("/about/").page
    too_near = {}
    for width in (1181, 1280, 1600):
        page.set_viewport_size({"width": width, "height": 900})
        menu = page.locator(".top .gnb li").last.bounding_box()
        account = page.locator(".top .util").bounding_box()
        between = account["x"] - menu["x"] - menu["width"]
        if between < 12:
            too_near[width] = between
    assert too_near == {}
