"""What past events left behind: the roll of a course that is over and its certificates, files of a
seminar, what its people thought, and a company's certificates in one file."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from django.core.files.uploadedfile import SimpleUploadedFile

from events.actions import (
    add_material,
    answer_survey,
    appoint_instructor,
    issue_certificate,
    issue_certificates,
    mark_attendance,
)
from events.models import Event, Question, Registration
from kosna.core.uploads import check_document
from kosna.demo.association import REGULAR_TIERS
from kosna.demo.memberships import VETERANS
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, book, place_of
from kosna.demo.story import Story
from kosna.management.demo_reports import demo_pdf
from members.models import Member, Tier

SEMINAR, COURSE = "daegu-sns-trend-seminar", "citizen-reporter-course-3"
LEARNERS = EVERYBODY[1:VETERANS:2][:12]
Kind = Question.Kind
QUESTIONS: list[tuple[str, str, str, str, str]] = [
    (Kind.SCALE, "세미나가 도움이 되었습니까?", "Was the seminar of use to you?", "", ""),
    (Kind.CHOICE, "어느 부분이 가장 좋았습니까?", "Which part did you like best?",
     "올해의 변화\n지역 사례\n토론", "Changes of the year\nCases of the region\nDiscussion"),
    (Kind.TEXT, "다음에 다루었으면 하는 주제는 무엇입니까?", "What should come next?", "", ""),
]  # fmt: skip
WISHES = (
    "짧은 영상 만들기 실습", "광고 예산 나누는 법", "Customer data and privacy",
    "고객 후기 관리", "다른 지역의 사례도 듣고 싶습니다.", "인공지능으로 글 다듬기",
)  # fmt: skip


def tell(story: Story) -> None:
    _course(story)
    _files(story)
    _survey(story)
    _company(story)


def _course(story: Story) -> None:
    """Four evenings; some stay away too often, one leaves after the first."""
    for index, key in enumerate(LEARNERS):
        book(story, story.ago(58 - index, 20), key, COURSE)
    for number in range(4):
        story.at(story.ago(40 - 7 * number, 20), lambda number=number: _roll(number))
    # Who teaches calls the roll, of the course that is over and of the one to come.
    for slug, by, days in ((COURSE, "busan", 45), ("sns-expert-course", "hq", 20)):
        story.at(story.ago(days, 9), _taught(slug, by))
    for key in LEARNERS[:4]:
        story.at(story.ago(17, 10), _certified(key))


def _taught(slug: str, by: str) -> Callable[[], object]:
    return lambda: appoint_instructor(
        Event.objects.select_related("branch").get(slug=slug), user=account("jeju"), by=account(by)
    )


def _roll(number: int) -> None:
    event = Event.objects.get(slug=COURSE)
    places = [place_of(key, COURSE).pk for key in LEARNERS]
    absent = {index for index in range(len(LEARNERS)) if index > 7 and (index + number) % 3}
    mark_attendance(
        event.sessions.all()[number],
        shown=places,
        present=[pk for index, pk in enumerate(places) if index not in absent],
        by=account("jeju"),
    )


def _certified(key: str) -> Callable[[], object]:
    return lambda: issue_certificate(
        Registration.objects.with_event().get(pk=place_of(key, COURSE).pk), "ko"
    )


def _files(story: Story) -> None:
    for title_ko, title_en, chapters, public, tiers in (
        ("발표 자료: 올해의 SNS 변화 다섯 가지", "Slides: five changes of the year",
         ["짧은 영상", "커뮤니티", "검색", "구매", "신뢰"], False, REGULAR_TIERS),
        ("사례집: 지역 기업 세 곳", "Cases: three companies of the region",
         ["식품", "관광", "제조"], False, ()),
        ("행사 안내문", "Programme leaflet", ["시간표"], True, ()),
    ):  # fmt: skip
        story.at(story.ago(24, 11), _hand_out(title_ko, title_en, chapters, public, tiers))


def _hand_out(
    title_ko: str, title_en: str, chapters: list[str], public: bool, tiers: tuple[str, ...]
) -> Callable[[], object]:
    def hand_out() -> object:
        content = demo_pdf(
            len(title_ko), title_ko, "대구지부", "행사 자료(시연용)", chapters, pages=4,
            title_en=title_en,
        )  # fmt: skip
        upload = check_document(
            SimpleUploadedFile(f"{title_ko}.pdf", content), kinds=("pdf",), max_bytes=len(content)
        )
        return add_material(
            Event.objects.get(slug=SEMINAR),
            title_ko=title_ko,
            title_en=title_en,
            upload=upload,
            is_public=public,
            for_those_who_came=True,
            tiers=Tier.objects.filter(code__in=tiers),
            by=account("daegu"),
        )

    return hand_out


def _survey(story: Story) -> None:
    def ask() -> None:
        event = Event.objects.get(slug=SEMINAR)
        for sort, (kind, ko, en, choices_ko, choices_en) in enumerate(QUESTIONS):
            Question.objects.create(
                event=event, kind=kind, sort=sort, text_ko=ko, text_en=en,
                choices_ko=choices_ko, choices_en=choices_en, is_required=kind != Kind.TEXT,
            )  # fmt: skip

    def answers() -> None:
        rng = Random(28)
        places = Registration.objects.filter(event__slug=SEMINAR).confirmed()
        scale, choice, words = Question.objects.filter(event__slug=SEMINAR)
        for index, place in enumerate(places.exclude(check_in=None).order_by("pk")[:13]):
            ticks = {scale.pk: rng.choice((3, 4, 4, 5, 5)), choice.pk: rng.choice((1, 2, 2, 3))}
            wish = {words.pk: WISHES[index]} if index < len(WISHES) else {}
            answer_survey(place, ticks=ticks, words=wish)

    story.at(story.ago(26, 10), ask)
    story.at(story.ago(23, 19), answers)


def _company(story: Story) -> None:
    def gather() -> None:
        member = Member.objects.run_by(account("contact")).exclude(organisation=None).get()
        event = Event.objects.get(slug=SEMINAR)
        issue_certificates(member, event, language="ko", by=account("contact"))

    story.at(min(story.ago(2, 11) + timedelta(minutes=5), story.now), gather)
