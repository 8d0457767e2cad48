"""Proxies, votes in writing, the door, counts: no vote twice, no chain, no more than was given."""

import pytest
from django.db import IntegrityError, transaction

from kosna.audit.models import Entry
from kosna.core.errors import Refused
from kosna.core.korean import mask_name
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail.models import Message
from members import actions, quorum
from members.models import AgendaItem, Meeting, Presence, Proxy, Voter, WrittenVote
from tests import factories
from tests.flows.person import text_of
from tests.members.assembly import Rule, called, on, opened, vote_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def secretary(db):
    return factories.make_user("송이레")


@pytest.fixture
def meeting(secretary) -> Meeting:
    """Five votes; two items that are voted on and one report."""
    for n in range(5):
        factories.make_member(factories.make_user(f"회원{n}"))
    return called(secretary, Rule.MAJORITY, Rule.TWO_THIRDS, Rule.REPORT)


@pytest.fixture
def votes(meeting) -> list[Voter]:
    return list(meeting.voters.select_related("meeting", "user").order_by("number"))


def hand(voter: Voter, delegate: Voter | None) -> Proxy:
    with on(3, 10):
        return actions.appoint_proxy(voter, delegate=delegate, by=voter.user)


def write(voter: Voter, choice: str = "for") -> None:
    items = voter.meeting.items.exclude(rule=Rule.REPORT)
    with on(3, 10):
        actions.vote_in_writing(voter, {item.pk: choice for item in items}, by=voter.user)


def come(voter: Voter) -> None:
    with on(3, 20, 13, 30):
        actions.mark_present(voter, by=voter.user)


def counted(meeting: Meeting) -> tuple[int, int, int]:
    row = quorum.attendance(meeting)
    return row.in_person, row.by_proxy, row.in_writing


# Proxies -------------------------------------------------------------------------------------


def test_a_proxy_counts_where_the_delegate_is(meeting, votes):
    hand(votes[0], votes[1])
    hand(votes[2], None)
    assert counted(meeting) == (0, 1, 0)  # the chair's; the other awaits its delegate
    assert quorum.attendance(meeting).awaited == 1
    come(votes[1])
    assert counted(meeting) == (1, 2, 0)
    assert quorum.attendance(meeting).is_quorate
    told = Message.objects.filter(template__startswith="proxy_").values_list("template", "user")
    assert set(told) == {
        ("proxy_given", votes[0].user_id),
        ("proxy_received", votes[1].user_id),
        ("proxy_given", votes[2].user_id),
    }


def refused(deed) -> list[str]:
    with pytest.raises(Refused) as refusal:
        deed()
    return refusal.value.reasons


def test_no_chains_no_strangers_nobody_twice(secretary, meeting, votes):
    hand(votes[0], votes[1])
    refused(lambda: hand(votes[0], votes[2]))  # handed on already
    refused(lambda: hand(votes[1], votes[2]))  # carries one
    refused(lambda: hand(votes[2], votes[0]))  # handed on their own
    refused(lambda: hand(votes[2], votes[2]))
    elsewhere = called(secretary)
    refused(lambda: hand(votes[2], vote_of(elsewhere, votes[3].member)))
    write(votes[4])
    refused(lambda: hand(votes[2], votes[4]))  # will not be there
    refused(lambda: hand(votes[4], votes[2]))  # has voted
    refused(lambda: write(votes[0]))
    refused(lambda: write(votes[1]))  # a delegate is wanted at the meeting
    assert Proxy.objects.count() == 1


def test_a_delegate_carries_no_more_than_the_terms_allow(meeting, votes):
    Meeting.objects.filter(pk=meeting.pk).update(max_proxies=1)
    first = hand(votes[0], votes[1])
    assert len(refused(lambda: hand(votes[2], votes[1]))) == 1
    hand(votes[3], None)  # the chair carries any number
    hand(votes[4], None)
    with on(3, 11):
        actions.revoke_proxy(first, by=votes[0].user)
    hand(votes[2], votes[1])
    assert Message.objects.filter(template="proxy_revoked").count() == 1


def test_proxies_and_written_votes_stand_once_the_meeting_is_open(secretary, meeting, votes):
    proxy = hand(votes[0], votes[1])
    write(votes[2])
    opened(meeting, secretary)
    with on(3, 20, 15):
        refused(lambda: actions.revoke_proxy(proxy, by=votes[0].user))
        refused(lambda: actions.take_back_written_vote(votes[2], by=votes[2].user))
        refused(lambda: actions.appoint_proxy(votes[3], delegate=None, by=votes[3].user))
        refused(lambda: actions.mark_present(votes[0], by=secretary))
        refused(lambda: actions.mark_present(votes[2], by=secretary))
    proxy.refresh_from_db()
    assert proxy.revoked_at is None


def test_who_comes_before_the_opening_votes_in_person(meeting, votes):
    proxy = hand(votes[0], votes[1])
    write(votes[2])
    for voter in (votes[0], votes[1], votes[2]):
        come(voter)
    proxy.refresh_from_db()
    assert proxy.revoked_at is not None
    assert not WrittenVote.objects.exists()
    assert counted(meeting) == (3, 0, 0)
    refused(lambda: come(votes[0]))


def test_the_database_counts_no_vote_twice(meeting, votes):
    proxy = hand(votes[0], votes[1])
    by = votes[0].user
    for row in (
        Presence(voter=votes[0], mode="person", by=by),
        Presence(voter=votes[3], mode="proxy", by=by),
        Presence(voter=votes[3], mode="person", proxy=proxy, by=by),
        Proxy(voter=votes[0], to_chair=True, given_by=by),
        Proxy(voter=votes[3], delegate=votes[3], given_by=by),
        Proxy(voter=votes[3], given_by=by),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)


def test_the_door_opens_on_the_day_and_a_slip_is_put_right(secretary, meeting, votes):
    with on(3, 19, 23, 59, 59):
        refused(lambda: actions.mark_present(votes[0], by=secretary))
    come(votes[0])
    with on(3, 20):
        actions.mark_absent(votes[0], by=secretary)
        refused(lambda: actions.mark_absent(votes[0], by=secretary))
    assert counted(meeting) == (0, 0, 0)
    come(votes[0])
    assert counted(meeting) == (1, 0, 0)


# In writing ----------------------------------------------------------------------------------


def test_a_written_vote_answers_every_item_and_can_be_changed(meeting, votes):
    items = list(meeting.items.all())
    with on(3, 10):
        refused(lambda: actions.vote_in_writing(votes[0], {items[0].pk: "for"}, by=votes[0].user))
    write(votes[0], "for")
    write(votes[0], "against")
    write(votes[1], "for")
    assert counted(meeting) == (0, 0, 2)
    assert quorum.written(items[0]) == {"for": 1, "against": 1, "abstain": 0}
    with on(3, 11):
        actions.take_back_written_vote(votes[0], by=votes[0].user)
        refused(lambda: actions.take_back_written_vote(votes[0], by=votes[0].user))
    assert counted(meeting) == (0, 0, 1)
    # What was voted stands in no log.
    facts = Entry.objects.filter(verb="members.vote_in_writing").values_list("facts", flat=True)
    assert all(set(row) == {"items", "meeting"} for row in facts)


def test_where_the_terms_allow_no_writing_it_is_refused(meeting, votes):
    Meeting.objects.filter(pk=meeting.pk).update(allows_written=False)
    assert len(refused(lambda: write(votes[0]))) == 1


# Decided -------------------------------------------------------------------------------------


def count(item: AgendaItem, by, votes_for: int, against: int = 0, abstain: int = 0) -> AgendaItem:
    item.refresh_from_db()
    with on(3, 20, 15):
        return actions.count_votes(
            item, votes_for=votes_for, votes_against=against, votes_abstain=abstain, by=by
        )


def test_nothing_is_decided_without_a_quorum(secretary, meeting, votes):
    come(votes[0])
    come(votes[1])
    opened(meeting, secretary)
    item = meeting.items.first()
    assert quorum.attendance(meeting).quorum == 3
    refused(lambda: count(item, secretary, 2))
    come(votes[2])
    assert count(item, secretary, 2, 1).is_passed


@pytest.mark.parametrize(
    ("rule", "present", "votes_for", "passed"),
    [
        (Rule.MAJORITY, 3, 2, True),
        (Rule.MAJORITY, 4, 2, False),  # half is not more than half
        (Rule.MAJORITY, 4, 3, True),
        (Rule.TWO_THIRDS, 5, 3, False),  # of 5: 3.33, so 4
        (Rule.TWO_THIRDS, 4, 4, True),
        (Rule.THREE_QUARTERS, 4, 3, False),  # of 5: 3.75, so 4
        (Rule.THREE_QUARTERS, 4, 4, True),
    ],
)
def test_results_follow_from_the_rule(secretary, meeting, votes, rule, present, votes_for, passed):
    AgendaItem.objects.filter(meeting=meeting, position=1).update(rule=rule)
    for voter in votes[:present]:
        come(voter)
    opened(meeting, secretary)

    item = count(meeting.items.get(position=1), secretary, votes_for, present - votes_for)

    assert (item.status, item.is_passed) == ("decided", passed)


def test_counts_stay_within_those_present_and_above_those_written(secretary, meeting, votes):
    write(votes[0], "against")
    for voter in votes[1:4]:
        come(voter)
    opened(meeting, secretary)
    item = meeting.items.get(position=1)
    refused(lambda: count(item, secretary, 4, 1))  # five of four
    refused(lambda: count(item, secretary, 4, 0))  # one was cast against it in writing
    with pytest.raises(IntegrityError), transaction.atomic():
        AgendaItem.objects.filter(pk=item.pk).update(
            status="decided", present=4, excluded=0, votes_for=4, votes_against=1, votes_abstain=0
        )
    assert count(item, secretary, 3, 1).is_passed
    item.refresh_from_db()
    with on(3, 20, 16):
        actions.count_again(item, reason="착오", by=secretary)
    assert not count(item, secretary, 1, 2, 1).is_passed


def test_who_has_an_interest_is_present_without_a_say(secretary, meeting, votes):
    """민법 §74: counted for the quorum, not for the vote."""
    write(votes[0], "for")
    for voter in votes[1:3]:
        come(voter)
    opened(meeting, secretary)
    item = meeting.items.get(position=1)
    with on(3, 20, 15):
        actions.exclude_voter(item, votes[0], reason="당사자", by=secretary)
        refused(lambda: actions.exclude_voter(item, votes[0], reason="x", by=secretary))
    assert quorum.written(item)["for"] == 0
    refused(lambda: count(item, secretary, 3))
    item = count(item, secretary, 1, 1)
    assert (item.present, item.excluded, item.votes_needed, item.is_passed) == (3, 1, 2, False)


def test_only_announced_items_of_an_open_meeting_are_counted(secretary, meeting, votes):
    for voter in votes:
        come(voter)
    item, _second, report = meeting.items.all()
    refused(lambda: count(item, secretary, 5))  # not open yet
    opened(meeting, secretary)
    refused(lambda: count(report, secretary, 5))
    count(item, secretary, 5)
    refused(lambda: count(item, secretary, 4))  # counted already


def test_minutes_freeze_what_was_decided(secretary, meeting, votes):
    hand(votes[0], votes[1])
    write(votes[2])
    come(votes[1])
    come(votes[3])
    with on(3, 19):
        refused(lambda: actions.open_meeting(meeting, chair="강학주", by=secretary))
    opened(meeting, secretary)
    first, second, _report = meeting.items.all()
    count(first, secretary, 4)
    with on(3, 20, 17):
        facts = {"course": "원안대로 의결함.", "signatories": "강학주\n이사 김하늘"}
        refused(lambda: actions.close_meeting(meeting, **facts, by=secretary))
        actions.take_off_agenda(second, reason="다음 총회로 넘김", by=secretary)
        document = actions.close_meeting(meeting, **facts, by=secretary)
    meeting.refresh_from_db()
    assert (meeting.status, meeting.minutes) == ("closed", document)
    assert document.serial == "제2026-의사-000001호"
    assert document.kind == Document.Kind.MINUTES
    text = text_of(documents.pdf_of(document))
    shown = ("의사록", "2026년 정기총회", "원안대로 의결함.", "다음 총회로 넘김", "이사 김하늘")
    for words in shown:
        assert words in text, words
    assert "4 (본인 2, 위임 1, 서면 1)" in text
    assert "찬성 4, 반대 0, 기권 0" in text
    with on(3, 20, 18):
        refused(lambda: actions.mark_absent(votes[1], by=secretary))


# Over HTTP -----------------------------------------------------------------------------------


def test_a_member_hands_on_takes_back_and_writes(cast, login):
    meeting = called(cast.head_office)
    url, client = meeting.get_absolute_url(), login("regular")
    mine, other = vote_of(meeting, cast.regular_member), vote_of(meeting, cast.company)
    prefix = f"proxy{mine.pk}"
    delegate = {f"{prefix}-to": "voter", f"{prefix}-delegate_number": other.number}
    with on(3, 10):
        wrong = {"voter": mine.pk, **delegate, f"{prefix}-delegate_name": "아무개"}
        assert client.post(f"{url}proxy/", wrong).status_code == 422
        assert client.post(f"{url}proxy/", {**wrong, "voter": other.pk}).status_code == 404
        right = {**wrong, f"{prefix}-delegate_name": other.name}
        assert client.post(f"{url}proxy/", right).status_code == 302
        assert Presence.objects.get(voter=mine).mode == "proxy"
        assert client.post(f"{url}proxy/revoke/", {"voter": mine.pk}).status_code == 302
        written = {"voter": mine.pk}
        assert client.post(f"{url}vote/", written).status_code == 422
        for item in meeting.items.all():
            written[f"written{mine.pk}-item{item.pk}"] = "for"
        assert client.post(f"{url}vote/", written).status_code == 302
        assert Presence.objects.get(voter=mine).mode == "written"
        assert client.get(url).status_code == 200
        back = {"voter": mine.pk, "take_back": "1"}
        assert client.post(f"{url}vote/", back).status_code == 302
    assert not Presence.objects.exists()


def test_the_door_finds_by_number_name_and_card(cast, login):
    meeting = called(cast.head_office)
    voter = vote_of(meeting, cast.regular_member)
    client, url = login("doorkeeper"), f"/staff/meetings/{meeting.number}/door/"
    period = cast.regular_member.periods.get()
    card = actions.issue_card(cast.regular_member, period, holder=cast.regular)
    for wanted in (voter.number, "regu", documents.verify_url(card)):
        found = client.get(url, {"q": wanted}).context["found"]
        assert [row.pk for row in found] == [voter.pk], wanted
    assert client.get(url, {"q": "https://x.test/verify/" + "a" * 26}).context["found"] == []
    with on(3, 20):
        assert client.post(url, {"voter": voter.pk}).status_code == 302
        assert client.post(url, {"voter": voter.pk}).status_code == 303  # already
        assert client.post(url, {"voter": "x"}).status_code == 404
        assert Presence.objects.get(voter=voter).mode == "person"
        assert client.post(url, {"voter": voter.pk, "undo": "1"}).status_code == 302
    page = client.get(f"/staff/meetings/{meeting.number}/live/")
    assert 'http-equiv="refresh"' in page.content.decode()
    assert voter.name not in page.content.decode().partition("<main")[2]
    assert client.get(f"/staff/meetings/{meeting.number}/").status_code == 403


def test_a_doorkeeper_reads_no_names_off_the_roll(cast, login):
    meeting = called(cast.head_office)
    voter = vote_of(meeting, cast.regular_member)
    masked = mask_name(voter.name)
    url = f"/staff/meetings/{meeting.number}/door/"

    def shown(who: str, wanted: str) -> tuple[bool, bool]:
        page = login(who).get(url, {"q": wanted}).content.decode().partition("<main")[2]
        told = page.partition('<ul class="stack">')[2]
        return voter.name in told, masked in told

    for part in (voter.name[:2], voter.name, voter.number[:4]):
        assert shown("doorkeeper", part) == (False, True), part
        assert shown("head_office", part) == (True, False), part
    card = actions.issue_card(
        cast.regular_member, cast.regular_member.periods.get(), holder=cast.regular
    )
    for whole in (voter.number, documents.verify_url(card)):
        assert shown("doorkeeper", whole) == (True, False), whole
    with on(3, 20):
        page = login("doorkeeper").post(url, {"voter": voter.pk}, follow=True).content.decode()
        assert masked in page
        assert voter.name not in page


@pytest.mark.parametrize("status", [Meeting.Status.DRAFT, Meeting.Status.CANCELLED])
def test_nobody_is_looked_up_where_no_meeting_is_held(cast, login, status):
    meeting = called(cast.head_office)
    voter = vote_of(meeting, cast.regular_member)
    Meeting.objects.update(status=status)
    for who in ("doorkeeper", "head_office"):
        page = login(who).get(f"/staff/meetings/{meeting.number}/door/", {"q": voter.number})
        assert (page.status_code, page.context["found"]) == (200, [])
        assert voter.name not in page.content.decode().partition("<main")[2]


def test_paper_proxies_are_entered_and_taken_back(cast, login):
    meeting = called(cast.head_office)
    voter = vote_of(meeting, cast.regular_member)
    client, url = login("head_office"), f"/staff/meetings/{meeting.number}/proxies/"
    with on(3, 10):
        unknown = {"number": "99-99999", "to": "chair"}
        assert client.post(url, unknown).status_code == 422
        assert client.post(url, {"number": voter.number, "to": "chair"}).status_code == 302
        proxy = Proxy.objects.get()
        assert (proxy.voter, proxy.is_paper, proxy.given_by) == (voter, True, cast.head_office)
        assert client.post(f"{url}{proxy.pk}/revoke/").status_code == 302
    assert login("auditor").post(url, {"number": voter.number, "to": "chair"}).status_code != 302
    assert Proxy.objects.count() == 1
