"""Opening an account: what is asked, what is recorded, who is too young, and what a stranger
cannot learn from the answers."""

import hashlib
import re
from datetime import UTC, date, datetime
from typing import Any, ClassVar

import pytest
import time_machine
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse

from kosna.accounts import actions
from kosna.accounts.models import Consent, Policy, User
from kosna.accounts.policies import FIRST_VERSION
from kosna.core.errors import Refused
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
# allauth's mails leave when the change is committed: these tests really commit.
COMMITS = pytest.mark.django_db(transaction=True)
SIGNUP = "/accounts/signup/"
NEW_TERMS = "새 이용약관이 시행되었습니다. 읽고 다시 동의해 주십시오."


# The texts of the optional consents, as the page showed them.
SHOWN = " ".join(f"{kind}:{FIRST_VERSION}" for kind in actions.MARKETING)


def answers(**changes: Any) -> dict[str, Any]:
    return {
        "email": "new@example.test",
        "password1": "cable-hinge-42-orbit",
        "name": "박서준",
        "born_on": "1990-05-05",
        "agrees_to_terms": "on",
        "terms_version": FIRST_VERSION,
        "marketing_versions": SHOWN,
        **changes,
    }


def new_terms() -> Policy:
    """In effect from New Year's Day on."""
    return Policy.objects.create(
        kind=Policy.Kind.TERMS,
        version="2027-01",
        effective_on=date(2027, 1, 1),
        text_ko="새 약관",
        text_en="New terms",
    )


def code_in(mail: Any) -> str:
    """The code stands alone on its line."""
    return re.search(r"^([A-Z0-9-]{6,12})$", mail.body, re.MULTILINE)[1]


@COMMITS
def test_signup_verifies_the_address_by_code(client: Client, mailoutbox: list) -> None:
    response = client.post(SIGNUP, answers())
    assert response.status_code == 302
    assert response["Location"] == reverse("account_email_verification_sent")
    assert [mail.to for mail in mailoutbox] == [["new@example.test"]]
    response = client.post(response["Location"], {"code": code_in(mailoutbox[0])})
    assert response.status_code == 302
    user = User.objects.get()
    assert (user.email, user.name, user.language) == ("new@example.test", "박서준", "ko")
    assert EmailAddress.objects.get().verified
    assert client.get("/accounts/profile/").status_code == 200


@COMMITS
def test_signup_refuses_a_wrong_code(client: Client, mailoutbox: list) -> None:
    client.post(SIGNUP, answers())
    client.post(reverse("account_email_verification_sent"), {"code": "WRONG1"})
    assert not EmailAddress.objects.get().verified
    assert client.get("/accounts/profile/").status_code == 302


def test_each_consent_is_recorded_on_its_own(client: Client, mailoutbox: list) -> None:
    client.post(SIGNUP, answers(marketing_email="on"))
    given = Consent.objects.select_related("policy").order_by("policy__kind")
    assert [consent.policy.kind for consent in given] == ["marketing_email", "terms"]
    for consent in given:
        text = consent.policy.text_ko.encode()
        assert consent.text_hash == hashlib.sha256(text).hexdigest()
        assert (consent.policy.version, consent.ip) == ("2026-11", "127.0.0.1")
        assert (consent.channel, consent.withdrawn_at) == ("web", None)


def test_optional_consents_block_nothing_and_none_is_ticked(client: Client) -> None:
    page = client.get(SIGNUP)
    form = page.context["form"]
    assert [field.name for field in form.visible_fields() if field.value()] == []
    assert [field.name for field in form.visible_fields() if not field.field.required] == [
        "marketing_email",
        "marketing_sms",
        "marketing_night",
    ]
    text = page.content.decode()
    assert "제1조 (목적)" in text  # the terms can be read where they are agreed to
    assert "계약 이행에 필요한 정보(동의 없이 처리)" in text  # told apart, not consented to


def test_a_name_with_a_link_opens_no_account(client: Client) -> None:
    response = client.post(SIGNUP, answers(name="보안팀\nhttp://evil.example"))
    assert set(response.context["form"].errors) == {"name"}
    assert not User.objects.exists()


def test_terms_must_be_agreed_to(client: Client) -> None:
    response = client.post(SIGNUP, answers(agrees_to_terms=""))
    assert set(response.context["form"].errors) == {"agrees_to_terms"}
    assert not User.objects.exists()


def test_night_texts_go_with_texts(client: Client) -> None:
    response = client.post(SIGNUP, answers(marketing_night="on"))
    assert set(response.context["form"].errors) == {"marketing_night"}


def test_refusal_keeps_what_was_typed(client: Client) -> None:
    response = client.post(SIGNUP, answers(born_on="2020-01-01", marketing_sms="on"))
    form = response.context["form"]
    assert set(form.errors) == {"born_on"}
    assert form["name"].value() == "박서준"
    assert form["email"].value() == "new@example.test"
    assert form["marketing_sms"].value() is True
    assert 'id="form-errors"' in response.content.decode()


@pytest.mark.parametrize(
    ("instant", "is_old_enough"),
    [
        (
            datetime(2026, 11, 23, 14, 59, 59, tzinfo=UTC),
            False,
        ),  # 23:59:59 in Seoul
        (datetime(2026, 11, 23, 15, 0, 0, tzinfo=UTC), True),  # 00:00 in Seoul, the 14th birthday
    ],
)
def test_age_is_counted_on_the_korean_day(instant: datetime, is_old_enough: bool) -> None:
    with time_machine.travel(instant, tick=False):
        if is_old_enough:
            actions.check_age(date(2012, 11, 24))
        else:
            with pytest.raises(Refused) as refusal:
                actions.check_age(date(2012, 11, 24))
            assert refusal.value.field == "born_on"


def test_age_born_on_leap_day() -> None:
    assert actions.age_on(date(2012, 2, 29), date(2026, 2, 28)) == 13
    assert actions.age_on(date(2012, 2, 29), date(2026, 3, 1)) == 14


def test_the_future_is_no_date_of_birth(client: Client) -> None:
    response = client.post(SIGNUP, answers(born_on="2999-01-01"))
    assert set(response.context["form"].errors) == {"born_on"}


def test_common_passwords_are_refused(client: Client) -> None:
    response = client.post(SIGNUP, answers(password1="password123"))
    assert set(response.context["form"].errors) == {"password1"}


def test_agreeing_twice_is_one_consent(cast: Cast) -> None:
    for _again in range(2):
        terms = actions.current_policy(Policy.Kind.TERMS)
        actions.give_consent(user=cast.account, policy=terms, ip=None)
    assert cast.account.consents.count() == 1


def test_consents_can_be_given_and_withdrawn(login: Any, cast: Cast) -> None:
    client = login("account")
    client.post(
        "/accounts/consents/",
        {"marketing_email": "on", "marketing_sms": "on", "marketing_versions": SHOWN},
    )
    assert actions.marketing_of(cast.account) == {"marketing_email", "marketing_sms"}
    client.post("/accounts/consents/", {"marketing_email": "on", "marketing_versions": SHOWN})
    assert actions.marketing_of(cast.account) == {"marketing_email"}
    withdrawn = cast.account.consents.get(policy__kind="marketing_sms")
    assert withdrawn.withdrawn_at is not None  # the proof of what was agreed to stays


def test_a_new_version_of_the_text_is_agreed_to_from_its_day(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 14, 59, tzinfo=UTC), tick=False) as traveller:
        actions.current_policy(Policy.Kind.TERMS)
        new_terms()
        assert actions.current_policy(Policy.Kind.TERMS).version == "2026-11"
        traveller.shift(60)
        assert actions.current_policy(Policy.Kind.TERMS).version == "2027-01"


def test_nobody_agrees_to_terms_that_were_not_shown(client: Client) -> None:
    """The page was opened before midnight, and sent after it."""
    with time_machine.travel(datetime(2026, 12, 31, 14, 59, 30, tzinfo=UTC)) as traveller:
        page = client.get(SIGNUP)
        new = new_terms()
        typed = answers(terms_version=page.context["form"]["terms_version"].value())
        traveller.shift(60)
        answer = client.post(SIGNUP, typed)
        form = answer.context["form"]
        assert dict(form.errors) == {"agrees_to_terms": [NEW_TERMS]}
        assert form["name"].value() == "박서준"
        assert form["email"].value() == "new@example.test"
        assert not form["agrees_to_terms"].value()
        assert "새 약관" in answer.content.decode()
        assert not User.objects.exists()
        again = answers(terms_version=form["terms_version"].value())
        assert client.post(SIGNUP, again).status_code == 302
    assert Consent.objects.get().policy == new


# --- what a stranger cannot learn ---------------------------------------------------------------


def outcome(response: Any) -> tuple[int, str]:
    return response.status_code, response.get("Location", "")


@COMMITS
def test_signup_answers_the_same_for_a_known_address(cast: Cast, mailoutbox: list) -> None:
    fresh = Client().post(SIGNUP, answers())
    known = Client().post(SIGNUP, answers(email=cast.regular.email.upper()))
    assert outcome(known) == outcome(fresh)
    assert User.objects.filter(email__iexact=cast.regular.email).count() == 1
    assert [mail.to for mail in mailoutbox] == [["new@example.test"], [cast.regular.email]]
    assert reverse("account_reset_password") in mailoutbox[1].body  # not a code, a hint


class CountingHasher(MD5PasswordHasher):
    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        self.hashed.append(password)
        return super().encode(password, salt)


@COMMITS
@pytest.mark.parametrize("email", ["new@example.test", "regular@example.test"])
@pytest.mark.parametrize(("password", "times"), [("cable-hinge-42-orbit", 1), ("password123", 0)])
def test_signup_hashes_as_often_for_a_known_address(
    cast: Cast, settings: Any, email: str, password: str, times: int
) -> None:
    """Hashing takes half a second, which a stranger could see."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed.clear()
    Client().post(SIGNUP, answers(email=email, password1=password))
    assert CountingHasher.hashed == [password] * times


@COMMITS
@pytest.mark.parametrize("page", ["account_reset_password", "account_request_login_code"])
def test_codes_answer_the_same_for_an_unknown_address(
    cast: Cast, mailoutbox: list, page: str
) -> None:
    known = Client().post(reverse(page), {"email": cast.regular.email})
    unknown = Client().post(reverse(page), {"email": "nobody@example.test"})
    assert known.status_code == 302
    assert outcome(unknown) == outcome(known)
    assert [mail.to for mail in mailoutbox] == [[cast.regular.email], ["nobody@example.test"]]


def test_login_answers_the_same_for_an_unknown_address(cast: Cast) -> None:
    errors = [
        Client()
        .post("/accounts/login/", {"login": email, "password": "wrong"})
        .context["form"]
        .non_field_errors()
        for email in (cast.regular.email, "nobody@example.test")
    ]
    assert errors[0] == errors[1]


@pytest.mark.parametrize("email", ["nobody@example.test", "regular@example.test"])
def test_login_hashes_as_often_for_an_unknown_address(
    cast: Cast, settings: Any, email: str
) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed.clear()
    Client().post("/accounts/login/", {"login": email, "password": "wrong"})
    assert CountingHasher.hashed == ["wrong"]


@COMMITS
def test_a_mail_server_that_is_down_loses_no_account(client: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert client.post(SIGNUP, answers()).status_code == 302
    assert User.objects.count() == 1


@pytest.mark.parametrize("page", ["login", "signup", "password/reset", "email", "2fa"])
def test_account_pages_call_things_as_the_portal_does(login, page):
    client = login("regular" if page in {"email", "2fa"} else "visitor")
    client.cookies["language"] = "en"
    response = client.get(f"/accounts/{page}/")
    assert response.status_code == 200
    text = response.content.decode()
    found = re.findall(
        r"\b[Ee]mail\b(?=[ <])|Log ?(?:in|out)\b|Two-Factor|Sign (?:In|Out|Up)", text
    )
    assert found == []


def test_ticking_the_box_keeps_one_signed_in(login):
    client = login("visitor")
    client.cookies["language"] = "ko"
    page = client.get("/accounts/login/").content.decode()
    assert "로그인 상태 유지" in page
    assert "아이디 저장" not in page
