"""Standing follows from dated facts, at whatever day it is asked; row and queryset agree."""

from datetime import date, datetime, timedelta
from unittest import mock

import pytest
from django.db import connection, transaction
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kosna.accounts.models import User
from kosna.core import clock
from kosna.mail import post
from kosna.mail.models import Message
from kosna.verify import last_paid_days_are_known
from members.access import memberships_of
from members.actions.exits import tell
from members.models import DuesCalendar, Member, Period, Suspension, Tier
from members.standing import (
    FOR_LIFE,
    LABELS,
    expiring,
    forfeitable,
    in_standing,
    is_forfeitable,
    standing_of,
    which,
    with_standing,
)
from tests import factories

pytestmark = pytest.mark.django_db

CASES = [
    # paid until, asked on, standing
    (date(2026, 12, 31), date(2026, 12, 31), "good"),
    (date(2026, 12, 31), date(2027, 1, 1), "grace"),
    (date(2026, 12, 31), date(2027, 3, 31), "grace"),
    (date(2026, 12, 31), date(2027, 6, 30), "grace"),
    (date(2026, 12, 31), date(2027, 7, 1), "arrears"),
    (date(2026, 12, 31), date(2028, 1, 1), "arrears"),
    (date(2026, 8, 31), date(2026, 9, 1), "grace"),
    (None, date(2026, 1, 1), "arrears"),
]


def codes_of(member: Member, day: date) -> set[str]:
    """What row and queryset say; one word when they agree."""
    member = Member.objects.get(pk=member.pk)
    return {
        standing_of(member, day).code,
        with_standing(Member.objects.filter(pk=member.pk), day).get().standing,
    }


@pytest.mark.parametrize(("paid_until", "on", "code"), CASES)
def test_standing_follows_from_dates(paid_until, on, code):
    assert codes_of(factories.make_member(paid_until=paid_until), on) == {code}


ANNIVERSARY = [
    (date(2026, 5, 9), date(2026, 5, 9), "good"),
    (date(2026, 5, 9), date(2026, 5, 10), "grace"),
    (date(2026, 5, 9), date(2026, 8, 7), "grace"),  # 90 days
    (date(2026, 5, 9), date(2026, 8, 8), "arrears"),
    (date(2028, 2, 28), date(2028, 2, 29), "grace"),
]


@pytest.mark.parametrize(("paid_until", "on", "code"), ANNIVERSARY)
def test_standing_of_anniversaries_counts_days(paid_until, on, code):
    tier = factories.make_tier("yearly", dues_basis=Tier.Basis.ANNIVERSARY, grace_days=90)

    assert codes_of(factories.make_member(tier=tier, paid_until=paid_until), on) == {code}


def test_standing_for_life_never_lapses():
    member = factories.make_member(paid_until=None)
    Period.objects.create(member=member, tier=member.tier, starts_on=date(2020, 1, 1))

    assert codes_of(member, date(2090, 1, 1)) == {"good"}


@pytest.mark.parametrize(
    ("status", "day", "code"),
    [
        ("admitted", date(2026, 6, 1), "admitted"),
        ("withdrawn", date(2026, 4, 30), "good"),  # still a member on the day before
        ("withdrawn", date(2026, 5, 1), "ended"),
        ("expelled", date(2026, 6, 1), "ended"),
        ("voided", date(2026, 4, 30), "ended"),  # never was one
        ("active", date(2019, 12, 31), "before"),
    ],
)
def test_standing_follows_from_status_and_its_day(status, day, code):
    ended_on = None if status == "active" else date(2026, 5, 1)
    member = factories.make_member(status=status, ended_on=ended_on)

    assert codes_of(member, day) == {code}


@pytest.mark.parametrize(
    ("ends_on", "restored_on", "day", "code"),
    [
        (date(2026, 6, 30), None, date(2026, 4, 30), "good"),
        (date(2026, 6, 30), None, date(2026, 5, 1), "suspended"),
        (date(2026, 6, 30), None, date(2026, 6, 30), "suspended"),
        (date(2026, 6, 30), None, date(2026, 7, 1), "good"),
        (None, None, date(2030, 1, 1), "suspended"),
        (None, date(2026, 5, 15), date(2026, 5, 14), "suspended"),
        (None, date(2026, 5, 15), date(2026, 5, 15), "good"),
    ],
)
def test_suspension_holds_from_day_to_day(ends_on, restored_on, day, code):
    member = factories.make_member(paid_until=None)
    Period.objects.create(member=member, tier=member.tier, starts_on=date(2020, 1, 1))
    by = factories.make_user()
    Suspension.objects.create(
        member=member,
        starts_on=date(2026, 5, 1),
        ends_on=ends_on,
        reason="회칙 위반",
        basis="제12차 이사회, 2026-04-20, 2026-3호",
        decided_by=by,
        restored_on=restored_on,
        restored_by=by if restored_on else None,
    )

    assert codes_of(member, day) == {code}


def test_standing_ignores_void_and_future_periods():
    member = factories.make_member(paid_until=date(2027, 12, 31))

    assert codes_of(member, date(2026, 12, 31)) == {"arrears"}


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        (
            date(2026, 12, 31),
            "정회원, 2026. 12. 31.(목)까지. 2027. 3. 31.(수)까지 납부하지 않으면"
            " 2027. 7. 1.(목)부터 권리가 정지됩니다.",
        ),
        (
            date(2027, 1, 1),
            "정회원, 유예 중. 회비는 2026. 12. 31.(목)까지 납부되었고 납부기한은"
            " 2027. 3. 31.(수)입니다. 2027. 6. 30.(수)까지 납부하지 않으면 2027. 7. 1.(목)부터"
            " 권리가 정지됩니다.",
        ),
        (
            date(2027, 7, 1),
            "정회원. 회비가 2026. 12. 31.(목)까지만 납부되어 2027. 7. 1.(목)부터 권리가"
            " 정지되었습니다. 회비를 납부하면 권리가 회복됩니다. 2028. 7. 1.(토)부터는 회원 자격을"
            " 상실할 수 있습니다.",
        ),
        (
            date(2028, 7, 1),
            "정회원. 회비가 2026. 12. 31.(목)까지만 납부되어 2027. 7. 1.(목)부터 권리가"
            " 정지되었습니다. 회비를 납부하면 권리가 회복됩니다. 2028. 7. 1.(토)부터 자격상실 의결"
            " 대상입니다.",
        ),
    ],
)
def test_the_sentence_says_why_and_what_comes_next(day, sentence):
    tier = factories.make_tier("r", name_ko="정회원")
    member = factories.make_member(tier=tier, paid_until=date(2026, 12, 31))

    assert standing_of(member, day).sentence == sentence


def pay_ahead(member: Member, tier: Tier | None = None, ends_on: date | None = date(2027, 12, 31)):
    return Period.objects.create(
        member=member, tier=tier or member.tier, starts_on=date(2027, 1, 1), ends_on=ends_on
    )


def test_who_has_paid_the_next_year_is_not_asked_for_it_again():
    """In December: the sentence, the list and the certificate know of the days that are to come."""
    day = date(2026, 12, 1)
    member = factories.make_member(tier=factories.make_tier("r", name_ko="정회원"))
    ahead = pay_ahead(member)

    standing = standing_of(member, day)
    assert (standing.code, standing.until) == ("good", date(2027, 12, 31))
    assert standing.sentence == (
        "정회원, 2027. 12. 31.(금)까지. 2028. 3. 31.(금)까지 납부하지 않으면"
        " 2028. 7. 1.(토)부터 권리가 정지됩니다."
    )
    assert with_standing(Member.objects.all(), day).get().paid_until == date(2027, 12, 31)

    Period.objects.filter(pk=ahead.pk).update(starts_on=date(2027, 1, 2))  # a day is missing
    member = Member.objects.get(pk=member.pk)
    assert standing_of(member, day).until == date(2026, 12, 31)
    assert with_standing(Member.objects.all(), day).get().paid_until == date(2026, 12, 31)


def test_days_ahead_in_another_tier_are_told_with_it():
    day = date(2026, 12, 1)
    member = factories.make_member(tier=factories.make_tier("r", name_ko="정회원"))
    ahead = pay_ahead(member, factories.make_tier("a", name_ko="준회원"))

    assert standing_of(member, day).sentence == (
        "정회원, 2027. 1. 1.(금)부터 준회원, 2027. 12. 31.(금)까지. 2028. 3. 31.(금)까지 납부하지"
        " 않으면 2028. 7. 1.(토)부터 권리가 정지됩니다."
    )
    Period.objects.filter(pk=ahead.pk).update(ends_on=None)
    member = Member.objects.get(pk=member.pk)
    assert standing_of(member, day).sentence == "정회원, 2027. 1. 1.(금)부터 준회원, 평생."
    assert standing_of(member, day).until is None


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize("is_paid_ahead", [False, True])
def test_every_place_shows_the_same_sentence(cast, login, language, is_paid_ahead):
    """The member's pages, the staff's, and the mails: one sentence, in the reader's language."""
    member = cast.regular_member
    if is_paid_ahead:
        last = member.periods.get().ends_on
        Period.objects.create(
            member=member,
            tier=member.tier,
            starts_on=last + timedelta(days=1),
            ends_on=last + timedelta(days=365),
        )
    User.objects.update(language=language)
    member = Member.objects.get(pk=member.pk)
    with translation.override(language):
        sentence = standing_of(member, clock.today()).sentence

    for who, page in [
        ("regular", "/me/"),
        ("regular", "/members/renew/"),
        ("officer", f"/staff/members/{member.pk}/"),
    ]:
        assert sentence in login(who).get(page).content.decode(), page
    tell("membership_restored", member, reason="x", basis="x")
    assert sentence in post.render(Message.objects.latest("pk"))[1]


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        ("2026-12-31T14:59:59+00:00", "good"),  # a second before midnight in Seoul
        ("2026-12-31T15:00:00+00:00", "grace"),
        ("2027-06-30T14:59:59+00:00", "grace"),
        ("2027-06-30T15:00:00+00:00", "arrears"),
    ],
)
def test_rights_turn_at_midnight_in_seoul(cast, login, settings, tmp_path, instant, code):
    (tmp_path / "clock").write_text(instant)
    settings.KOSNA_CLOCK = str(tmp_path / "clock")
    Period.objects.filter(member=cast.regular_member).update(
        starts_on=date(2026, 1, 1), ends_on=date(2026, 12, 31)
    )
    factories.make_report("market", tiers=(cast.regular_tier,))
    rights = {"good": 200, "grace": 200, "arrears": 403}

    [held] = memberships_of(User.objects.get(pk=cast.regular.pk), clock.now())

    assert held.standing == code
    assert ("vote" in held.rights) == (code == "good")
    assert login("regular").get("/research/market/download/").status_code == rights[code]


# Row, queryset, filter and access agree, whatever the facts ------------------------------------

DAYS = st.dates(date(2024, 6, 1), date(2029, 3, 1))
EDGES = st.sampled_from(
    [
        date(year, month, day)
        for year in (2025, 2026, 2027, 2028)
        for month, day in [(1, 1), (3, 31), (4, 1), (5, 31), (6, 30), (7, 1), (12, 31)]
    ]
)
DAY = st.one_of(DAYS, EDGES)


def maybe_later(day: date, span: int) -> st.SearchStrategy[date | None]:
    return st.none() | st.integers(0, span).map(lambda days: day + timedelta(days=days))


@st.composite
def facts(draw) -> dict:
    joined = draw(st.none() | DAY)
    status = draw(st.sampled_from(Member.Status.values))
    if status == Member.Status.ACTIVE:
        joined = joined or date(2025, 1, 1)
    periods, suspensions = [], []
    for starts_on in draw(st.lists(DAY, max_size=2)):
        periods.append((starts_on, draw(maybe_later(starts_on, 500)), draw(st.booleans())))
    for starts_on in draw(st.lists(DAY, max_size=2)):
        ends_on = draw(maybe_later(starts_on, 90))
        suspensions.append((starts_on, ends_on, draw(maybe_later(starts_on, 60))))
    return {
        "status": status,
        "joined_on": joined,
        "ended_on": draw(st.none() | DAY) if status in Member.ENDED else None,
        "anniversary": draw(st.booleans()),
        "periods": periods,
        "suspensions": suspensions,
    }


def make(index: int, fact: dict, tiers: dict[bool, Tier], by: User) -> Member:
    """A member of these facts, valid or odd: the answers must agree all the same."""
    number = f"x-{index}" if fact["status"] == Member.Status.ACTIVE else None
    member = Member.objects.create(
        user=factories.make_user(),
        tier=tiers[fact["anniversary"]],
        branch=factories.make_branch("hq"),
        number=number,
        status=fact["status"],
        joined_on=fact["joined_on"],
        ended_on=fact["ended_on"],
        name=f"회원{index}",
    )
    for starts_on, ends_on, is_void in fact["periods"]:
        Period.objects.create(
            member=member,
            tier=member.tier,
            starts_on=starts_on,
            ends_on=ends_on,
            voided_at=clock.now() if is_void else None,
        )
    for starts_on, ends_on, restored_on in fact["suspensions"]:
        Suspension.objects.create(
            member=member,
            starts_on=starts_on,
            ends_on=ends_on,
            reason="x",
            basis="이사회",
            decided_by=by,
            restored_on=restored_on,
            restored_by=by if restored_on else None,
        )
    return member


def covers(row: Member, day: date, after: date) -> bool:
    """Paid for a day, and not for another."""
    held = [period for period in row.periods.all() if period.holds_on(day)]
    return bool(held) and not any(period.holds_on(after) for period in row.periods.all())


@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    everybody=st.lists(facts(), min_size=1, max_size=4),
    day=DAY,
    grace=st.sampled_from([30, 90, 200]),
    years=st.sampled_from([None, 1, 2, 3]),
    few=st.sampled_from([0, 1, 500]),
)
def test_row_queryset_filter_and_access_agree(db, everybody, day, grace, years, few):
    """``few``: with all named one by one whom the last paid days do not tell, or worked out."""
    with transaction.atomic(), mock.patch.object(which, "FEW", few):
        DuesCalendar.objects.create(from_year=2000, forfeit_after_years=years)
        DuesCalendar.objects.create(
            from_year=2027, grace_month=5, grace_day=31, forfeit_after_years=years
        )
        tiers = {
            False: factories.make_tier("yearly"),
            True: factories.make_tier("rolling", dues_basis="anniversary", grace_days=grace),
        }
        by = factories.make_user()
        made = [make(index, fact, tiers, by) for index, fact in enumerate(everybody)]
        rows = list(Member.objects.select_related("tier").order_by("pk"))
        codes = {row.pk: standing_of(row, day).code for row in rows}

        annotated = with_standing(Member.objects.all(), day)
        assert {row.pk: row.standing for row in annotated} == codes
        for code in LABELS:
            found = {row.pk for row in in_standing(Member.objects.all(), code, day)}
            assert found == {pk for pk, is_so in codes.items() if is_so == code}
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.KST)
        for member in made:
            held = memberships_of(User.objects.get(pk=member.user_id), noon)
            outside = codes[member.pk] in ("admitted", "before", "ended")
            assert [each.standing for each in held] == ([] if outside else [codes[member.pk]])
            assert all(not each.rights for each in held if each.standing == "suspended")
        board = {row.pk for row in forfeitable(Member.objects.all(), day)}
        assert board == {row.pk for row in rows if is_forfeitable(row, day)}
        after = day + timedelta(days=61)
        assert {row.pk for row in expiring(Member.objects.all(), day)} == {
            row.pk
            for row in rows
            if row.status == "active" and row.joined_on <= day and covers(row, day, after)
        }
        assert last_paid_days_are_known() == []
        transaction.set_rollback(True)


def test_the_database_keeps_the_last_paid_days_itself():
    """A migration that makes the table of periods anew on SQLite would lose what does it."""
    events = ("insert", "update", "delete")
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT tgname FROM pg_trigger WHERE tgname LIKE 'members_period%'")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        names = {row[0].lower() for row in cursor.fetchall()}
    assert names >= {f"members_period_paid_{event}" for event in events}


def test_last_stretch_of_paid_days_follows_every_change_of_a_period():
    member = factories.make_member(paid_until=date(2026, 12, 31))

    def stretch() -> tuple:
        return Member.objects.values_list("paid_since", "paid_to").get(pk=member.pk)

    assert stretch() == (date(2026, 1, 1), date(2026, 12, 31))
    make = {"member": member, "tier": member.tier}
    ahead = Period.objects.create(**make, starts_on=date(2027, 1, 1), ends_on=date(2027, 12, 31))
    assert stretch() == (date(2026, 1, 1), date(2027, 12, 31))  # without a gap
    later = Period.objects.create(**make, starts_on=date(2029, 1, 1))
    assert stretch() == (date(2029, 1, 1), FOR_LIFE)
    Period.objects.filter(pk=later.pk).update(voided_at=clock.now())
    assert stretch() == (date(2026, 1, 1), date(2027, 12, 31))
    Period.objects.filter(pk=ahead.pk).update(ends_on=date(2027, 3, 31))
    assert stretch() == (date(2026, 1, 1), date(2027, 3, 31))
    Period.objects.filter(member=member).delete()
    assert stretch() == (None, None)
