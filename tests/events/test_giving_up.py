"""What comes back, said before it is confirmed: by days, in a course by progress."""

from datetime import datetime, timedelta
from fractions import Fraction

import pytest
from django.urls import reverse

from events import actions
from events.actions import Attendee
from events.ladders import BY_DAYS, BY_PROGRESS, Stand, ladder_of
from events.models import Event, Registration, Session, Ticket
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.payments import actions as payments
from kosna.payments.models import Order, Refund
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once

Status = Registration.Status
ME = Attendee("me", "me@example.test", is_buyer=True)
TWO = [ME, Attendee("박서준"), Attendee("최유나")]
KST = clock.KST


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=KST)


@pytest.fixture
def stand_at(monkeypatch):
    def move(text: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: at(text))

    return move


def bought(ticket: Ticket, buyer, *attendees: Attendee) -> Order:
    order = actions.register(ticket=ticket, attendees=attendees or [ME], by=buyer)
    pay(order)
    return Order.objects.get(pk=order.pk)


@pytest.fixture
def conference(cast, stand_at) -> Ticket:
    """On 20 May at two; 33,000 won for everyone."""
    stand_at("2027-05-01 12:00")
    event = factories.make_event("talk", starts_at=at("2027-05-20 14:00"))
    return factories.make_ticket(event, prices={None: 33_000})


@pytest.fixture
def course(cast, stand_at) -> Ticket:
    """Nine days in May; 100,000 won."""
    stand_at("2027-05-01 12:00")
    event = factories.make_event(
        "course",
        kind=Event.Kind.COURSE,
        starts_at=at("2027-05-10 19:00"),
        ends_at=at("2027-05-18 21:00"),
    )
    return factories.make_ticket(event, prices={None: 100_000})


def backs(order: Order) -> list[int]:
    return [quote.back for quote in actions.quote(order)]


def page_of(order: Order) -> str:
    return reverse("tickets:order-cancel", args=[order.code])


def asked(order: Order) -> list[tuple[int, int]]:
    rows = order.refunds.order_by("line")
    return [(refund.line_id, refund.amount) for refund in rows]


# The ladders --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "back"),
    [
        ("2027-05-13 23:59", 33_000),  # seven days before
        ("2027-05-14 00:00", 16_500),
        ("2027-05-17 23:59", 16_500),  # three
        ("2027-05-18 00:00", 0),
    ],
)
def test_a_conference_counts_korean_calendar_days(cast, conference, stand_at, day, back):
    order = bought(conference, cast.account)
    stand_at(day)
    [quote] = actions.quote(order)
    assert (quote.back, quote.stays, quote.claimed) == (back, 33_000 - back, 0)


@pytest.mark.parametrize(
    ("moment", "back"),
    [
        ("2027-05-10 18:59", 100_000),
        ("2027-05-10 19:00", 66_660),  # begun: the first day of nine
        ("2027-05-12 23:59", 66_660),  # the third
        ("2027-05-13 00:00", 50_000),  # more than a third
        ("2027-05-13 23:59", 50_000),  # four of nine
        ("2027-05-14 00:00", 0),  # five of nine
        ("2027-05-18 20:59", 0),
    ],
)
def test_a_course_counts_its_days(cast, course, stand_at, moment, back):
    order = bought(course, cast.account)
    stand_at(moment)
    [quote] = actions.quote(order)
    assert (quote.back, quote.refusals) == (back, ())
    actions.cancel_places(order, [quote.line.pk], quoted=back, by=cast.account)
    assert Registration.objects.get().status == Status.CANCELLED
    assert asked(order) == ([(quote.line.pk, back)] if back else [])


@pytest.mark.parametrize(
    ("moment", "back"),
    [
        ("2027-05-10 18:59", 100_000),
        ("2027-05-10 19:00", 66_660),  # one of six
        ("2027-05-12 18:59", 66_660),  # one of six; the break is none
        ("2027-05-12 19:00", 66_660),  # two of six: a third
        ("2027-05-13 19:00", 50_000),  # three of six: a half
        ("2027-05-14 19:00", 0),
    ],
)
def test_a_course_with_a_programme_counts_its_sessions(cast, course, stand_at, moment, back):
    for day in ("10", "12", "13", "14", "15", "18"):
        start = at(f"2027-05-{day} 19:00")
        Session.objects.create(
            event=course.event, title_ko=day, starts_at=start, ends_at=start + timedelta(hours=2)
        )
    start = at("2027-05-11 19:00")
    Session.objects.create(
        event=course.event,
        title_ko="휴식",
        is_break=True,
        starts_at=start,
        ends_at=start + timedelta(hours=2),
    )
    order = bought(course, cast.account)
    stand_at(moment)
    assert backs(order) == [back]


def test_a_course_that_is_over_is_not_given_up(cast, course, stand_at):
    order = bought(course, cast.account)
    stand_at("2027-05-18 21:00")
    [quote] = actions.quote(order)
    assert len(quote.refusals) == 1
    with pytest.raises(Refused):
        actions.cancel_places(order, [quote.line.pk], quoted=0, by=cast.account)


def test_a_learner_who_has_come_may_leave_and_gets_no_certificate(cast, course, stand_at, login):
    bought(course, cast.account)
    place = Registration.objects.with_event().get()
    stand_at("2027-05-10 19:30")
    actions.check_in(event=course.event, typed=place.code, by=cast.doorkeeper)
    address = reverse("tickets:ticket-certificate", args=[place.secret])
    client = login("account")
    assert client.get(address).status_code == 200
    actions.cancel_registration(registration=place, by=cast.account)
    assert client.get(address).status_code == 404


def test_at_a_conference_nobody_leaves_who_has_come(cast, conference, stand_at):
    order = bought(conference, cast.account)
    place = Registration.objects.with_event().get()
    stand_at("2027-05-20 13:50")
    actions.check_in(event=conference.event, typed=place.code, by=cast.doorkeeper)
    with pytest.raises(Refused):
        actions.cancel_registration(registration=place, by=cast.account)
    assert asked(order) == []


@pytest.mark.parametrize(
    ("amount", "back"), [(100_000, 66_660), (99_990, 66_660), (15, 10), (14, 0), (0, 0)]
)
def test_thirds_are_rounded_down_to_ten_won(amount, back):
    assert ladder_of(BY_PROGRESS).back(amount, Stand(0, Fraction(1, 3), "")) == back


def test_half_of_an_odd_price_is_rounded_down_to_a_won():
    assert ladder_of(BY_DAYS).back(33_333, Stand(3, Fraction(0), "")) == 16_666


def test_an_order_keeps_the_ladder_under_which_it_was_placed(cast, conference, course, stand_at):
    talk, lessons = bought(conference, cast.account), bought(course, cast.account)
    assert lessons.lines.get().refund_policy == BY_PROGRESS
    assert talk.lines.get().refund_policy == BY_DAYS
    Event.objects.update(kind=Event.Kind.SEMINAR, refund_policy=[[0, 100]])
    stand_at("2027-05-18 00:00")
    assert (backs(talk), backs(lessons)) == ([0], [0])


def test_a_course_that_we_call_off_gives_everything_back(cast, course, stand_at):
    order = bought(course, cast.account)
    stand_at("2027-05-18 20:00")
    actions.cancel_event(event=course.event, reason="강사 사정", by=cast.head_office)
    assert asked(order) == [(order.lines.get().pk, 100_000)]


# Shown, then confirmed ----------------------------------------------------------------------------


def test_several_places_are_given_up_on_one_page(cast, conference, login, stand_at):
    order = bought(conference, cast.account, *TWO)
    first, second, third = order.lines.all()
    stand_at("2027-05-15 12:00")
    client = login("account")
    shown = client.get(page_of(order))
    offered = [(quote.back, taken) for quote, taken in shown.context["quotes"]]
    assert offered == [(16_500, False)] * 3
    shown = client.get(page_of(order), {"line": [first.pk, third.pk]})
    assert (shown.context["back"], "33,000원" in shown.content.decode()) == (33_000, True)
    data = {"line": [first.pk, third.pk], "quoted": 33_000, "confirm": "on"}
    answer = client.post(page_of(order), data)
    assert (answer.status_code, answer.url) == (302, f"/orders/{order.code}/refund-account/")
    assert asked(order) == [(first.pk, 16_500), (third.pk, 16_500)]
    by_line = dict(Registration.objects.values_list("line", "status"))
    assert by_line == {
        first.pk: Status.CANCELLED,
        second.pk: Status.CONFIRMED,
        third.pk: Status.CANCELLED,
    }
    conference.refresh_from_db()
    assert conference.taken == 1


def test_every_place_says_why(cast, conference, login, stand_at):
    order = bought(conference, cast.account)
    stand_at("2027-05-15 12:00")
    text = login("account").get(page_of(order)).content.decode()
    [quote] = actions.quote(order)
    assert quote.why.startswith(ladder_of(BY_DAYS).rungs()[1].words)
    assert quote.why in text and "16,500원" in text


def test_a_quote_that_midnight_changed_is_refused_with_the_new_one(
    cast, conference, login, stand_at
):
    order = bought(conference, cast.account)
    line = order.lines.get()
    client = login("account")
    stand_at("2027-05-13 23:59")
    shown = client.get(page_of(order), {"line": line.pk})
    assert shown.context["back"] == 33_000
    stand_at("2027-05-14 00:00")
    data = {"line": line.pk, "quoted": 33_000, "confirm": "on"}
    refused = client.post(page_of(order), data)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert 'name="quoted" value="16500"' in text and "16,500원" in text
    assert (asked(order), Registration.objects.get().status) == ([], Status.CONFIRMED)
    assert client.post(page_of(order), data | {"quoted": 16_500}).status_code == 302
    assert asked(order) == [(line.pk, 16_500)]


def test_the_page_of_one_ticket_holds_to_its_quote_too(cast, conference, login, stand_at):
    order = bought(conference, cast.account)
    page = reverse("tickets:ticket-cancel", args=[Registration.objects.get().secret])
    stand_at("2027-05-14 00:00")
    refused = login("account").post(page, {"quoted": 33_000, "confirm": "on"})
    assert (refused.status_code, asked(order)) == (422, [])
    assert 'name="quoted" value="16500"' in refused.content.decode()


@pytest.mark.parametrize("more", [{"quoted": ""}, {"confirm": ""}, {"line": []}, {"line": "x"}])
def test_without_choice_sum_or_confirmation_nothing_happens(cast, conference, login, more):
    order = bought(conference, cast.account)
    data = {"line": order.lines.get().pk, "quoted": 33_000, "confirm": "on"} | more
    assert login("account").post(page_of(order), data).status_code == 422
    assert asked(order) == []


def test_one_place_that_cannot_be_given_up_keeps_the_others(cast, conference):
    order = bought(conference, cast.account, *TWO)
    first, second, _third = order.lines.all()
    actions.cancel_places(order, [first.pk], quoted=33_000, by=cast.account)
    with pytest.raises(Refused):
        actions.cancel_places(order, [first.pk, second.pk], quoted=66_000, by=cast.account)
    assert asked(order) == [(first.pk, 33_000)]


def test_anothers_places_are_out_of_reach(cast, conference, login):
    mine = bought(conference, cast.account)
    theirs = bought(conference, cast.regular)
    with pytest.raises(Refused):
        actions.cancel_places(mine, [theirs.lines.get().pk], quoted=0, by=cast.account)
    assert login("account").get(page_of(theirs)).status_code == 404


def test_what_was_given_back_before_does_not_come_back_again(cast, conference):
    order = bought(conference, cast.account)
    line = order.lines.get()
    payments.request_refund(
        order=order, line=line, amount=20_000, reason="할인 누락", by=cast.treasurer
    )
    [quote] = actions.quote(order)
    assert (quote.claimed, quote.back, quote.stays) == (20_000, 13_000, 0)
    actions.cancel_places(order, [line.pk], quoted=13_000, by=cast.account)
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [13_000, 20_000]


def test_a_place_that_two_deposits_paid_comes_back_in_two_pieces(cast, conference):
    order = actions.register(ticket=conference, attendees=[ME], by=cast.account)
    for index, amount in enumerate([10_000, 23_000]):
        payments.record_payment(
            order=order,
            provider="bank",
            reference=f"bank:{index}",
            method="bank_transfer",
            amount=amount,
            received_at=clock.now(),
        )
    line = order.lines.get()
    assert actions.cancel_places(order, [line.pk], quoted=33_000, by=cast.account) == 33_000
    assert sorted(amount for _line, amount in asked(order)) == [10_000, 23_000]


def test_the_treasurer_reads_the_same_quote(cast, conference, login, stand_at):
    order = bought(conference, cast.account)
    stand_at("2027-05-15 12:00")
    page = login("treasurer").get(f"/staff/orders/{order.code}/refund/")
    assert [quote.back for quote in page.context["quotes"]] == backs(order) == [16_500]
    assert "16,500원" in str(page.context["form"]["line"])


def test_the_form_of_an_event_shows_the_ladder_of_its_kind(cast, conference, course, login):
    client = login("head_office")
    told = {
        slug: client.get(f"/staff/events/{slug}/edit/").context["form"].ladders
        for slug in ("talk", "course")
    }
    assert [ladder.by_progress for _name, ladder in told["talk"]] == [False]
    assert [ladder.by_progress for _name, ladder in told["course"]] == [True]
    both = client.get("/staff/events/new/").context["form"].ladders
    assert [ladder.by_progress for _name, ladder in both] == [True, False]


@pytest.mark.parametrize("people", [1, 3])
def test_a_quote_takes_as_many_statements_for_three_as_for_one(
    cast, conference, people, django_assert_num_queries
):
    order = bought(conference, cast.account, *TWO[:people])
    with django_assert_num_queries(5):
        assert len(actions.quote(order)) == people


@pytest.mark.django_db(transaction=True)
def test_two_confirmations_at_once_ask_for_one_refund_each_place():
    event = factories.make_event("rush")
    ticket = factories.make_ticket(event, prices={None: 33_000}, capacity=5)
    buyer = factories.make_user()
    order = bought(ticket, buyer, Attendee("하나"), Attendee("둘"), Attendee("셋"))
    first, second, third = (line.pk for line in order.lines.all())

    def give_up(*lines: int) -> object:
        return actions.cancel_places(order, lines, quoted=33_000 * len(lines), by=buyer)

    answers = at_once(
        lambda: give_up(first, second), lambda: give_up(second, first), lambda: give_up(third)
    )
    assert sorted(each for each in answers if isinstance(each, int)) == [33_000, 66_000]
    assert asked(order) == [(line, 33_000) for line in (first, second, third)]
    ticket.refresh_from_db()
    assert ticket.taken == 0
