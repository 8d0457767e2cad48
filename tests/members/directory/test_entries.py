"""Entries: nobody is in the directory who has not agreed, nobody sees what is not for them, and
what may not be seen is not told apart from what is not there."""

import importlib
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from members.directory import actions, consent
from members.directory.models import Consent, Introduction, Profile
from members.models import Member, Right, Suspension, TierRight
from tests import factories
from tests.conftest import Cast
from tests.members.directory.entries import make_entry, make_request
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db

Login = Callable[[str], Client]
LIST, OWN = "/members/directory/", "/me/directory/"
AUDIENCES = {f"{name}_for": "members" for name in Profile.FIELDS}


def typed(**changes: Any) -> dict[str, Any]:
    return {
        "headline": "바다를 그립니다",
        "intro_ko": "<b>부산</b>에서 일합니다.",
        "intro_en": "I work in Busan.",
        "affiliation": "바다디자인",
        "position": "대표",
        "topics": ["art", "work"],
        "website": "https://sea.example.test/",
        "links": "blog.example.test/sea\nhttps://sns.example.test/sea",
        "email": "sea@example.test",
        "phone": "010-1234-5678",
        "takes_requests": "on",
        **AUDIENCES,
        **changes,
    }


def names(client: Client, query: str = "") -> list[str]:
    return [profile.name for profile in client.get(f"{LIST}{query}").context["page"]]


def another(cast: Cast, name: str, **fields: Any) -> Profile:
    member = factories.make_member(
        factories.make_user(name), branch=fields.pop("branch", cast.busan)
    )
    return make_entry(member, **fields)


def test_a_member_writes_looks_and_opens(cast: Cast, login: Login) -> None:
    member = login("regular")
    assert member.post(OWN, typed()).status_code == 302
    profile = Profile.objects.get()
    assert profile.links == ["https://blog.example.test/sea", "https://sns.example.test/sea"]
    assert (profile.phone, profile.state) == ("+821012345678", "closed")
    assert names(login("company_rep")) == []
    preview = member.get(f"{OWN}preview/").content.decode()
    assert "바다를 그립니다" in preview and "&lt;b&gt;부산" in preview

    unticked = member.post(f"{OWN}open/", {"version": consent.VERSION})
    assert (unticked.status_code, set(unticked.context["open_form"].errors)) == (422, {"agrees"})
    agreed = {"version": consent.VERSION, "agrees": "on"}
    assert member.post(f"{OWN}open/", {**agreed, "version": "2001-01"}).status_code == 422
    assert member.post(f"{OWN}open/", agreed).status_code == 302
    given = Consent.objects.get()
    assert (given.given_by, given.ip, given.version) == (cast.regular, "127.0.0.1", consent.VERSION)
    assert given.text_hash == consent.fingerprint()
    assert names(login("company_rep")) == ["regular"]
    page = login("company_rep").get(profile.get_absolute_url()).content.decode()
    for told in ("바다디자인 · 대표", "sea@example.test", "010-1234-5678", "소셜아트"):
        assert told in page, told
    assert 'href="https://sns.example.test/sea" rel="nofollow noopener noreferrer"' in page
    verbs = list(Entry.objects.filter(verb__startswith="directory").values_list("verb", flat=True))
    assert verbs == ["directory.write_entry", "directory.open_entry"]
    assert member.post(f"{OWN}open/", agreed).status_code == 422  # is open already


def test_staff_read_no_word_of_an_entry_that_is_not_open(cast: Cast, login: Login) -> None:
    profile = make_entry(cast.regular_member, headline="닫힌 말", phone="+821055556666")
    address = f"/staff/directory/{profile.pk}/"
    assert "닫힌 말" in login("officer").get(address).content.decode()
    actions.close_entry(profile, by=cast.regular)
    page = login("officer").get(address).content.decode()
    assert "닫힌 말" not in page and "5555" not in page


def test_an_organisation_is_named_and_found_in_english(cast: Cast, login: Login) -> None:
    cast.company.organisation.name_en = "Gaon Social Lab"
    cast.company.organisation.save()
    make_entry(cast.company)
    make_entry(cast.regular_member)
    client = login("regular")
    client.cookies["language"] = "en"
    assert names(client, "?q=gaon") == [cast.company.name]
    assert "Gaon Social Lab" in client.get(LIST).content.decode()


def test_closing_hides_it_from_the_next_request_on(cast: Cast, login: Login) -> None:
    profile, reader = make_entry(cast.regular_member), login("company_rep")
    other = make_entry(cast.company)
    waiting = make_request(profile, other, by=cast.regular)
    assert names(reader) == ["regular", "㈜가온소셜랩"]
    assert login("regular").post(f"{OWN}close/").status_code == 302
    assert names(reader) == ["㈜가온소셜랩"]
    assert reader.get(profile.get_absolute_url()).status_code == 404
    taken_back = Consent.objects.get(profile=profile)
    assert (taken_back.withdrawn_by, profile.consents.standing().exists()) == (cast.regular, False)
    waiting.refresh_from_db()
    assert waiting.status == Introduction.Status.WITHDRAWN
    assert login("regular").post(f"{OWN}close/").status_code == 303
    actions.open_entry(profile, version=consent.VERSION, by=cast.regular, ip=None)
    assert Consent.objects.filter(profile=profile).count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.update(withdrawn_at=None, withdrawn_by=None)


@pytest.mark.parametrize("missing", ["/", "ask/", "report/"])
def test_what_may_not_be_read_is_not_there(cast: Cast, login: Login, missing: str) -> None:
    """Ids from 1 on yield those who agreed, and no more; a closed one answers as a missing one."""
    shown, closed = make_entry(cast.regular_member), make_entry(cast.company, is_open=False)
    hidden, resting = another(cast, "숨은별"), another(cast, "쉬는별")
    actions.hide_entry(hidden, reason="광고", by=cast.head_office)
    Member.objects.filter(pk=resting.member_id).update(branch=cast.daegu)
    resting.member.periods.update(ends_on=date(2024, 12, 31), starts_on=date(2024, 1, 1))
    reader, end = login("company_seat"), "" if missing == "/" else missing
    ask = reader.post if end else reader.get
    found = {pk for pk in range(1, resting.pk + 9) if ask(f"{LIST}{pk}/{end}").status_code != 404}
    assert found == {shown.pk}
    pages = [reader.get(f"{LIST}{row}/") for row in (closed.pk, hidden.pk, resting.pk, 987654)]
    assert len({page.content.partition(b"<main")[2] for page in pages}) == 1


@pytest.mark.parametrize(
    ("who", "code", "told"),
    [
        ("lapsed", "renew", "회비"),
        ("account", "tier", "회원"),
        ("associate", "tier", "회원"),
        ("officer", "tier", "회원"),
    ],
)
def test_who_may_not_read_is_told_why_and_nothing_else(
    cast: Cast, login: Login, who: str, code: str, told: str
) -> None:
    profile = make_entry(cast.regular_member)
    client = login(who)
    answers = [client.get(address) for address in (LIST, f"{LIST}{profile.pk}/", f"{LIST}9999/")]
    assert {answer.status_code for answer in answers} == {403}
    assert {answer.context["decision"].code for answer in answers} == {code}
    assert told in answers[0].context["decision"].reason
    main = [answer.content.partition(b"<main")[2].partition(b"</main>")[0] for answer in answers]
    assert len(set(main)) == 1 and b"regular" not in main[0]
    for address in ("ask/", "report/"):
        assert client.post(f"{LIST}{profile.pk}/{address}").status_code == 403


def test_visitor_is_asked_to_sign_in(cast: Cast, client: Client) -> None:
    profile = make_entry(cast.regular_member)
    for address in (LIST, f"{LIST}{profile.pk}/", f"{LIST}9999/"):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("field", Profile.FIELDS)
@pytest.mark.parametrize("audience", ["nobody", "introduced", "members"])
def test_each_field_goes_by_its_own_audience(
    cast: Cast, login: Login, field: str, audience: str
) -> None:
    login("regular").post(OWN, typed(**{f"{field}_for": audience}))
    profile, other = Profile.objects.get(), make_entry(cast.company)
    actions.open_entry(profile, version=consent.VERSION, by=cast.regular, ip=None)
    told = {
        "headline": "바다를 그립니다", "intro": "에서 일합니다", "affiliation": "바다디자인",
        "topics": "소셜아트</span>", "website": "https://sea.example.test/",
        "links": "https://sns.example.test/sea", "email": "sea@example.test",
        "phone": "010-1234-5678",
    }  # fmt: skip
    client, word = login("company_rep"), told[field].partition("<")[0]

    def sees() -> bool:
        return told[field] in client.get(profile.get_absolute_url()).content.decode()

    assert sees() == (audience == "members")
    found = names(client, f"?topic=art&q={'' if field == 'topics' else word}")
    assert found == (["regular"] if audience == "members" else [])  # nor by looking for it
    introduction = make_request(profile, other, by=cast.regular)
    actions.accept(introduction, by=cast.company_rep)
    assert sees() == (audience != "nobody")
    assert names(client, f"?topic=art&q={'' if field == 'topics' else word}") == found
    preview = login("regular").get(f"{OWN}preview/?as=introduced").content.decode()
    assert (told[field] in preview) == (audience != "nobody")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"links": "javascript:alert(1)"}, "links"),
        ({"links": "\n".join(f"https://x{n}.test" for n in range(6))}, "links"),
        ({"website": "javascript:alert(1)"}, "website"),
        ({"phone": "12"}, "phone"),
        ({"email": "sea"}, "email"),
        ({"topics": ["nothing"]}, "topics"),
        ({"headline_for": "everybody"}, "headline_for"),
        ({"headline": "가" * 81}, "headline"),
    ],
)
def test_what_makes_no_sense_is_said_at_its_field(
    cast: Cast, login: Login, data: dict[str, Any], field: str
) -> None:
    answer = login("regular").post(OWN, typed(**data))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert not Profile.objects.exists()


def test_the_name_is_the_memberships(cast: Cast, login: Login) -> None:
    cast.regular.name_en = "Kim Regular"
    cast.regular.save()
    login("regular").post(OWN, typed(name="회장", member_name="회장", hidden_reason="x"))
    profile = Profile.objects.with_member().get()
    assert (str(profile), profile.hidden_reason) == ("regular", "")
    actions.open_entry(profile, version=consent.VERSION, by=cast.regular, ip=None)
    reader = login("company_rep")
    assert names(reader, "?q=kim+reg") == ["regular"]
    reader.cookies["language"] = "en"
    assert "Kim Regular" in reader.get(profile.get_absolute_url()).content.decode()
    Member.objects.update(name="새이름")
    assert names(reader, "?q=새이름") == ["새이름"]
    assert names(reader, "?q=ㅅㅇㄹ") == []
    assert (actions.refold(), actions.refold()) == (1, 0)
    assert names(reader, "?q=ㅅㅇㄹ") == ["새이름"]


def test_an_organisation_is_kept_by_those_who_run_it(cast: Cast, login: Login) -> None:
    assert login("company_rep").post(OWN, typed()).status_code == 302
    profile = Profile.objects.get()
    assert (profile.member, profile.kind) == (cast.company, Profile.Kind.ORGANISATION)
    assert login("company_seat").get(OWN).templates[0].name == "directory/own_none.html"
    for address in ("preview/", "open/", "close/"):
        ask = login("company_seat").get if address == "preview/" else login("company_seat").post
        assert ask(f"{OWN}{address}").status_code == 404
    assert login("regular").get(f"{OWN}?member={cast.company.pk}").status_code == 404


def test_form_sent_twice_makes_one_entry(cast: Cast) -> None:
    make_entry(cast.regular_member)
    with pytest.raises(Refused):
        make_entry(cast.regular_member)


def test_change_keeps_what_it_does_not_name(cast: Cast) -> None:
    stale = make_entry(cast.regular_member)
    actions.hide_entry(stale, reason="광고", by=cast.head_office)
    stale.headline = "새 소개"
    actions.write_entry(stale, fields=["headline"], by=cast.regular)
    stale.refresh_from_db()
    assert (stale.headline, stale.hidden_reason) == ("새 소개", "광고")


@pytest.mark.parametrize(
    "standing", ["good", "grace", "arrears", "suspended", "never", "ended", "no_right"]
)
def test_row_and_queryset_agree_on_who_is_listed(cast: Cast, standing: str) -> None:
    today, member = clock.today(), cast.regular_member
    make_entry(member)
    if standing == "grace":
        cast.regular_tier.rights.filter(right=Right.DIRECTORY_ENTRY).update(in_grace=True)
        day = date(today.year + 1, 2, 1)
    else:
        day = today
    if standing == "arrears":
        member.periods.update(starts_on=date(2020, 1, 1), ends_on=date(2020, 12, 31))
    elif standing == "suspended":
        Suspension.objects.create(
            member=member, starts_on=today, reason="x", basis="x", decided_by=cast.head_office
        )
    elif standing == "never":
        member.periods.all().delete()
    elif standing == "ended":
        Member.objects.filter(pk=member.pk).update(
            status=Member.Status.DECEASED, ended_on=today - timedelta(days=1)
        )
    elif standing == "no_right":
        cast.regular_tier.rights.filter(right=Right.DIRECTORY_ENTRY).delete()
    row = Profile.objects.get()
    assert row.is_listed_on(day) == Profile.objects.listed(day).exists()
    assert row.is_listed_on(day) == (standing in ("good", "grace"))
    states = {"good": "listed", "grace": "listed"}
    assert row.state_on(day) == states.get(standing, "resting")
    assert Profile.objects.with_state(day).get().state == row.state_on(day)
    actions.close_entry(row, by=cast.regular)
    closed = Profile.objects.get()
    assert Profile.objects.with_state(day).get().state == closed.state_on(day) == "closed"


def test_who_has_left_is_no_longer_in_it(cast: Cast, login: Login) -> None:
    make_entry(cast.regular_member)
    reader = login("company_rep")
    assert names(reader) == ["regular"]
    today = clock.today()
    Member.objects.filter(pk=cast.regular_member.pk).update(status="withdrawn", ended_on=today)
    assert names(reader) == []
    assert login("regular").get(OWN).templates[0].name == "directory/own_none.html"


def test_who_has_no_right_to_an_entry_opens_none(cast: Cast, login: Login) -> None:
    cast.associate_tier.rights.create(right=Right.DIRECTORY)
    reader = login("associate")
    make_entry(cast.regular_member)
    assert names(reader) == ["regular"]  # associates read
    assert reader.post(OWN, typed()).status_code == 302
    assert "Open the entry" not in reader.get(OWN).content.decode()
    agreed = {"version": consent.VERSION, "agrees": "on"}
    assert reader.post(f"{OWN}open/", agreed).status_code == 422
    assert Profile.objects.opened().count() == 1


@pytest.mark.parametrize("right", [Right.DIRECTORY_ENTRY, Right.EXCHANGE])
def test_tiers_that_read_stand_and_write_there_after_the_migration(cast: Cast, right: str) -> None:
    TierRight.objects.filter(right=right).delete()
    cast.associate_tier.rights.create(right=Right.DIRECTORY)
    cast.regular_tier.rights.filter(right=Right.DIRECTORY).update(in_grace=False)
    give = importlib.import_module("members.migrations.0003_exchange_and_directory").give
    give(apps, None)
    give(apps, None)
    given = TierRight.objects.filter(right=right)
    assert set(given.values_list("tier__code", "in_good", "in_grace")) == {
        ("regular", True, False),
        ("company", True, True),
    }


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", [0, 1, 2]),
        ("?q=ㄱㄴㄷ", [0]),
        ("?q=나다", [0]),
        ("?q=데이터", [1]),
        ("?q=0100000", []),
        ("?branch=daegu", [1]),
        ("?topic=games", [2]),
        ("?topic=computing", [1]),
        ("?kind=organisation", [2]),
        ("?kind=person&branch=busan", [0]),
        ("?kind=nothing&topic=none&branch=nowhere&page=x", [0, 1, 2]),
    ],
)
def test_readers_filter(cast: Cast, login: Login, query: str, shown: list[int]) -> None:
    rows = [
        another(cast, "가나다"),
        another(cast, "라마바", branch=cast.daegu, headline="데이터", topics=["computing"]),
        make_entry(cast.company, topics=["games", "work"]),
    ]
    found = names(login("regular"), query)
    assert sorted(found) == sorted(rows[number].name for number in shown)
    is_empty = 'class="empty"' in login("regular").get(f"{LIST}{query}").content.decode()
    assert is_empty == (not shown)


@pytest.mark.parametrize("address", [LIST, OWN, "/me/introductions/", "{entry}"])
def test_lists_have_a_constant_query_count(cast: Cast, login: Login, address: str) -> None:
    mine = make_entry(cast.regular_member)
    client, counts = login("regular"), []
    for number in range(3):
        other = another(cast, f"회원{number}", topics=["work"])
        introduction = make_request(mine, other, by=cast.regular)
        actions.accept(introduction, by=other.member.user)
        received = make_request(other, mine, by=other.member.user)
        actions.block(received, by=cast.regular)
        counts.append(queries_of(client, address.format(entry=other.get_absolute_url())))
    assert counts[0] == counts[2] <= 22, counts
