"""Booths of an exhibition: what they cost, who gets one, how they end, and the plan."""

from datetime import timedelta

import pytest
from django.urls import reverse

from events import actions, numbers
from events.actions import Company
from events.models import Booth, BoothBooking, BoothType, Event, Exhibitor
from kosna import verify
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine, Refund
from tests import factories
from tests.events.test_registering import pay

Status = BoothBooking.Status


@pytest.fixture
def expo(cast):
    return factories.make_event("expo", kind=Event.Kind.EXHIBITION, branch=cast.busan)


@pytest.fixture
def booth(cast, expo):
    return factories.make_booth(expo, prices={None: 1_100_000, cast.company_tier: 990_000})


def other(user, name="㈜다른회사"):
    return Company(user, None, name)


def book(booth, company):
    return actions.book_booth(booth, company=company, by=company.contact)


def state(number="A1"):
    return Booth.objects.on_plan().get(number=number).state


def lapse(order):
    ended = clock.now() - timedelta(minutes=1)
    Order.objects.filter(pk=order.pk).update(expires_at=ended, release_at=ended)
    order.refresh_from_db()
    payments.expire_order(order)


def test_a_members_company_pays_its_price_and_another_that_of_everyone(cast, expo, booth):
    second = factories.make_booth(expo, "A2")
    order = book(booth, Company(cast.company_rep, cast.company))
    assert (order.total, order.buyer_name) == (990_000, cast.company.name)
    line = order.lines.get()
    assert (line.vat_class, line.supply, line.vat) == (OrderLine.VatClass.TAXABLE, 900_000, 90_000)
    assert (line.tier, line.list_price) == ("company", 1_100_000)
    # Whoever runs a member's company books for another one as everyone does.
    assert book(second, other(cast.company_rep)).total == 1_100_000


def test_what_somebody_is_personally_counts_for_no_company(cast, expo):
    booth = factories.make_booth(expo, prices={None: 1_100_000, cast.regular_tier: 1})
    assert book(booth, other(cast.regular)).total == 1_100_000


def test_a_booth_is_held_then_paid(cast, booth):
    order = book(booth, other(cast.account))
    assert state() == Booth.State.HELD
    with pytest.raises(Refused, match="A1"):
        book(booth, other(cast.regular))
    pay(order)
    assert state() == Booth.State.TAKEN
    booking = BoothBooking.objects.get()
    assert (booking.status, booking.exhibitor.name_ko) == (Status.CONFIRMED, "㈜다른회사")
    assert Message.objects.filter(template="booth_confirmed").count() == 1
    verbs = Entry.objects.filter(target_type="events.event").values_list("verb", flat=True)
    assert list(verbs) == ["events.book_booth"]


def test_a_hold_that_lapses_frees_the_booth(cast, booth):
    order = book(booth, other(cast.account))
    lapse(order)
    assert (state(), BoothBooking.objects.get().status) == (Booth.State.FREE, Status.EXPIRED)


def test_who_pays_late_gets_the_booth_if_it_is_still_free(cast, booth):
    order = book(booth, other(cast.account))
    lapse(order)
    pay(order)
    assert (order.status, state()) == (Order.Status.PAID, Booth.State.TAKEN)


def test_who_pays_late_for_anothers_booth_has_money_under_review(cast, booth):
    late = book(booth, other(cast.account))
    lapse(late)
    pay(book(booth, other(cast.regular)))
    pay(late)
    assert late.status == Order.Status.REVIEW
    assert BoothBooking.objects.current().get().line.order.user == cast.regular


def test_a_booth_given_up_unpaid_is_not_had_by_money_that_comes_later(cast, booth):
    order = book(booth, other(cast.account))
    payments.cancel_order(order, by=cast.account, reason="변심")
    pay(order)
    assert order.status == Order.Status.REVIEW
    with pytest.raises(Refused, match="결제하기 전에"):
        payments.try_again(order, by=cast.treasurer)
    order.refresh_from_db()
    assert (order.status, state()) == (Order.Status.REVIEW, Booth.State.FREE)
    Order.objects.filter(pk=order.pk).update(status="paid", paid_at=clock.now())
    assert len(verify.paid_orders_have_what_they_bought()) == 1


def test_a_booth_is_confirmed_by_its_money_alone(cast, booth):
    order = book(booth, other(cast.account))
    pay(order)
    assert verify.confirmed_booths_are_paid() == []
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PENDING)
    assert len(verify.confirmed_booths_are_paid()) == 1


def test_nobody_holds_many_booths_unpaid(cast, expo):
    booths = [factories.make_booth(expo, f"A{n}") for n in (1, 2, 3)]
    first, second = (book(booth, other(cast.account)) for booth in booths[:2])
    with pytest.raises(Refused):
        book(booths[2], other(cast.account, "㈜셋째"))
    pay(first)
    book(booths[2], other(cast.account))
    assert Exhibitor.objects.count() == 1  # one company, three booths
    assert second.status == Order.Status.PENDING


@pytest.mark.parametrize(("days", "back"), [(30, 1_100_000), (4, 550_000), (1, 0)])
def test_a_booth_given_up_brings_back_what_the_ladder_says(cast, expo, booth, days, back):
    order = book(booth, other(cast.account))
    pay(order)
    Event.objects.update(starts_at=clock.now() + timedelta(days=days))
    with pytest.raises(Refused):  # the page showed something else
        actions.give_up_booth(order, quoted=back + 1, by=cast.account)
    assert actions.give_up_booth(order, quoted=back, by=cast.account) == back
    assert state() == Booth.State.FREE
    assert sum(Refund.objects.values_list("amount", flat=True)) == back
    told = Message.objects.get(template="booth_cancelled")
    assert "A1" in post_office.render(told)[1]
    with pytest.raises(Refused):
        actions.give_up_booth(order, quoted=0, by=cast.account)


def test_a_deposit_that_was_anothers_puts_the_booth_back_on_hold(cast, booth):
    order = book(booth, other(cast.account))
    pay(order)
    Order.objects.filter(pk=order.pk).update(status=Order.Status.PENDING)
    order.refresh_from_db()
    actions.on_booth_unpaid(order)
    assert BoothBooking.objects.get().status == Status.HELD


# --- by staff ---


def test_staff_give_a_booth_that_is_not_offered(cast, expo, booth):
    actions.withhold_booth(booth, by=cast.officer)
    booth.refresh_from_db()
    with pytest.raises(Refused):
        book(booth, other(cast.account))
    until = clock.end_of(clock.today() + timedelta(days=5))
    order = actions.assign_booth(
        booth, company=Company(cast.company_rep, cast.company), expires_at=until, by=cast.officer
    )
    assert (order.expires_at, order.user) == (until, cast.company_rep)
    subject, text, _html = post_office.render(Message.objects.get(template="booth_held"))
    assert "A1" in subject
    assert order.code in text


def test_an_exhibitor_moves_to_a_booth_of_the_same_kind_only(cast, expo, booth):
    free, taken = (factories.make_booth(expo, number) for number in ("A2", "A3"))
    dearer = BoothType.objects.create(event=expo, code="P", name_ko="모서리")
    corner = factories.make_booth(expo, "A4")
    corner.booth_type = dearer
    corner.save()
    book(booth, other(cast.account))
    book(taken, other(cast.regular))
    booking = BoothBooking.objects.get(booth=booth)
    for wrong in (corner, taken):
        with pytest.raises(Refused):
            actions.move_booking(booking, wrong, by=cast.officer)
        booking.refresh_from_db()
    actions.move_booking(booking, free, by=cast.officer)
    assert (state("A1"), state("A2")) == (Booth.State.FREE, Booth.State.HELD)
    assert Message.objects.filter(template="booth_moved").count() == 1


@pytest.mark.parametrize(("is_ours", "back"), [(True, 1_100_000), (False, 0)])
def test_staff_take_a_paid_booth_back(cast, expo, booth, is_ours, back):
    pay(book(booth, other(cast.account)))
    Event.objects.update(starts_at=clock.now() + timedelta(days=1))
    booking = BoothBooking.objects.with_event().get()
    taken = actions.take_booth_back(booking, is_ours=is_ours, reason="배치 변경", by=cast.officer)
    assert (taken, state()) == (back, Booth.State.FREE)


def test_staff_take_a_held_booth_back(cast, booth):
    order = book(booth, other(cast.account))
    booking = BoothBooking.objects.with_event().get()
    assert actions.take_booth_back(booking, is_ours=True, reason="x", by=cast.officer) == 0
    order.refresh_from_db()
    assert (order.status, state()) == (Order.Status.CANCELLED, Booth.State.FREE)


def test_calling_the_exhibition_off_gives_everything_back(cast, expo, booth):
    pay(book(booth, other(cast.account)))
    held = book(factories.make_booth(expo, "A2"), other(cast.regular))
    assert actions.cancel_event(event=expo, reason="태풍", by=cast.officer) == 2
    held.refresh_from_db()
    assert held.status == Order.Status.CANCELLED
    assert Refund.objects.get().amount == 1_100_000
    assert not BoothBooking.objects.current().exists()
    booth = Booth.objects.select_related("event__branch").get(number="A1")
    with pytest.raises(Refused):
        book(booth, other(cast.account))


def test_an_exhibition_with_bookings_does_not_go_back_to_a_draft(cast, expo, booth):
    book(booth, other(cast.account))
    with pytest.raises(Refused):
        actions.unpublish(event=expo, by=cast.officer)


# --- the plan ---


def post_plan(client, plan):
    return client.post(reverse("events_staff:booth-plan", args=["expo"]), {"plan": plan})


def test_the_plan_is_drawn_and_drawn_again(cast, expo, booth, login):
    BoothType.objects.create(event=expo, code="P", name_ko="모서리")
    client = login("officer")
    assert post_plan(client, "a1 A2 . A3=P\nB1").status_code == 302
    placed = {(b.number, b.row, b.column, b.booth_type.code) for b in expo.booths.all()}
    assert placed == {("A1", 1, 1, "S"), ("A2", 1, 2, "S"), ("A3", 1, 4, "P"), ("B1", 2, 1, "S")}
    page = client.get(reverse("events_staff:booth-plan", args=["expo"]))
    assert page.context["form"].initial["plan"] == "A1=S A2=S . A3=P\nB1=S . . ."
    book(booth, other(cast.account))
    for plan, reason in [
        ("A2", "A1"),  # booked, so it stays
        ("A1=P", "A1"),  # sold as another kind
        ("A1 A1", "A1"),
        ("A1 A2=Z", "Z"),
        ("A1 ???", "???"),
    ]:
        answer = post_plan(client, plan)
        assert answer.status_code == 422
        assert reason in answer.context["form"].errors["plan"][0]
    assert post_plan(client, ". A1").status_code == 302
    assert [(b.number, b.column) for b in expo.booths.all()] == [("A1", 2)]


def test_a_booth_that_was_booked_keeps_its_kind_and_its_money(cast, expo, booth, login):
    BoothType.objects.create(event=expo, code="P", name_ko="프리미엄")
    pay(book(booth, other(cast.account)))
    booking = BoothBooking.objects.with_event().get()
    actions.take_booth_back(booking, is_ours=False, reason="사정", by=cast.officer)
    answer = post_plan(login("officer"), "A1=P A2=P")
    assert answer.status_code == 422
    assert "A1" in answer.context["form"].errors["plan"][0]
    [line] = numbers.booth_lines(expo)
    assert (line.label, line.paid, line.given_up) == (str(booth.booth_type), 1_100_000, 1)


def test_the_plan_says_in_words_what_it_shows(cast, expo, booth, login, django_assert_num_queries):
    factories.make_booth(expo, "A2")
    url = reverse("events:booths", args=["expo"])
    book(booth, other(cast.account))
    page = login("company_rep").get(url)
    text = page.content.decode()
    assert reverse("events:booth", args=["expo", "A2"]) in text
    assert reverse("events:booth", args=["expo", "A1"]) not in text
    assert str(Booth.State.HELD.label) in text
    assert "990,000" in text
    assert "㈜다른회사" not in text  # who has not paid yet
    assert "1,100,000" in login("visitor").get(url).content.decode()
    counts = []
    for n in range(3):
        with django_assert_num_queries((len(counts) and counts[0]) or 11, exact=False) as queries:
            login("visitor").get(url)
        counts.append(len(queries))
        factories.make_booth(expo, f"B{n}")
    assert len(set(counts)) == 1


def test_a_company_books_on_the_page(cast, expo, booth, login):
    url = reverse("events:booth", args=["expo", "A1"])
    client = login("company_rep")
    assert client.post(url, {"company": "other", "name": ""}).status_code == 422
    answer = client.post(url, {"company": cast.company.pk})
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()
    assert order.total == 990_000
    # Nobody books for a company that they do not run.
    assert login("company_seat").post(url, {"company": cast.company.pk}).status_code == 422


def test_a_booth_is_taken_back_on_the_page_once_that_is_confirmed(cast, expo, booth, login):
    pay(book(booth, other(cast.account)))
    client, url = login("officer"), reverse("events_staff:booth-take-back", args=["expo", "A1"])
    answer = client.post(url, {"reason": "전시 구역 변경", "is_ours": "on"})
    assert answer.status_code == 422
    assert "전시 구역 변경" in answer.content.decode()
    assert state() == Booth.State.TAKEN
    client.post(url, {"reason": "전시 구역 변경", "is_ours": "on", "confirm": "on"})
    assert (state(), Refund.objects.get().amount) == (Booth.State.FREE, 1_100_000)


def test_staff_give_a_booth_on_the_page_and_are_told_who_is_unknown(cast, expo, booth, login):
    url = reverse("events_staff:booth", args=["expo", "A1"])
    until = (clock.today() + timedelta(days=3)).isoformat()
    client = login("officer")
    answer = client.post(url, {"email": "nobody@example.test", "name": "x", "until": until})
    assert answer.status_code == 422
    assert "email" in answer.context["form"].errors
    late = (clock.today() + timedelta(days=300)).isoformat()
    answer = client.post(url, {"email": cast.account.email, "name": "x", "until": late})
    assert "until" in answer.context["form"].errors
    assert client.post(url, {"email": cast.company_rep.email, "until": until}).status_code == 302
    assert BoothBooking.objects.get().exhibitor.member == cast.company


def test_a_booth_that_somebody_has_is_said_to_be_given(cast, booth, login):
    pay(book(booth, Company(cast.company_rep, cast.company)))
    page = login("visitor").get(reverse("events:booths", args=["expo"])).content.decode()
    assert "배정됨" in page and "<small>신청</small>" not in page
