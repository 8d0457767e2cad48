"""Kakao and Naver: they may introduce somebody, but never hand over an account."""

from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client
from django.urls import reverse

from kosna.accounts.models import User
from kosna.accounts.policies import FIRST_VERSION
from tests.accounts.conftest import Provider
from tests.accounts.test_signup import code_in
from tests.conftest import Cast

# The mails leave when the change is committed: these tests really commit.
pytestmark = pytest.mark.django_db(transaction=True)
DETAILS = {
    "name": "박서준",
    "born_on": "1990-05-05",
    "agrees_to_terms": "on",
    "terms_version": FIRST_VERSION,
}


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def come_unverified(provider: Provider, how: str, email: str) -> None:
    """Kakao may have checked an address that another of its accounts has taken since."""
    is_valid = how != "kakao, not valid"
    provider.kakao(email, is_verified=not is_valid, is_valid=is_valid)
    if how == "naver":
        provider.naver(email)


def test_logins_appear_only_where_keys_are_set(client: Client, settings: Any) -> None:
    def offered() -> list[str]:
        text = client.get("/accounts/login/").content.decode()
        return [name for name in ("google", "kakao", "naver") if f"/{name}/login/" in text]

    assert offered() == []
    app = {"client_id": "id", "secret": "secret", "key": ""}
    settings.SOCIALACCOUNT_PROVIDERS = {"kakao": {"APPS": [app]}}
    assert offered() == ["kakao"]


def test_new_person_with_a_verified_address(client: Client, provider: Provider) -> None:
    provider.kakao("kakao@example.test", is_verified=True)
    response = provider.login(client, "kakao")
    assert response["Location"] == reverse("socialaccount_signup")
    page = client.get(response["Location"])
    assert page.context["form"]["email"].value() == "kakao@example.test"
    response = client.post(response["Location"], {"email": "kakao@example.test", **DETAILS})
    assert response.status_code == 302
    assert is_signed_in(client)
    user = User.objects.get()
    assert EmailAddress.objects.get().verified
    assert sorted(consent.policy.kind for consent in user.consents.all()) == ["terms"]


def test_child_is_refused_on_this_way_too(client: Client, provider: Provider) -> None:
    provider.kakao("kakao@example.test", is_verified=True)
    response = provider.login(client, "kakao")
    response = client.post(
        response["Location"], {"email": "kakao@example.test", **DETAILS, "born_on": "2020-01-01"}
    )
    assert set(response.context["form"].errors) == {"born_on"}
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["kakao", "kakao, not valid", "naver"])
def test_unverified_address_must_be_verified_here(
    client: Client, provider: Provider, mailoutbox: list, name: str
) -> None:
    come_unverified(provider, name, "new@example.test")
    response = provider.login(client, name.partition(",")[0])
    client.post(response["Location"], {"email": "new@example.test", **DETAILS})
    assert not EmailAddress.objects.get().verified
    assert not is_signed_in(client)
    client.post(reverse("account_email_verification_sent"), {"code": code_in(mailoutbox[-1])})
    assert is_signed_in(client)


def test_owner_confirms_before_a_login_is_linked(cast: Cast, provider: Provider) -> None:
    client = Client()
    provider.kakao(cast.regular.email, is_verified=True)
    response = provider.login(client, "kakao")
    assert response["Location"] == "/accounts/login/?next=/accounts/link/"
    assert not is_signed_in(client)
    assert not SocialAccount.objects.exists()
    response = client.post(
        response["Location"], {"login": cast.regular.email, "password": "password"}
    )
    assert response["Location"] == "/accounts/link/"
    assert "Kakao" in client.get("/accounts/link/").content.decode()
    assert not SocialAccount.objects.exists()
    client.post("/accounts/link/", {"confirm": "1"})
    assert SocialAccount.objects.get().user == cast.regular
    again = Client()
    provider.login(again, "kakao")
    assert again.get("/accounts/profile/").context["user"] == cast.regular


def test_owner_may_decline_the_link(cast: Cast, provider: Provider) -> None:
    client = Client()
    provider.kakao(cast.regular.email, is_verified=True)
    provider.login(client, "kakao")
    client.post("/accounts/login/", {"login": cast.regular.email, "password": "password"})
    client.post("/accounts/link/", {"leave": "1"})
    client.post("/accounts/link/", {"confirm": "1"})
    assert not SocialAccount.objects.exists()


def test_somebody_else_cannot_take_the_link(cast: Cast, provider: Provider) -> None:
    client = Client()
    provider.kakao(cast.regular.email, is_verified=True)
    provider.login(client, "kakao")
    client.post("/accounts/login/", {"login": cast.lapsed.email, "password": "password"})
    client.post("/accounts/link/", {"confirm": "1"})
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize("name", ["kakao", "kakao, not valid", "naver"])
def test_unverified_address_never_reaches_an_account(
    cast: Cast, provider: Provider, mailoutbox: list, name: str
) -> None:
    client = Client()
    come_unverified(provider, name, cast.regular.email)
    response = provider.login(client, name.partition(",")[0])
    assert response["Location"] == reverse("socialaccount_signup")
    client.post(response["Location"], {"email": cast.regular.email, **DETAILS})
    assert not is_signed_in(client)
    assert not SocialAccount.objects.filter(user=cast.regular).exists()
    assert User.objects.filter(email__iexact=cast.regular.email).count() == 1


def test_answer_with_a_foreign_state_is_refused(client: Client, provider: Provider) -> None:
    provider.kakao("kakao@example.test", is_verified=True)
    response = client.get("/accounts/kakao/login/callback/", {"code": "a-code", "state": "forged"})
    assert response.status_code in (200, 401, 403)
    assert provider.codes == []
    assert not is_signed_in(client)


def test_cancelled_at_the_provider(client: Client, provider: Provider) -> None:
    start = client.post("/accounts/kakao/login/?process=login")
    state = start["Location"].split("state=")[1].split("&")[0]
    response = client.get(
        "/accounts/kakao/login/callback/", {"error": "access_denied", "state": state}
    )
    assert response["Location"] == reverse("socialaccount_login_cancelled")
    assert client.get(response["Location"]).status_code == 200
