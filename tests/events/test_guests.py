"""Registering without an account: a link holds the order, and nobody learns who has an account."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client, TestCase
from django.urls import reverse

from events import actions
from events.models import Registration, Ticket
from kosna.accounts.models import Consent, Guest, Policy, User
from kosna.accounts.policies import own_version
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.actions import pdf_of
from kosna.documents.models import Document
from kosna.mail import post as post_office
from kosna.mail.models import Message
from kosna.payments import actions as payments
from kosna.payments.models import Order, OrderLine
from kosna.routes import routes
from kosna.verify import verify
from tests import factories
from tests.events.test_registering import pay
from tests.events.test_rushes import at_once

URL = "/events/conference/register/guest/"


@pytest.fixture
def ticket(cast) -> Ticket:
    event = factories.make_event("conference")
    return factories.make_ticket(event, prices={None: 55_000, cast.regular_tier: 33_000})


@pytest.fixture
def free(cast) -> Ticket:
    return factories.make_ticket(factories.make_event("conference"), capacity=500, prices={None: 0})


def typed(ticket: Ticket, email: str = "guest@example.test", **more: object) -> dict:
    return {
        "ticket": ticket.pk,
        "myself": "on",
        "name": "나그네",
        "email": email,
        "phone": "010-1234-5678",
        "agrees": "on",
        "privacy_version": own_version("privacy"),
        "form_key": str(uuid4()),
        **more,
    }


def link(template: str = "guest_order") -> str:
    message = Message.objects.filter(template=template).latest("pk")
    text = post_office.render(message)[1]
    return re.search(r"/orders/guest/[\w-]+/", text).group()


def test_a_guest_pays_everybodys_price_at_once_and_holds_the_order_by_its_link(ticket):
    client = Client()
    answer = client.post(URL, typed(ticket, "regular@example.test"))  # a member's address
    order = Order.objects.get()
    assert answer.url == order.get_absolute_url()
    assert order.total == 55_000
    assert order.user.is_guest
    assert client.get(order.get_absolute_url()).status_code == 200
    paid = client.post(reverse("payments:pay", args=[order.code]), {"method": "bank"})
    assert paid.status_code == 303
    pay(order)
    place = Registration.objects.get()
    assert place.is_ticket
    assert Message.objects.filter(template="registration_confirmed").get().to == place.email
    assert Consent.objects.get().user == order.user
    assert "orders/guest" not in str(Message.objects.values_list("context", flat=True))

    other = Client()
    assert other.get(order.get_absolute_url()).status_code == 302  # to sign in, as everybody
    assert other.get("/orders/guest/guessed/").status_code == 404
    assert other.get(link()).url == order.get_absolute_url()
    assert other.get(order.get_absolute_url()).status_code == 200
    assert other.get(reverse("tickets:order-places", args=[order.code])).status_code == 200
    assert other.get(reverse("tickets:order-cancel", args=[order.code])).status_code == 200
    assert other.get("/me/").status_code == 302  # the link opens the order and nothing else


def test_what_is_free_waits_for_the_link(free):
    client = Client()
    client.post(URL, typed(free))
    order = Order.objects.get()
    take = reverse("payments:pay", args=[order.code])
    client.post(take, {"method": "free"})
    order.refresh_from_db()
    assert order.status == Order.Status.PENDING
    assert not Message.objects.filter(template="registration_confirmed").exists()
    client.get(link())
    client.post(take, {"method": "free"})
    order.refresh_from_db()
    assert order.status == Order.Status.PAID
    assert Message.objects.filter(template="registration_confirmed").exists()
    free.refresh_from_db()
    assert free.taken == 1 == actions.recount(free)


def test_the_answer_does_not_say_who_has_an_account(cast, ticket):
    answers = []
    for email in ("regular@example.test", "nobody@example.test"):
        client = Client()
        page = client.post(URL, typed(ticket, email), follow=True)
        code = Order.objects.latest("pk").code
        text = page.content.decode().replace(code, "").replace(email, "")
        answers.append(re.sub(r'(datetime|value|nonce|content)="[^"]*"', "", text))
        assert page.status_code == 200
    assert len(answers[0]) == pytest.approx(len(answers[1]), abs=60)
    assert not User.objects.filter(is_guest=True, email__contains="example").exists()


def test_nobody_signs_in_as_a_guest(ticket, client):
    client.post(URL, typed(ticket))
    user = Order.objects.get().user
    assert not user.has_usable_password()
    assert not user.is_active
    assert not user.emailaddress_set.exists()
    Client().post(reverse("account_request_login_code"), {"email": user.email})
    Client().post(reverse("account_reset_password"), {"email": user.email})
    assert not Message.objects.filter(to=user.email).exists()


def test_a_form_sent_twice_is_one_order(ticket, client):
    form = typed(ticket)
    first, second = client.post(URL, form), client.post(URL, form)
    assert first.url == second.url
    assert Order.objects.count() == Guest.objects.count() == 1


def test_what_is_missing_is_said_at_its_field_and_leaves_nothing(ticket, client):
    answer = client.post(URL, typed(ticket, agrees="", phone="12"))
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"agrees", "phone"}
    assert "나그네" in answer.content.decode()
    Ticket.objects.update(capacity=0)
    assert client.post(URL, typed(ticket)).status_code == 422
    assert not Guest.objects.exists()
    assert not User.objects.filter(is_guest=True).exists()


LURE = "고객\n\n[KOSNA 보안팀] 계정이 잠겼습니다. 즉시 확인: {}\n\n."


@pytest.mark.parametrize("field", ["name", "affiliation", "name_1", "affiliation_1"])
def test_nobody_sends_links_of_their_own_from_our_address(ticket, client, field):
    colleague = {"rows": 2, "name_1": "동료", "email_1": "friend@example.test"}
    for where in ("http://evil.example/login", "www.evil.example", "<b>"):
        answer = client.post(
            URL + "?people=2", typed(ticket, **colleague | {field: LURE.format(where)})
        )
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert "웹 주소" in answer.content.decode()
    assert not Message.objects.exists()


def test_a_name_is_one_line_of_the_mail(free, client):
    assert client.post(URL, typed(free, name=LURE.format("전화"))).status_code == 302
    text = post_office.render(Message.objects.get())[1]
    first = text.splitlines()[0]
    assert "고객 [KOSNA 보안팀] 계정이 잠겼습니다. 즉시 확인: 전화 ." in first


def test_floods_are_stopped_and_a_class_behind_one_router_is_not(free, client):
    answers = [client.post(URL, typed(free)).status_code for _n in range(6)]
    assert answers == [302] * 5 + [422]
    others = [client.post(URL, typed(free, f"{n}@x.test")).status_code for n in range(36)]
    assert others == [302] * 35 + [422]


def test_what_is_refused_or_was_sent_before_uses_no_pace_up(free, client):
    form = typed(free)
    assert [client.post(URL, form).status_code for _n in range(8)] == [302] * 8
    Ticket.objects.update(capacity=1)  # taken
    assert [client.post(URL, typed(free)).status_code for _n in range(8)] == [422] * 8
    Ticket.objects.update(capacity=500)
    answers = [client.post(URL, typed(free)).status_code for _n in range(5)]
    assert answers == [302] * 4 + [422]


def test_an_order_goes_into_the_account_of_the_same_proven_address(cast, login, ticket):
    browser = Client()
    browser.post(URL, typed(ticket, "account@example.test"))
    order = Order.objects.get()
    pay(order)
    claim = reverse("tickets:order-claim", args=[order.code])
    mine = login("account")
    assert mine.post(claim).status_code == 404  # without its link
    wrong = login("regular")
    wrong.get(link())
    wrong.post(claim)
    order.refresh_from_db()
    assert order.user.is_guest
    mine.get(link())
    assert mine.post(claim).url == order.get_absolute_url()
    order.refresh_from_db()
    assert order.user == cast.account
    assert Registration.objects.get().user == cast.account
    assert Entry.objects.filter(verb="events.claim_order").count() == 1
    assert browser.get(order.get_absolute_url()).status_code in (302, 404)
    assert Client().get(link()).status_code == 404


def test_whoever_has_a_seat_claims_a_second_as_a_name_and_is_told(cast, login, ticket):
    actions.register(
        ticket=ticket,
        attendees=[actions.Attendee("a", "a@x.test", is_buyer=True)],
        by=cast.account,
    )
    Client().post(URL, typed(ticket, "account@example.test"))
    order = Order.objects.latest("pk")
    with pytest.raises(Refused):  # not proven yet
        actions.claim_order(order, by=cast.account)
    mine = login("account")
    mine.get(link())
    claim = reverse("tickets:order-claim", args=[order.code])
    page = mine.post(claim, follow=True).content.decode()
    assert "오실 분을 바꾸거나" in page
    place = Registration.objects.get(line__order=order)
    assert (place.user, place.name) == (None, "나그네")
    pay(order)
    assert mine.get(f"/tickets/{place.secret}/hand-over/").status_code == 200


def test_guests_are_erased_when_nothing_asks_to_keep_them(free, monkeypatch):
    now = clock.now()
    Client().post(URL, typed(free))
    kept, lapsed = Order.objects.get(), None
    Client().post(URL, typed(free, "other@example.test"))
    lapsed = Order.objects.latest("pk")
    Guest.objects.update(confirmed_at=now)
    payments.accept_free(kept, by=kept.user)
    payments.cancel_order(lapsed, by=lapsed.user, reason="")
    assert actions.erase_guests() == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    assert actions.erase_guests() == 1
    assert actions.erase_guests() == 0
    gone = Guest.objects.select_related("user").get(user=lapsed.user)
    assert (gone.email, gone.user.name, gone.user.phone) == ("", "—", "")
    place = Registration.objects.get(line__order=lapsed)
    assert (place.name, place.email) == ("—", "")
    assert not Message.objects.filter(to="other@example.test").exists()
    assert Guest.objects.get(user=kept.user).email == "guest@example.test"
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=5 * 366 + 1))
    assert actions.erase_guests() == 1


def test_an_erased_guest_lives_on_in_no_line_and_no_paper(ticket, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    now = clock.now()
    dinner = factories.make_addon(ticket.event, name_ko="만찬", price=33_000)
    Client().post(URL, typed(ticket, extras_0=[dinner.pk]))
    order = Order.objects.get()
    paper = payments.issue_paper(
        order, Document.Kind.QUOTATION, language="ko", recipient="나그네 상사", by=order.user
    )
    pdf_of(paper)
    paper.refresh_from_db()
    assert paper.name == "나그네"
    stored = paper.file.storage, paper.file.name
    assert stored[0].exists(stored[1])
    payments.cancel_order(order, by=order.user, reason="")
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(days=31))
    with TestCase.captureOnCommitCallbacks(execute=True):
        assert actions.erase_guests() == 1
    assert "나그네" not in str(list(OrderLine.objects.values()))
    paper.refresh_from_db()
    assert (paper.name, paper.file.name, paper.sha256) == ("", "", "")
    assert (paper.facts["name"], paper.facts["organisation"]) == ("—", "—")
    assert (paper.facts["total"], paper.facts["order_code"]) == (88_000, order.code)
    assert not stored[0].exists(stored[1])
    page = Client().get(reverse("documents:verified", args=[paper.code]))
    assert (page.status_code, page.context["is_valid"]) == (200, False)
    assert paper.serial in page.content.decode()
    assert pdf_of(paper).startswith(b"%PDF")
    checks = verify()
    assert checks["files_are_there"] == checks["document_numbers_are_gapless"] == []


def test_only_the_pages_of_an_order_answer_guests():
    assert {route.name for route in routes() if route.access == "login | guest"} == {
        "payments:order", "payments:pay", "payments:extend", "payments:cancel",
        "payments:refund-account", "payments:receipt", "payments:papers",
        "payments:cash-receipt", "payments:invoice", "payments:proof-withdraw",
        "tickets:order-places", "tickets:order-ticket", "tickets:ticket-details",
        "tickets:ticket-hand-over",
        "tickets:ticket-cancel", "tickets:order-cancel", "tickets:ticket-change",
        "events:waiting", "events:waiting-leave", "events:waiting-prove",
        "events:requested", "events:request-withdraw", "events:request-prove",
    }  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_one_form_sent_by_four_at_once_is_one_order():
    ticket = factories.make_ticket(factories.make_event("conference"))
    facts = {
        "ticket": ticket,
        "attendees": [actions.Attendee("나그네", "g@x.test", is_buyer=True)],
        "name": "나그네", "email": "g@x.test", "phone": "", "form_key": uuid4(),
        "language": "ko", "ip": None,
    }  # fmt: skip
    codes = {
        order.code for _guest, order in at_once(*[lambda: actions.register_guest(**facts)] * 4)
    }
    assert len(codes) == 1
    ticket.refresh_from_db()
    assert ticket.taken == 1 == actions.recount(ticket)


# --- the privacy policy ---


def new_policy() -> Policy:
    return Policy.objects.create(
        kind=Policy.Kind.PRIVACY, version="2", effective_on=clock.today(), text_ko="새 방침",
        text_en="New policy",
    )  # fmt: skip


def test_nobody_agrees_to_a_policy_that_was_not_shown(ticket):
    """Changed between the page and the answer, it is shown, and asked about again."""
    client = Client()
    page = client.get(URL)
    shown = page.context["form"]
    new = new_policy()

    answer = client.post(URL, typed(ticket, privacy_version=shown["privacy_version"].value()))

    form = answer.context["form"]
    assert (answer.status_code, set(form.errors)) == (422, {"agrees"})
    assert not form["agrees"].value()
    assert form["name"].value() == "나그네"
    assert "새 방침" in answer.content.decode()
    assert 'name="privacy_version" value="2"' in answer.content.decode()
    assert not Guest.objects.exists()
    assert client.post(URL, typed(ticket, privacy_version="")).status_code == 422
    again = typed(ticket, privacy_version=form["privacy_version"].value())
    assert client.post(URL, again).status_code == 302
    assert Consent.objects.get().policy == new


def test_the_policy_that_was_shown_is_on_record(ticket):
    page = Client().get(URL)
    policy = page.context["form"].privacy
    assert policy.text_ko.splitlines()[1] in page.content.decode()

    Client().post(URL, typed(ticket))

    assert (policy.version, Consent.objects.get().policy) == (own_version("privacy"), policy)


def test_a_box_ticked_beside_another_policy_is_empty_when_a_row_is_added(ticket):
    same, other = (
        Client().post(URL, typed(ticket, people="2", privacy_version=version)).context["form"]
        for version in (own_version("privacy"), "1")
    )

    assert (bool(same["agrees"].value()), bool(other["agrees"].value())) == (True, False)
