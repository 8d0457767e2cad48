"""The library in use: a report that is sold, one for who came to a seminar, one for a branch; what
waits at the editors' desk; editions, errata, sample pages; who looked and met a lock."""

from datetime import date, timedelta
from random import Random
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from events.models import Event
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.uploads import Checked, check_document
from kosna.demo import money
from kosna.demo.after import SEMINAR
from kosna.demo.memberships import CARDS
from kosna.demo.people import account
from kosna.demo.research import CLOCKED
from kosna.demo.story import Story
from kosna.management.demo_reports import REPORTS, demo_pdf
from members.models import Tier
from research import actions
from research.models import Author, Reader, Report, ViewCount

GUIDE, OUTLOOK = "sme-social-media-guide-2012", "community-commerce-outlook-2026"
ABOUT_COLUMNS = ("affiliation_ko", "affiliation_en", "about_ko", "about_en")
ABOUT = (
    (
        "협회 연구소",
        "Institute of the association",
        "소셜 데이터의 수집과 표본 설계를 연구합니다. 공공기관의 여론 조사 자문을 맡고 있습니다.",
        "Studies how social data is gathered and sampled, and advises public bodies on surveys.",
    ),
    (
        "가상대학교 커뮤니케이션학과",
        "Department of Communication, Imaginary University",
        "이용 행태 조사와 매체 변화를 다룹니다.",
        "Works on surveys of use and on how media change.",
    ),
    (
        "협회 부산지부",
        "Busan branch of the association",
        "소상공인의 콘텐츠 운영을 현장에서 돕고 기록합니다.",
        "Helps small merchants with their content, and writes down what works.",
    ),
)
CHAPTERS = ("서론", "자료와 방법", "결과")


def tell(story: Story) -> None:
    story.at(clock.start_of(_out_on(CLOCKED)) - timedelta(days=1), waits)
    story.at(story.ago(4, 9), offer)
    story.at(story.ago(4, 11), new_edition)
    story.at(story.ago(4, 13), lambda: actions.release_edition(_guide().editions.get(), by=_hq()))
    story.at(story.ago(4, 14), correct)
    story.at(story.ago(4, 15), about_authors)
    story.at(story.ago(3, 10), buy)
    story.at(story.ago(3, 11), let_in)
    story.at(story.ago(1, 8), read_for_a_reason)
    story.at(story.ago(2, 9), lambda: drafts(story))
    story.at(story.ago(2, 10), withdrawn)
    story.at(story.ago(2, 12), save_a_search)
    story.at(story.ago(1, 9), looks)
    story.at(story.ago(1, 10), actions.read_texts)
    story.at(story.ago(1, 11), actions.announce)


def _hq() -> Any:
    return account("hq")


def _guide() -> Report:
    return Report.objects.get(slug=GUIDE)


def _pdf(number: int, title: str) -> Checked:
    content = demo_pdf(number, title, "연구위원 서지안", "시연용 요약입니다.", CHAPTERS, pages=5)
    upload = SimpleUploadedFile("report.pdf", content)
    return check_document(upload, kinds=("pdf",), max_bytes=len(content))


def _out_on(slug: str) -> date:
    return next(
        date.fromisoformat(facts["published_on"]) for facts in REPORTS if facts["slug"] == slug
    )


def waits() -> None:
    """For the report on privacy, which has not come out yet: a mail tells of it then."""
    actions.save_search({"q": "개인정보"}, name="개인정보", mails=True, by=account("regular"))


def offer() -> None:
    """The outlook is sold to non-members, and open to who came to the seminar in Daegu and to the
    members in Busan."""
    report = Report.objects.get(slug=OUTLOOK)
    report.price = 30_000
    actions.save_report(
        report,
        tiers=list(report.tiers.all()),
        branches=[Branch.objects.get(code="busan")],
        events=[Event.objects.get(slug=SEMINAR).pk],
        labels={"field": ["management", "fund"], "audience": ["business", "public"]},
        by=account("editor"),
    )
    others = Report.objects.exclude(pk=report.pk).order_by("pk")
    kinds = ("management", "computing", "work", "art", "games", "sports", "fund")
    for index, other in enumerate(others):
        fields = sorted({kinds[index % 7], kinds[(index + 2) % 7]})
        actions.keep_labels(other, {"field": fields, "audience": ["business"]})
        actions.place_report(other)
    caps = {None: 20, Tier.objects.get(code="regular"): 40}
    actions.change_caps(caps, by=account("editor"))


def new_edition() -> None:
    actions.prepare_edition(
        _guide(),
        label="2.0",
        upload=_pdf(40, "중소기업 소셜미디어 활용 안내 개정판"),
        note_ko="사례를 더하고 표를 고쳤습니다.",
        note_en="More cases, tables corrected.",
        by=account("editor"),
    )


def correct() -> None:
    actions.add_erratum(
        _guide(),
        place="p. 4",
        text_ko="단위를 ‘천 명’에서 ‘명’으로 바로잡습니다.",
        text_en="The unit is persons, not thousands.",
        by=account("editor"),
    )
    for slug in (GUIDE, OUTLOOK):
        report = Report.objects.get(slug=slug)
        actions.choose_samples(report, pages="1-3", by=account("editor"))


def about_authors() -> None:
    for author, facts in zip(Author.objects.order_by("pk"), ABOUT, strict=False):
        for name, text in zip(ABOUT_COLUMNS, facts, strict=True):
            setattr(author, name, text)
        actions.keep_author(author, by=account("editor"))


def buy() -> None:
    order = actions.buy_report(Report.objects.get(slug=OUTLOOK), by=account("account"))
    money.pay_by_card(order, CARDS[0])
    actions.take_copy(Report.objects.get(slug=OUTLOOK), by=account("account"), ip="192.0.2.11")


def let_in() -> None:
    actions.let_in(
        Report.objects.get(slug=CLOCKED),
        account("student"),
        until=clock.now() + timedelta(days=30),
        reason="졸업논문 인용(지도교수 추천서 제출)",
        by=account("editor"),
    )


def read_for_a_reason() -> None:
    actions.read_for_a_reason(
        Report.objects.get(slug=CLOCKED), reason="독자 문의(3쪽 표) 확인", by=_hq()
    )


def withdrawn() -> None:
    """One that came out and was taken back, and one that is being written."""
    report = _write("messenger-fees-2026", "메신저 수수료 비교", "Fees of messengers", 43)
    actions.submit_report(report, by=account("editor"))
    actions.approve_report(report, by=_hq())
    reason = "표 3의 단위를 잘못 적어 다시 확인하고 있습니다."
    actions.withdraw_report(report, reason=reason, by=account("editor"))
    _write("creator-contracts-2027", "창작자 계약 실태", "Contracts of creators")


def drafts(story: Story) -> None:
    """One in review, one scheduled."""
    review = _write("citizen-panel-2026", "시민 패널 조사 방법", "Methods of citizen panels", 41)
    actions.submit_report(review, by=account("editor"))
    scheduled = _write(
        "regional-sns-map-2026", "지역별 소셜 활용 지도", "A map of regional use", 42
    )
    actions.submit_report(scheduled, by=account("editor"))
    actions.approve_report(scheduled, at=story.ahead(9, 10), by=_hq())


def _write(slug: str, title: str, title_en: str, number: int = 0) -> Report:
    report = Report(
        slug=slug, topic=Report.Topic.RESEARCH, title_ko=title, title_en=title_en,
        authors_ko="서지안", authors_en="Ji-an Seo", keywords_ko="조사, 시민",
        abstract_ko="시연용 자료입니다.", abstract_en="A sample.",
        contents_ko="\n".join(CHAPTERS), price=20_000,
    )  # fmt: skip
    tiers = list(Tier.objects.filter(code="regular"))
    labels = {"field": ["computing"], "audience": ["government"]}
    return actions.save_report(
        report, tiers=tiers, labels=labels, upload=_pdf(number, title) if number else None,
        by=account("editor"),
    )  # fmt: skip


def save_a_search() -> None:
    wanted = {"q": "여론", "topic": Report.Topic.RESEARCH}
    actions.save_search(wanted, name="여론 조사", mails=True, by=account("regular"))
    # What fits comes out in some days.
    actions.save_search({"q": "시민"}, name="시민 조사", mails=True, by=account("maria"))


def looks() -> None:
    """Of the last weeks, as visitors and members would have left them."""
    rng, today = Random(11), clock.today()
    for report in Report.objects.published():
        for reader in (*Reader.OUTSIDERS, "regular"):
            for days in range(1, 15, 3):
                views = rng.randrange(1, 40)
                is_locked = reader != "regular" and not report.is_public
                ViewCount.objects.update_or_create(
                    report=report, day=today - timedelta(days=days), reader=reader,
                    defaults={"views": views, "locked": views if is_locked else 0},
                )  # fmt: skip
