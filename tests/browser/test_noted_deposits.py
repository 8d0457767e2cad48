"""Much money by two treasurers: one types it, another confirms it from the keyboard, or refuses it
without JavaScript."""

from kosna.branches.models import Appointment
from kosna.payments.models import NotedDeposit, Order
from tests import factories
from tests.payments.test_matching import owed

MUCH = 1_500_000
LIST = "/staff/deposits/noted/"


def test_much_money_is_confirmed_by_another_treasurer(enter, people):
    people.second = factories.make_user("Second", email="second@example.test")
    factories.appoint(people.second, Appointment.Role.TREASURER, people.hq)
    orders = [owed(people, "Kim Ha", MUCH), owed(people, "Lee Do", MUCH)]
    first = enter("treasurer", language="en")
    first.open(LIST).look()
    for order in orders:
        first.open(f"/staff/deposits/{order.code}/").look().press("amount", amount=MUCH).look()
    wanted, other = NotedDeposit.objects.order_by("pk")

    second = enter("second")
    second.open("/staff/").look().open("/staff/deposits/").look().open(LIST).look()
    second.open(f"/staff/orders/{orders[0].code}/").look()
    second.open(f"{LIST}{wanted.pk}/").look()
    second.page.locator("form[action$='/confirm/'] button").focus()
    with second.page.expect_navigation():
        second.page.keyboard.press("Enter")
    second.look()

    plain = enter("second", javascript=False)
    plain.open(f"{LIST}{other.pk}/").page.locator("main details summary").click()
    plain.press("/refuse/", **{"refuse-reason": "목록에 없음"}).look()
    wanted.refresh_from_db()
    other.refresh_from_db()
    statuses = [wanted.status, other.status, *(Order.objects.get(pk=o.pk).status for o in orders)]
    assert statuses == ["confirmed", "refused", "paid", "pending"]
    first.open(f"/staff/orders/{orders[0].code}/").look()
