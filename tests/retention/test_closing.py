"""An account is closed: what has to be settled first, what goes at once, what the law keeps."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client

from events import actions as events
from events.models import Registration
from kosna.accounts import own_data, retention
from kosna.accounts.actions import current_policy, give_consent, marketing_of
from kosna.accounts.models import Policy, Session, User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.mail import kept as mail_kept
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments.models import Order
from kosna.retention import actions
from kosna.retention.models import ClosedAccount
from kosna.verify import verify
from members import actions as members
from members.models import Application, Member, Seat
from research.models import SavedSearch
from tests import factories
from tests.conftest import BACKEND, Cast
from tests.events.test_registering import ME
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db
PAGE = "/me/leave/"


def confirm(client: Client) -> None:
    asked = client.get(f"{PAGE}confirm/", follow=True)
    [(address, _status)] = asked.redirect_chain
    done = client.post(address, {"password": "password"}, follow=True)
    assert done.redirect_chain[-1][0] == PAGE


def close(person: User) -> ClosedAccount:
    return actions.close_account(ip="192.0.2.1", by=person)


def texts(person: User) -> list[str]:
    return [obstacle.text for obstacle in retention.obstacles(person)]


def test_of_every_kind_it_is_said_what_becomes_of_it() -> None:
    assert {kind.code for kind in own_data.kinds()} == set(retention.rules())


def test_what_no_period_ends_says_so_and_every_period_has_its_destruction() -> None:
    ended = {due.basis for due in retention.dues()}
    kept = {rule.basis for rule in retention.rules().values()}
    for basis in kept - ended - {retention.AT_ONCE}:
        assert basis.years is None, basis.code


def test_who_one_is_is_asked_once_more_first(cast: Cast, login: Callable[[str], Client]) -> None:
    client = login("account")
    page = client.get(PAGE).content.decode()
    assert f"{PAGE}confirm/" in page and 'name="confirmed"' not in page
    assert client.post(PAGE, {"confirmed": "on"}).url == f"{PAGE}confirm/"
    confirm(client)
    assert client.post(PAGE, {}).status_code == 422
    assert not User.objects.get(pk=cast.account.pk).closed_at


def test_an_account_is_closed_and_nothing_opens_it_again(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    person, address = cast.account, cast.account.email
    User.objects.filter(pk=person.pk).update(phone="+821000000001", name_en="Park")
    for kind in (Policy.Kind.TERMS, Policy.Kind.MARKETING_EMAIL):
        give_consent(user=person, policy=current_policy(kind), ip=None)
    SavedSearch.objects.create(user=person, name="x", query="q=x")
    SocialAccount.objects.create(user=person, provider="kakao", uid="UID-1")
    Authenticator.objects.create(user=person, type="totp", data={"secret": "x"})
    client, elsewhere = Client(), Client()
    client.force_login(person, backend=BACKEND)
    elsewhere.force_login(person, backend=BACKEND)
    Authenticator.objects.all().delete()
    confirm(client)
    done = client.post(PAGE, {"confirmed": "on"})
    assert done.url == "/"
    assert "계정을 닫았습니다" in client.get("/").content.decode()
    assert client.get("/me/").status_code == elsewhere.get("/me/").status_code == 302

    row = User.objects.get(pk=person.pk)
    assert (row.name, row.name_en, row.phone) == ("탈퇴 회원", "Former member", "")
    assert row.closed_at and not row.is_active and not row.has_usable_password()
    assert row.email.endswith("@closed.invalid") and address not in row.email
    for model in (EmailAddress, SocialAccount, Authenticator, Session, SavedSearch):
        assert not model.objects.filter(user=person).exists(), model
    assert marketing_of(row) == set()
    assert row.consents.filter(withdrawn_at=None).count() == 1  # the terms: the record stays
    assert row.closed_account.sealed is None  # there never was a contract
    signed_in = client.post("/accounts/login/", {"login": address, "password": "password"})
    assert signed_in.status_code == 200
    # The address is free.
    User.objects.create_user(address, name="새 계정")

    [mail] = Message.objects.filter(template="account_closed")
    assert (mail.to, mail.status) == (address, Message.Status.QUEUED)
    post.deliver_due()
    mail_kept.empty_mails_of_closed_accounts()
    mail.refresh_from_db()
    assert (mail.status, mail.to, mail.context, mail.text) == ("sent", "", {}, "")
    [entry] = Entry.objects.filter(verb="accounts.close_account")
    assert (entry.actor, entry.subjects) == ("탈퇴 회원", [person.pk])
    assert entry.words == "계정을 닫음"


def test_an_emptied_mail_stays_on_the_list_and_is_not_sent_again(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    context = {"name": "x", "total": 1, "number": "1"}
    post.send("membership_started", [cast.account.email], context=context, user=cast.account)
    Message.objects.update(status=Message.Status.FAILED, error="550")
    close(cast.account)
    [mail] = Message.objects.filter(template="membership_started")
    page = login("head_office").get("/staff/mail/").content.decode()
    assert f"/staff/mail/{mail.pk}/" not in page
    assert login("head_office").post(f"/staff/mail/{mail.pk}/retry/").status_code == 404


def test_mail_to_a_closed_account_is_not_posted(cast: Cast) -> None:
    close(cast.account)
    cast.account.refresh_from_db()
    Message.objects.all().delete()
    post.send("account_closed", [cast.account.email], user=cast.account)
    assert not Message.objects.exists()


def test_everything_that_comes_first_is_said_at_once(
    cast: Cast, login: Callable[[str], Client]
) -> None:
    event = factories.make_event("seminar", branch=cast.busan, title_ko="부산 세미나")
    ticket = factories.make_ticket(event, prices={None: 10_000})
    events.register(ticket=ticket, attendees=[ME], by=cast.regular)
    client = login("regular")
    confirm(client)
    page = client.get(PAGE).content.decode()
    assert f"/members/leave/{cast.regular_member.pk}/" in page
    assert "/me/tickets/" in page and "부산 세미나" in page
    assert 'name="confirmed"' not in page
    refused = client.post(PAGE, {"confirmed": "on"})
    assert refused.status_code == 422
    assert len(texts(cast.regular)) == 3  # the membership, the order and the ticket
    assert not User.objects.get(pk=cast.regular.pk).closed_at


def test_offices_companies_and_applications_come_first(cast: Cast) -> None:
    [office] = texts(cast.officer)
    assert cast.busan.name in office
    [company] = texts(cast.company_rep)
    assert cast.company.name in company
    application = make_application(cast.account, cast.regular_tier, cast.busan, submitted=True)
    [asked] = texts(cast.account)
    assert application.number in asked
    with pytest.raises(Refused, match=application.number):
        close(cast.account)


def test_a_seat_ends_with_the_account(cast: Cast) -> None:
    assert texts(cast.company_seat) == []
    close(cast.company_seat)
    assert not Seat.objects.current().filter(user=cast.company_seat).exists()
    closed = ClosedAccount.objects.get(pk=cast.company_seat.pk)
    assert closed.is_kept and b"company_seat" not in bytes(closed.sealed)
    assert {name: found for name, found in verify().items() if found} == {}


def test_a_member_who_has_left_stays_in_the_register_alone(cast: Cast) -> None:
    person = cast.regular
    declined = make_application(person, cast.associate_tier, cast.busan, submitted=False)
    Batch.objects.create(kind="test", title="x", by=person)
    Member.objects.filter(pk=cast.regular_member.pk).update(
        search_text=f"김하늘 01000000001 {person.email}"
    )
    members.withdraw(cast.regular_member, by=person)
    close(person)

    member = Member.objects.get(pk=cast.regular_member.pk)
    assert member.name == cast.regular_member.name  # 민법 §55 ②
    assert person.email not in member.search_text and "0100" not in member.search_text
    declined.refresh_from_db()
    assert (declined.status, declined.name, declined.phone) == (
        Application.Status.WITHDRAWN, "—", "",
    )  # fmt: skip
    assert Batch.objects.get().status == Batch.Status.CANCELLED
    assert ClosedAccount.objects.get(pk=person.pk).is_kept
    assert {name: found for name, found in verify().items() if found} == {}


def test_a_paid_ticket_of_the_past_keeps_its_name_and_loses_the_rest(cast: Cast) -> None:
    person = cast.account
    event = factories.make_event("seminar", branch=cast.busan)
    ticket = factories.make_ticket(event, prices={None: 0})
    events.register(ticket=ticket, attendees=[ME], by=person)
    place = Registration.objects.get()
    Registration.objects.update(affiliation="회사", email="me@example.test")
    assert len(texts(person)) == 1
    with clock.standing_at(event.ends_at + timedelta(days=1)):
        assert texts(person) == []
        close(person)
    place.refresh_from_db()
    assert (place.name, place.email, place.affiliation) == (ME.name, "", "")
    assert Order.objects.get().buyer_name not in ("", "—")


def test_closing_twice_is_refused(cast: Cast) -> None:
    close(cast.account)
    with pytest.raises(Refused):
        close(cast.account)
    assert ClosedAccount.objects.count() == 1


def test_a_new_key_seals_who_it_was(cast: Cast, settings: Any) -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    settings.FIELD_KEYS = [old]
    closed = close(cast.company_seat)
    settings.FIELD_KEYS = [new]
    with pytest.raises(Refused):
        actions.open_identity(closed, reason="환불", ip=None, by=cast.auditor)
    settings.FIELD_KEYS = [new, old]
    call_command("reseal", stdout=StringIO())
    settings.FIELD_KEYS = [new]
    told = actions.open_identity(closed, reason="환불", ip=None, by=cast.auditor)
    assert told["email"] == "company_seat@example.test"


def test_who_it_was_is_opened_for_a_reason(cast: Cast, officer_of_privacy: Any) -> None:
    close(cast.company_seat)
    person, client = officer_of_privacy
    address = f"/staff/closed-accounts/{cast.company_seat.pk}/"
    assert "company_seat" not in client.get(address).content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    assert not Entry.objects.filter(verb="retention.open_identity").exists()
    opened = client.post(address, {"reason": "환불 분쟁 확인"}).content.decode()
    assert "company_seat@example.test" in opened
    [entry] = Entry.objects.filter(verb="retention.open_identity")
    assert (entry.actor_id, entry.reason, entry.subjects) == (
        person.pk, "환불 분쟁 확인", [cast.company_seat.pk],
    )  # fmt: skip
