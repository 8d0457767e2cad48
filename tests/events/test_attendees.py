"""Who comes on an order: named later, corrected, handed over to whoever could have bought it."""

from copy import deepcopy
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import translation

from events import actions, certificates
from events.actions import Attendee, Outcome, naming
from events.forms.attendees import DetailsForm, HandOverForm
from events.models import CheckIn, Event, Registration, Ticket
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments.models import Order
from tests import factories
from tests.events.test_giving_up import at, stand_at  # noqa: F401
from tests.events.test_registering import FRIEND, ME, pay
from tests.events.test_rushes import at_once
from tests.members.test_desk import queries_of

LATER = Attendee("")
NEW = Attendee("최유나", "new@example.test", "달빛콘텐츠")


@pytest.fixture
def ticket(cast) -> Ticket:
    event = factories.make_event("conference")
    return factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})


def bought(ticket: Ticket, buyer, *attendees: Attendee) -> list[Registration]:
    """The places of a paid order, in order."""
    pay(actions.register(ticket=ticket, attendees=attendees or [ME], by=buyer))
    places = Registration.objects.filter(line__order__user=buyer).with_event()
    return list(places.select_related("line__order__user").order_by("pk"))


def mails(template: str) -> set[str]:
    return set(Message.objects.filter(template=template).values_list("to", flat=True))


def test_no_link_is_typed_for_a_name_wherever_one_is_named(cast, login, ticket):
    place, open_place = bought(ticket, cast.account, ME, LATER)
    client, lure = login("account"), "보안팀\nhttp://evil.example"
    named = reverse("tickets:order-places", args=[place.line.order.code])
    given = client.post(
        named,
        {
            f"name_{open_place.pk}": lure,
            f"email_{open_place.pk}": NEW.email,
            f"affiliation_{open_place.pk}": lure,
        },
    )
    errors = given.context["form"].errors
    assert (given.status_code, set(errors)) == (
        422,
        {f"name_{open_place.pk}", f"affiliation_{open_place.pk}"},
    )
    form = HandOverForm({"name": lure, "email": NEW.email, "affiliation": lure, "confirm": "on"})
    assert set(form.errors) == {"name", "affiliation"}
    assert set(DetailsForm({"email": NEW.email, "affiliation": lure}).errors) == {"affiliation"}


# --- named later ---


def test_a_place_without_a_name_is_no_ticket_before_it_has_one(cast, login, ticket):
    client = login("regular")
    typed = {"ticket": ticket.pk, "myself": "on", "later": "2"}
    answer = client.post(reverse("events:register", args=["conference"]), typed)
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()
    assert order.total == 33_000 + 2 * 55_000
    pay(order)
    assert mails("registration_confirmed") == {"regular@example.test"}
    assert mails("names_wanted") == {"regular@example.test"}

    nameless = Registration.objects.nameless().with_event().first()
    assert actions.check_in(event=nameless.event, typed=nameless.code, by=cast.doorkeeper) == (
        actions.Scan(Outcome.NAMELESS, nameless)
    )
    assert client.get(reverse("tickets:ticket-pdf", args=[nameless.secret])).status_code == 404
    assert nameless.door_code not in client.get(nameless.get_absolute_url()).content.decode()

    page = reverse("tickets:order-places", args=[order.code])
    typed = {f"name_{nameless.pk}": NEW.name}
    answer = client.post(page, typed)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [f"email_{nameless.pk}"]
    assert NEW.name in answer.content.decode()  # what was typed is kept
    client.post(page, {**typed, f"email_{nameless.pk}": NEW.email})
    nameless.refresh_from_db()
    assert nameless.is_ticket
    assert mails("registration_confirmed") == {"regular@example.test", NEW.email}
    assert Registration.objects.nameless().count() == 1
    assert "name_" in client.get(page).content.decode()  # the other is still asked for
    assert Entry.objects.filter(verb="events.name_places").count() == 1


def test_without_a_name_there_is_no_certificate(cast, ticket):
    place = bought(ticket, cast.regular, LATER)[0]
    CheckIn.objects.create(registration=place, by=cast.doorkeeper)
    place = Registration.objects.with_event().get(pk=place.pk)
    assert not certificates.verdict(place).allowed
    assert not certificates.earned(Registration.objects.all()).exists()
    Registration.objects.update(name="이름")
    place = Registration.objects.with_event().get(pk=place.pk)
    with clock.standing_at(place.event.starts_at):
        assert certificates.verdict(place).allowed
        assert certificates.earned(Registration.objects.all()).exists()


def test_names_are_taken_once_and_until_the_event_begins(cast, ticket):
    place = bought(ticket, cast.regular, LATER)[0]
    order = place.line.order
    Event.objects.update(starts_at=clock.now() - timedelta(minutes=1))
    with pytest.raises(Refused):
        actions.name_places(order, {place.pk: NEW}, by=cast.regular)
    Event.objects.update(starts_at=clock.now() + timedelta(minutes=1))
    assert actions.name_places(order, {place.pk: NEW}, by=cast.regular) == 1
    with pytest.raises(Refused):
        actions.name_places(order, {place.pk: FRIEND}, by=cast.regular)
    assert Registration.objects.get().name == NEW.name


def test_nobody_names_places_of_another_order(cast, ticket):
    mine = bought(ticket, cast.regular, LATER)[0]
    theirs = bought(ticket, cast.account, LATER)[0]
    assert actions.name_places(mine.line.order, {theirs.pk: NEW}, by=cast.regular) == 0
    assert Registration.objects.nameless().count() == 2


def test_missing_names_are_asked_for_a_week_and_two_days_before(cast, stand_at):  # noqa: F811
    stand_at("2027-05-01 12:00")
    event = factories.make_event("talk", starts_at=at("2027-05-20 14:00"))
    bought(factories.make_ticket(event), cast.regular, LATER, LATER)
    sent = []
    for day in range(10, 21):
        stand_at(f"2027-05-{day} 09:00")
        before = Message.objects.filter(template="names_wanted").count()
        actions.remind_names()
        actions.remind_names()
        if Message.objects.filter(template="names_wanted").count() > before:
            sent.append(day)
    assert sent == [13, 18]
    text = post_office.render(Message.objects.filter(template="names_wanted").last())[1]
    assert reverse("tickets:order-places", args=[Order.objects.get().code]) in text


def test_the_page_of_an_order_takes_as_many_statements_for_three_places_as_for_one(
    cast, login, ticket
):
    client, counts = login("account"), set()
    for attendees in ([LATER], [LATER, FRIEND, LATER]):
        place = bought(ticket, cast.account, *attendees)[-1]
        page = reverse("tickets:order-places", args=[place.line.order.code])
        counts.add(queries_of(client, page))
    assert len(counts) == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_name_one_place_at_once_name_it_once():
    place, buyer = _nameless_place()
    order = place.line.order
    answers = at_once(
        lambda: actions.name_places(order, {place.pk: NEW}, by=buyer),
        lambda: actions.name_places(order, {place.pk: FRIEND}, by=buyer),
    )
    assert sorted(isinstance(answer, Refused) for answer in answers) == [False, True]
    assert Message.objects.filter(template="registration_confirmed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twin_naming_what_was_read_before_makes_two_tickets_of_one(monkeypatch):
    place, buyer = _nameless_place()
    order, stale = place.line.order, list(Registration.objects.with_event())
    monkeypatch.setattr(naming, "_locked", lambda _places: deepcopy(stale))
    for each in (NEW, FRIEND):
        actions.name_places(order, {place.pk: each}, by=buyer)
    assert mails("registration_confirmed") >= {NEW.email}
    assert Registration.objects.get().name == FRIEND.name


def _nameless_place():
    ticket, buyer = factories.make_ticket(factories.make_event("talk")), factories.make_user()
    return bought(ticket, buyer, LATER)[0], buyer


# --- handed over ---


def test_the_old_ticket_dies_at_once_and_both_are_told(cast, login, ticket):
    place = bought(ticket, cast.account, ME, FRIEND)[1]
    old = place.secret, place.code
    url = reverse("tickets:ticket-hand-over", args=[place.secret])
    typed = {"name": NEW.name, "email": NEW.email, "affiliation": NEW.affiliation}
    client = login("account")
    assert client.post(url, typed).status_code == 422  # not confirmed
    assert client.post(url, {**typed, "confirm": "on"}).status_code == 302

    place = Registration.objects.with_event().get(pk=place.pk)
    assert (place.name, place.email, place.affiliation) == (NEW.name, NEW.email, NEW.affiliation)
    assert client.get(reverse("tickets:ticket", args=[old[0]])).status_code == 404
    for typed in old:
        found = actions.check_in(event=place.event, typed=typed, by=cast.doorkeeper)
        assert found.outcome == Outcome.UNKNOWN
    assert mails("ticket_handed_over") == {FRIEND.email}
    assert NEW.email in mails("registration_confirmed")
    entry = Entry.objects.get(verb="events.hand_over")
    assert entry.actor_id == cast.account.pk
    assert NEW.name not in str(entry.facts)  # masked: the log is for good
    admitted = actions.check_in(
        event=place.event, typed=place.code, by=cast.doorkeeper, is_early=True
    )
    assert admitted.outcome == Outcome.ADMITTED


def test_a_members_price_goes_to_a_member_who_could_have_bought_it(cast, ticket):
    place = bought(ticket, cast.regular)[0]
    other = factories.make_user("남궁현", email="other@example.test")
    for stranger in ("nobody@example.test", "account@example.test", "lapsed@example.test"):
        with pytest.raises(Refused) as refusal:
            actions.hand_over(place, Attendee("아무개", stranger), by=cast.regular)
        assert refusal.value.field == "email"
    with pytest.raises(Refused):
        actions.hand_over(place, Attendee(other.name, other.email), by=cast.regular)
    factories.make_member(other, tier=cast.regular_tier, paid_until=clock.today())
    actions.hand_over(place, Attendee(other.name, other.email), by=cast.regular)
    place.refresh_from_db()
    assert place.user == other
    # And back again; but never a second seat for one person.
    actions.register(ticket=ticket, attendees=[ME], by=cast.regular)
    place = Registration.objects.with_event().get(pk=place.pk)
    with pytest.raises(Refused):
        actions.hand_over(place, Attendee("김하늘", "regular@example.test"), by=cast.regular)


def test_what_everybody_pays_goes_to_anybody_and_a_companys_to_colleagues(cast, ticket):
    place = bought(ticket, cast.account)[0]
    actions.hand_over(place, NEW, by=cast.account)
    place.refresh_from_db()
    assert place.user is None  # a name, no account
    company = factories.make_ticket(
        factories.make_event("fair"), prices={None: 55_000, cast.company_tier: 30_000}
    )
    place = bought(company, cast.company_seat)[0]
    actions.hand_over(place, NEW, by=cast.company_seat)
    place.refresh_from_db()
    assert place.name == NEW.name


def test_a_seat_bought_early_goes_to_nobody_who_had_to_wait(cast):
    now = clock.now()
    opening = factories.make_clock(
        {cast.regular_tier: now - timedelta(days=1), None: now + timedelta(days=2)}
    )
    ticket = factories.make_ticket(factories.make_event("priority", clock=opening))
    place = bought(ticket, cast.regular)[0]
    opening.openings.filter(tier=None).update(opens_at=now + timedelta(seconds=1))
    with pytest.raises(Refused):
        actions.hand_over(place, NEW, by=cast.regular)


def test_it_ends_the_day_before_and_at_the_door(cast, stand_at):  # noqa: F811
    stand_at("2027-05-01 12:00")
    event = factories.make_event("talk", starts_at=at("2027-05-20 14:00"))
    place = bought(factories.make_ticket(event), cast.account)[0]
    stand_at("2027-05-20 00:00")
    with pytest.raises(Refused):
        actions.hand_over(place, NEW, by=cast.account)
    stand_at("2027-05-19 23:59")
    actions.hand_over(place, NEW, by=cast.account)
    CheckIn.objects.create(registration=place, by=cast.doorkeeper)
    with pytest.raises(Refused):
        actions.hand_over(place, FRIEND, by=cast.account)


def test_another_address_makes_the_old_ticket_void(cast, login, ticket):
    place = bought(ticket, cast.account, ME, FRIEND)[1]
    client = login("account")
    typed = {"email": FRIEND.email, "affiliation": "새 소속"}
    url = reverse("tickets:ticket-details", args=[place.secret])
    assert client.post(url, typed).status_code == 302
    assert Registration.objects.get(secret=place.secret).affiliation == "새 소속"
    assert client.post(url, {**typed, "email": NEW.email}).status_code == 302
    assert not Registration.objects.filter(secret=place.secret).exists()
    assert Registration.objects.get(email=NEW.email).name == FRIEND.name


def test_guessing_whose_address_is_a_members_is_limited(cast, login, ticket):
    place = bought(ticket, cast.regular)[0]
    client = login("regular")
    url = reverse("tickets:ticket-hand-over", args=[place.secret])
    with translation.override("ko"):
        answers = [
            client.post(url, {"name": "아무개", "email": f"{n}@x.test", "confirm": "on"})
            for n in range(11)
        ]
    assert {answer.status_code for answer in answers} == {422}
    assert list(answers[0].context["form"].errors) == ["email"]
    assert list(answers[-1].context["form"].errors) == ["__all__"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_round", range(3))
def test_nobody_comes_in_on_a_ticket_that_is_another_s(_round):
    place, buyer, door = _paid_place()
    at_once(
        lambda: (
            actions.check_in(event=place.event, typed=place.secret, by=door, is_early=True).outcome
        ),
        lambda: actions.hand_over(place, NEW, by=buyer),
    )
    assert CheckIn.objects.exists() != (Registration.objects.get().name == NEW.name)


@pytest.mark.django_db(transaction=True)
def test_twin_handing_over_what_was_read_before_lets_both_in(monkeypatch):
    place, buyer, door = _paid_place()
    monkeypatch.setattr(naming, "_one", lambda stale: stale)
    assert not place.has_come
    actions.check_in(event=place.event, typed=place.secret, by=door, is_early=True)
    actions.hand_over(place, NEW, by=buyer)
    assert CheckIn.objects.exists()
    assert Registration.objects.get().name == NEW.name


def _paid_place():
    ticket = factories.make_ticket(factories.make_event("talk"), capacity=1)
    buyer, door = factories.make_user(), factories.make_user("접수요원")
    return bought(ticket, buyer, Attendee(buyer.name, buyer.email, is_buyer=True))[0], buyer, door
