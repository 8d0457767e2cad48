"""Seats of a company: who may come, who may go, who holds which office, and what each deed leaves
behind."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import clock, tokens
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from members import actions
from members.access import memberships_of
from members.models import (
    CompanyChange,
    CompanyDomain,
    Invitation,
    Member,
    Period,
    Seat,
    SeatRequest,
)
from members.register import as_of
from tests import factories

pytestmark = pytest.mark.django_db
Role = Seat.Role


@pytest.fixture
def contact(cast) -> User:
    """The company's 담당자, beside its representative and its one ordinary seat."""
    user = factories.make_user("담당", email="contact@gaon.example.test")
    factories.make_seat(cast.company, user, Role.CONTACT)
    return user


def token_in(mail: Message) -> str:
    """What stands in the link as the mail leaves."""
    _subject, text, _html = post.render(mail)
    return text.split("/members/invitations/")[1].split("/")[0]


def latest_mail(template: str) -> Message:
    return Message.objects.filter(template=template).latest("pk")


def invite(cast, by: User, email: str = "new@example.test", **options) -> Invitation:
    return actions.invite(cast.company, name="새사람", email=email, by=by, **options)


def roles(member: Member) -> dict[str, str]:
    seats = Seat.objects.current().filter(member=member).select_related("user")
    return {seat.user.name: seat.role for seat in seats}


# --- invitations ---


def test_an_invitation_is_accepted_once_by_its_address(cast, contact):
    invitation = invite(cast, contact, "New@Example.test")
    newcomer = factories.make_user("새사람", email="new@example.test")

    seat = actions.accept_invitation(invitation, by=newcomer)

    assert (seat.member, seat.role, seat.valid_from) == (cast.company, Role.STAFF, clock.today())
    assert [held.member for held in memberships_of(newcomer, clock.now())] == [cast.company]
    with pytest.raises(Refused, match="사용된"):
        actions.accept_invitation(invitation, by=newcomer)
    assert Message.objects.filter(template="seat_given", user=newcomer).count() == 1
    told = Message.objects.filter(template="seat_accepted").values_list("user__name", flat=True)
    assert sorted(told) == ["company_rep", "담당"]


def test_an_invitation_is_not_for_others(cast, contact, account_of):
    invitation = invite(cast, contact)
    with pytest.raises(Refused, match="ne\\*"):
        actions.accept_invitation(invitation, by=cast.account)
    unproven = account_of("new@example.test", verified=False)
    with pytest.raises(Refused):
        actions.accept_invitation(invitation, by=unproven)
    with pytest.raises(Refused):
        actions.decline_invitation(invitation, by=cast.account)
    assert roles(cast.company).keys() == {"company_rep", "company_seat", "담당"}


@pytest.fixture
def account_of():
    def make(email: str, *, verified: bool) -> User:
        user = factories.make_user("새사람", email=email)
        user.emailaddress_set.update(verified=verified)
        return user

    return make


def test_the_token_is_nowhere_in_the_database(cast, contact):
    invitation = invite(cast, contact)
    mail = latest_mail("seat_invitation")
    token = token_in(mail)
    assert len(token) >= 43 and actions.invitation_of(token) == invitation

    post.deliver_due()

    mail.refresh_from_db()
    invitation.refresh_from_db()
    kept = [mail.text, str(mail.context), invitation.fingerprint]
    assert mail.status == Message.Status.SENT
    assert not any(token in text for text in kept)
    assert invitation.fingerprint == tokens.fingerprint(token)


def test_the_mail_that_leaves_holds_the_token(cast, contact, mailoutbox):
    invite(cast, contact)
    token = token_in(latest_mail("seat_invitation"))
    post.deliver_due()
    assert f"/members/invitations/{token}/" in mailoutbox[-1].body


def test_an_invitation_runs_out_after_seven_days_and_can_be_sent_again(cast, contact):
    newcomer = factories.make_user("새사람", email="new@example.test")
    with time_machine.travel("2026-11-01T03:00:00Z", tick=False):
        invitation = invite(cast, contact)
        old = token_in(latest_mail("seat_invitation"))
    with time_machine.travel("2026-11-08T02:59:59Z", tick=False):
        assert actions.why_closed(actions.invitation_of(old)) == ""
    with time_machine.travel("2026-11-08T03:00:00Z", tick=False):
        with pytest.raises(Refused, match="7일"):
            actions.accept_invitation(invitation, by=newcomer)
        actions.send_again(invitation, by=contact)
        with pytest.raises(Refused):
            actions.send_again(invitation, by=contact)
        new = token_in(latest_mail("seat_invitation"))
    assert actions.invitation_of(old) is None
    with time_machine.travel("2026-11-15T02:59:59Z", tick=False):
        actions.accept_invitation(actions.invitation_of(new), by=newcomer)


def test_a_withdrawn_or_declined_invitation_says_so(cast, contact):
    newcomer = factories.make_user("새사람", email="new@example.test")
    withdrawn = invite(cast, contact)
    actions.withdraw_invitation(withdrawn, by=contact)
    with pytest.raises(Refused, match="취소"):
        actions.accept_invitation(withdrawn, by=newcomer)
    with pytest.raises(Refused):
        actions.send_again(withdrawn, by=contact)
    declined = invite(cast, contact)
    actions.decline_invitation(declined, by=newcomer)
    with pytest.raises(Refused, match="거절"):
        actions.accept_invitation(declined, by=newcomer)


def test_one_invitation_waits_for_an_address(cast, contact):
    invite(cast, contact)
    with pytest.raises(Refused):
        invite(cast, contact)
    with pytest.raises(Refused):
        invite(cast, contact, cast.company_seat.email)
    assert Invitation.objects.count() == 1


def test_no_invitation_while_no_seat_is_free_and_none_is_held_by_one(cast, contact):
    first, second = invite(cast, contact, "a@example.test"), invite(cast, contact, "b@example.test")
    actions.agree_seats(cast.company, seats=4, reason="협약", by=cast.head_office)
    actions.accept_invitation(first, by=factories.make_user("가", email="a@example.test"))
    with pytest.raises(Refused, match="4"):
        actions.accept_invitation(second, by=factories.make_user("나", email="b@example.test"))
    with pytest.raises(Refused):
        invite(cast, contact, "c@example.test")
    second.refresh_from_db()
    assert second.status == Invitation.Status.WAITING


def test_open_invitations_never_outnumber_the_free_seats(cast, contact):
    """Three of five seats are taken."""
    with time_machine.travel("2026-11-01T03:00:00Z", tick=False):
        old, other = (
            invite(cast, contact, "a@example.test"),
            invite(cast, contact, "b@example.test"),
        )
        with pytest.raises(Refused, match="이미 보낸 초대"):
            invite(cast, contact, "c@example.test")
        invite(cast, cast.company_rep, cast.company_seat.email, role=Role.CONTACT)
        actions.withdraw_invitation(other, by=contact)
        invite(cast, contact, "c@example.test")
    with time_machine.travel("2026-11-09T03:00:00Z", tick=False):
        invite(cast, contact, "d@example.test")
        invite(cast, contact, "e@example.test")
        with pytest.raises(Refused, match="이미 보낸 초대"):
            actions.send_again(old, by=contact)


def test_many_are_invited_up_to_the_free_seats(cast, contact, login):
    client = login("company_rep")
    people = "\n".join(f"김하나, {number}@example.test" for number in range(50))
    for _time in range(3):
        answer = client.post(f"/me/company/{cast.company.pk}/invite-many/", {"people": people})
        assert answer.status_code == 200
    assert Message.objects.filter(template="seat_invitation").count() == 2
    assert cast.company.invitations.waiting().count() == 2


def test_a_day_has_so_many_invitations_and_reminders_among_them(cast, contact):
    with time_machine.travel("2026-11-01T03:00:00Z", tick=False) as clock_hand:
        kept = invite(cast, contact, "kept@example.test")
        for number in range(18):
            row = invite(cast, contact, f"{number}@example.test")
            actions.withdraw_invitation(row, by=contact)
        clock_hand.shift(timedelta(minutes=2))
        actions.send_again(kept, by=contact)
        clock_hand.shift(timedelta(minutes=2))
        with pytest.raises(Refused, match="20번"):
            actions.send_again(kept, by=contact)
        with pytest.raises(Refused, match="20번"):
            invite(cast, contact, "late@example.test")
        assert Message.objects.filter(template="seat_invitation").count() == 20
        clock_hand.shift(timedelta(days=1))
        actions.send_again(kept, by=contact)


def test_nobody_comes_into_a_membership_that_is_over(cast, contact):
    invitation = invite(cast, contact)
    Member.objects.filter(pk=cast.company.pk).update(status="withdrawn")
    newcomer = factories.make_user("새사람", email="new@example.test")
    with pytest.raises(Refused):
        actions.accept_invitation(invitation, by=newcomer)
    with pytest.raises(Refused):
        invite(cast, contact, "late@example.test")


# --- seats ---


def test_a_seat_that_ends_opens_nothing_and_leaves_the_persons_own(cast, contact):
    seat = Seat.objects.get(user=cast.company_seat)
    period = cast.company.periods.get()
    member = Member.objects.select_related("organisation", "branch", "tier").get(pk=cast.company.pk)
    card = actions.issue_card(member, period, holder=cast.company_seat)

    actions.end_seat(seat, by=contact, reason="퇴사")

    fresh = User.objects.get(pk=cast.company_seat.pk)
    assert memberships_of(fresh, clock.now()) == []
    seat.refresh_from_db()
    assert (seat.valid_to, seat.ended_by, seat.is_current) == (clock.today(), contact, False)
    card.refresh_from_db()
    assert card.status == Document.Status.VOID
    entry = Entry.objects.get(verb="members.end_seat")
    assert (entry.subjects, entry.reason) == ([cast.company_seat.pk], "퇴사")
    assert "퇴사" in post.render(latest_mail("seat_ended"))[1]
    with pytest.raises(Refused):
        actions.end_seat(seat, by=contact)


def test_twin_by_its_last_day_alone_a_seat_would_open_until_midnight(cast, contact):
    """What the instant of the end is for: without it, the same seat opens for the rest of the day
    in Korea, and not a second longer."""
    with time_machine.travel("2026-11-25T03:00:00Z", tick=False):
        actions.end_seat(Seat.objects.get(user=cast.company_seat), by=contact)
    held = {}
    for name, change in (("kept", {}), ("twin", {"ended_at": None, "ended_by": None})):
        if change:
            Seat.objects.filter(user=cast.company_seat).update(**change)
        for instant in ("2026-11-25T03:00:00Z", "2026-11-25T14:59:59Z", "2026-11-25T15:00:00Z"):
            user = User.objects.get(pk=cast.company_seat.pk)
            with time_machine.travel(instant, tick=False):
                held[name, instant[11:19]] = len(memberships_of(user, clock.now()))
    assert held == {
        ("kept", "03:00:00"): 0,
        ("kept", "14:59:59"): 0,
        ("kept", "15:00:00"): 0,
        ("twin", "03:00:00"): 1,
        ("twin", "14:59:59"): 1,
        ("twin", "15:00:00"): 0,
    }


def test_a_seat_given_again_gets_a_card_of_its_own(cast, contact):
    seat = Seat.objects.get(user=cast.company_seat)
    member = Member.objects.select_related("organisation", "branch", "tier").get(pk=cast.company.pk)
    period = cast.company.periods.get()
    first = actions.issue_card(member, period, holder=cast.company_seat)
    actions.end_seat(seat, by=contact)

    again = actions.restore_seat(seat, by=contact)

    assert again.pk != seat.pk and again.is_current
    second = actions.issue_card(member, period, holder=cast.company_seat)
    assert (second.pk != first.pk, second.status) == (True, Document.Status.VALID)
    assert actions.issue_card(member, period, holder=cast.company_seat) == second


def test_no_seat_is_given_again_where_none_is_free(cast, contact):
    seat = Seat.objects.get(user=cast.company_seat)
    actions.end_seat(seat, by=contact)
    actions.agree_seats(cast.company, seats=2, reason="협약", by=cast.head_office)
    with pytest.raises(Refused, match="2"):
        actions.restore_seat(seat, by=contact)


def test_a_seat_counts_only_while_the_company_is_in_good_standing(cast):
    def rights(day: str) -> frozenset[str]:
        user = User.objects.get(pk=cast.company_seat.pk)
        with time_machine.travel(day, tick=False):
            (held,) = memberships_of(user, clock.now())
        return held.rights

    Period.objects.filter(member=cast.company).update(ends_on="2026-12-31")
    # The last second of the year in Seoul, the first of the next, and the end of grace.
    assert "vote" in rights("2026-12-31T14:59:59Z")
    assert "vote" not in rights("2026-12-31T15:00:00Z")
    assert "read_reports" in rights("2027-06-30T14:59:59Z")
    assert rights("2027-06-30T15:00:00Z") == frozenset()


def test_a_seat_begins_on_its_day_in_korea(cast, contact):
    invitation = invite(cast, contact)
    newcomer = factories.make_user("새사람", email="new@example.test")
    Invitation.objects.update(expires_at=clock.now() + timedelta(days=9999))
    with time_machine.travel("2026-12-31T15:00:00Z", tick=False):
        seat = actions.accept_invitation(invitation, by=newcomer)
        assert seat.valid_from.isoformat() == "2027-01-01" and seat.is_current


def test_the_representative_and_the_last_who_runs_it_stay(cast, contact):
    representative = Seat.objects.get(role=Role.REPRESENTATIVE)
    with pytest.raises(Refused):
        actions.end_seat(representative, by=contact)
    actions.end_seat(Seat.objects.get(user=contact), by=contact)
    representative.delete()
    lonely = factories.make_seat(cast.company, contact, Role.CONTACT)
    with pytest.raises(Refused, match="담당자"):
        actions.end_seat(lonely, by=contact)
    assert lonely.is_current


def test_the_database_knows_one_representative_and_whole_ends(cast, contact):
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_seat(cast.company, cast.account, Role.REPRESENTATIVE)
    with pytest.raises(IntegrityError), transaction.atomic():
        Seat.objects.filter(user=contact).update(ended_at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.filter(pk=cast.company.pk).update(seats_agreed=9)


def test_another_number_of_seats_needs_a_reason(cast, contact):
    with pytest.raises(Refused):
        actions.agree_seats(cast.company, seats=9, reason="", by=cast.head_office)
    actions.agree_seats(cast.company, seats=9, reason="협약 2026-3", by=cast.head_office)
    cast.company.refresh_from_db()
    assert (cast.company.seat_limit, cast.company.seats_reason) == (9, "협약 2026-3")
    actions.agree_seats(cast.company, seats=None, reason="", by=cast.head_office)
    cast.company.refresh_from_db()
    assert (cast.company.seat_limit, cast.company.seats_reason) == (5, "")


# --- offices ---


def test_the_representative_hands_the_office_on_and_the_other_accepts(cast, contact):
    invitation = invite(cast, cast.company_rep, role=Role.REPRESENTATIVE)
    successor = factories.make_user("가입명", email="new@example.test")
    assert roles(cast.company)["company_rep"] == Role.REPRESENTATIVE

    actions.accept_invitation(invitation, by=successor)

    assert roles(cast.company) == {
        "company_rep": Role.STAFF,
        "가입명": Role.REPRESENTATIVE,
        "company_seat": Role.STAFF,
        "담당": Role.CONTACT,
    }
    cast.company.organisation.refresh_from_db()
    assert cast.company.organisation.representative == "새사람"
    line = as_of(clock.today()).get(member=cast.company)
    assert (line.kind, line.representative, line.reason) == (
        "details",
        "새사람",
        "대표자 변경: 오세린 → 새사람",
    )
    assert Entry.objects.filter(verb="members.change_representative").count() == 1


def test_only_the_representative_hands_that_office_on(cast, contact):
    with pytest.raises(Refused, match="지부"):
        invite(cast, contact, role=Role.REPRESENTATIVE)
    with pytest.raises(Refused, match="지부"):
        invite(cast, cast.head_office, role=Role.REPRESENTATIVE)


def test_an_office_that_has_moved_on_is_not_taken_over(cast, contact):
    invitation = invite(cast, cast.company_rep, role=Role.REPRESENTATIVE)
    seat = Seat.objects.get(user=cast.company_seat)
    actions.confirm_representative(seat, name="문보라", basis="등기부등본", by=cast.head_office)
    with pytest.raises(Refused, match="바뀌었습니다"):
        actions.accept_invitation(
            invitation, by=factories.make_user("새사람", email="new@example.test")
        )


def test_the_registered_representative_is_invited_while_nobody_sits_as_one(cast, contact):
    Seat.objects.filter(role=Role.REPRESENTATIVE).delete()
    with pytest.raises(Refused, match="오세린"):
        invite(cast, contact, role=Role.REPRESENTATIVE)
    invitation = actions.invite(
        cast.company,
        name="오세린",
        email="ceo@example.test",
        role=Role.REPRESENTATIVE,
        by=contact,
    )
    actions.accept_invitation(
        invitation, by=factories.make_user("오세린", email="ceo@example.test")
    )
    assert roles(cast.company)["오세린"] == Role.REPRESENTATIVE
    line = as_of(clock.today()).get(member=cast.company)
    assert (line.representative, line.reason) == ("오세린", "대표자 지정: 오세린")
    assert not Message.objects.filter(template="representative_changed").exists()


def test_a_contact_is_followed_by_another(cast, contact):
    own = Seat.objects.get(user=contact)
    invitation = invite(cast, contact, cast.company_seat.email, role=Role.CONTACT, replaces=own)
    actions.accept_invitation(invitation, by=cast.company_seat)
    assert roles(cast.company) == {
        "company_rep": Role.REPRESENTATIVE,
        "company_seat": Role.CONTACT,
        "담당": Role.STAFF,
    }
    line = as_of(clock.today()).get(member=cast.company)
    assert (line.kind, line.reason) == ("details", "담당자 변경: 담당 → company_seat")
    told = Message.objects.filter(template="seat_accepted").values_list("user__name", flat=True)
    assert sorted(told) == ["company_rep", "담당"]
    assert set(Member.objects.search("company_seat@")) == {cast.company}


def test_a_contacts_office_is_not_taken_from_the_representative(cast, contact):
    representative = Seat.objects.get(role=Role.REPRESENTATIVE)
    with pytest.raises(Refused):
        invite(cast, contact, role=Role.CONTACT, replaces=representative)
    with pytest.raises(Refused):
        invite(cast, contact, cast.company_rep.email, role=Role.CONTACT)


def test_the_branch_confirms_a_representative_when_the_old_one_is_gone(cast, contact):
    seat = Seat.objects.get(user=cast.company_seat)
    actions.confirm_representative(seat, name="문보라", basis="등기부등본", by=cast.head_office)
    assert roles(cast.company)["company_seat"] == Role.REPRESENTATIVE
    assert roles(cast.company)["company_rep"] == Role.STAFF
    line = as_of(clock.today()).get(member=cast.company)
    assert (line.representative, line.basis) == ("문보라", "등기부등본")
    told = Message.objects.filter(template="representative_changed")
    assert sorted(told.values_list("user__name", flat=True)) == [
        "company_rep",
        "company_seat",
        "담당",
    ]
    with pytest.raises(Refused):
        actions.confirm_representative(seat, name="문보라", basis="x", by=cast.head_office)


# --- facts ---


def ask_change(cast, contact, **changes) -> CompanyChange:
    asked = {
        "name": "㈜가온랩",
        "business_number": cast.company.organisation.business_number,
        "representative": "오세린",
        "note": "2026-11-02 변경등기",
        **changes,
    }
    return actions.request_change(cast.company, **asked, by=contact)


def test_another_address_is_another_line_in_the_register(cast, contact):
    facts = {"postcode": "08592", "address": "서울특별시 금천구 가산디지털1로 168"}
    actions.change_facts(cast.company, facts=facts, by=contact)
    line = as_of(clock.today()).get(member=cast.company)
    assert (line.kind, line.address) == ("details", "(08592) 서울특별시 금천구 가산디지털1로 168")
    lines = cast.company.register_entries.count()
    actions.change_facts(cast.company, facts={"industry": "데이터"}, by=contact)
    actions.change_facts(cast.company, facts={"industry": "데이터"}, by=contact)
    assert cast.company.register_entries.count() == lines
    assert Entry.objects.filter(verb="members.change_company").count() == 2


def test_a_legal_fact_changes_when_the_branch_has_confirmed(cast, contact):
    change = ask_change(cast, contact)
    cast.company.refresh_from_db()
    assert cast.company.name == "㈜가온소셜랩"

    actions.confirm_change(change, basis="등기부등본 2026-11-02", by=cast.head_office)

    cast.company.refresh_from_db()
    assert cast.company.name == cast.company.organisation.name == "㈜가온랩"
    assert set(Member.objects.search("가온랩")) == {cast.company}
    line = as_of(clock.today()).get(member=cast.company)
    assert (line.name, line.basis) == ("㈜가온랩", "등기부등본 2026-11-02")
    assert latest_mail("company_change_confirmed").user == contact


def test_a_request_is_one_at_a_time_and_not_ones_own_to_confirm(cast, contact):
    with pytest.raises(Refused, match="다른"):
        ask_change(cast, contact, name="㈜가온소셜랩")
    change = ask_change(cast, contact)
    with pytest.raises(Refused):
        ask_change(cast, contact, name="㈜가온연구소")
    with pytest.raises(Refused):
        actions.confirm_change(change, basis="x", by=contact)
    actions.withdraw_change(change, by=contact)
    declined = ask_change(cast, contact, name="㈜가온연구소")
    actions.decline_change(declined, reason="등기부등본이 없습니다.", by=cast.head_office)
    assert "등기부등본이 없습니다." in post.render(latest_mail("company_change_declined"))[1]
    cast.company.refresh_from_db()
    assert cast.company.name == "㈜가온소셜랩"


def test_a_business_number_belongs_to_one(cast, contact):
    other = factories.make_organisation("㈜다른회사")
    with pytest.raises(Refused):
        ask_change(cast, contact, business_number=other.business_number)


def test_a_representative_named_by_the_branch_without_a_seat_leaves_no_vote_behind(cast, contact):
    change = ask_change(cast, contact, name="㈜가온소셜랩", representative="신대표")
    actions.confirm_change(change, basis="등기부등본", by=cast.head_office)
    assert roles(cast.company)["company_rep"] == Role.STAFF
    assert as_of(clock.today()).get(member=cast.company).representative == "신대표"


# --- domains ---


def prove(cast, contact, domain: str = "gaon.example.test") -> CompanyDomain:
    row = actions.claim_domain(cast.company, mailbox=f"admin@{domain}", by=contact)
    actions.prove_domain(row, code=code_in(latest_mail("domain_code")), by=contact)
    row.refresh_from_db()
    return row


def code_in(mail: Message) -> str:
    lines = post.render(mail)[1].splitlines()
    return next(line for line in lines if len(line) == tokens.CODE_LENGTH and line.isascii())


@pytest.mark.parametrize(
    "mailbox",
    [
        "a@naver.com",
        "a@GMAIL.com",
        "a@kakao.com",
        "a@daum.net",
        "a@hanmail.net",
        "a@nate.com",
        "a@mail.naver.com",
        "a@co.kr",
    ],
)
def test_a_public_mail_host_proves_no_company(cast, contact, mailbox):
    with pytest.raises(Refused):
        actions.claim_domain(cast.company, mailbox=mailbox, by=contact)
    assert not CompanyDomain.objects.exists()


def test_a_domain_is_proven_by_the_code_that_reached_a_mailbox_there(cast, contact):
    row = actions.claim_domain(cast.company, mailbox="Admin@Gaon.example.test", by=contact)
    mail = latest_mail("domain_code")
    assert (mail.to, row.domain) == ("admin@gaon.example.test", "gaon.example.test")
    code = code_in(mail)
    assert code not in f"{mail.context} {row.fingerprint}"
    with pytest.raises(Refused):
        actions.prove_domain(row, code="WRONG123", by=contact)
    actions.prove_domain(row, code=f" {code[:4].lower()}-{code[4:].lower()} ", by=contact)
    row.refresh_from_db()
    assert (row.status, row.proven_by) == (CompanyDomain.Status.PROVEN, contact)


def test_a_code_is_spent_after_five_tries_or_an_hour(cast, contact):
    row = actions.claim_domain(cast.company, mailbox="admin@gaon.example.test", by=contact)
    code = code_in(latest_mail("domain_code"))
    for _try in range(CompanyDomain.MAX_TRIES):
        with pytest.raises(Refused):
            actions.prove_domain(row, code="WRONG123", by=contact)
    with pytest.raises(Refused, match="다시"):
        actions.prove_domain(row, code=code, by=contact)
    with pytest.raises(Refused):
        actions.claim_domain(cast.company, mailbox="admin@gaon.example.test", by=contact)
    with time_machine.travel(clock.now() + timedelta(minutes=2), tick=False):
        actions.claim_domain(cast.company, mailbox="admin@gaon.example.test", by=contact)
        fresh = code_in(latest_mail("domain_code"))
    with (
        time_machine.travel(clock.now() + timedelta(minutes=63), tick=False),
        pytest.raises(Refused),
    ):
        actions.prove_domain(row, code=fresh, by=contact)
    actions.prove_domain(row, code=fresh, by=contact)


def test_nobody_is_flooded_with_codes(cast, contact):
    at = clock.now()
    for n in range(10):
        with time_machine.travel(at + timedelta(minutes=2 * n), tick=False):
            actions.claim_domain(cast.company, mailbox="a@gaon.example.test", by=contact)
    for later, refused in ((timedelta(hours=1), True), (timedelta(hours=25), False)):
        with time_machine.travel(at + later, tick=False):
            if refused:
                with pytest.raises(Refused, match="10"):
                    actions.claim_domain(cast.company, mailbox="a@gaon.example.test", by=contact)
            else:
                actions.claim_domain(cast.company, mailbox="a@gaon.example.test", by=contact)


def test_a_domain_belongs_to_the_company_that_proves_it_first(cast, contact):
    other = factories.make_member(
        organisation=factories.make_organisation("㈜다른회사"),
        tier=cast.company_tier,
        branch=cast.busan,
    )
    rival = factories.make_user("경쟁")
    factories.make_seat(other, rival, Role.CONTACT)
    claimed = actions.claim_domain(other, mailbox="x@gaon.example.test", by=rival)
    code = code_in(latest_mail("domain_code"))
    prove(cast, contact)
    with pytest.raises(Refused):
        actions.prove_domain(claimed, code=code, by=rival)
    with (
        time_machine.travel(clock.now() + timedelta(minutes=2), tick=False),
        pytest.raises(Refused),
    ):
        actions.claim_domain(other, mailbox="x@gaon.example.test", by=rival)


def test_what_a_company_had_on_its_way_ends_with_it_and_its_domain_is_free(cast, contact):
    """It may come back under a new number and prove the same domain."""
    domain = prove(cast, contact)
    colleague = factories.make_user("동료", email="colleague@gaon.example.test")
    request = actions.request_seat(domain, by=colleague)
    change = actions.request_change(
        cast.company,
        name="새 상호",
        business_number=cast.company.organisation.business_number,
        representative="오세린",
        note="등기",
        by=contact,
    )
    actions.agree_seats(cast.company, seats=9, reason="합의", by=cast.officer)
    invitation = invite(cast, contact)

    actions.withdraw(cast.company, by=contact)

    for row, status in (
        (request, "declined"),
        (change, "declined"),
        (invitation, "withdrawn"),
        (domain, "ended"),
    ):
        row.refresh_from_db()
        assert row.status == status
    again = factories.make_member(
        organisation=cast.company.organisation, tier=cast.company_tier, branch=cast.busan
    )
    actions.claim_domain(again, mailbox="x@gaon.example.test", by=contact)
    row = again.domains.get()
    actions.prove_domain(row, code=code_in(latest_mail("domain_code")), by=contact)
    row.refresh_from_db()
    assert row.status == "proven"


def test_a_colleague_asks_and_the_contact_gives_the_seat(cast, contact):
    domain = prove(cast, contact)
    colleague = factories.make_user("동료", email="colleague@gaon.example.test")
    request = actions.request_seat(domain, by=colleague)
    told = Message.objects.filter(template="seat_requested").values_list("user__name", flat=True)
    assert sorted(told) == ["company_rep", "담당"]
    with pytest.raises(Refused):
        actions.request_seat(domain, by=colleague)

    actions.approve_request(request, by=contact)

    assert roles(cast.company)["동료"] == Role.STAFF
    request.refresh_from_db()
    assert (request.status, request.decided_by) == (SeatRequest.Status.APPROVED, contact)
    with pytest.raises(Refused):
        actions.decline_request(request, by=contact)


def test_no_seat_is_asked_for_with_another_address(cast, contact):
    domain = prove(cast, contact)
    unproven = factories.make_user("동료", email="colleague@gaon.example.test")
    unproven.emailaddress_set.update(verified=False)
    lookalike = factories.make_user("닮음", email="x@notgaon.example.test")
    for person in (unproven, lookalike, cast.account):
        with pytest.raises(Refused):
            actions.request_seat(domain, by=person)


def test_a_request_is_refused_when_no_seat_is_free_or_the_address_is_gone(cast, contact):
    domain = prove(cast, contact)
    colleague = factories.make_user("동료", email="colleague@gaon.example.test")
    request = actions.request_seat(domain, by=colleague)
    actions.agree_seats(cast.company, seats=3, reason="협약", by=cast.head_office)
    with pytest.raises(Refused, match="3"):
        actions.approve_request(request, by=contact)
    actions.agree_seats(cast.company, seats=None, reason="", by=cast.head_office)
    colleague.emailaddress_set.all().delete()
    with pytest.raises(Refused):
        actions.approve_request(request, by=contact)
    request.refresh_from_db()
    assert request.status == SeatRequest.Status.WAITING


def test_a_domain_that_ends_takes_its_requests_along(cast, contact):
    domain = prove(cast, contact)
    colleague = factories.make_user("동료", email="colleague@gaon.example.test")
    actions.request_seat(domain, by=colleague)
    actions.end_domain(domain, by=contact)
    assert SeatRequest.objects.get().status == SeatRequest.Status.DECLINED
    assert latest_mail("seat_request_declined").user == colleague


# --- pages ---


def fill(cast, contact, count: int) -> None:
    """So many of everything that a company's page lists."""
    actions.agree_seats(cast.company, seats=50, reason="시험", by=cast.head_office)
    have = Invitation.objects.count()
    for n in range(have, count):
        invite(cast, contact, f"invited{n}@example.test")
        domain = prove(cast, contact, f"d{n}.example.test")
        actions.request_seat(domain, by=factories.make_user("동료", email=f"x@d{n}.example.test"))
        seat = factories.make_seat(cast.company, factories.make_user(f"좌석{n}"))
        factories.make_seat(cast.company, factories.make_user(f"남는{n}"))
        actions.end_seat(seat, by=contact)


def queries_of(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(("who", "count"), [("company_rep", 15), ("head_office", 16)])
def test_pages_of_a_company_take_constant_queries(cast, contact, login, who, count):
    path = f"/staff/members/{cast.company.pk}/company/" if who == "head_office" else "/me/company/"
    client = login(who)
    fill(cast, contact, 1)
    one = queries_of(client, path)
    fill(cast, contact, 3)
    assert queries_of(client, path) == one == count


def test_list_of_company_changes_takes_constant_queries(cast, contact, login):
    client = login("head_office")
    ask_change(cast, contact)
    one = queries_of(client, "/staff/company-changes/")
    for n in range(2):
        company = factories.make_member(
            organisation=factories.make_organisation(f"㈜회사{n}"),
            tier=cast.company_tier,
            branch=cast.busan,
        )
        actions.request_change(
            company,
            name=f"㈜새회사{n}",
            business_number=company.organisation.business_number,
            representative="오세린",
            note="변경등기",
            by=contact,
        )
    assert queries_of(client, "/staff/company-changes/") == one <= 8
    rows = login("officer").get("/staff/company-changes/").context["page"].object_list
    assert {change.member.branch for change in rows} == {cast.busan}


def test_who_only_sits_there_sees_their_own_seat(cast, contact, login):
    invite(cast, contact)
    page = login("company_seat").get("/me/company/").content.decode()
    assert "company_rep" in page
    assert "new@example.test" not in page and contact.email not in page
    refused = login("company_seat").post(
        reverse("company:invite", args=[cast.company.pk]), {"invite-name": "x"}
    )
    assert refused.status_code == 404


def test_a_look_at_a_company_leaves_traces_of_all_who_sit_there(cast, contact, login):
    login("auditor").get(f"/staff/members/{cast.company.pk}/company/")
    entry = Entry.objects.filter(verb="privacy.view").latest("pk")
    people = [cast.company_rep.pk, cast.company_seat.pk, contact.pk]
    assert entry.subjects == sorted(people)


def test_a_pasted_list_answers_line_by_line(cast, contact, login):
    actions.agree_seats(cast.company, seats=50, reason="시험", by=cast.head_office)
    pasted = "\n".join(
        [
            "김하나, one@example.test",
            "김둘\ttwo@example.test",
            "Maria Santos three@example.test",
            "",
            "김넷; four@nowhere",
            "이름만",
            "김하나, one@example.test",
            f"있음, {cast.company_seat.email}",
        ]
    )
    response = login("company_rep").post(
        reverse("company:invite-many", args=[cast.company.pk]), {"people": pasted}
    )
    lines = response.context["lines"]
    assert [(line.number, bool(line.problem)) for line in lines] == [
        (1, False),
        (2, False),
        (3, False),
        (4, True),
        (5, True),
        (6, True),
        (7, True),
    ]
    assert sorted(Invitation.objects.values_list("name", "email")) == [
        ("Maria Santos", "three@example.test"),
        ("김둘", "two@example.test"),
        ("김하나", "one@example.test"),
    ]
    too_long = "\n".join(f"가, a{n}@example.test" for n in range(51))
    refused = login("company_rep").post(
        reverse("company:invite-many", args=[cast.company.pk]), {"people": too_long}
    )
    assert refused.status_code == 422 and Invitation.objects.count() == 3
