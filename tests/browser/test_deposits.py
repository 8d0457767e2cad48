"""A treasurer at the keyboard: lines move, candidates are chosen, a decision is one request, and
the last one is taken back."""

from kosna.payments.models import Deposit, Match, Order
from tests.payments.statements import deposit
from tests.payments.test_matching import owed

CURRENT = "li[data-deposit][aria-current=true]"


def test_deposits_are_cleared_from_the_keyboard(enter, people):
    first, second = owed(people, "Kim Ha", 33_000), owed(people, "Lee Do", 33_000)
    rows = [deposit(people, payer, 33_000) for payer in ("Somebody", "Lee Do Yun", "Nobody")]
    typed = ("주거래", "국민은행", "전자금융")
    tab = enter("treasurer", language="en", typed=typed).open("/staff/deposits/").look()
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(request.resource_type))

    def press(*keys: str) -> None:
        for key in keys:
            tab.page.keyboard.press(key)

    def stands(row: Deposit, state: str) -> None:
        tab.page.locator(f"li[data-deposit='{row.pk}'][data-state={state}]").wait_for()

    press("j", "k", "2", "Enter")  # the second candidate of the first line
    stands(rows[0], "done")
    matched = Match.objects.get()
    assert matched.order in (first, second)
    tab.page.locator(f"{CURRENT}[data-deposit='{rows[1].pk}']").wait_for()
    press("s")
    stands(rows[1], "aside")
    tab.page.locator(f"{CURRENT}[data-deposit='{rows[2].pk}']").wait_for()
    press("/")
    tab.page.keyboard.type(first.code)
    press("Enter")
    tab.page.locator(f"{CURRENT} input[data-orders*='{first.code}']").wait_for()
    press("u")  # the one that was set aside
    stands(rows[1], "open")
    press("u")
    stands(rows[0], "open")
    assert not Match.objects.standing().exists()
    assert set(Order.objects.values_list("status", flat=True)) == {Order.Status.PENDING}
    assert "document" not in asked  # no page was loaded anew
