"""A member leaves for good: membership first, then the account; years later what is left goes on
the word of two people."""

from datetime import timedelta

from django.core.cache import caches

from kosna.accounts.models import User
from kosna.branches.models import Appointment
from kosna.core import batches, clock
from kosna.mail.models import Message
from kosna.payments.models import Order
from kosna.retention.models import ClosedAccount, Destruction
from members.models import Application
from tests import factories
from tests.flows.person import Person
from tests.flows.test_story import EMAIL, PASSWORD, apply, approve, pay_by_card, sign_up


def test_from_the_last_day_of_an_account_to_the_last_trace(portal, people, enter, stand_at):
    newcomer = sign_up(portal)
    approve(enter("reviewer"), apply(newcomer))
    order = Order.objects.get()
    pay_by_card(newcomer, order)
    portal.work()
    member = order.application.member

    # What has to be settled first, with the way there.
    newcomer.open("/me/data/").open("/me/leave/")
    leave = f"/members/leave/{member.pk}/"
    assert leave in newcomer.content.decode() and not newcomer.forms("confirmed")
    newcomer.open(leave).press("confirmed", confirmed=True)
    newcomer.open("/me/leave/")
    assert "전자상거래법 시행령 제6조" in newcomer.text and not newcomer.forms("confirmed")
    newcomer.open("/me/leave/confirm/").press("password", password=PASSWORD)
    newcomer.press("confirmed", 422)
    newcomer.press("confirmed", confirmed=True)
    assert newcomer.url == "/" and "계정을 닫았습니다" in newcomer.content.decode()

    # Nothing opens it; the mail says so; the desk still has order and register.
    assert newcomer.open("/me/").url.startswith("/accounts/login/")
    newcomer.press("login", login=EMAIL, password=PASSWORD)
    assert newcomer.url.startswith("/accounts/login/")
    portal.work()
    assert Message.objects.get(template="account_closed").status == Message.Status.SENT
    treasurer = enter("treasurer").open(f"/staff/orders/{order.code}/")
    assert order.buyer_name in treasurer.text
    assert member.number in enter("head_office").open(f"/staff/members/{member.pk}/").text
    assert portal.problems() == {}

    # The address is free.
    for cache in caches.all():
        cache.clear()  # one browser signs up so many times in a while
    assert sign_up(portal).url == "/me/"
    assert User.objects.filter(email=EMAIL, closed_at=None).count() == 1

    # Years later: one proposes, another approves.
    keeper = factories.make_user("책임자", email="privacy@example.test")
    factories.appoint(keeper, Appointment.Role.PRIVACY_OFFICER, people.hq)
    stand_at(clock.now() + timedelta(days=6 * 366))
    office = enter("head_office").open("/staff/destruction/")
    office.press("/propose/", note="정기 파기")
    proposal = Destruction.objects.get()
    office.open(f"/staff/destruction/{proposal.pk}/")
    assert not office.forms("/approve/")
    privacy = Person(portal, keeper).open("/staff/")
    assert proposal.get_absolute_url() in privacy.content.decode()
    privacy.open(proposal.get_absolute_url()).press("/approve/")
    batches.run_all()
    proposal.refresh_from_db()
    assert proposal.status == Destruction.Status.DONE
    assert privacy.open(proposal.get_absolute_url()).text
    order.refresh_from_db()
    assert order.buyer_name == "—"
    assert Application.objects.get(order=order).name == "—"
    assert ClosedAccount.objects.get().sealed is None
    assert "파기할 것이 없습니다" in office.open("/staff/destruction/").text
    assert "보유 기간이 지난 것을 파기함" in enter("auditor").open("/staff/audit/").text
    assert portal.problems() == {}
