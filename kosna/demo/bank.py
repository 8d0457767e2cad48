"""Three accounts of the association and what their banks say of the last days: deposits that were
typed by hand before, some that fit, and some that only a treasurer can tell."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock, sheets
from kosna.demo.people import account
from kosna.demo.registrations import REGULARS, book, order_of
from kosna.demo.story import Story
from kosna.payments import actions, outgoing
from kosna.payments.models import (
    BankAccount,
    BankFile,
    BankLine,
    Deposit,
    Order,
    Payment,
    Payout,
)

SLUG, OTHER = "g-valley-social-data", "ai-opinion-analysis"
DAYS = 12  # of the head office's list
PAID_OUT = 130  # days of which it shows what branches got
HAPPY, SPOUSE, HALF, TOGETHER, WRONG = REGULARS[26:31]
ACCOUNTS = (
    ("hq", "회비·참가비", "한누리은행", "000-000000-00-000"),
    ("hq", "전시·협찬", "새빛은행", "000-000000-00-001"),
    ("busan", "부산지부 운영", "바다은행", "000-000000-00-002"),
)
# As 국민은행, 신한은행 and 우리은행 head their lists.
HANNURI = "거래일시,적요,보낸분/받는분,송금메모,출금액,입금액,잔액,거래점,구분"
SAEBIT = "거래일자,거래시간,적요,출금(원),입금(원),내용,잔액(원),거래점"
BADA = "No.,거래일시,적요,기재내용,지급(원),입금(원),거래후 잔액(원),취급점"
Movement = tuple[datetime, str, str, int]  # when, how, who, won (negative: left us)


def tell(story: Story) -> None:
    for index, key in enumerate((HAPPY, SPOUSE, HALF, TOGETHER, WRONG)):
        at = story.ahead(-1, 9) + timedelta(minutes=20 * index)
        book(story, at, key, SLUG, pay="nothing")
        story.at(at + timedelta(minutes=5), _chooser(key, SLUG))
    at = story.ahead(-1, 12)
    book(story, at, TOGETHER, OTHER, pay="nothing")
    story.at(at + timedelta(minutes=5), _chooser(TOGETHER, OTHER))
    story.at(story.now, lambda: _bring_lists(story))


def _chooser(key: str, slug: str) -> Callable[[], object]:
    def choose() -> None:
        order = order_of(key, slug)
        actions.choose_bank_transfer(order, by=order.user)

    return choose


def _bring_lists(story: Story) -> None:
    accounts = [
        actions.add_bank_account(
            branch=Branch.objects.get(code=code),
            name=name,
            bank=bank,
            number=number,
            by=account("treasurer"),
        )
        for code, name, bank, number in ACCOUNTS
    ]
    _bring(accounts[0], "한누리 거래내역.csv", hannuri(_of_the_members(story)))
    _bring(accounts[1], "새빛 거래내역.csv", saebit(_of_the_expo(story)))
    _bring(accounts[2], "바다 거래내역.csv", bada(_of_busan(story)))
    _decide()
    _bring(accounts[2], "바다 거래내역 (2).csv", bada(_of_busan(story)).replace("50,000", "오만"))


def _bring(bank_account: BankAccount, name: str, content: str) -> BankFile:
    by = account("treasurer")
    upload = SimpleUploadedFile(name, content.encode("cp949"))
    shape = sheets.recognise(upload.file, upload.size)
    with transaction.atomic():
        row = actions.start_bank_file(upload, shape, account=bank_account, by=by)
    if not row.counts["wrong"]:
        actions.import_bank_file(row, by=by)
        actions.match_open(bank_account.branch, by=by)
    return row


# What the banks say -------------------------------------------------------------------------------


def _of_the_members(story: Story) -> list[Movement]:
    """What the treasurer had typed already is there too, and everything else that happens."""
    since = story.ago(DAYS)
    typed = Payment.objects.typed_by_hand().filter(received_at__gte=since)
    movements: list[Movement] = [
        (payment.received_at, "전자금융", payment.note, payment.amount) for payment in typed
    ]
    now = story.now
    happy, half = order_of(HAPPY, SLUG), order_of(HALF, SLUG)
    two = [order_of(TOGETHER, SLUG), order_of(TOGETHER, OTHER)]
    minjun = Order.objects.filter(buyer_name="김민준", status=Order.Status.PENDING).first()
    expired = order_of("member31", OTHER)
    movements += [
        (now - timedelta(minutes=50), "타행이체", happy.depositor_name, happy.total),
        (now - timedelta(minutes=47), "전자금융", "나현서", order_of(SPOUSE, SLUG).total),
        (now - timedelta(minutes=41), "타행이체", half.buyer_name, 20_000),
        (now - timedelta(minutes=38), "전자금융", two[0].buyer_name, sum(o.total for o in two)),
        (now - timedelta(minutes=35), "인터넷", "표정원", order_of(WRONG, SLUG).total),
        (now - timedelta(minutes=31), "타행이체", expired.depositor_name, expired.total),
        (now - timedelta(minutes=30), "ATM", "후원금 이모씨", 50_000),
        (now - timedelta(minutes=22), "자동이체", "통신요금", -38_500),
        (now - timedelta(minutes=21), "전자금융", "사무실 임대료", -1_650_000),
        (now - timedelta(minutes=20), "결산이자", "예금이자", 1_204),
    ]
    movements += _payouts(story)
    if minjun:
        movements.append((now - timedelta(minutes=28), "전자금융", "김민준", minjun.total))
    return movements


def _payouts(story: Story) -> list[Movement]:
    """Of the last months, as the treasurer typed them."""
    known = Payout.objects.filter(paid_on__gte=clock.kst_date(story.ago(PAID_OUT)))
    paid = [
        (row.statement.branch, row.paid_on, row.amount)
        for row in known.select_related("statement__branch")
    ]
    return [
        (
            clock.start_of(day) + timedelta(hours=10, minutes=branch.pk % 60),
            "대량이체",
            f"{branch.name_ko} 배분금",
            -won,
        )
        for branch, day, won in paid
    ]


def _of_the_expo(story: Story) -> list[Movement]:
    return [
        (story.ago(3, 10, 12), "타행이체", "(주)누리전시기획", 1_100_000),
        (story.ago(2, 15, 40), "전자금융", "전시장 임차료", -2_200_000),
        (story.ago(1, 11, 5), "타행이체", "한빛데이터주식회사", 550_000),
    ]


def _of_busan(story: Story) -> list[Movement]:
    return [
        (story.ago(5, 9, 30), "전자금융", "본부 배분금", 900_000),
        (story.ago(4, 14, 2), "체크카드", "세미나 다과", -86_400),
        (story.ago(1, 16, 45), "전자금융", "부산 소셜모임", 50_000),
    ]


def hannuri(movements: list[Movement]) -> str:
    lines = [
        f'{at:%Y.%m.%d %H:%M:%S},{how},{who},,"{out:,}","{into:,}","{balance:,}",가산디지털,정상'
        for at, how, who, out, into, balance in _running(movements, 12_400_000)
    ]
    total = f',합계,,,"{_sum(movements, -1):,}","{_sum(movements, 1):,}",,,'
    title = [
        "거래내역조회",
        "계좌번호 : 000-000000-00-000",
        "예금주 : (사)한국소셜네트워크협회",
        "",
    ]
    return "\n".join([*title, HANNURI, *reversed(lines), total])


def saebit(movements: list[Movement]) -> str:
    lines = [
        f'{at:%Y-%m-%d},{at:%H:%M:%S},{how},"{out or ""}","{into or ""}",{who},"{balance:,}",구로'
        for at, how, who, out, into, balance in _running(movements, 8_000_000)
    ]
    return "\n".join([SAEBIT, *lines])


def bada(movements: list[Movement]) -> str:
    lines = [
        f'{number},{at:%Y.%m.%d %H:%M},{how},{who},"{out:,}","{into:,}","{balance:,}",해운대'
        for number, (at, how, who, out, into, balance) in enumerate(
            _running(movements, 1_250_000), start=1
        )
    ]
    return "\n".join(["부산지부 거래내역", "", BADA, *lines, f",총 {len(lines)}건,,,,,,"])


def _running(
    movements: list[Movement], balance: int
) -> list[tuple[datetime, str, str, int, int, int]]:
    """Oldest first, each with won out, won in and the balance after it."""
    rows = []
    for at, how, who, won in sorted(movements, key=lambda movement: movement[0]):
        balance += won
        rows.append((at.astimezone(clock.KST), how, who, max(-won, 0), max(won, 0), balance))
    return rows


def _sum(movements: list[Movement], sign: int) -> int:
    return sum(max(sign * won, 0) for _at, _how, _who, won in movements)


# What the treasurer has done with them ------------------------------------------------------------


def _decide() -> None:
    by = account("treasurer")
    _find_a_payout(by)

    def of(payer: str) -> Deposit:
        return Deposit.objects.select_related("line__account").get(line__payer=payer)

    steps: list[Callable[[], object]] = [
        lambda: actions.set_aside(of("후원금 이모씨"), note="후원 의사를 문의함", by=by),
        lambda: actions.set_aside(of("예금이자"), note="이자수입", by=by),
        lambda: actions.set_aside(of("본부 배분금"), note="지부 배분금, 주문 아님", by=by),
    ]
    for step in steps:
        step()
    half = order_of(HALF, SLUG)
    actions.match_deposit(
        of(half.buyer_name), shares=[actions.Share(half, 20_000)], why=["name", "less"], by=by
    )
    wrong = order_of(WRONG, SLUG)
    [match] = actions.match_deposit(of("표정원"), shares=[actions.Share(wrong, wrong.total)], by=by)
    actions.unmatch_deposit(match, reason="다른 참가자의 입금으로 확인됨", by=by)


def _find_a_payout(by: User) -> None:
    """One of those that were typed; the others wait for the treasurer."""
    targets = [outgoing.of_payout(row) for row in outgoing.unmatched_payouts(by)]
    lines = BankLine.objects.unexplained().order_by("at", "pk")
    for line_id, found in outgoing.proposals(lines, targets).items():
        if found and "name" in found[0].why:
            line = BankLine.objects.get(pk=line_id)
            actions.find_payout(line, found[0].target.thing, why=found[0].why, by=by)
            return
