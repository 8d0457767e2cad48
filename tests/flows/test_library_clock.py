"""What time does in the library: a report is scheduled, opens for one tier and then for all others;
a reader takes as many copies as a day allows, and goes on after midnight."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from kosna.core import clock
from research.models import Report
from tests import factories
from tests.conftest import Cast, make_cast
from tests.flows.person import Person

TODAY = datetime(2026, 3, 2, 10, tzinfo=clock.KST)
OUT = datetime(2026, 3, 3, 9, tzinfo=clock.KST)
FOR_REGULAR = datetime(2026, 3, 5, 9, tzinfo=clock.KST)
FOR_OTHERS = datetime(2026, 3, 12, 9, tzinfo=clock.KST)
PAGE, COPY = "/research/outlook/", "/research/outlook/download/"
TITLE = "숏폼 전망"
OPENS = {"regular": "2026. 3. 5.(목) 09:00", "associate": "2026. 3. 12.(목) 09:00"}


@pytest.fixture
def people(stand_at: Callable[[datetime], None], transactional_db) -> Cast:
    stand_at(TODAY)
    return make_cast()


def offers_copy(reader: Person) -> bool:
    """Whether the page that is open has a button for the PDF."""
    return bool(reader.page.xpath("//main//a[contains(@href, '/download/')]"))


def exits(reader: Person) -> dict[str, bool]:
    """Whether the list, a search, what can be read, and the feed lead to the report."""
    asked = {
        "list": "/research/",
        "search": f"/research/?q={TITLE}",
        "mine": "/research/?mine=1",
        "feed": "/research/feed/",
    }
    return {name: PAGE.encode() in reader.open(url).content for name, url in asked.items()}


def test_report_is_scheduled_and_opens_tier_by_tier(portal, people, enter, stand_at):
    report = factories.make_report(
        "outlook", tiers=(people.regular_tier, people.associate_tier), title_ko=TITLE,
        title_en="Outlook on short videos", status=Report.Status.DRAFT, published_at=None,
    )  # fmt: skip
    desk = f"/staff/reports/{report.pk}/"
    editor = enter("editor").open(f"{desk}edit/")
    editor.press(
        "title_ko",
        price="30000",
        **{
            "openings-0-tier": str(people.regular_tier.pk),
            "openings-0-opens_at": "2026-03-05T09:00",
            "openings-1-opens_at": "2026-03-12T09:00",
        },
    )
    assert all(opens in editor.text for opens in OPENS.values())
    editor.press("/submit/")
    office = enter("head_office").open(desk).press("/publish/", at="2026-03-03T09:00")
    assert "공개를 예약했습니다" in office.content.decode()
    assert TITLE in office.open("/staff/reports/?status=scheduled").text
    assert TITLE not in office.open("/staff/reports/?status=published").text

    # Before its hour nobody outside the desk knows of it.
    regular, associate, account = enter("regular"), enter("associate"), enter("account")
    visitor, english = enter(), enter("associate", language="en")
    everybody = (visitor, account, associate, regular)
    for reader in everybody:
        assert not any(exits(reader).values())
        reader.open(PAGE, 404)
    for address in ("download/", "buy/", "cite/bib/", "cover/ko.png"):
        regular.open(f"{PAGE}{address}", 404)

    # It comes out: everybody reads of it, each hears when it opens, and no byte leaves.
    stand_at(OUT)
    for reader in everybody:
        assert exits(reader) == {"list": True, "search": True, "mine": False, "feed": True}
    for name, reader in (("regular", regular), ("associate", associate)):
        assert OPENS[name] in reader.open(PAGE).text
        assert OPENS[name].split(" 09:")[0] + " 공개" in reader.open("/research/").text
        assert OPENS[name] in reader.open(COPY, 403).text
        assert not offers_copy(reader)
    assert "Opens for you on Thu, 12 Mar 2026 09:00" in english.open(PAGE).text
    assert not account.open(PAGE).page.xpath("//main//a[contains(@href, '/buy/')]")
    account.open(f"{PAGE}buy/")
    assert account.url == PAGE  # what members wait for is not sold yet

    # One second before, and then: the next request is the one that is answered otherwise.
    stand_at(FOR_REGULAR.replace(hour=8, minute=59, second=59))
    regular.open(COPY, 403)
    stand_at(FOR_REGULAR)
    assert offers_copy(regular.open(PAGE)) and not offers_copy(associate.open(PAGE))
    assert regular.download(COPY).startswith(b"%PDF")
    assert exits(regular)["mine"] and not exits(associate)["mine"]
    assert OPENS["associate"] in associate.open(COPY, 403).text
    stand_at(FOR_OTHERS)
    assert associate.download(COPY).startswith(b"%PDF")
    assert offers_copy(english.open(PAGE)) and not offers_copy(account.open(PAGE))
    assert account.page.xpath("//main//a[contains(@href, '/buy/')]")
    account.open(COPY, 403).open(f"{PAGE}buy/")
    assert account.url == f"{PAGE}buy/" and "30,000원" in account.text
    assert portal.problems() == {}


def test_a_day_has_as_many_copies_as_the_office_allows(portal, people, enter, stand_at):
    for slug in ("one", "two", "three"):
        factories.make_report(slug, tiers=(people.regular_tier,))
    office = enter("editor").open("/staff/reports/caps/")
    office.press("everyone", 422, everyone="0")
    office.press("everyone", everyone="30", **{f"tier_{people.regular_tier.pk}": "2"})
    assert "한도를 저장했습니다" in office.content.decode()

    reader, other = enter("regular"), enter("company_seat")
    for slug in ("one", "two"):
        reader.download(f"/research/{slug}/download/")
    assert reader.client.head("/research/three/download/").status_code == 403
    told = reader.open("/research/three/download/", 403).text
    assert "오늘 자료 2건을 내려받아 하루 한도에 이르렀습니다" in told and "사무국" in told
    english = enter("regular", language="en").open("/research/three/download/", 403)
    assert "You have taken 2 reports today" in english.text and "midnight" in english.text
    assert offers_copy(reader.open("/research/three/"))  # it is open, for tomorrow
    reader.download("/research/one/download/")  # what was taken today may be taken again
    other.open("/research/three/download/", 403)  # a seat of another tier does not read this

    stand_at(datetime(2026, 3, 2, 23, 59, 59, tzinfo=clock.KST))
    reader.open("/research/three/download/", 403)
    stand_at(datetime(2026, 3, 2, 15, 0, tzinfo=UTC))  # midnight in Seoul
    assert reader.download("/research/three/download/").startswith(b"%PDF")

    # The office is asked for more, and gives it: it holds from the next request.
    reader.download("/research/two/download/")
    reader.open("/research/one/download/", 403)
    office.open("/staff/reports/caps/").press("everyone", **{f"tier_{people.regular_tier.pk}": "3"})
    reader.download("/research/one/download/")
    assert portal.problems() == {}
