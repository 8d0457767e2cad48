"""What the portal's own texts say, and what becomes of a text that somebody has read already."""

import importlib
import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.test import Client

from kosna.accounts.actions import current_policy
from kosna.accounts.models import Policy
from kosna.accounts.policies import FIRST_DAY, FIRST_VERSION, TEXTS, own_version
from kosna.core import clock

pytestmark = pytest.mark.django_db
PRIVACY = Policy.Kind.PRIVACY
PAGE = "/about/privacy/"


def announce() -> None:
    importlib.import_module("kosna.accounts.migrations.0003_privacy_of_members_rooms").announce(
        apps, None
    )


def add(version: str, *, days: int = 0, kind: str = PRIVACY) -> Policy:
    day = clock.today() + timedelta(days=days)
    return Policy.objects.create(
        kind=kind, version=version, effective_on=day, text_ko=f"{version}판", text_en=version
    )


@pytest.mark.parametrize("kind", [Policy.Kind.TERMS, PRIVACY])
def test_both_languages_have_the_same_parts(kind: str) -> None:
    korean, english = (re.findall(r"^(?:제|Article )?(\d+)", text, re.M) for text in TEXTS[kind])
    assert korean == english == [str(number) for number in range(1, len(korean) + 1)]
    lines = [[len(part.splitlines()) for part in text.split("\n\n")] for text in TEXTS[kind]]
    assert lines[0] == lines[1]


def test_the_privacy_policy_tells_of_the_rooms_that_members_share() -> None:
    korean, english = TEXTS[PRIVACY]
    for part in ("회원 디렉터리", "연락 요청", "정보교류", "신고", "컨설팅", "참여 신청"):
        assert re.search(rf"^[^:\n]*{part}[^:\n]*: ", korean, re.M), part
    for part in ("Member directory", "Introductions", "Exchange", "Reports", "Consulting"):
        assert re.search(rf"^{part}[^:\n]*: ", english, re.M), part


def test_a_new_portal_begins_with_the_newest_text() -> None:
    announce()
    assert not Policy.objects.exists()
    row = current_policy(PRIVACY)
    assert (row.version, row.text_ko) == (own_version(PRIVACY), TEXTS[PRIVACY][0])
    announce()
    assert list(Policy.objects.all()) == [row]


def test_what_was_read_stays_and_the_new_text_is_announced_for_a_week() -> None:
    old = add(FIRST_VERSION)
    Policy.objects.update(effective_on=FIRST_DAY)
    announce()
    announce()
    new = Policy.objects.exclude(pk=old.pk).get()
    assert (new.version, new.text_en) == (own_version(PRIVACY), TEXTS[PRIVACY][1])
    assert new.effective_on == clock.today() + timedelta(days=7)
    old.refresh_from_db()
    assert old.text_ko == f"{FIRST_VERSION}판" and current_policy(PRIVACY) == old


def test_who_has_a_text_of_their_own_writes_the_next_one_themselves() -> None:
    own = [add("ours"), add(FIRST_VERSION, days=-9)]
    announce()
    assert set(Policy.objects.all()) == set(own)


def test_the_page_shows_what_comes_and_what_held_before() -> None:
    add("이전", days=-9)
    now = add("지금")
    coming = add("다음", days=3)
    add("약관", days=3, kind=Policy.Kind.TERMS)
    answer = Client().get(PAGE)
    assert answer.context["policy"] == now
    text = answer.content.decode()
    places = [text.index(f"<p>{word}판</p>") for word in ("다음", "지금", "이전")]
    assert places == sorted(places) and "약관판" not in text
    assert coming.version in text and "이전 판" in text
