"""What a branch gets of dues, as everybody concerned clicks through it: paid, given back, the month
closed, corrected, and paid out."""

import io
from datetime import date, timedelta

import pikepdf

from kosna.core import batches, clock
from kosna.payments import actions
from kosna.payments.models import Order, Payout, ShareEntry, Statement
from members import actions as members
from members.models import ShareRule
from tests import factories
from tests.payments import division

LIST = "/staff/settlements/"


def test_a_month_of_a_branch_from_the_payment_to_the_payout(portal, people, enter):
    ShareRule.objects.create(percent=30, valid_from=date(2020, 1, 1), basis="창립총회")
    month = clock.month_of(clock.now())
    next_month = clock.next_month(month)

    # The secretariat decides that Busan gets more of regular members' dues, from tomorrow on.
    hq = enter("head_office").open("/staff/tiers/").open("/staff/tiers/shares/new/")
    asked = {"tier": "regular", "branch": "busan", "percent": "40", "basis": "제5차 이사회"}
    today = clock.today().isoformat()
    hq.press("percent", 422, valid_from=today, **asked)
    tomorrow = (clock.today() + timedelta(days=1)).isoformat()
    hq.press("percent", valid_from=tomorrow, **asked)
    hq.press("confirmed")
    assert "제5차 이사회" in hq.text

    # Two members pay today, at 30 %; one of them twice over, and half of a year goes back.
    orders = []
    for _ in range(2):
        member = factories.make_member(
            tier=people.regular_tier, branch=people.busan, paid_until=None
        )
        orders.append(members.renew(member, by=member.user))
        division.pay(orders[-1])
    officer = enter("officer").open(LIST)
    assert "60,000" in officer.text
    order = Order.objects.get(pk=orders[0].pk)
    hq.open(f"/staff/orders/{order.code}/refund/")
    hq.press("amount", line=str(order.lines.get().pk), amount="50000", reason="착오 납부")
    refund = order.refunds.get()
    treasurer = enter("treasurer").open(f"/staff/refunds/{refund.pk}/")
    treasurer.press("/account/", bank="088", number="110-123-456789", holder="박서준")
    treasurer.press("/approve/")
    treasurer.press("/send/")
    treasurer.press("/wired/", reference="20270101-1")
    statement = Statement.objects.get()
    officer.open(statement.get_absolute_url())
    assert "45,000" in officer.text and "-15,000" in officer.text and order.code in officer.text
    assert not officer.forms("/prepare/")
    enter("other_officer").open(statement.get_absolute_url(), 404)
    treasurer.open(statement.get_absolute_url())
    assert not treasurer.forms("/prepare/")  # it still runs
    hq.open("/staff/branches/busan/")
    assert "45,000" in hq.text

    # The month is over: one prepares, another approves, then it is locked and has its paper.
    with clock.standing_at(clock.start_of(next_month)):
        treasurer.open(statement.get_absolute_url()).press("/prepare/")
        assert not treasurer.forms("/approve/")
        hq.open("/staff/").open(statement.get_absolute_url()).press("/approve/")
        treasurer.open(statement.get_absolute_url()).press("/lock/")
        statement.refresh_from_db()
        assert (statement.status, statement.closing) == ("locked", 45_000)
        content = officer.open(statement.get_absolute_url()).download(
            f"{statement.get_absolute_url()}statement.pdf"
        )
        with pikepdf.open(io.BytesIO(content)) as pdf:
            assert len(pdf.pages) >= 1
        officer.open(statement.get_absolute_url()).press("/export/")
        batches.run_all()
        assert officer.open(officer.url).page.xpath("//a[contains(@href, '/file/')]")

        # What is found later stands in the month that runs, with its reason.
        treasurer.open(statement.get_absolute_url())
        [href] = treasurer.page.xpath("//a[contains(@href, 'corrects=')]/@href")
        treasurer.open(href).press(
            "direction", direction="less", amount="5000", reason="이중 배분", basis="감사 지적"
        )
        assert "이중 배분" in treasurer.text
        statement.refresh_from_db()
        assert statement.closing == 45_000

        # It is paid out, exactly what was due, and the next month begins with the rest.
        treasurer.open(statement.get_absolute_url())
        typed = {"payout-paid_on": next_month.isoformat(), "payout-reference": "출금 77"}
        treasurer.press("/payout/", 422, **{"payout-amount": "40000"}, **typed)
        treasurer.press("/payout/", **{"payout-amount": "45000"}, **typed)
        assert Payout.objects.get().statement == statement
        running = Statement.objects.get(month=next_month)
        assert "-5,000" in officer.open(running.get_absolute_url()).text
        assert "출금 77" in officer.text

        # A refund of the locked month is booked in this one, and leaves nothing of the line.
        division.give_back(order, 50_000, line=order.lines.get(), by=people.treasurer)
        entry = ShareEntry.objects.latest("pk")
        assert (entry.amount, entry.statement) == (-15_000, running)
        assert division.share_of(order) == 0
        assert portal.problems() == {}
    assert actions.refundable(order.payments.get()) == 0
