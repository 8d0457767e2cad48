"""A year of dues, as its people click through it: terms, assessment, notice, bill, payment."""

import io
import re
from datetime import date

import pikepdf
import pytest
from django.db.models import Sum

from kosna.core import batches, clock
from kosna.mail.models import Message
from kosna.payments.models import LedgerEntry, Order
from kosna.verify import dues_agree, ledger_matches_money
from members import actions
from members.models import Assessment, Charge, DuesCalendar, DuesRate, Period
from members.standing import standing_of
from tests import factories
from tests.flows.person import text_of


@pytest.fixture
def calendar(people) -> DuesCalendar:
    """Dues fall due today, so that today's notice is the one of the day."""
    today = clock.today()
    return DuesCalendar.objects.create(
        from_year=2000,
        due_month=today.month,
        due_day=min(today.day, 28),
        grace_month=12,
        grace_day=31,
        next_year_from_month=None,
        notice_days=[0],
    )


def test_a_year_of_dues(portal, people, calendar, enter):
    year = clock.today().year
    member = factories.make_member(
        people.account, tier=people.associate_tier, branch=people.busan, paid_until=None
    )
    hq = enter("head_office")

    # The secretariat sets the dues of this year; it sees whom that touches, then saves.
    hq.open("/staff/tiers/associate/rates/new/")
    hq.press("annual_dues", from_year=str(year), admission_fee="0", annual_dues="40000")
    assert "30,000" not in hq.text and "40,000" in hq.text and str(year) in hq.text
    hq.press("confirmed")
    assert DuesRate.objects.get(from_year=year).annual_dues == 40_000

    # It assesses the branch: a preview first, then the booking; a second preview has nothing to do.
    def preview() -> Assessment:
        hq.open("/staff/dues/assessments/")
        hq.press("year", year=str(year), branch=str(people.busan.pk))
        batches.run_all()
        return Assessment.objects.latest("pk")

    first = preview()
    hq.open(first.get_absolute_url())
    hq.press("/book/")
    batches.run_all()
    again = preview()
    assert (first.added, again.added, again.changed, again.reversed) == (3, 0, 0, 0)
    charge = Charge.objects.get(member=member)
    assert charge.amount == 40_000

    # The daily job writes to the one who owes; the link leads to the order in two clicks.
    actions.send_due_notices()
    actions.send_due_notices()
    [notice] = Message.objects.filter(template="dues_notice", to=people.account.email)
    url = re.search(r"/dues/\S+/", notice.context["url"])[0]
    stranger = enter("regular")
    stranger.open(url, 404)
    person = enter("account").open(url)
    assert "40,000" in person.text
    person.press("member")
    order = Order.objects.get(user=people.account)
    assert person.url == order.get_absolute_url()
    assert order.total == 40_000

    # A bill on paper; the transfer comes and the treasurer records it.
    officer = enter("officer").open(f"/staff/dues/?year={year}")
    assert member.name in officer.text
    paper = text_of(officer.download(f"/staff/dues/members/{member.pk}/bill.pdf"))
    assert "금 사만원정" in paper and member.number in paper
    treasurer = enter("treasurer").open(f"/staff/dues/members/{member.pk}/")
    treasurer.press("/transfer/")
    assert treasurer.url.rstrip("/").endswith(order.code)
    treasurer.press("amount")

    # Paid: in good standing until the year ends, nothing open, and the books agree.
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    period = Period.objects.get(member=member)
    assert period.ends_on == date(year, 12, 31)
    assert standing_of(member, clock.today()).code == "good"
    assert not Charge.objects.filter(member=member).unpaid().exists()
    assert LedgerEntry.objects.aggregate(sum=Sum("amount"))["sum"] == 40_000
    assert dues_agree() == ledger_matches_money() == []
    actions.send_due_notices()
    assert Message.objects.filter(template="dues_notice", to=people.account.email).count() == 1


def test_bills_for_a_branch_in_one_document(portal, people, calendar, enter):
    for number in range(3):
        factories.make_member(
            factories.make_user(f"회원{number}"), branch=people.busan, paid_until=None
        )
    year = clock.today().year
    actions.assess(year=year, by=people.head_office)
    officer = enter("officer").open(f"/staff/dues/?year={year}")

    officer.press("/dues/bills/" + f"?year={year}")
    batches.run_all()
    officer.open(officer.url)
    [href] = officer.page.xpath("//a[contains(@href, '/file/')]/@href")
    content = officer.download(href)

    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert len(pdf.pages) == 3
