"""Leaving and coming back, being expelled by two, paying first and getting it all back."""

from kosna.documents.models import Document
from kosna.payments.models import LedgerEntry, Order, Refund
from members.models import Application, Member, Removal
from tests import factories
from tests.flows.test_story import APPLICANT, EMAIL, apply, approve, pay_by_card, sign_up

BASIS = {"meeting": "제13차 이사회", "decided_on": "2026-11-24", "number": "2026-13호"}


def test_a_member_leaves_and_comes_back_under_a_new_number(portal, people, enter):
    newcomer = sign_up(portal)
    application = apply(newcomer)
    approve(enter("reviewer"), application)
    pay_by_card(newcomer, Order.objects.get())
    first = Member.objects.get(user__email=EMAIL)
    report = factories.make_report("trends", tiers=(people.regular_tier,))
    newcomer.open(f"/research/{report.slug}/download/")
    card = Document.objects.get(kind=Document.Kind.MEMBERSHIP_CARD, subject=first.user)

    newcomer.open("/me/").open(f"/members/leave/{first.pk}/")
    newcomer.press("confirmed", 422)
    newcomer.press("confirmed", confirmed=True, reason="이직")
    newcomer.open(f"/research/{report.slug}/download/", 403)
    assert first.number in portal.mails(EMAIL)[-1].body
    assert "무효" in enter().open(f"/verify/{card.code}/").text

    newcomer.open("/members/apply/?tier=regular")
    newcomer.press("postcode", declaration=True, intent="submit", **APPLICANT)
    again = Application.objects.latest("pk")
    approve(enter("reviewer"), again)
    again.refresh_from_db()
    assert again.order.total == 200_000  # the admission fee, too
    pay_by_card(newcomer, again.order)
    second = Member.objects.get(user__email=EMAIL, status=Member.Status.ACTIVE)
    assert second.number != first.number and second.number in newcomer.open("/me/").text
    newcomer.open(f"/research/{report.slug}/download/")
    assert portal.problems() == {}


def test_an_expulsion_by_two_and_the_way_back(portal, people, enter):
    member = people.regular_member
    officer = enter("officer").open(f"/staff/members/{member.pk}/")
    officer.open(f"/staff/members/{member.pk}/expel/")
    officer.press("meeting", 422, reason="회칙 위반", **BASIS | {"number": "호"})
    officer.press("meeting", reason="회칙 위반", **BASIS)
    removal = Removal.objects.get()
    officer.open(f"/staff/removals/{removal.pk}/")
    assert not officer.forms("/confirm/")
    enter("other_officer").open(f"/staff/removals/{removal.pk}/", 404)
    regular = enter("regular").open("/members/renew/")

    reviewer = enter("reviewer").open("/staff/")
    assert member.name in reviewer.text
    reviewer.open(f"/staff/removals/{removal.pk}/").press("/confirm/")
    assert "제명" in reviewer.text
    assert "제13차 이사회, 2026-11-24, 2026-13호" in portal.mails("regular@example.test")[-1].body
    regular.open("/members/card.pdf", 404)

    regular.open("/members/apply/?tier=regular")
    regular.press("postcode", 422, declaration=True, intent="submit", **APPLICANT)
    assert "제명된 뒤에는" in regular.text
    assert portal.problems() == {}


def test_payment_first_and_all_of_it_back(portal, people, enter):
    factories.make_tier("prepaid", joining="pay_first", first_year="monthly", annual_dues=120_000)
    newcomer = sign_up(portal)
    newcomer.open("/members/apply/?tier=prepaid")
    assert "전액 환불" in newcomer.text
    application = apply(newcomer, tier="prepaid")
    order = Order.objects.get()
    pay_by_card(newcomer, order)
    assert "보관합니다" in newcomer.open(f"/members/apply/{application.number}/").text
    assert not Member.objects.filter(user__email=EMAIL).exists()

    reviewer = enter("reviewer").open(f"/staff/applications/{application.number}/")
    basis = {"reject-meeting": "심사위원회", "reject-decided_on": "2026-11-20"}
    reviewer.press("/reject/", **{"reject-reason": "정관 제6조"}, **basis)

    treasurer = enter("treasurer")
    for refund in Refund.objects.all():
        treasurer.open(f"/staff/refunds/{refund.pk}/").press("/approve/").press("/send/")
    portal.work()
    order.refresh_from_db()
    assert order.status == Order.Status.REFUNDED
    assert sum(LedgerEntry.objects.values_list("amount", flat=True)) == 0
    assert portal.problems() == {}
