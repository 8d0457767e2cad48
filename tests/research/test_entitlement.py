"""One answer, whoever asks for it: by tier, branch, event, purchase or a reason on record."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from events.models import Registration
from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.actions import request_line_refund
from kosna.payments.models import Order, Refund
from members.access import entitlement
from members.models import Member, Seat
from research import actions
from research.access_facts import with_access
from research.explaining import explain
from research.finding.shelf import current_shelf
from research.library import look_up
from research.models import Download, Permit, Report
from tests import factories
from tests.conftest import PEOPLE, Cast
from tests.research.readers import come, pay

ASKING = ("account", "associate", "regular", "lapsed", "company_rep", "company_seat", "editor")


def fresh(user: User) -> User:
    """As the next request would load this person: nothing is remembered."""
    return User.objects.get(pk=user.pk)


def make(rule: dict[str, Any], cast: Cast, now: Any) -> Report:
    """A report by a rule that hypothesis thought of; days are counted from now."""
    tiers = (cast.regular_tier, cast.associate_tier, cast.company_tier)
    times = {
        (None, *tiers)[index]: now + timedelta(days=days) for index, days in rule["clock"].items()
    }
    report = factories.make_report(
        tiers=tuple(tiers[index] for index in rule["tiers"]),
        is_public=rule["is_public"],
        price=rule["price"],
        clock=factories.make_clock(times) if times else None,
        published_at=now + timedelta(days=rule["published"]),
        status=rule["status"],
    )
    report.branches.set([(cast.hq, cast.busan, cast.daegu)[index] for index in rule["branches"]])
    for name, (since, until) in rule["permits"].items():
        report.permits.create(
            user=getattr(cast, name), reason="x", given_by=cast.editor,
            since=now + timedelta(days=since), until=now + timedelta(days=until),
        )  # fmt: skip
    for name, (state, since) in rule["purchases"].items():
        ticket = factories.make_ticket(factories.make_event(branch=cast.busan))
        line = factories.make_place(ticket, getattr(cast, name)).line
        report.permits.create(
            user=getattr(cast, name), line=line,
            since=None if state == "unpaid" else now + timedelta(days=since),
            ended_at=now if state == "ended" else None,
        )  # fmt: skip
    return report


def stand(
    cast: Cast, place: Registration, *, company_paid: int, seat_ended: bool, place_given_up: bool
) -> None:
    today = clock.today()
    cast.company.periods.update(ends_on=today + timedelta(days=max(company_paid, -300)))
    if seat_ended:
        seats = Seat.objects.filter(member=cast.company, user=cast.company_seat)
        seats.update(valid_to=today, ended_at=clock.now(), ended_by=cast.head_office)
    if place_given_up:
        Registration.objects.filter(pk=place.pk).update(
            status=Registration.Status.CANCELLED, released_at=clock.now()
        )


days = st.integers(-3, 3)
some = st.sets(st.integers(0, 2))
rules = st.fixed_dictionaries(
    {
        "is_public": st.booleans(),
        "tiers": some,
        "branches": some,
        "clock": st.dictionaries(st.integers(0, 3), days),
        "published": st.integers(-4, 1),
        "status": st.sampled_from(["published", "published", "review", "withdrawn"]),
        "price": st.sampled_from([None, 0, 30_000]),
        "permits": st.dictionaries(st.sampled_from(ASKING), st.tuples(days, days), max_size=3),
        "purchases": st.dictionaries(
            st.sampled_from(ASKING),
            st.tuples(st.sampled_from(["paid", "unpaid", "ended"]), days),
            max_size=2,
        ),
        "occasion": st.booleans(),
    }
)
# How the cast stands: how long the company has paid, whether a seat in it was taken away, and
# whether the place at the event was given up after all.
standings = st.fixed_dictionaries(
    {
        "company_paid": st.integers(-500, 60),
        "seat_ended": st.booleans(),
        "place_given_up": st.booleans(),
    }
)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    rows=st.lists(rules, min_size=1, max_size=4),
    asked=st.integers(-5, 5),
    paid_until=st.integers(-900, 400),
    suspended=st.booleans(),
    others=standings,
)
def test_row_answer_is_the_querysets(
    cast: Cast,
    rows: list[dict[str, Any]],
    asked: int,
    paid_until: int,
    suspended: bool,
    others: dict[str, Any],
) -> None:
    now = clock.now()
    at = now + timedelta(days=asked)
    with transaction.atomic():
        member = Member.objects.get(pk=cast.regular_member.pk)
        member.periods.update(ends_on=clock.today() + timedelta(days=max(paid_until, -300)))
        if suspended:
            member.suspensions.create(
                starts_on=clock.today(), reason="x", basis="x", decided_by=cast.head_office
            )
        event = factories.make_event(branch=cast.busan)
        place = come(cast.account, event, cast.doorkeeper)
        stand(cast, place, **others)
        for rule in rows:
            report = make(rule, cast, now)
            if rule["occasion"]:
                report.occasions.create(event=event.pk)
        actions.rebuild_index()
        shelf = current_shelf()
        for user in [AnonymousUser(), *(fresh(getattr(cast, name)) for name in ASKING)]:
            by_row = {
                report.pk
                for report in Report.objects.published(at).with_access()
                if entitlement(user, report, at).allowed
            }
            by_query = list(Report.objects.readable_by(user, at).values_list("pk", flat=True))
            assert sorted(by_query) == sorted(by_row)
            # And of a page of a list, whose facts are fetched by hand.
            page = Report.objects.published(at).for_lists().prefetch_related(None).in_bulk()
            assert by_row == {
                pk
                for pk, report in with_access(page).items()
                if entitlement(user, report, at).allowed
            }
            # And of the shelf, whatever it keeps of other instants.
            for when in (at + timedelta(days=2), at - timedelta(days=2), at):
                mine = look_up(shelf, user, when, {"mine": "1"}, [])
            assert by_row == {shelf.reports[place] for place in mine.places(0, mine.total)}
        transaction.set_rollback(True)


def test_a_changed_rule_holds_from_the_next_request(cast: Cast, make_report, login) -> None:
    """Of what the shelf keeps as well, and of a clock that strikes with nobody writing."""
    now = clock.now()
    report = make_report("kept", tiers=(cast.regular_tier,))
    client = login("regular")

    def mine() -> int:
        return client.get("/research/?mine=1").context["page"].paginator.count

    def save(*, tiers: Any, **rule: Any) -> None:
        report.refresh_from_db()
        actions.save_report(report, tiers=tiers, by=cast.editor, **rule)

    assert mine() == 1
    save(tiers=[cast.company_tier])
    assert mine() == 0
    save(tiers=[], branches=[cast.regular_member.branch])
    assert mine() == 1
    save(tiers=[cast.regular_tier], openings=[(cast.regular_tier, now + timedelta(days=1))])
    assert mine() == 0
    with clock.standing_at(now + timedelta(days=2)):
        assert mine() == 1
    assert mine() == 0
    report.permits.create(
        user=cast.regular,
        reason="x",
        given_by=cast.editor,
        since=now,
        until=now + timedelta(days=1),
    )
    assert mine() == 1


@pytest.fixture
def sold(cast: Cast, make_report) -> Report:
    return make_report("sold", tiers=(cast.regular_tier,), price=30_000)


def test_members_pay_nothing_and_others_once(cast: Cast, login, sold: Report) -> None:
    now = clock.now()
    told = {
        name: (answer.code, answer.price)
        for name in ("account", "associate", "regular", "lapsed")
        for answer in [entitlement(fresh(getattr(cast, name)), sold, now)]
    }
    assert told == {
        "account": ("tier", 30_000),
        "associate": ("tier", 30_000),
        "regular": ("open", None),
        "lapsed": ("renew", None),  # who has only to renew does not buy
    }
    client: Client = login("account")
    assert "30,000원" in client.get("/research/sold/").content.decode()
    assert client.get("/research/sold/buy/").status_code == 200
    answer = client.post("/research/sold/buy/")
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()
    assert client.post("/research/sold/buy/").url == answer.url  # a second click
    assert client.get("/research/sold/download/").status_code == 403
    pay(order, cast)
    assert client.get("/research/sold/download/").status_code == 200
    assert Download.objects.get().way == "bought"
    assert login("regular").post("/research/sold/buy/").status_code in (302, 303)
    assert Order.objects.count() == 1


def test_bought_for_good_until_a_refund(cast: Cast, login, sold: Report) -> None:
    order = actions.buy_report(sold, by=cast.account)
    pay(order, cast)
    client = login("account")
    Report.objects.update(price=None)  # sold no more: who has bought it reads on
    assert client.get("/research/sold/download/").status_code == 200
    line = order.lines.get()
    actions.on_refunded(Refund(order=order, line=line, amount=line.amount, ends_line=True))
    assert client.get("/research/sold/download/").status_code == 403
    assert Permit.objects.get().ended_at


def test_withdrawn_report_tells_its_buyers_and_gives_back_what_was_not_taken(
    cast: Cast, login, sold: Report
) -> None:
    buyers = {name: getattr(cast, name) for name in ("account", "applicant", "associate")}
    orders = {name: actions.buy_report(sold, by=user) for name, user in buyers.items()}
    for name in ("account", "applicant"):
        pay(orders[name], cast)
    assert login("account").get("/research/sold/download/").status_code == 200
    Message.objects.all().delete()
    actions.withdraw_report(sold, reason="통계 오류", by=cast.editor)
    told = {
        message.user.name: (
            message.context["was_paid"], message.context["has_copy"], message.context["back"],
        )
        for message in Message.objects.filter(template="report_withdrawn")
    }  # fmt: skip
    assert told == {
        "account": (True, True, 0),
        "applicant": (True, False, 30_000),
        "associate": (False, False, 0),
    }
    mails = Message.objects.filter(template="report_withdrawn")
    texts = [post.render(message)[1] for message in mails]
    assert all("통계 오류" in text for text in texts)
    assert "30,000원" in " ".join(texts)
    statuses = {name: Order.objects.get(pk=order.pk).status for name, order in orders.items()}
    assert statuses == {"account": "paid", "applicant": "paid", "associate": "cancelled"}
    refund = Refund.objects.get()
    assert (refund.order, refund.amount) == (orders["applicant"], 30_000)
    # Whoever claims the money has no copy taken meanwhile of a report that comes out again.
    Report.objects.update(status=Report.Status.PUBLISHED)
    assert login("applicant").get("/research/sold/download/").status_code == 403
    assert login("account").get("/research/sold/download/").status_code == 200
    actions.on_refunded(refund)  # as when the money has gone
    assert login("applicant").get("/research/sold/download/").status_code == 403
    assert login("applicant").get("/research/sold/buy/").status_code == 200


def test_what_is_claimed_back_is_closed_until_the_claim_is_rejected(
    cast: Cast, login, sold: Report
) -> None:
    pay(actions.buy_report(sold, by=cast.account), cast)
    actions.withdraw_report(sold, reason="통계 오류", by=cast.editor)
    Report.objects.update(status=Report.Status.PUBLISHED)
    client, now = login("account"), clock.now()
    assert client.get("/research/sold/download/").status_code == 403
    assert list(client.get("/me/downloads/").context_data["permits"]) == []
    with pytest.raises(Refused, match="돌려드리는 중"):
        actions.buy_report(Report.objects.get(), by=fresh(cast.account))
    assert client.get("/research/sold/buy/").url == "/research/sold/"
    page = client.get("/research/sold/").content.decode()
    assert ("돌려드리는 중" in page, "/research/sold/buy/" in page) == (True, False)
    ways = explain(Report.objects.with_access().get(), fresh(cast.account), now).ways
    assert any("환불" in way.because for way in ways)
    payments.reject_refund(Refund.objects.get(), by=cast.treasurer, reason="다시 공개됨")
    assert entitlement(fresh(cast.account), sold, now).code == "bought"
    assert client.get("/research/sold/download/").status_code == 200


def test_a_part_of_the_price_given_back_closes_nothing(cast: Cast, login, sold: Report) -> None:
    order = actions.buy_report(sold, by=cast.account)
    pay(order, cast)
    claim = partial(request_line_refund, order, order.lines.get(), reason="x", by=cast.treasurer)
    for amount, status in ((10_000, 200), (20_000, 403)):  # together the whole
        claim(amount=amount)
        assert login("account").get("/research/sold/download/").status_code == status


def test_a_claim_that_ends_the_purchase_closes_it(cast: Cast, login, sold: Report) -> None:
    order = actions.buy_report(sold, by=cast.account)
    pay(order, cast)
    request_line_refund(
        order, order.lines.get(), amount=10_000, reason="x", by=cast.treasurer, ends_line=True
    )
    assert login("account").get("/research/sold/download/").status_code == 403


def test_a_copy_from_before_the_purchase_costs_nobody_the_money(
    cast: Cast, login, sold: Report
) -> None:
    until = clock.now() + timedelta(hours=2)
    guest = actions.let_in(sold, cast.account, until=until, reason="기자 열람", by=cast.editor)
    assert login("account").get("/research/sold/download/").status_code == 200
    actions.end_permit(guest, by=cast.editor)
    pay(actions.buy_report(sold, by=fresh(cast.account)), cast)
    actions.withdraw_report(sold, reason="통계 오류", by=cast.editor)
    assert Refund.objects.get().amount == 30_000
    mail = Message.objects.get(template="report_withdrawn")
    assert (mail.context["has_copy"], mail.context["back"]) == (False, 30_000)


def test_every_withdrawal_tells_what_is_on_its_way_back(cast: Cast, sold: Report) -> None:
    order = actions.buy_report(sold, by=cast.account)
    pay(order, cast)
    actions.withdraw_report(sold, reason="통계 오류", by=cast.editor)
    Report.objects.update(status=Report.Status.PUBLISHED)
    actions.withdraw_report(Report.objects.get(), reason="또 오류", by=cast.editor)
    mails = Message.objects.filter(template="report_withdrawn").order_by("pk")
    assert [mail.context["back"] for mail in mails] == [30_000, 30_000]
    assert Refund.objects.get().amount == 30_000


@pytest.mark.parametrize("status", ["review", "withdrawn", "draft"])
def test_late_money_buys_nothing_that_is_not_there(cast: Cast, sold: Report, status: str) -> None:
    order = actions.buy_report(sold, by=cast.account)
    Report.objects.update(status=status)
    with pytest.raises(Refused):
        actions.on_paid(order)
    assert Permit.objects.get().since is None
    Report.objects.update(status=Report.Status.PUBLISHED)
    actions.on_paid(order)
    assert Permit.objects.get().since is not None


def test_renewing_is_not_said_of_a_tier_that_never_reads(cast: Cast, login, make_report) -> None:
    """And whom renewing brings nothing may buy, as one in good standing of the tier may."""
    tier = factories.make_tier("friend", rights=("priority",))
    report = make_report("home", tiers=(tier,), price=30_000)
    report.branches.add(cast.daegu)
    today = clock.today()
    told = set()
    for name, year in (("owes", today.year - 2), ("paid", today.year)):
        user = factories.make_user(name, email=f"{name}@example.test")
        factories.make_member(
            user, tier=tier, branch=cast.daegu, paid_until=today.replace(year, 12, 31)
        )
        decision = entitlement(fresh(user), report, clock.now())
        told.add((decision.allowed, decision.code, decision.price))
        assert not Report.objects.readable_by(fresh(user), clock.now()).exists()
        actions.buy_report(report, by=fresh(user))
    assert told == {(False, "tier", 30_000)}


def test_order_that_lapses_opens_nothing_and_may_be_made_again(cast: Cast, sold: Report) -> None:
    first = actions.buy_report(sold, by=cast.account)
    payments.cancel_order(first, by=cast.account, reason="x")
    second = actions.buy_report(sold, by=cast.account)
    assert first.pk != second.pk
    assert Permit.objects.filter(ended_at=None).count() == 1


def test_nobody_buys_what_members_wait_for(cast: Cast, make_report) -> None:
    opens = clock.now() + timedelta(days=1)
    report = make_report(
        tiers=(cast.regular_tier,), price=1_000, clock=factories.make_clock({None: opens})
    )
    with pytest.raises(Refused):
        actions.buy_report(report, by=cast.account)
    assert entitlement(fresh(cast.account), report, opens).price == 1_000


def test_buyer_is_led_to_what_was_bought(cast: Cast, login, sold: Report) -> None:
    order = actions.buy_report(sold, by=cast.account)
    client = login("account")

    def led() -> tuple[bool, list[str]]:
        permits = client.get("/me/downloads/").context_data["permits"]
        told = "구매한 자료로 가기" in client.get(order.get_absolute_url()).content.decode()
        return told, [permit.report.slug for permit in permits]

    assert led() == (False, [])
    pay(order, cast)
    assert led() == (True, ["sold"])
    assert client.get("/research/sold/download/").status_code == 200
    assert "/research/sold/" in client.get("/me/downloads/").content.decode()
    actions.withdraw_report(sold, reason="통계 오류", by=cast.editor)
    assert led() == (True, [])
    # The copy stays on record, and leads to no page that is not there.
    page = client.get("/me/downloads/").content.decode()
    assert (sold.title_ko in page, "/research/sold/" in page) == (True, False)


def test_who_came_reads_and_who_gave_the_place_up_does_not(cast: Cast, login, make_report) -> None:
    event = factories.make_event(branch=cast.busan, title_ko="소셜 컨퍼런스")
    report = make_report("after", tiers=(cast.regular_tier,))
    report.occasions.create(event=event.pk)
    place = come(cast.account, event, cast.doorkeeper)
    client = login("account")
    assert "소셜 컨퍼런스" in client.get("/research/after/").content.decode()
    assert client.get("/research/after/download/").status_code == 200
    assert Download.objects.get().way == "came"
    place.ticket.registrations.update(status=Registration.Status.CANCELLED, released_at=clock.now())
    event.tickets.update(taken=0)
    assert client.get("/research/after/download/").status_code == 403


def test_changed_rule_holds_from_the_next_request(cast: Cast, login, make_report) -> None:
    report = make_report("home", tiers=(cast.company_tier,))
    visitor, client, officer = Client(), login("regular"), login("editor")
    assert "부산" not in visitor.get("/research/home/").content.decode().partition('id="access"')[2]
    assert client.get("/research/home/download/").status_code == 403
    report = Report.objects.get(pk=report.pk)
    actions.save_report(report, tiers=[cast.company_tier], branches=[cast.busan], by=cast.editor)
    assert client.get("/research/home/download/").status_code == 200
    kept = visitor.get("/research/home/").content.decode().partition('id="access"')[2]
    assert cast.busan.name in kept
    assert officer.get("/research/home/download/").status_code == 403


def test_staff_read_for_a_reason_for_a_day(cast: Cast, login, make_report) -> None:
    report = make_report("gated", tiers=(cast.regular_tier,))
    client = login("editor")
    url = f"/staff/reports/{report.pk}/read/"
    assert client.post(url, {"reason": " "}).status_code == 422
    client.post(url, {"reason": "인용 확인"})
    assert client.get("/research/gated/download/").status_code == 200
    entry = Entry.objects.get(verb="research.let_in")
    assert (entry.actor_id, entry.reason) == (cast.editor.pk, "인용 확인")
    with clock.standing_at(clock.now() + timedelta(hours=25)):
        assert not entitlement(fresh(cast.editor), report, clock.now()).allowed


def test_somebody_is_let_in_and_out(cast: Cast, login, make_report) -> None:
    report = make_report("gated", tiers=(cast.regular_tier,))
    desk, guest = login("editor"), login("account")
    until = (clock.now() + timedelta(days=3)).astimezone(clock.KST).strftime("%Y-%m-%dT%H:%M")
    page = desk.post(
        f"/staff/reports/{report.pk}/let-in/",
        {"who": "account@example.test", "until": until, "reason": "기자 열람"},
        follow=True,
    )
    assert "기자 열람" in page.content.decode()
    assert guest.get("/research/gated/download/").status_code == 200
    desk.post(f"/staff/permits/{Permit.objects.get().pk}/end/")
    assert guest.get("/research/gated/download/").status_code == 403


@pytest.mark.parametrize(
    ("who", "words"),
    [("lapsed", "권리정지"), ("account", "회원이 아님"), ("regular", "읽을 수 있습니다")],
)
def test_why_somebody_can_read_it_or_not(
    cast: Cast, login, make_report, who: str, words: str
) -> None:
    report = make_report("gated", tiers=(cast.regular_tier,))
    page = login("auditor").get(
        f"/staff/reports/{report.pk}/access/", {"who": f"{who}@example.test"}
    )
    explained = page.context_data["explanation"]
    now = clock.now()
    assert explained.decision == entitlement(fresh(getattr(cast, who)), report, now)
    entry = Entry.objects.get(verb="privacy.view")
    assert entry.subjects == [getattr(cast, who).pk]


def test_seen_as_a_tier_is_what_a_member_of_it_sees(cast: Cast, login, make_report) -> None:
    make_report("gated", tiers=(cast.regular_tier,))
    make_report("dear", tiers=(cast.company_tier,), price=9_000)
    desk = login("auditor")

    def seen(**query: Any) -> dict[str, str]:
        page = desk.get("/staff/reports/as/", query)
        return {row.report.slug: row.decision.code for row in page.context_data["shelved"]}

    tier = cast.regular_tier.pk
    assert seen() == {"gated": "tier", "dear": "tier"}
    assert seen(tier=tier) == {"gated": "open", "dear": "tier"}
    assert seen(tier=tier, standing="arrears") == {"gated": "renew", "dear": "tier"}
    report = Report.objects.get(slug="gated")
    assert desk.get(f"/staff/reports/{report.pk}/as/", {"tier": tier}).status_code == 200
    assert PEOPLE and not Download.objects.exists()
