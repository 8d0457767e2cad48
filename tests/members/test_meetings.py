"""Calling a general meeting: who is on the roll, frozen when, told how, and what is refused."""

from datetime import date, datetime, time, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from openpyxl import load_workbook

from kosna.audit.models import Entry
from kosna.core import batches, clock, jobs
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.mail import post
from kosna.mail.models import Message
from members import actions, register, rolls
from members.actions.offices import hand_on, install_representative
from members.models import (
    AgendaItem,
    DuesRate,
    Meeting,
    MeetingTerms,
    Member,
    Notice,
    Period,
    RegisterEntry,
    Right,
    Seat,
    Suspension,
    TierRight,
)
from members.standing import GOOD, standing_of
from tests import factories
from tests.flows.person import text_of
from tests.members.assembly import RECORD_ON, STARTS_AT, called, on, prepared, vote_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(db):
    return factories.make_user("송이레")


def on_the_roll(day: date = RECORD_ON) -> set[str]:
    return {line.name for line in rolls.voters_on(day)}


# Who may vote --------------------------------------------------------------------------------


def test_the_roll_lists_good_standing_in_tiers_that_vote():
    factories.make_member(factories.make_user("정회원"))
    factories.make_member(factories.make_user("연체"), paid_until=date(2024, 12, 31))
    factories.make_member(factories.make_user("유예"), paid_until=date(2025, 12, 31))
    factories.make_member(factories.make_user("미납"), paid_until=None)
    silent = factories.make_tier("associate", rights=("read_reports",))
    factories.make_member(factories.make_user("준회원"), tier=silent)
    factories.make_member(factories.make_user("탈퇴"), status="withdrawn")
    stopped = factories.make_member(factories.make_user("정지"))
    Suspension.objects.create(
        member=stopped, starts_on=RECORD_ON, decided_by=factories.make_user("이사회")
    )
    factories.make_member(organisation=factories.make_organisation("㈜가온"))

    assert on_the_roll() == {"정회원", "㈜가온"}

    TierRight.objects.filter(right=Right.VOTE).update(in_grace=True)
    assert on_the_roll() == {"정회원", "㈜가온", "유예"}


def test_the_roll_speaks_of_its_day_not_of_today():
    member = factories.make_member(factories.make_user("그때"))
    Period.objects.filter(member=member).update(voided_at=clock.start_of(date(2026, 3, 2)))
    Member.objects.filter(pk=member.pk).update(status="withdrawn", ended_on=date(2026, 3, 2))
    register.enter(member, RegisterEntry.Kind.WITHDRAWN, on=date(2026, 3, 2))
    late = factories.make_member(factories.make_user("나중"), joined_on=date(2026, 3, 2))

    assert on_the_roll(RECORD_ON) == {"그때"}
    assert on_the_roll(date(2026, 3, 2)) == {"나중"}
    assert "2026. 3. 1." in rolls.why_not(late, RECORD_ON)


@pytest.mark.parametrize(
    ("paid_at", "votes"),
    [
        (datetime(2026, 3, 1, 23, 59, 59, tzinfo=clock.KST), True),
        (datetime(2026, 3, 2, 0, 0, 0, tzinfo=clock.KST), False),
    ],
)
def test_dues_count_to_the_last_second_of_the_record_date(secretary, paid_at, votes):
    """One second parts a vote from none, in Korean time."""
    member = factories.make_member(factories.make_user("막판"), paid_until=None)
    DuesRate.objects.update(annual_dues=0, admission_fee=0)
    factories.make_member(factories.make_user("늘"))
    with clock.standing_at(paid_at):
        actions.renew(member, by=member.user)  # an order of 0 won is settled at once

    meeting = called(secretary)

    assert meeting.voters.filter(member=member).exists() == votes
    assert meeting.roll_size == 1 + votes
    assert bool(rolls.why_not(member, RECORD_ON)) != votes


@pytest.mark.parametrize(
    ("paid_at", "votes"),
    [
        (datetime(2026, 3, 1, 23, 59, 59, tzinfo=clock.KST), True),
        (datetime(2026, 3, 2, 0, 0, 0, tzinfo=clock.KST), False),
    ],
)
def test_dues_paid_in_grace_carry_no_vote_back(secretary, paid_at, votes):
    """From anniversary to anniversary the days begin before the payment; a vote does not."""
    tier = factories.make_tier("yearly", dues_basis="anniversary", annual_dues=0, admission_fee=0)
    member = factories.make_member(
        factories.make_user("막판"), tier=tier, paid_until=date(2026, 2, 9)
    )
    factories.make_member(factories.make_user("늘"))
    with clock.standing_at(paid_at):
        actions.renew(member, by=member.user)
    assert member.periods.latest("pk").starts_on == date(2026, 2, 10)

    meeting = called(secretary)

    assert meeting.voters.filter(member=member).exists() == votes
    assert bool(rolls.why_not(member, RECORD_ON)) != votes


def test_the_roll_agrees_with_standing_today(cast):
    """Pinned to the one place that says in what standing a member is."""
    for paid_until in (date(2024, 6, 30), date(2025, 12, 31), date(2026, 12, 31), None):
        factories.make_member(paid_until=paid_until)
    Period.objects.create(
        member=factories.make_member(paid_until=None),
        tier=factories.make_tier(),
        starts_on=date(2026, 1, 1),
    )
    with on(11, 20):
        today = clock.today()
        voting = {right.tier_id for right in TierRight.objects.filter(right=Right.VOTE)}
        expected = {
            member.name
            for member in Member.objects.select_related("tier")
            if standing_of(member, today).code == GOOD and member.tier_id in voting
        }
        assert on_the_roll(today) == expected


def test_a_company_has_one_vote_cast_by_its_representative_of_the_day(secretary):
    company = factories.make_member(organisation=factories.make_organisation())
    before, after = factories.make_user("전대표"), factories.make_user("새대표")
    role = Seat.Role.REPRESENTATIVE
    seat = factories.make_seat(company, before, role)
    Seat.objects.filter(pk=seat.pk).update(valid_to=RECORD_ON)
    Seat.objects.create(member=company, user=after, role=role, valid_from=date(2026, 3, 2))
    factories.make_seat(company, factories.make_user("좌석"))

    meeting = called(secretary)

    assert [(voter.name, voter.user) for voter in meeting.voters.all()] == [(company.name, before)]


def test_a_hand_over_after_the_record_date_takes_no_vote_along(secretary):
    """Though the seats stay as they are, and the roll is frozen a little later."""
    company = factories.make_member(organisation=factories.make_organisation())
    seats = [
        factories.make_seat(company, factories.make_user(name), role)
        for name, role in [
            ("처음", Seat.Role.REPRESENTATIVE),
            ("다음", Seat.Role.CONTACT),
            ("그다음", Seat.Role.STAFF),
        ]
    ]
    Seat.objects.update(valid_from=date(2026, 1, 1))
    handed_on = [(RECORD_ON, *seats[:2]), (RECORD_ON + timedelta(days=1), *seats[1:])]
    for day, former, new in handed_on:
        with clock.standing_at(datetime.combine(day, time(12), clock.KST)):
            former.refresh_from_db()
            hand_on(company, to=new, role=Seat.Role.REPRESENTATIVE, replaces=former)
            install_representative(
                company, name=new.user.name, by=secretary, seat=new, former=former, basis="이사회"
            )
    assert rolls.casters_on(RECORD_ON - timedelta(days=1))[company.pk] == seats[0].user_id
    assert rolls.casters_on(RECORD_ON)[company.pk] == seats[1].user_id
    assert rolls.casters_on(RECORD_ON + timedelta(days=1))[company.pk] == seats[2].user_id


# Frozen --------------------------------------------------------------------------------------


def test_later_changes_do_not_reach_a_frozen_roll(secretary):
    members = [factories.make_member(factories.make_user(name)) for name in ("가", "나")]
    meeting = called(secretary)
    Member.objects.filter(pk=members[0].pk).update(name="다", status="withdrawn")
    register.enter(members[0], RegisterEntry.Kind.WITHDRAWN, on=date(2026, 3, 3))
    factories.make_member(factories.make_user("라"))

    assert [voter.name for voter in meeting.voters.order_by("number")] == ["가", "나"]
    assert rolls.fingerprint(meeting.voters.order_by("number")) == meeting.roll_sha256
    with (
        pytest.raises((IntegrityError, DatabaseError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE members_voter SET name = 'x'")


def test_the_roll_waits_for_the_end_of_its_day_and_is_taken_once(secretary):
    factories.make_member()
    meeting = prepared(secretary)
    with on(3, 1, 23, 59, 59), pytest.raises(Refused):
        actions.freeze_roll(meeting, by=secretary)
    with on(3, 1, 23, 59, 59):
        assert actions.freeze_due() == 0
    with on(3, 2, 0):
        assert actions.freeze_due() == 1
        assert actions.freeze_due() == 0
        with pytest.raises(Refused):
            actions.freeze_roll(meeting, by=secretary)
    entry = Entry.objects.get(verb="members.freeze_roll")
    assert (entry.actor_id, entry.facts["voters"]) == (None, 1)
    assert "members.freeze_rolls" in jobs.names()


def test_record_date_stays_once_the_roll_is_there(secretary):
    factories.make_member()
    meeting = prepared(secretary)
    with on(3, 2):
        meeting = actions.freeze_roll(meeting, by=secretary)
    meeting.record_on = date(2026, 2, 1)
    with pytest.raises(Refused):
        actions.change_meeting(meeting, by=secretary)


# Called --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("day", "is_late"), [(12, False), (13, True)])
def test_a_week_lies_between_notice_and_meeting(secretary, day, is_late):
    """For the 20th a notice leaves by the end of the 12th: seven whole days lie between."""
    factories.make_member()
    meeting = prepared(secretary)
    with on(3, 2):
        actions.freeze_roll(meeting, by=secretary)
    with on(3, day, 23, 59, 59):
        if not is_late:
            meeting = actions.call_meeting(meeting, by=secretary)
            assert meeting.late_reason == ""
            return
        with pytest.raises(Refused) as refusal:
            actions.call_meeting(meeting, by=secretary)
        assert len(refusal.value.reasons) == 1
        meeting = actions.call_meeting(meeting, late_reason="긴급 안건", by=secretary)
    assert (meeting.status, meeting.late_reason) == ("called", "긴급 안건")
    assert Entry.objects.get(verb="members.call_meeting").reason == "긴급 안건"


def test_days_of_notice_are_data(secretary):
    factories.make_member()
    MeetingTerms.objects.create(kind=Meeting.Kind.REGULAR, notice_days=14)
    meeting = prepared(secretary)
    assert meeting.last_notice_on == date(2026, 3, 5)
    with on(3, 2):
        actions.freeze_roll(meeting, by=secretary)
    with on(3, 6), pytest.raises(Refused):
        actions.call_meeting(meeting, by=secretary)


def test_everything_that_is_missing_is_said_at_once(secretary):
    meeting = prepared(secretary, place_ko="")
    meeting.items.all().delete()
    with on(3, 21), pytest.raises(Refused) as refusal:
        actions.call_meeting(meeting, by=secretary)
    assert len(refusal.value.reasons) == 4  # no roll, no agenda, no place, too late


def test_the_agenda_is_fixed_by_the_notice(secretary):
    factories.make_member()
    meeting = called(secretary)
    with pytest.raises(Refused):
        actions.set_agenda(meeting, [AgendaItem(title_ko="새 안건")], by=secretary)
    with pytest.raises(Refused):
        actions.change_meeting(meeting, by=secretary)
    assert meeting.items.count() == 1


def test_everyone_on_the_roll_has_a_notice_and_its_proof(secretary):
    person = factories.make_member(factories.make_user("김하늘", language="en"))
    company = factories.make_member(organisation=factories.make_organisation(tax_email=""))
    contact = factories.make_user("담당")
    seat = factories.make_seat(company, contact, Seat.Role.CONTACT)
    called(secretary)
    batch = Batch.objects.get(kind=actions.NOTICES)
    assert (batch.status, batch.done, batch.total) == ("done", 2, 2)

    notices = {notice.voter.member: notice for notice in Notice.objects.all()}
    assert {member: notice.message.user for member, notice in notices.items()} == {
        person: person.user,
        company: contact,
    }
    notice = notices[person]
    assert clock.kst_date(notice.posted_at) == date(2026, 3, 2)
    subject, text, _html = post.render(notice.message)
    assert "Regular general meeting 2026" in subject
    assert "1. Item 1" in text
    assert "14:00" in text

    # Run again, as after a killed worker, it posts nothing twice; who has no address is told.
    Seat.objects.filter(pk=seat.pk).update(valid_to=date(2026, 3, 2))
    Batch.objects.filter(pk=batch.pk).update(status="queued", tries=0)
    batches.run_all()
    assert Message.objects.filter(template="meeting_called").count() == Notice.objects.count() == 2
    batch.refresh_from_db()
    assert sorted(batch.result.values()) == [1, 1]


def test_a_meeting_called_off_is_told_to_those_who_were_called(secretary):
    factories.make_member()
    meeting = called(secretary)
    actions.cancel_meeting(meeting, reason="태풍", by=secretary)
    batches.run_all()
    _subject, text, _html = post.render(Message.objects.get(template="meeting_cancelled"))
    assert "태풍" in text
    silent = prepared(secretary)
    actions.cancel_meeting(silent, reason="x", by=secretary)
    batches.run_all()
    assert Message.objects.filter(template="meeting_cancelled").count() == 1


def test_numbers_of_meetings_run_on(secretary):
    assert [prepared(secretary).number for _ in range(2)] == ["2026-1", "2026-2"]


# Pages ---------------------------------------------------------------------------------------


def test_the_desk_prepares_a_meeting(cast, login):
    client = login("head_office")
    data = {
        "kind": "regular",
        "title_ko": "정기총회",
        "starts_at": "2027-03-20T14:00",
        "place_ko": "대강당",
        "record_on": "2027-03-20",
    }
    assert client.post("/staff/meetings/new/", data).status_code == 422  # on the day itself
    data["record_on"] = "2027-03-01"
    assert client.post("/staff/meetings/new/", data).status_code == 302
    meeting = Meeting.objects.get()
    assert meeting.starts_at == datetime(2027, 3, 20, 14, tzinfo=clock.KST)
    agenda = {
        "form-TOTAL_FORMS": "3",
        "form-INITIAL_FORMS": "0",
        "form-0-title_ko": "둘째",
        "form-0-rule": "two_thirds",
        "form-0-ORDER": "2",
        "form-1-title_ko": "첫째",
        "form-1-rule": "majority",
        "form-1-ORDER": "1",
        "form-2-rule": "majority",
    }
    url = f"/staff/meetings/{meeting.number}/"
    assert client.post(f"{url}agenda/", agenda).status_code == 302
    assert [(item.position, item.title_ko) for item in meeting.items.all()] == [
        (1, "첫째"),
        (2, "둘째"),
    ]
    assert client.get(url).status_code == 200
    assert client.post(f"{url}freeze/").status_code == 303  # the record date has not come
    assert client.post(f"{url}call/", {"call-late_reason": ""}).status_code == 422
    data["title_ko"] = "제16차 정기총회"
    assert client.post(f"{url}edit/", data).status_code == 302
    meeting.refresh_from_db()
    assert meeting.title_ko == "제16차 정기총회"


def test_the_roll_is_seen_exported_and_recorded(cast, login):
    meeting = called(cast.head_office)
    url = f"/staff/meetings/{meeting.number}/roll/"
    client = login("head_office")
    found = client.get(url, {"q": "regular"}).context["page"].object_list
    assert [voter.name for voter in found] == ["regular"]
    assert client.post(f"{url}export/", {"form": "paper", "reason": ""}).status_code == 303
    for form in ("paper", "sheet"):
        data = {"form": form, "reason": "의결권 확인"}
        assert client.post(f"{url}export/", data).status_code == 302
    batches.run_all()

    paper, sheet = Batch.objects.exclude(kind=actions.NOTICES).order_by("pk")
    with paper.file.open("rb") as file:
        text = text_of(file.read())
    assert meeting.roll_sha256 in text
    assert "의결권자 명부" in text
    with sheet.file.open("rb") as file:
        rows = list(load_workbook(file, read_only=True).active.values)
    assert len(rows) == 1 + meeting.roll_size
    assert Entry.objects.filter(verb="members.export_roll").count() == 2


def test_lists_of_a_meeting_take_constant_queries(cast, login, django_assert_max_num_queries):
    tier = factories.make_tier()
    small = called(cast.head_office)
    for _ in range(3):
        factories.make_member(tier=tier)
    large = called(cast.head_office, starts_at=STARTS_AT)
    client, reader = login("head_office"), login("regular")
    for page in ("", "roll/", "notices/", "proxies/", "live/", "door/?q=2"):
        counted = []
        for meeting in (small, large):
            client.get(f"/staff/meetings/{meeting.number}/{page}")
            with django_assert_max_num_queries(13) as queries:
                assert client.get(f"/staff/meetings/{meeting.number}/{page}").status_code == 200
            counted.append(len(queries))
        assert counted[0] == counted[1], page
    reader.get("/me/meetings/")
    with django_assert_max_num_queries(9):
        assert len(reader.get("/me/meetings/").context["page"].object_list) == 2


def test_a_member_reads_the_own_right_and_why_not(cast, login):
    meeting = called(cast.head_office)
    vote_of(meeting, cast.regular_member)
    url = meeting.get_absolute_url()

    mine = login("regular").get(url)
    assert [ballot.voter.name for ballot in mine.context["ballots"]] == ["regular"]
    [(member, why)] = login("lapsed").get(url).context["without"]
    assert (member, why) == (cast.lapsed_member, rolls.why_not(cast.lapsed_member, RECORD_ON))
    [(_company, why)] = login("company_seat").get(url).context["without"]
    assert "대표자" in why
    assert len(login("company_rep").get(url).context["ballots"]) == 1
    assert login("account").get(url).status_code == 404
    assert login("account").get("/me/meetings/").context["page"].object_list == []
    draft = prepared(cast.head_office)
    assert login("regular").get(draft.get_absolute_url()).status_code == 404
