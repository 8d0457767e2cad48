"""Signing in and out, second factors, rate limits, and where a redirect may lead."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal import auth as totp
from django.test import Client
from django.urls import reverse

from kosna.accounts.models import Policy, User
from kosna.audit.models import Entry
from kosna.core import clock
from members.models import MeetingTerms
from tests import factories
from tests.accounts.test_signup import SHOWN, code_in
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
ELSEWHERE = [
    "https://evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http://testserver@evil.example/",
    "http://testserver.evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    " //evil.example",
    "\t//evil.example",
    "/\t/evil.example",
    "//evil.example%2f..",
    "http://[::1",
]


def sign_in(client: Client, user: User, **changes: Any) -> Any:
    answers = {"login": user.email, "password": "password", **changes}
    return client.post(LOGIN, answers)


def test_signing_in_changes_the_session(cast: Cast, client: Client) -> None:
    client.get("/accounts/signup/")
    session = client.session
    session["kept"] = "here"
    session.save()
    client.cookies["sessionid"] = before = session.session_key
    assert sign_in(client, cast.regular)["Location"] == "/me/"
    assert client.session.session_key != before


def test_signing_out_kills_the_session(cast: Cast, client: Client) -> None:
    sign_in(client, cast.regular)
    stolen = client.cookies["sessionid"].value
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = stolen
    assert client.get("/accounts/profile/").status_code == 302


def test_signing_out_needs_a_post(cast: Cast, client: Client) -> None:
    sign_in(client, cast.regular)
    client.get("/accounts/logout/")
    assert client.get("/accounts/profile/").status_code == 200


def test_deactivated_account_is_out_at_the_next_click(cast: Cast, login: Any) -> None:
    client = login("officer")
    assert client.get("/staff/branches/").status_code == 403  # a page, and no verb for it
    User.objects.filter(pk=cast.officer.pk).update(is_active=False)
    assert client.get("/staff/branches/").status_code == 302
    assert client.get("/accounts/profile/").status_code == 302
    assert sign_in(Client(), cast.officer)["Location"] == reverse("account_inactive")


def test_new_password_ends_the_other_sessions(cast: Cast) -> None:
    here, there = Client(), Client()
    sign_in(here, cast.regular)
    sign_in(there, cast.regular)
    response = here.post(
        "/accounts/password/change/",
        {"oldpassword": "password", "password1": "cable-hinge-42", "password2": "cable-hinge-42"},
    )
    assert response.status_code == 302
    assert here.get("/accounts/profile/").status_code == 200
    assert there.get("/accounts/profile/").status_code == 302


# --- rate limits ------------------------------------------------------------------------------


def test_guessing_is_slowed_down(cast: Cast) -> None:
    for _guess in range(5):
        sign_in(Client(), cast.regular, password="wrong")
    response = sign_in(Client(), cast.regular)  # even the right one has to wait now
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()


def test_forwarded_addresses_are_not_believed(cast: Cast) -> None:
    """A new X-Forwarded-For with each guess does not start a new count."""
    refusals = []
    for guess in range(12):
        client = Client(headers={"X-Forwarded-For": f"203.0.113.{guess}"})
        email = f"nobody{guess}@example.test"  # the limit by address, not by account
        form = client.post(LOGIN, {"login": email, "password": "x"}).context["form"]
        refusals.append(form.non_field_errors().as_text())
    assert refusals[0] == refusals[9]
    assert refusals[10] != refusals[9]


def test_forwarded_address_is_recorded_only_behind_a_proxy(
    cast: Cast, login: Any, settings: Any
) -> None:
    def recorded(kind: str) -> str:
        client = login("account")
        client.defaults["HTTP_X_FORWARDED_FOR"] = "203.0.113.9"
        client.post("/accounts/consents/", {kind: "on", "marketing_versions": SHOWN})
        return cast.account.consents.get(policy__kind=kind).ip

    assert recorded("marketing_email") == "127.0.0.1"
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert recorded("marketing_sms") == "203.0.113.9"


# --- second factor ----------------------------------------------------------------------------


def test_staff_pages_wait_for_a_second_factor(cast: Cast, login: Any, settings: Any) -> None:
    settings.STAFF_MFA_REQUIRED = True
    client = login("auditor")
    response = client.get("/staff/audit/")
    assert (response.status_code, response["Location"]) == (302, reverse("mfa_index"))
    totp.TOTP.activate(cast.auditor, totp.generate_totp_secret())
    assert client.get("/staff/audit/").status_code == 200


def test_totp_is_set_up_and_then_asked_for(cast: Cast) -> None:
    client = Client()
    sign_in(client, cast.regular)
    asked = client.get(reverse("mfa_activate_totp"))
    assert asked["Location"].startswith(
        reverse("account_reauthenticate")
    )  # a session is not enough
    client.post(reverse("account_reauthenticate"), {"password": "password"})
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    code = totp.format_hotp_value(
        totp.hotp_value(secret, next(totp.yield_hotp_counters_from_time()))
    )
    assert client.post(reverse("mfa_activate_totp"), {"code": code}).status_code == 302
    fresh = Client()
    assert sign_in(fresh, cast.regular)["Location"].startswith(reverse("mfa_authenticate"))
    assert fresh.get("/accounts/profile/").status_code == 302  # the password alone opens nothing
    assert fresh.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200
    assert fresh.get("/accounts/profile/").status_code == 302


@pytest.mark.parametrize(
    "name",
    [
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "mfa_list_webauthn",
        "account_email",
        "account_change_password",
        "socialaccount_connections",
        "account_logout",
        "accounts:consents",
        "accounts:profile",
    ],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_account_pages_open(cast: Cast, name: str, language: str) -> None:
    client = Client()
    sign_in(client, cast.regular)
    client.post(reverse("account_reauthenticate"), {"password": "password"})
    client.cookies["language"] = language
    page = client.get(reverse(name))
    assert page.status_code == 200
    assert f'<html lang="{language}">' in page.content.decode()


@pytest.mark.parametrize(
    "name",
    ["account_login", "account_signup", "account_reset_password", "account_request_login_code"],
)
def test_entrance_pages_open(client: Client, db: None, name: str) -> None:
    assert client.get(reverse(name)).status_code == 200


def test_address_changes_only_after_a_fresh_proof(cast: Cast, login: Any) -> None:
    """A session that was left open is not enough to take the account away."""
    change = {"email": "thief@example.test", "action_add": ""}
    answer = login("regular").post(reverse("account_email"), change)
    assert answer["Location"].startswith(reverse("account_reauthenticate"))
    assert not EmailAddress.objects.filter(email="thief@example.test").exists()


@pytest.mark.django_db(transaction=True)
def test_reset_password_leaves_the_second_factor(cast: Cast, mailoutbox: list) -> None:
    totp.TOTP.activate(cast.regular, totp.generate_totp_secret())
    client, password = Client(), "cable-hinge-42"
    client.post(reverse("account_reset_password"), {"email": cast.regular.email})
    code = {"code": code_in(mailoutbox[-1])}
    assert client.post(reverse("account_confirm_password_reset_code"), code).status_code == 302
    new = {"password1": password, "password2": password}
    assert client.post(reverse("account_complete_password_reset"), new).status_code == 302
    assert client.get("/accounts/profile/").status_code == 302
    assert sign_in(client, cast.regular, password=password)["Location"].startswith(
        reverse("mfa_authenticate")
    )


# --- operators --------------------------------------------------------------------------------


def test_admin_is_for_operators_with_a_second_factor(cast: Cast, login: Any, settings: Any) -> None:
    assert login("visitor").get("/admin/")["Location"].startswith("/admin/login/")
    assert login("visitor").get("/admin/login/")["Location"].startswith(LOGIN)
    assert login("head_office").get("/admin/login/").status_code == 403
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    operator = login("account")
    assert operator.get("/admin/").status_code == 200
    settings.STAFF_MFA_REQUIRED = True
    assert operator.get("/admin/").status_code == 302
    assert operator.get("/admin/login/")["Location"] == reverse("mfa_index")
    totp.TOTP.activate(cast.account, totp.generate_totp_secret())
    assert operator.get("/admin/").status_code == 200


def test_operator_cannot_edit_what_people_own(cast: Cast, login: Any) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    operator = login("account")
    page = operator.get(f"/admin/accounts/user/{cast.regular.pk}/change/")
    assert set(page.context["adminform"].form.fields) == {"is_active", "is_superuser"}
    assert operator.get("/admin/accounts/user/add/").status_code == 403
    assert operator.get("/admin/audit/entry/").status_code == 200
    assert operator.get("/admin/audit/entry/add/").status_code == 403


@pytest.mark.parametrize(
    "path",
    ["account/emailaddress", "socialaccount/socialaccount", "socialaccount/socialtoken",
     "socialaccount/socialapp", "auth/group"],
)  # fmt: skip
def test_operator_gives_nobody_an_address_or_a_login(cast: Cast, login: Any, path: str) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    assert login("account").get(f"/admin/{path}/add/").status_code == 404


def test_operator_takes_a_lost_factor_away_and_reads_none(cast: Cast, login: Any) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    operator, secret = login("account"), totp.generate_totp_secret()
    factor = totp.TOTP.activate(cast.regular, secret).instance
    page = f"/admin/mfa/authenticator/{factor.pk}"
    shown = operator.get(f"{page}/change/").content.decode()
    assert str(cast.regular.name) in shown and factor.data["secret"] not in shown
    assert operator.post(f"{page}/change/", {"type": "totp"}).status_code == 403
    assert operator.get("/admin/mfa/authenticator/add/").status_code == 403
    assert operator.post(f"{page}/delete/", {"post": "yes"}).status_code == 302
    assert not cast.regular.authenticator_set.exists()
    entry = Entry.objects.get(verb="accounts.remove_factor")
    assert (entry.actor_id, entry.target_id) == (cast.account.pk, str(cast.regular.pk))


def test_operator_is_led_to_no_file(cast: Cast, login: Any) -> None:
    """Where files lie on S3, the link would be a key to the unstamped original."""
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    report = factories.make_report()
    page = login("account").get(f"/admin/research/report/{report.pk}/change/").content.decode()
    assert report.title_ko in page and str(report.file.name) not in page


def test_making_an_operator_is_on_record(cast: Cast, login: Any) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    page = f"/admin/accounts/user/{cast.regular.pk}/change/"
    assert login("account").post(page, {"is_active": "on", "is_superuser": "on"}).status_code == 302
    entry = Entry.objects.get(verb="accounts.change_account")
    assert (entry.actor_id, entry.facts) == (cast.account.pk, {"is_superuser": True})


@pytest.mark.parametrize("model", ["tier", "duescalendar", "clock", "member"])
def test_operator_changes_no_terms_past_the_desk(cast: Cast, login: Any, model: str) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    operator = login("account")
    assert operator.get(f"/admin/members/{model}/").status_code == 200
    assert operator.get(f"/admin/members/{model}/add/").status_code == 403


def test_what_an_operator_sets_is_on_record(cast: Cast, login: Any) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    operator = login("account")
    terms = MeetingTerms.objects.create(kind="regular")
    page = f"/admin/members/meetingterms/{terms.pk}/change/"
    fields = {"kind": "regular", "notice_days": 7, "max_proxies": 999, "allows_written": "on"}
    assert operator.post(page, fields).status_code == 302
    entry = Entry.objects.get(verb="operators.change_row")
    assert (entry.actor_id, entry.facts) == (
        cast.account.pk,
        {"values": {"max_proxies": [3, 999]}},
    )
    assert operator.post(f"/admin/members/meetingterms/{terms.pk}/delete/", {"post": "yes"})
    assert Entry.objects.get(verb="operators.delete_row").facts["values"]["max_proxies"] == 999


@pytest.mark.parametrize(("kind", "days", "saved"), [
    ("terms", 0, False), ("privacy", 6, False), ("terms", 7, True), ("marketing_night", 0, True),
])  # fmt: skip
def test_new_terms_are_announced_first(
    cast: Cast, login: Any, kind: str, days: int, saved: bool
) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    today = clock.today()
    Policy.objects.create(
        kind=kind, version="old", effective_on=today, text_ko="글", text_en="Text"
    )
    day = today + timedelta(days=days)
    facts = {"kind": kind, "version": "new", "effective_on": day.isoformat()}
    answer = login("account").post(
        "/admin/accounts/policy/add/", {**facts, "text_ko": "새 글", "text_en": "New"}
    )
    assert Policy.objects.filter(kind=kind, version="new").exists() == saved
    assert Entry.objects.filter(verb="operators.add_row").exists() == saved
    if not saved:
        assert set(answer.context["adminform"].form.errors) == {"effective_on"}


def test_first_terms_hold_at_once(cast: Cast, login: Any) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    facts = {"kind": "terms", "version": "1", "effective_on": clock.today().isoformat()}
    page = "/admin/accounts/policy/add/"
    answer = login("account").post(page, {**facts, "text_ko": "글", "text_en": "Text"})
    assert answer.status_code == 302


def test_looks_of_an_operator_are_on_record(cast: Cast, login: Any) -> None:
    User.objects.filter(pk=cast.account.pk).update(is_superuser=True)
    operator = login("account")
    operator.get(f"/admin/accounts/user/{cast.regular.pk}/change/")
    operator.get("/admin/members/member/?q=" + cast.regular_member.number)
    operator.get("/admin/members/tier/")  # nobody's data
    one, page = Entry.objects.filter(verb="privacy.view").order_by("pk")
    assert (one.target_id, one.subjects) == (str(cast.regular.pk), [cast.regular.pk])
    assert (page.actor_id, page.subjects) == (cast.account.pk, [cast.regular.pk])
    assert (page.facts["list"], page.facts["rows"]) == ("members.member", 1)


# --- where a redirect may lead ------------------------------------------------------------------


@pytest.mark.parametrize("target", ELSEWHERE)
def test_login_leads_nowhere_else(cast: Cast, client: Client, target: str) -> None:
    assert sign_in(client, cast.regular, next=target)["Location"] == "/me/"


@pytest.mark.parametrize("target", ELSEWHERE)
def test_choosing_a_language_leads_nowhere_else(client: Client, db: None, target: str) -> None:
    response = client.post("/i18n/setlang/", {"language": "en", "next": target})
    assert (response.status_code, response["Location"]) == (303, "/")


def test_login_leads_to_where_one_was_going(cast: Cast, client: Client) -> None:
    asked = client.get("/accounts/profile/")
    assert asked["Location"] == f"{LOGIN}?next=/accounts/profile/"
    assert sign_in(client, cast.regular, next="/accounts/profile/")["Location"] == (
        "/accounts/profile/"
    )


# --- language ---------------------------------------------------------------------------------


def language_of(client: Client) -> str:
    return client.get("/about/").headers["Content-Language"]


def test_language_is_korean_until_chosen(client: Client, db: None) -> None:
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert language_of(client) == "ko"
    client.post("/i18n/setlang/", {"language": "en", "next": "/about/"})
    assert language_of(client) == "en"
    client.post("/i18n/setlang/", {"language": "xx", "next": "/about/"})
    assert language_of(client) == "en"


def test_language_is_kept_on_the_account(cast: Cast, login: Any) -> None:
    login("regular").post("/i18n/setlang/", {"language": "en"})
    assert language_of(login("regular")) == "en"  # another browser, without the cookie
    cast.regular.refresh_from_db()
    assert cast.regular.language == "en"


def test_profile_changes_the_language_at_once(cast: Cast, login: Any) -> None:
    client = login("regular")
    client.post("/i18n/setlang/", {"language": "ko"})
    client.post("/accounts/profile/", {"name": "김하늘", "name_en": "", "language": "en"})
    assert language_of(client) == "en"


def test_sessions_end(cast: Cast, client: Client, settings: Any) -> None:
    sign_in(client, cast.regular)
    assert client.session.get_expiry_date() <= clock.now() + timedelta(days=15)


@pytest.mark.parametrize(
    ("wanted", "leads_to"),
    [("", "/me/"), ("/events/", "/events/"), *((address, "/me/") for address in ELSEWHERE[:4])],
)
def test_the_login_of_a_second_tab_leads_on_whoever_is_signed_in(
    cast: Cast, wanted: str, leads_to: str
) -> None:
    browser = Client(enforce_csrf_checks=True)
    answers = {"login": cast.regular.email, "password": "password", "next": wanted}
    refused = browser.post(LOGIN, answers | {"csrfmiddlewaretoken": "x" * 64})
    assert refused.status_code == 403  # nobody is signed in: the form has expired

    browser.force_login(cast.regular, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = browser.post(LOGIN, answers | {"csrfmiddlewaretoken": "x" * 64})
    assert (answer.status_code, answer.headers.get("Location")) == (302, leads_to)
    assert browser.post("/accounts/consents/", {}).status_code == 403
