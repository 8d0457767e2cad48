"""What the branches announce, and an office that waits for a second person."""

from collections.abc import Callable
from datetime import timedelta

from kosna.branch_actions import propose
from kosna.branch_notices import withdraw_notice, write_notice
from kosna.branches.forms import BranchNoticeForm
from kosna.branches.models import Appointment, Branch, BranchNotice
from kosna.core import clock
from kosna.demo.people import account
from kosna.demo.story import Story

# branch, by whom, days ago, first and last day from today (None: open), title and text in both
NOTICES = (
    ("hq", "hq", 20, -20, None,
     "연회비 납부와 회비납부확인서 발급 안내",
     "회비를 납부하시면 마이페이지에서 회비납부확인서를 바로 발급받으실 수 있습니다."
     " 무통장입금은 확인까지 영업일 기준 하루가 걸립니다.",
     "Dues and certificates of payment",
     "Once dues are paid, your certificate of payment is ready on your page. A bank transfer takes"
     " one working day to confirm."),
    ("busan", "busan", 12, -12, 40,
     "소상공인 SNS 세미나 참가 신청을 받습니다",
     "부산지부가 여는 무료 세미나입니다. 행사 안내에서 신청하실 수 있으며, 정원이 차면 대기로 접수됩니다."
     "\n\n준비물은 없습니다. 주차는 건물 지하를 이용해 주십시오.",
     "Registration for the SNS seminar for small businesses",
     "A free seminar by the Busan branch. Please register on its page; once it is full, you join"
     " the waiting list.\n\nNothing to bring. Parking is in the basement."),
    ("busan", "busan", 5, -5, 26,
     "부산지부 사무실 운영 시간이 바뀝니다",
     "다음 달부터 평일 오전 10시부터 오후 6시까지 운영합니다. 점심시간은 정오부터 한 시간입니다.",
     "New office hours in Busan",
     "From next month the office is open on weekdays from 10:00 to 18:00, with an hour's break at"
     " noon."),
    ("busan", "busan", 2, 14, 60,
     "지부 신년 인사회를 엽니다",
     "회원 누구나 참석하실 수 있습니다. 자세한 일정은 이 공지에서 알려 드리겠습니다.",
     "New Year's reception of the branch",
     "All members are welcome. Details will follow here."),
    ("daegu", "daegu", 8, -8, 30,
     "대구지부 상담의 날",
     "매월 둘째 수요일 오후에 1인 창조기업을 위한 무료 상담을 엽니다. 전화로 예약해 주십시오.",
     "Open day for advice in Daegu",
     "On every second Wednesday afternoon we advise one-person businesses free of charge. Please"
     " book by telephone."),
    ("daejeon", "hq", 30, -30, -3,
     "대전지부 사무실 공사 안내",
     "공사가 끝날 때까지 방문 상담은 쉽니다. 전화와 전자우편은 그대로 이용하실 수 있습니다.",
     "Works in the Daejeon office",
     "No visits until the works are over. Telephone and e-mail stay as they are."),
)  # fmt: skip
MISTAKEN = 2  # days ago, a notice that was taken back on the same day


def tell(story: Story) -> None:
    for branch, writer, ago, first, last, title_ko, body_ko, title_en, body_en in NOTICES:
        facts = {
            "title_ko": title_ko,
            "body_ko": body_ko,
            "title_en": title_en,
            "body_en": body_en,
            "valid_from": story.today + timedelta(days=first),
            "valid_to": last and story.today + timedelta(days=last),
        }
        story.at(story.ago(ago, 9), _writer(branch, writer, facts))
    story.at(story.ago(MISTAKEN, 11), _mistaken)
    story.at(story.ago(1, 16), _propose)


def _writer(branch: str, writer: str, facts: dict) -> Callable[[], BranchNotice]:
    def write() -> BranchNotice:
        row = Branch.objects.get(code=branch)
        data = {**facts, "branch": row.pk}
        form = BranchNoticeForm(data, branches=Branch.objects.filter(pk=row.pk))
        if not form.is_valid():
            raise ValueError(form.errors)
        return write_notice(form, by=account(writer))

    return write


def _mistaken() -> None:
    """Written for the wrong year, and withdrawn."""
    today = clock.today()
    facts = {
        "title_ko": "지부 송년회 안내",
        "body_ko": "일정을 알려 드립니다.",
        "valid_from": today,
    }
    withdraw_notice(_writer("daegu", "daegu", facts)(), by=account("daegu"))


def _propose() -> None:
    """Somebody for the door of the seminar; another person has yet to confirm it."""
    propose(
        user=account("regular"),
        branch=Branch.objects.get(code="busan"),
        role=Appointment.Role.DOORKEEPER,
        valid_from=clock.today(),
        valid_to=clock.today() + timedelta(days=60),
        by=account("hq"),
    )
