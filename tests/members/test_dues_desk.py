"""The desk of dues: sums, lists, the way from preview to booking; and the terms as data."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kosna.audit.models import Entry
from kosna.branches.models import Appointment
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.payments.models import Order
from members import actions
from members.models import (
    Assessment,
    Charge,
    DuesCalendar,
    DuesNotice,
    DuesRate,
    Exemption,
    Tier,
    TierRight,
)
from tests import factories

pytestmark = pytest.mark.django_db
YEAR = clock.today().year


def queries_of(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.fixture
def owing(cast):
    """One member of Busan who owes this year's dues; the cast's are paid, but for the lapsed."""
    row = factories.make_member(
        factories.make_user("김미납"), branch=cast.busan, tier=cast.regular_tier, paid_until=None
    )
    actions.assess(year=YEAR, by=cast.head_office)
    return row


def test_list_takes_constant_queries(cast, owing, login):
    client = login("head_office")
    path = f"/staff/dues/?year={YEAR}&branch={cast.busan.pk}"
    one = queries_of(client, path)
    for _ in range(2):
        factories.make_member(branch=cast.busan, tier=cast.company_tier, paid_until=None)
    actions.assess(year=YEAR, by=cast.head_office)

    assert queries_of(client, path) == one <= 22
    assert client.get(path).context["page"].paginator.count == 3


def test_ages_lead_to_their_rows(owing, login):
    page = login("head_office").get(f"/staff/dues/?year={YEAR}").content.decode()

    assert f'href="?year={YEAR}&amp;state=365"' in page


def test_sums_agree_with_the_rows(cast, owing, login):
    context = login("head_office").get(f"/staff/dues/?year={YEAR}&state=all").context

    rows = [charge for charge, _days, _told in context["page"]]
    sums = context["sums"]
    assert sums["members"] == len(rows) == Charge.objects.filter(year=YEAR).count()
    assert sums["charged"] == sum(row.amount for row in rows)
    assert sums["charged"] - sums["paid"] == sums["open"] - sums["credit"] == 200_000
    assert sum(won for _key, _label, _n, won in sums["ages"]) == sums["overdue"]


@pytest.mark.parametrize("who", ["treasurer", "head_office", "auditor", "other_officer"])
def test_the_treasury_shows_what_this_list_shows(cast, owing, login, who):
    """Dues are owed though nobody has ordered them yet; each year's figure opens its rows."""
    with clock.standing_at(clock.start_of(date(YEAR - 1, 3, 1))):
        actions.assess(year=YEAR - 1, by=cast.head_office)
    if who == "other_officer":  # Daegu's treasurer
        factories.appoint(cast.other_officer, Appointment.Role.TREASURER, cast.daegu)
    client = login(who)
    figures = client.get("/staff/treasury/").context["charged"]
    assert figures and figures[0].won > 0
    for figure in figures:
        page = client.get(figure.url).context["page"]
        assert figure.count == page.paginator.count
        assert figure.won == sum(row.open for row, _days, _told in page)


@pytest.mark.parametrize(
    ("who", "names"),
    [("head_office", {"김미납", "lapsed"}), ("officer", {"김미납"}), ("other_officer", {"lapsed"})],
)
def test_who_owes_is_shown_to_those_of_the_branch(owing, login, who, names):
    page = login(who).get(f"/staff/dues/?year={YEAR}").context["page"]

    assert {charge.member.name for charge, _days, _told in page} == names


def test_member_is_found_by_what_the_bank_shows(owing, login):
    name = f"김미납{owing.number[-4:]}"
    page = login("treasurer").get(f"/staff/dues/?year={YEAR}&q={name}").context["page"]

    assert [charge.member for charge, _days, _told in page] == [owing]


def test_transfer_on_a_bill_leads_to_the_order_that_it_pays(owing, login):
    response = login("treasurer").post(f"/staff/dues/members/{owing.pk}/transfer/")

    order = Order.objects.get(renewal__member=owing)
    assert (
        response["Location"] == f"/staff/deposits/{order.code}/"
        or order.code in response["Location"]
    )
    assert (order.total, order.user) == (100_000, owing.user)


def test_from_preview_to_booking(cast, login):
    client = login("head_office")

    started = client.post("/staff/dues/assessments/", {"year": YEAR, "branch": ""})
    assert started["Location"].startswith("/staff/batches/")
    batches.run_all()
    row = Assessment.objects.get()
    page = client.get(f"/staff/dues/assessments/{row.pk}/")
    assert (row.status, row.added) == ("ready", 4)
    assert page.context["page"].paginator.count == 4
    assert not Charge.objects.exists()

    client.post(f"/staff/dues/assessments/{row.pk}/book/")
    batches.run_all()

    row.refresh_from_db()
    assert (row.status, row.booked_by, row.added) == ("booked", cast.head_office, 4)
    assert Charge.objects.count() == 4
    assert client.post(f"/staff/dues/assessments/{row.pk}/book/").status_code == 303
    assert not batches.run_all()


def test_preview_takes_constant_queries(cast, login):
    client = login("head_office")
    row, _batch = actions.start_assessment(year=YEAR, branch=cast.busan, by=cast.head_office)
    batches.run_all()
    few = queries_of(client, f"/staff/dues/assessments/{row.pk}/")
    for _ in range(3):
        factories.make_member(branch=cast.busan, paid_until=None)
    more, _batch = actions.start_assessment(year=YEAR, branch=cast.busan, by=cast.head_office)
    batches.run_all()

    assert queries_of(client, f"/staff/dues/assessments/{more.pk}/") == few <= 10


def test_sending_again_asks_first(owing, login):
    client = login("officer")
    page = client.get(f"/staff/dues/notices/?year={YEAR}")
    assert page.context["page"].paginator.count == 1
    assert not DuesNotice.objects.exists()

    client.post(f"/staff/dues/notices/?year={YEAR}")
    batches.run_all()

    assert [notice.member for notice in DuesNotice.objects.all()] == [owing]


def test_export_needs_a_reason_and_stays_in_the_branch(owing, login):
    client = login("officer")
    assert client.post(f"/staff/dues/export/?year={YEAR}", {"reason": ""}).status_code == 303

    response = client.post(f"/staff/dues/export/?year={YEAR}", {"reason": "이사회 보고"})

    lines = b"".join(response.streaming_content).decode().splitlines()
    assert len(lines) == 2
    assert Entry.objects.get(verb="members.export_dues").reason == "이사회 보고"


def test_letting_off_and_ending_it(owing, login):
    client = login("head_office")
    typed = {"from_year": YEAR, "until_year": YEAR, "reason": "만 65세 이상"}

    assert client.post(f"/staff/dues/members/{owing.pk}/exempt/", typed).status_code == 302
    again = client.post(f"/staff/dues/members/{owing.pk}/exempt/", typed)

    assert again.status_code == 422
    assert not Charge.objects.filter(member=owing).unpaid().exists()
    ended = client.post(
        f"/staff/dues/exemptions/{Exemption.objects.get().pk}/end/", {"until_year": YEAR - 1}
    )
    assert ended.status_code == 302
    assert Charge.objects.filter(member=owing).unpaid().get().amount == 100_000


def test_members_dues_page_leaves_a_trace(owing, login):
    login("officer").get(f"/staff/dues/members/{owing.pk}/")

    assert Entry.objects.get(verb="privacy.view").subjects == [owing.user_id]


# The terms ------------------------------------------------------------------------------------


def test_new_rate_is_shown_before_it_is_saved_and_recorded(cast, login):
    client, url = login("head_office"), "/staff/tiers/regular/rates/new/"
    typed = {"from_year": YEAR + 1, "admission_fee": 100_000, "annual_dues": 120_000}

    shown = client.post(url, typed)
    assert str(YEAR + 1) in shown.context["touches"]
    assert "2" in shown.context["touches"]  # regular and lapsed
    assert not DuesRate.objects.filter(from_year=YEAR + 1).exists()

    client.post(url, typed | {"confirmed": "yes"})

    assert DuesRate.objects.get(from_year=YEAR + 1).annual_dues == 120_000
    entry = Entry.objects.get(verb="members.change_rate")
    assert entry.facts["changes"]["annual_dues"] == [None, 120_000]


def test_rate_that_past_years_were_charged_at_is_not_changed(cast, login):
    actions.assess(year=YEAR - 1, by=cast.head_office)
    rate = cast.regular_tier.rates.get()
    rate.annual_dues = 1

    with pytest.raises(Refused, match=str(YEAR - 1)):
        actions.save_rate(rate, by=cast.head_office)

    newer = DuesRate(tier=cast.regular_tier, from_year=YEAR, annual_dues=120_000)
    actions.save_rate(newer, by=cast.head_office)
    assert cast.regular_tier.rates.count() == 2


def test_tier_is_not_opened_without_a_rate(cast, login):
    client = login("head_office")
    typed = {
        "code": "partner", "name_ko": "협력회원", "name_en": "Partner", "holder": "person",
        "rank": 40, "seats": 1, "joining": "approve_first", "starts": "payment",
        "dues_basis": "calendar", "first_year": "full", "renew_days": 60, "due_days": 30,
        "grace_days": 90, "barred_years": 2, "confirmed": "yes",
    }  # fmt: skip

    assert client.post("/staff/tiers/new/", typed | {"is_open": "on"}).status_code == 422
    assert client.post("/staff/tiers/new/", typed).status_code == 302
    del typed["code"], typed["holder"]
    edit = "/staff/tiers/partner/edit/"
    assert client.post(edit, typed | {"is_open": "on"}).status_code == 422
    DuesRate.objects.create(tier=Tier.objects.get(code="partner"), from_year=2020)
    assert client.post(edit, typed | {"is_open": "on"}).status_code == 302
    assert Tier.objects.get(code="partner").is_open


def test_public_pages_bear_a_tier_without_rates(cast, login):
    DuesRate.objects.all().delete()

    assert login("visitor").get("/members/").status_code == 200
    assert login("account").get("/members/apply/").status_code == 200
    assert login("account").get("/members/apply/?tier=regular").status_code == 200


def test_rights_are_a_grid_of_boxes(cast, login):
    client = login("head_office")
    form = client.get("/staff/tiers/rights/").context["form"]
    typed = {name: form[name].initial for name in form.fields}
    typed["associate-vote"] = ["in_good"]
    typed["regular-read_reports"] = []

    shown = client.post("/staff/tiers/rights/", typed)
    assert len(shown.context["changes"]) == 2
    client.post("/staff/tiers/rights/", typed | {"confirmed": "yes"})

    assert TierRight.objects.get(tier=cast.associate_tier, right="vote").in_good
    assert not TierRight.objects.filter(tier=cast.regular_tier, right="read_reports").exists()
    changes = Entry.objects.get(verb="members.change_rights").facts["changes"]
    assert changes == {
        "associate vote": [[], ["in_good"]],
        "regular read_reports": [["in_good", "in_grace"], []],
    }


def test_calendar_is_checked_and_recorded(cast, login):
    DuesCalendar.objects.create(from_year=2012)
    client, url = login("head_office"), "/staff/tiers/calendars/new/"
    typed = {
        "from_year": YEAR + 1, "due_month": 4, "due_day": 30, "grace_month": 7, "grace_day": 31,
        "next_year_from_month": "", "half_from_month": 7, "rounded_to": 1000,
        "forfeit_after_years": 3, "notice_days": "0, -14", "confirmed": "yes",
    }  # fmt: skip

    assert client.post(url, typed | {"due_day": 31}).status_code == 422
    assert client.post(url, typed | {"grace_month": 3}).status_code == 422
    assert client.post(url, typed | {"notice_days": "x"}).status_code == 422
    assert client.post(url, typed).status_code == 302

    row = DuesCalendar.objects.get(from_year=YEAR + 1)
    assert (row.notice_days, row.next_year_from_month) == ([-14, 0], None)
    assert row.due_on(YEAR + 1) == date(YEAR + 1, 4, 30)


def test_branches_may_look_at_the_terms_and_change_nothing(login):
    client = login("officer")

    assert client.get("/staff/tiers/").status_code == 200
    assert client.get("/staff/tiers/regular/").status_code == 200
    assert client.post("/staff/tiers/regular/rates/new/", {}).status_code == 403
