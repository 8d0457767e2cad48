"""Imported members come to their accounts: by a link, once, within 14 days, and nobody else."""

import contextlib
import json
import re
from datetime import timedelta
from importlib import import_module

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.apps import apps
from django.test import Client
from django.urls import reverse

from kosna.accounts.models import Consent, Policy, User
from kosna.accounts.policies import FIRST_VERSION
from kosna.audit.models import Entry
from kosna.core import batches, clock
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from members import actions
from members.models import Claim, Import, Member, Seat
from tests import factories
from tests.accounts.test_signup import SHOWN

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough pass phrase"


@pytest.fixture
def imported(cast) -> Import:
    return Import.objects.create(
        branch=cast.busan, by=cast.officer, file_name="명부.csv", sha256="0"
    )


def make_claim(imported, cast, *, email: str = "hong@example.test", **fields) -> Claim:
    user = User.objects.create_user(email, None, name="홍길동") if email else None
    member = factories.make_member(
        user or factories.make_user(), tier=cast.regular_tier, branch=cast.busan
    )
    if user is None:
        Member.objects.filter(pk=member.pk).update(user=None)
        member.refresh_from_db()
    return Claim.objects.create(
        member=member, imported=imported, user=user, name="홍길동", email=email, **fields
    )


def link() -> str:
    """The link in the newest mail, as it arrives."""
    _subject, text, _html = post.render(Message.objects.latest("pk"))
    return re.search(r"https?://\S+(/members/claim/\S+/)", text)[1]


def answers(**more) -> dict:
    agreed = {"agrees_to_terms": "on", "terms_version": FIRST_VERSION}
    return {"born_on": "1990-01-01", **agreed, **more}


def test_link_opens_the_account_once(cast, imported):
    claim = make_claim(imported, cast)
    actions.send_invitations(imported, by=cast.officer)
    batches.run_all()
    url, client = link(), Client()
    assert client.get(url).status_code == 200
    assert client.get(url).status_code == 200  # looking uses nothing up

    answer = client.post(url, answers(password1=PASSWORD, password2=PASSWORD))

    assert answer.url == reverse("me:me")
    assert client.get(answer.url).status_code == 200
    user = User.objects.get(email="hong@example.test")
    assert user.check_password(PASSWORD)
    assert EmailAddress.objects.get(user=user).verified
    assert list(Consent.objects.filter(user=user).values_list("policy__kind", "channel")) == [
        ("terms", "claim")
    ]
    claim.refresh_from_db()
    assert claim.claimed_at is not None
    assert Entry.objects.filter(verb="members.claim_account").count() == 1
    assert "form" in Client().get(url).context
    assert Client().post(url, answers()).status_code == 200  # the page that offers a new link
    assert imported.claims.get().claimed_at == claim.claimed_at


def test_password_may_be_left_for_later(cast, imported):
    claim = make_claim(imported, cast)
    actions.invite_member(claim, by=cast.officer)

    Client().post(link(), answers(marketing_email="on", marketing_versions=SHOWN))

    user = User.objects.get(pk=claim.user_id)
    assert not user.has_usable_password()
    assert Consent.objects.filter(user=user, policy__kind="marketing_email").exists()


def test_consent_and_age_are_asked(cast, imported):
    actions.invite_member(make_claim(imported, cast), by=cast.officer)

    answer = Client().post(link(), {"born_on": f"{clock.today().year - 5}-01-01"})

    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"born_on", "agrees_to_terms"}
    assert imported.claims.get().claimed_at is None


def test_terms_that_changed_meanwhile_are_read_first(cast, imported):
    actions.invite_member(make_claim(imported, cast), by=cast.officer)
    url, client = link(), Client()
    shown = {"terms_version": client.get(url).context["form"]["terms_version"].value()}
    terms = Policy.objects.create(
        kind="terms", version="2", effective_on=clock.today(), text_ko="새 약관", text_en="New"
    )

    answer = client.post(url, answers(**shown))

    form, text = answer.context["form"], answer.content.decode()
    assert (answer.status_code, set(form.errors)) == (422, {"agrees_to_terms"})
    assert "새 약관" in text and 'name="terms_version" value="2"' in text
    assert str(form["born_on"].value()) == "1990-01-01" and not form["agrees_to_terms"].value()
    assert imported.claims.get().claimed_at is None
    assert client.post(url, answers(terms_version="2")).url == reverse("me:me")
    assert Consent.objects.get().policy == terms


def test_password_of_whoever_signed_up_with_the_address_is_gone(cast, imported):
    """Somebody took the address before its owner did, but never proved it."""
    claim = make_claim(imported, cast)
    claim.user.set_password("stranger's")
    claim.user.save()
    stranger = Client()
    stranger.force_login(claim.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    actions.invite_member(claim, by=cast.officer)

    Client().post(link(), answers())

    assert not User.objects.get(pk=claim.user_id).check_password("stranger's")
    assert stranger.get(reverse("me:me")).status_code == 302


def test_link_stands_nowhere_but_in_the_mail(cast, imported, login):
    actions.invite_member(make_claim(imported, cast), by=cast.officer)
    mail, secret = Message.objects.get(), link()
    token = secret.rstrip("/").rsplit("/", 1)[-1]
    assert token not in json.dumps(mail.context)
    post.deliver(mail)
    mail.refresh_from_db()
    assert (mail.status, token in mail.text) == ("sent", False)
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    page = login("account").get(f"/admin/mail/message/{mail.pk}/change/").content.decode()
    assert mail.to in page and mail.context["url"]["seed"] not in page
    entry = Entry.objects.get(verb="privacy.view")
    assert (entry.actor_id, entry.subjects) == (cast.account.pk, [mail.user_id])


@pytest.mark.parametrize("status", ["sent", "queued"])
def test_links_of_earlier_mails_leave_the_outbox(cast, imported, status):
    claim = make_claim(imported, cast)
    actions.invite_member(claim, by=cast.officer)
    [mail], [path] = Message.objects.all(), [link()]
    url, later = f"http://localhost:8000{path}", {"sent_at": clock.now()}
    Message.objects.update(
        context={**mail.context, "url": url}, text=f"Here: {url}", status=status, **later
    )
    module = import_module("members.migrations.0004_links_leave_the_outbox")
    module.take_out(apps, None)
    mail.refresh_from_db()
    assert path not in json.dumps(mail.context) and path not in mail.text
    assert (mail.status, mail.to) == (status, claim.email)
    if status == "sent":
        assert mail.context["url"] == "…"
    else:  # a mail that is still to go brings a link that works
        assert Client().get(link()).status_code == 200


def test_link_lapses_after_14_days(cast, imported):
    actions.invite_member(make_claim(imported, cast), by=cast.officer)
    url, now = link(), clock.now()

    with time_machine.travel(now + timedelta(days=13, hours=23), tick=False):
        assert "claim" in Client().get(url).context
    with time_machine.travel(now + timedelta(days=14, minutes=1), tick=False):
        assert "claim" not in Client().get(url).context
        assert Client().post(url, answers()).status_code == 200
    assert imported.claims.get().claimed_at is None


def test_newer_link_replaces_the_older(cast, imported):
    claim = make_claim(imported, cast)
    actions.invite_member(claim, by=cast.officer)
    old = link()
    actions.invite_member(claim, by=cast.officer)

    assert "claim" not in Client().get(old).context
    assert "claim" in Client().get(link()).context


def test_invitations_go_to_whoever_has_no_working_link(cast, imported):
    make_claim(imported, cast)
    make_claim(imported, cast, email="")
    make_claim(imported, cast, email="done@example.test", claimed_at=clock.now())

    for _time in range(2):
        with contextlib.suppress(Refused):
            actions.send_invitations(imported, by=cast.officer)
        batches.run_all()

    assert list(Message.objects.values_list("to", flat=True)) == ["hong@example.test"]


@pytest.mark.parametrize(
    "email", ["hong@example.test", "nobody@example.test", "regular@example.test"]
)
def test_new_link_is_offered_to_everybody_alike(cast, imported, email):
    claim = make_claim(imported, cast)
    with time_machine.travel(clock.now() - timedelta(hours=1)):
        actions.invite_member(claim, by=cast.officer)
    client, before = Client(), Message.objects.count()

    answer = client.post(reverse("members:claim-again"), {"email": email}, follow=True)

    assert [str(message) for message in answer.context["messages"]] == [
        "이 주소로 초대한 적이 있으면 새 링크를 보냈습니다."
    ]
    sent = Message.objects.count() - before
    assert sent == (email == "hong@example.test")


def test_new_link_is_sent_every_ten_minutes_at_most(cast, imported):
    actions.invite_member(make_claim(imported, cast), by=cast.officer)

    actions.ask_again("hong@example.test")

    assert Message.objects.count() == 1


def test_address_is_entered_later(cast, imported, login):
    claim = make_claim(imported, cast, email="", phone="+821011112222")
    client = login("officer")

    client.post(
        reverse("members_staff:claim-email", args=[claim.pk]), {"email": "Later@Example.test"}
    )
    client.post(reverse("members_staff:claim-invite", args=[claim.pk]))

    member = Member.objects.get(pk=claim.member_id)
    assert (member.user.email, member.user.phone) == ("later@example.test", "+821011112222")
    assert Member.objects.search("later@").get() == member
    assert "claim" in Client().get(link()).context


def test_address_of_somebody_else_is_refused(cast, imported, login):
    claim = make_claim(imported, cast, email="")

    answer = login("officer").post(
        reverse("members_staff:claim-email", args=[claim.pk]), {"email": "Account@example.test"}
    )

    assert list(answer.context["form"].errors) == ["email"]
    claim.member.refresh_from_db()
    assert claim.member.user is None


def test_wrong_address_is_changed_and_its_link_is_void(cast, imported):
    claim = make_claim(imported, cast)
    actions.invite_member(claim, by=cast.officer)
    old = link()

    actions.enter_email(claim, email="right@example.test", by=cast.officer)

    assert "claim" not in Client().get(old).context
    assert User.objects.get(pk=claim.user_id).email == "right@example.test"


def test_contact_of_an_organisation_gets_a_seat(cast, imported):
    claim = Claim.objects.create(member=cast.company, imported=imported, name="담당이")

    actions.enter_email(claim, email="desk@example.test", by=cast.officer)

    seat = Seat.objects.get(user__email="desk@example.test")
    assert (seat.member, seat.role) == (cast.company, "contact")


def test_claimed_account_is_not_invited_again(cast, imported):
    claim = make_claim(imported, cast, claimed_at=clock.now())
    with pytest.raises(Refused):
        actions.invite_member(claim, by=cast.officer)
    with pytest.raises(Refused):
        actions.enter_email(claim, email="x@example.test", by=cast.officer)


def test_list_tells_who_has_come(cast, imported, login):
    make_claim(imported, cast)
    make_claim(imported, cast, email="done@example.test", claimed_at=clock.now())
    url = reverse("members_staff:claims", args=[imported.uuid])
    client = login("officer")

    found = {
        state: [claim.email for claim in client.get(url, {"state": state}).context["page"]]
        for state in ("claimed", "unsent", "sent", "no_email")
    }

    assert found == {
        "claimed": ["done@example.test"],
        "unsent": ["hong@example.test"],
        "sent": [],
        "no_email": [],
    }
