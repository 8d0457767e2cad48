"""Who takes a booth at the exhibition: members' companies and others, paid, held and withheld."""

import io
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from events.actions import (
    Company,
    assign_booth,
    assign_number,
    book_any_booth,
    book_booth,
    withhold_booth,
    write_page,
)
from events.booth_offers import companies_of
from events.models import Booth, BoothBooking, BoothType, Exhibitor
from kosna.core import clock
from kosna.core.uploads import Checked, check_document
from kosna.demo import money
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, choose_transfer, deposit, order_of
from kosna.demo.story import Story

EXPO = "socialtech-expo"
# Who, which booth, how many days ago, how they pay, and a name where it is no member's company.
BOOKED = (
    ("contact", "A2", 15, "card", ""),
    (EVERYBODY[3], "B1", 14, "card", "㈜봄들커뮤니케이션"),
    (EVERYBODY[9], "A1", 13, "card", "누림미디어"),
    ("solo", "D1", 12, "card", ""),
    ("corp", "A3", 10, "bank", ""),
    (EVERYBODY[13], "D2", 9, "card", "한결소프트"),
    (EVERYBODY[15], "C4", 6, "card", "㈜두레영상"),
)
# What an exhibitor tells of itself: in Korean and English about it and its products, and the colour
# of its logo.
PAGES = {
    "contact": (
        "소셜 데이터를 모으고 읽는 일을 돕는 연구소입니다.",
        "A laboratory that helps to gather and to read social data.",
        "여론 지도\n채널 진단\n보고서 자동화",
        "Opinion maps\nChannel check-ups\nReports by machine",
        "#2153d6",
    ),
    "corp": (
        "공공과 기업의 큰 데이터를 안전하게 나눕니다.",
        "Large data of companies and public bodies, shared safely.",
        "데이터 허브\n가명처리 도구",
        "Data hub\nPseudonymisation tools",
        "#0b6b45",
    ),
    "solo": (
        "한 사람이 만드는 짧은 이야기, 달빛콘텐츠입니다.",
        "Short stories, made by one person.",
        "짧은 영상\n카드 뉴스",
        "Short video\nCard news",
        "#b0380a",
    ),
}


def tell(story: Story) -> None:
    for key, number, days, pay, name in BOOKED:
        story.at(story.ago(days, 11), lambda key=key, n=number, name=name: _book(key, n, name))
        story.at(story.ago(days, 11, 10), lambda key=key, pay=pay: _pay(key, pay))
    # So much money waits for a second treasurer.
    story.at(story.ago(2, 16), lambda: _book("ceo", "A4", ""))
    story.at(story.ago(2, 16, 5), lambda: choose_transfer("ceo", EXPO))
    story.at(story.ago(1, 9, 30), lambda: deposit("ceo", EXPO, 1_100_000))
    story.at(story.ago(16, 9), lambda: withhold_booth(_booth("C5"), by=account("hq")))
    story.at(story.ago(1, 17), _given_by_staff)
    # Two who do not mind where: one has been told its number, one has not yet.
    for key, name, minute in ((EVERYBODY[17], "㈜가람미디어", 0), (EVERYBODY[19], "솔빛랩", 20)):
        story.at(story.ago(4, 13, minute), lambda key=key, name=name: _book_any(key, name))
        story.at(story.ago(4, 13, minute + 5), lambda key=key: _pay(key, "card"))
    story.at(story.ago(3, 10), lambda: _assign(EVERYBODY[17], "C1"))
    for key, texts in PAGES.items():
        story.at(story.ago(5, 10), lambda key=key, texts=texts: _write(key, texts))


def _booth(number: str) -> Booth:
    return Booth.objects.select_related("event__clock", "event__branch", "booth_type").get(
        event__slug=EXPO, number=number
    )


def _book(key: str, number: str, name: str) -> None:
    user = account(key)
    member = None if name else companies_of(user)[0]
    book_booth(_booth(number), company=Company(user, member, name), by=user)


def _book_any(key: str, name: str) -> None:
    user = account(key)
    kind = BoothType.objects.select_related("event__clock", "event__branch").get(
        event__slug=EXPO, code="S"
    )
    book_any_booth(kind, company=Company(user, None, name), by=user)


def _assign(key: str, number: str) -> None:
    booking = BoothBooking.objects.with_event().get(exhibitor__contact=account(key))
    assign_number(booking, _booth(number), by=account("hq"))


def _pay(key: str, how: str) -> None:
    order = order_of(key, EXPO)
    if how == "bank":
        money.pay_by_bank(order, by=account("treasurer"), second=account("treasurer2"))
    else:
        money.pay_by_card(order, CARDS[sum(map(ord, key)) % len(CARDS)])


def _given_by_staff() -> None:
    """The city of Nuri shows what it does with its citizens: the head office holds a corner."""
    city = account("city")
    assign_booth(
        _booth("A6"),
        company=Company(city, companies_of(city)[0]),
        expires_at=clock.end_of(clock.today() + timedelta(days=10)),
        by=account("hq"),
    )


def _write(key: str, texts: tuple[str, ...]) -> None:
    about_ko, about_en, products_ko, products_en, colour = texts
    exhibitor = Exhibitor.objects.filter(contact=account(key)).get()
    write_page(
        exhibitor,
        name_ko=exhibitor.name_ko,
        name_en=exhibitor.name_en,
        about_ko=about_ko,
        about_en=about_en,
        products_ko=products_ko,
        products_en=products_en,
        website=f"https://{key}.example.test/",
        logo=_logo(colour),
        drops_logo=False,
        by=account(key),
    )


def _logo(colour: str) -> Checked:
    """A ring and a dot: what a logo looks like from afar."""
    picture = Image.new("RGB", (360, 160), "white")
    draw = ImageDraw.Draw(picture)
    draw.ellipse((30, 30, 130, 130), outline=colour, width=18)
    draw.ellipse((170, 60, 210, 100), fill=colour)
    draw.rectangle((230, 72, 330, 88), fill=colour)
    file = io.BytesIO()
    picture.save(file, format="PNG")
    return check_document(SimpleUploadedFile("logo.png", file.getvalue()), kinds=("png",))
