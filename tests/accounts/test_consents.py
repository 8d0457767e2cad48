"""A new version of the terms is announced and agreed to; a phone is kept as people read it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from kosna.accounts import actions
from kosna.accounts.models import Consent, Policy
from kosna.core import clock
from tests.accounts.test_signup import NEW_TERMS, SHOWN
from tests.conftest import Cast

pytestmark = pytest.mark.django_db
TERMS = Policy.Kind.TERMS
AGREE = "/accounts/consents/terms/"


def page_of(client: Client) -> str:
    return client.get("/accounts/consents/").content.decode()


def asked(client: Client) -> tuple[bool, bool]:
    """On my page, and on the page of consents."""
    return (
        "/accounts/consents/" in client.get("/me/").content.decode().partition("<aside")[0],
        AGREE in page_of(client),
    )


def test_new_terms_are_announced_and_agreed_to(cast: Cast, login: Any) -> None:
    old = actions.current_policy(TERMS)
    actions.give_consent(user=cast.regular, policy=old, ip=None)
    client = login("regular")
    assert asked(client) == (False, False)
    today = clock.today()
    Policy.objects.create(
        kind=TERMS, version="3", effective_on=today + timedelta(days=1), text_ko="3", text_en="3"
    )
    assert asked(client) == (False, False)
    new = Policy.objects.create(
        kind=TERMS, version="2", effective_on=today, text_ko="새 약관", text_en="New terms"
    )
    assert asked(client) == (True, True)
    assert client.get(AGREE).status_code == 405
    shown = {"terms_version": "2"}
    assert f'name="terms_version" value="{shown["terms_version"]}"' in page_of(client)
    assert client.post(AGREE, shown, follow=True).status_code == 200
    assert asked(client) == (False, False)
    assert Consent.objects.filter(user=cast.regular, policy=new, withdrawn_at=None).count() == 1
    client.post(AGREE, shown)
    assert Consent.objects.filter(user=cast.regular, policy=new).count() == 1


def test_what_was_not_shown_is_not_agreed_to(cast: Cast, login: Any) -> None:
    """The page was opened while older terms were in effect."""
    client, page = login("regular"), "/accounts/consents/"
    old = actions.current_policy(TERMS).version
    Policy.objects.create(
        kind=TERMS, version="2", effective_on=clock.today(), text_ko="새 약관", text_en="New terms"
    )
    for shown in ({"terms_version": old}, {}):
        answer = client.post(AGREE, shown, headers={"referer": f"http://testserver{page}"})
        assert (answer.status_code, answer["Location"]) == (303, page)
        text = page_of(client)
        assert NEW_TERMS in text and "새 약관" in text
    assert not Consent.objects.filter(user=cast.regular).exists()


@pytest.mark.parametrize(
    ("typed", "kept"), [("010 1234-5678", "+821012345678"), ("", ""), ("12", None)]
)
def test_phone_is_kept_as_a_number(cast: Cast, login: Any, typed: str, kept: str | None) -> None:
    client = login("regular")
    answers = {"name": "김하늘", "name_en": "", "language": "ko", "phone": typed}
    response = client.post("/accounts/profile/", answers)
    cast.regular.refresh_from_db()
    if kept is None:
        assert set(response.context["form"].errors) == {"phone"}
    else:
        assert (response.status_code, cast.regular.phone) == (302, kept)
        page = client.get("/accounts/profile/").content.decode()
        assert ("010-1234-5678" in page) == bool(kept)


def test_a_name_holds_no_link(cast: Cast, login: Any) -> None:
    answers = {"name": "http://evil.example", "name_en": "www.evil.example", "language": "ko"}
    response = login("regular").post("/accounts/profile/", answers)
    assert set(response.context["form"].errors) == {"name", "name_en"}
    answers = {"name": "김하늘\n\n보안팀", "name_en": "", "language": "ko"}
    assert login("regular").post("/accounts/profile/", answers).status_code == 302
    cast.regular.refresh_from_db()
    assert cast.regular.name == "김하늘 보안팀"


def test_night_messages_need_text_messages(cast: Cast, login: Any) -> None:
    """As at sign-up: the same rule (tests/accounts/test_signup)."""
    client = login("regular")
    page = "/accounts/consents/"
    refused = client.post(page, {"marketing_night": "on", "marketing_versions": SHOWN})
    assert set(refused.context["form"].errors) == {"marketing_night"}
    assert not Consent.objects.filter(user=cast.regular, withdrawn_at=None).exists()
    both = {"marketing_sms": "on", "marketing_night": "on", "marketing_versions": SHOWN}
    assert client.post(page, both).status_code == 302
    given = Consent.objects.filter(user=cast.regular, withdrawn_at=None)
    kinds = set(given.values_list("policy__kind", flat=True))
    assert kinds == {"marketing_sms", "marketing_night"}


PARTS = ("목적", "항목", "보유 기간", "동의하지 않을 권리")


def test_what_each_optional_consent_is_about_stands_beside_it(cast: Cast, login: Any) -> None:
    pages = [Client().get("/accounts/signup/").content.decode(), page_of(login("regular"))]

    for text in actions.marketing_texts().values():
        assert [part for part in PARTS if f"{part}:" in text.text_ko] == list(PARTS)
        shown = [line in page for page in pages for line in text.text_ko.split("\n\n")]
        assert set(shown) == {True}
    assert [f'name="marketing_versions" value="{SHOWN}"' in page for page in pages] == [True] * 2


def test_a_text_that_was_not_shown_is_not_agreed_to(cast: Cast, login: Any) -> None:
    """The others, which have not changed, need not be ticked again."""
    client, page = login("regular"), "/accounts/consents/"
    new = Policy.objects.create(
        kind=Policy.Kind.MARKETING_SMS, version="2", effective_on=clock.today(),
        text_ko="새 문구", text_en="New text",
    )  # fmt: skip
    wanted = {"marketing_email": "on", "marketing_sms": "on"}

    answer = client.post(page, wanted | {"marketing_versions": SHOWN})

    form = answer.context["form"]
    assert set(form.errors) == {"marketing_sms"}
    assert (form["marketing_email"].value(), form["marketing_sms"].value()) == (True, False)
    assert "새 문구" in answer.content.decode()
    assert not cast.regular.consents.exists()
    shown = form["marketing_versions"].value()
    assert client.post(page, wanted | {"marketing_versions": shown}).status_code == 302
    assert new in [given.policy for given in cast.regular.consents.select_related("policy")]


def test_a_consent_that_stands_stays_on_the_text_of_its_day(cast: Cast, login: Any) -> None:
    """Its box is ticked beforehand, and a box that is ticked beforehand agrees to nothing."""
    client, page = login("regular"), "/accounts/consents/"
    client.post(page, {"marketing_email": "on", "marketing_versions": SHOWN})
    Policy.objects.create(
        kind=Policy.Kind.MARKETING_EMAIL, version="2", effective_on=clock.today(), text_ko="새",
        text_en="New",
    )  # fmt: skip
    shown = client.get(page).context["form"]["marketing_versions"].value()

    client.post(page, {"marketing_email": "on", "marketing_versions": shown})

    [given] = cast.regular.consents.select_related("policy")
    assert (given.policy.version, given.withdrawn_at) == ("2026-11", None)
