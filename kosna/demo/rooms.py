"""Rooms of the events that somebody looks for by name: one called off, one of two days with a ticket
for each, one online, an order from before its buyer signed in, and files of what is over."""

from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from events.actions import (
    Attendee,
    add_material,
    cancel_event,
    claim_order,
    register_guest,
    request_places,
)
from events.models import Event, Ticket
from kosna.accounts.models import Guest
from kosna.core.uploads import check_document
from kosna.demo import money
from kosna.demo.association import REGULAR_TIERS
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, book
from kosna.demo.story import Story
from kosna.payments.actions import approve_refund, prove
from kosna.payments.models import Order, Refund
from members.models import Tier

FORUM, SEMINAR, BRIEFING = (
    "daegu-local-stories-forum", "daejeon-youth-media-seminar", "social-trends-online-briefing",
)  # fmt: skip
PHOTOS, EXPO = "citizen-photo-saturdays", "socialtech-expo"
# Places in the lists of tickets; the first two are given on application.
ROUND_TABLE, EXHIBITION, KEYNOTE = 3, 1, 1
CALLED_OFF = "강사의 사정으로 열지 못하게 되었습니다. 봄에 다시 모시겠습니다."
GIVEN_BACK = 4  # of those who had paid; the others' refunds wait
# Event, title in Korean and English, for whom (anybody, those who came, tiers), pages.
FILES: tuple[tuple[str, str, str, bool, bool, tuple[str, ...], Sequence[str]], ...] = (
    ("citizen-reporter-course-3", "교안: 질문에서 기사까지", "Handout: from question to story",
     False, True, (), ("질문하기", "듣고 적기", "사실 확인", "기사 쓰기")),
    ("citizen-reporter-course-3", "우수 기사 모음", "The best stories",
     False, False, REGULAR_TIERS, ("시장의 새벽", "마을버스 7번")),
    ("citizen-sns-class-10", "계정 점검표", "Checklist for accounts",
     True, False, (), ("비밀번호 · 2단계 인증 · 사칭 계정",)),
    ("social-big-data-opinion-2011", "발표 요약", "Summary of the talks",
     False, False, (*REGULAR_TIERS, "associate"), ("여론을 읽는 자료", "지키는 절차")),
)  # fmt: skip


def tell(story: Story) -> None:
    for index, key in enumerate(EVERYBODY[8:17]):
        book(story, story.ago(12 - index, 11), key, FORUM, ticket=index % ROUND_TABLE)
    asked = [
        ("maria", FORUM, ROUND_TABLE),
        ("jeju", FORUM, ROUND_TABLE),
        ("lapsed", PHOTOS, EXHIBITION),
    ]
    for minute, (key, slug, sort) in enumerate(asked):
        story.at(story.ago(2, 15, minute), partial(_ask, key, slug, sort))
    _called_off(story)
    for index, key in enumerate(("regular", "maria", "account", *EVERYBODY[20:24])):
        book(story, story.ago(9 - index, 20), key, BRIEFING)
    _claimed(story)
    for minute, file in enumerate(FILES):
        story.at(story.ago(10, 14, minute), _hand_out(*file))


def _ask(key: str, slug: str, sort: int) -> None:
    user = account(key)
    me = Attendee(user.name, user.email, is_buyer=True)
    ticket = Ticket.objects.select_related("event").get(event__slug=slug, sort=sort)
    request_places(ticket=ticket, attendees=[me], by=user)


def _called_off(story: Story) -> None:
    for index, key in enumerate(EVERYBODY[44:50]):
        book(story, story.ago(15 - index, 13), key, SEMINAR)
    story.at(story.ago(5, 16), _call_off)
    story.at(story.ago(4, 10), _give_back)


def _call_off() -> None:
    event = Event.objects.select_related("branch").get(slug=SEMINAR)
    cancel_event(event=event, reason=CALLED_OFF, by=account("hq"))


def _give_back() -> None:
    asked = Refund.objects.filter(order__lines__registration__event__slug=SEMINAR)
    for refund in asked.select_related("order", "payment").order_by("pk")[:GIVEN_BACK]:
        approve_refund(refund, by=account("treasurer"))
        money.send_by_card(refund)


# --- from before they signed in ---


def _claimed(story: Story) -> None:
    """Said to be theirs by the link in the mail, paid, and taken into the account."""
    story.at(story.ago(8, 21), _order)
    story.at(story.ago(8, 21, 4), lambda: prove(_guest()))
    story.at(story.ago(8, 21, 8), lambda: money.pay_by_card(_ordered(), CARDS[1]))
    story.at(story.ago(7, 9), lambda: claim_order(_ordered(), by=account("account")))


def _order() -> None:
    user = account("account")
    register_guest(
        ticket=Ticket.objects.select_related("event").get(event__slug=EXPO, sort=KEYNOTE),
        attendees=[Attendee(user.name, user.email, is_buyer=True)],
        name=user.name,
        email=user.email,
        phone=user.phone,
        form_key=UUID(int=20),
        language="ko",
        ip=None,
    )


def _guest() -> Guest:
    return Guest.objects.select_related("user").get(email=account("account").email)


def _ordered() -> Order:
    return Order.objects.select_related("user__guest").get(user=_guest().user)


# --- files ---


def _hand_out(
    slug: str,
    title_ko: str,
    title_en: str,
    public: bool,
    came: bool,
    tiers: tuple[str, ...],
    pages: Sequence[str],
) -> Callable[[], object]:
    def hand_out() -> object:
        event = Event.objects.select_related("branch").get(slug=slug)
        content = _slides(event.title_ko, title_ko, pages)
        upload = check_document(
            SimpleUploadedFile(f"{title_ko}.pdf", content), kinds=("pdf",), max_bytes=len(content)
        )
        return add_material(
            event,
            title_ko=title_ko,
            title_en=title_en,
            upload=upload,
            is_public=public,
            for_those_who_came=came,
            tiers=Tier.objects.filter(code__in=tiers),
            by=account(event.branch.code),
        )

    return hand_out


def _slides(event: str, title: str, pages: Sequence[str]) -> bytes:
    """A picture a page, which is drawn in no time."""
    font = str(settings.BASE_DIR / "kosna" / "documents" / "fonts" / "Pretendard-Bold.otf")
    slides = []
    for text in (title, *pages):
        picture = Image.new("RGB", (1280, 720), "#fbfbf8")
        draw = ImageDraw.Draw(picture)
        draw.text((640, 120), event, "#5a6478", ImageFont.truetype(font, 32), anchor="mm")
        draw.text((640, 360), text, "#1c2b4a", ImageFont.truetype(font, 64), anchor="mm")
        draw.text(
            (640, 640), "시연용 생성자료", "#b4540a", ImageFont.truetype(font, 28), anchor="mm"
        )
        slides.append(picture)
    content = BytesIO()
    slides[0].save(content, "PDF", save_all=True, append_images=slides[1:])
    return content.getvalue()
