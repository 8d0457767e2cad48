"""Proofs of payment in every state: asked for, exported, issued, to be corrected after a refund,
corrected, withdrawn; and payments for which nobody asked. The course is exempt, the rest taxable."""

from collections.abc import Callable
from datetime import timedelta

from kosna.core import clock
from kosna.core.korean import parse_phone
from kosna.demo import money
from kosna.demo.companies import HANBIT, business_number
from kosna.demo.people import account
from kosna.demo.registrations import EVERYBODY, REGULARS, book, order_of
from kosna.demo.story import Story
from kosna.payments import actions
from kosna.payments.actions import Business
from kosna.payments.models import Payment, Proof, ProofIssue

Purpose, Kind = Proof.Purpose, Proof.Kind
COURSE, WINDOW = "sns-expert-course", "g-valley-social-data"
AI, EXPO = "ai-opinion-analysis", "socialtech-expo"
# Who paid the course by transfer, and for what firm: invented, like every number here.
LEARNERS = [EVERYBODY[index] for index in (4, 9, 14)]
FIRMS = ("㈜봄들커뮤니케이션", "누림미디어", "㈜한결소프트")


def tell(story: Story) -> None:
    _the_expo_and_the_conference(story)
    _the_course(story)
    _cash_receipts(story)
    # Two pay for themselves and a guest, and ask for nothing.
    book(story, story.ago(4, 14), EVERYBODY[50], AI, guests=1, pay="bank")
    book(story, story.ago(2, 11), EVERYBODY[54], AI, guests=1, pay="bank")


def _the_expo_and_the_conference(story: Story) -> None:
    """한빛데이터 buys for its people: one invoice is issued, another waits."""
    story.at(story.ago(12, 9), lambda: _invoice("corp", AI, HANBIT_AS_BUSINESS, "참가자 4명"))
    story.at(story.ago(11, 10), _export(Kind.TAX_INVOICE))
    story.at(story.ago(11, 16), lambda: _issue("corp", AI, "0000a1b2"))
    story.at(story.ago(9, 11), lambda: _invoice("corp", EXPO, HANBIT_AS_BUSINESS, "전시 부스"))


def _the_course(story: Story) -> None:
    _kept, given_back, changed = LEARNERS
    for index, key in enumerate(LEARNERS):
        story.at(
            story.ago(12 - index, 13),
            lambda key=key, index=index: _invoice(key, COURSE, _firm(index), "교육비"),
        )
        story.at(
            story.ago(9, 15, index),
            lambda key=key, index=index: _issue(key, COURSE, f"0000c{index}d4"),
        )
    # Half of the fee goes back to two of them: one invoice is corrected, the other not yet.
    for key, days in ((given_back, 7), (changed, 3)):
        story.at(story.ago(days, 10), lambda key=key: _give_half_back(key))
    story.at(story.ago(6, 10), lambda: _correct(given_back, COURSE, "0000e5f6"))


def _cash_receipts(story: Story) -> None:
    payers = [key for index, key in enumerate(REGULARS[:22]) if index % 6 == 5]
    opened = story.ahead(-2, 9)
    asked = [
        (payers[0], Purpose.DEDUCTION, "010-0000-0101"),
        (payers[1], Purpose.EXPENSE, business_number("999110023")),
        (payers[2], Purpose.DEDUCTION, "010-0000-0102"),
    ]
    for index, (key, purpose, number) in enumerate(asked):
        at = min(opened + timedelta(hours=30 + index), story.now)
        story.at(at, _asker(key, WINDOW, purpose, number))
    story.at(
        min(opened + timedelta(hours=34), story.now), lambda: _issue(payers[0], WINDOW, "A1234567B")
    )
    story.at(
        min(opened + timedelta(hours=35), story.now),
        lambda: actions.withdraw_proof(_proof(payers[2], WINDOW), by=account(payers[2])),
    )


def _asker(key: str, slug: str, purpose: Purpose, number: str) -> Callable[[], object]:
    identity = parse_phone(number) if purpose == Purpose.DEDUCTION else number

    def ask() -> None:
        actions.request_cash_receipt(
            _payment(key, slug), purpose=purpose, identity=identity, by=account(key)
        )

    return ask


HANBIT_AS_BUSINESS = Business(
    identity=HANBIT.business_number,
    company=HANBIT.name,
    representative=HANBIT.representative,
    business_type="정보통신업",
    business_item=HANBIT.industry,
    address="서울특별시 금천구 디지털시연로 45, 한빛타워 12층",
    email="tax@hanbit.example.test",
    email2="corp@example.test",
)


def _firm(index: int) -> Business:
    return Business(
        identity=business_number(f"99981007{index}"),
        company=FIRMS[index],
        representative=f"{FIRMS[index].strip('㈜')[:2]} 대표",
        business_type="서비스",
        business_item="광고·콘텐츠",
        address=f"서울특별시 금천구 디지털시연로 {60 + index}",
        email=f"tax{index}@firm.example.test",
    )


def _payment(key: str, slug: str) -> Payment:
    return Payment.objects.select_related("order").get(order=order_of(key, slug))


def _proof(key: str, slug: str) -> Proof:
    proofs = Proof.objects.filter(payment__order=order_of(key, slug))
    return proofs.select_related("payment__order").latest("pk")


def _invoice(key: str, slug: str, business: Business, note: str) -> None:
    actions.request_invoice(
        _payment(key, slug),
        business=business,
        written_on=clock.kst_date(_payment(key, slug).received_at),
        note=note,
        by=account(key),
    )


def _export(kind: Kind) -> Callable[[], object]:
    return lambda: actions.export_proofs(Proof.objects.all(), kind, by=account("treasurer"))


def _number(serial: str) -> str:
    """24 letters as the tax office makes them: the day, its office, a serial; or a cash receipt's
    nine as they are."""
    return serial if len(serial) == 9 else f"{clock.today():%Y%m%d}41000096{serial}"


def _issue(key: str, slug: str, serial: str) -> None:
    actions.issue_proof(
        _proof(key, slug),
        number=_number(serial),
        issued_on=clock.today(),
        by=account("treasurer"),
    )


def _correct(key: str, slug: str, serial: str) -> None:
    actions.correct_proof(
        _proof(key, slug),
        number=_number(serial),
        issued_on=clock.today(),
        cause=ProofIssue.Cause.AMOUNT,
        by=account("treasurer"),
    )


def _give_half_back(key: str) -> None:
    order = order_of(key, COURSE)
    refund = actions.request_refund(
        order=order,
        line=order.lines.get(),
        amount=order.total // 2,
        reason="후반 4회차 수강 포기",
        by=account("hq"),
    )
    money.name_account(refund)
    actions.approve_refund(refund, by=account("treasurer"))
    refund = actions.send_refund(refund, by=account("treasurer"))
    actions.complete_bank_refund(refund, reference=f"demo-{order.code}", by=account("treasurer"))
