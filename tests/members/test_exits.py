"""How memberships end, rest and return: by whom, on what basis, and what follows."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from kosna.accounts.models import User
from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.documents.models import Document
from kosna.mail import post
from kosna.mail.models import Message
from kosna.payments.actions import record_payment
from kosna.payments.models import Order, Refund
from members import actions, register
from members.access import memberships_of
from members.models import Member, RegisterEntry, Removal, Suspension
from members.standing import standing_of
from tests import factories
from tests.members.conftest import make_application

pytestmark = pytest.mark.django_db

BASIS = "제12차 이사회, 2026-11-20, 2026-3호"
TYPED = {"meeting": "제12차 이사회", "decided_on": "2026-11-20", "number": "2026-3호"}


def rights_of(user: User) -> set[str]:
    held = memberships_of(User.objects.get(pk=user.pk), clock.now())
    return set().union(*(each.rights for each in held))


def end_of(member: Member) -> tuple:
    member = Member.objects.get(pk=member.pk)
    entry = member.register_entries.order_by("-pk").first()
    return member.status, member.ended_on, entry.kind, entry.on, entry.status


@pytest.fixture
def paid_member(cast) -> Member:
    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    order = actions.approve_application(application, basis="이사회", by=cast.reviewer)
    record_payment(
        order=order,
        provider="bank",
        reference="deposit",
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )
    return Member.objects.get(user=cast.applicant)


# Withdrawal -----------------------------------------------------------------------------------


def test_a_member_leaves_from_my_page_knowing_what_ends(cast, login, paid_member):
    client = login("applicant")
    url = f"/members/leave/{paid_member.pk}/"
    assert url in client.get("/me/").content.decode()
    page = client.get(url).content.decode()
    for told in ("권리", "납부한 회비는 반환되지 않습니다.", paid_member.number, "다시 신청할 수"):
        assert told in page

    assert client.post(url, {}).status_code == 422
    assert rights_of(cast.applicant)
    assert client.post(url, {"confirmed": "on", "reason": "이직"}).status_code == 302

    today = clock.today()
    assert end_of(paid_member) == ("withdrawn", today, "withdrawn", today, "withdrawn")
    assert rights_of(cast.applicant) == set()
    assert client.get("/members/card.pdf").status_code == 404
    assert Document.objects.get(kind="membership_card").status == Document.Status.VOID
    assert Document.objects.get(kind="approval").status == Document.Status.VALID
    assert not Refund.objects.exists()  # dues stay
    entry = Entry.objects.get(verb="members.withdraw")
    assert (entry.actor_id, entry.reason, entry.subjects) == (
        cast.applicant.pk,
        "이직",
        [cast.applicant.pk],
    )
    assert client.get(url).status_code == 404
    assert "다시 신청" in client.get("/me/").content.decode()


def test_leaving_is_for_who_runs_the_membership(cast, login):
    url = f"/members/leave/{cast.company.pk}/"

    assert login("company_seat").get(url).status_code == 404
    assert login("regular").get(url).status_code == 404
    assert login("company_rep").post(url, {"confirmed": "on"}).status_code == 302
    assert rights_of(cast.company_seat) == set()


def test_an_unpaid_renewal_is_cancelled_when_the_member_leaves(cast):
    member = factories.make_member(cast.account, paid_until=date(2020, 12, 31))
    order = actions.renew(member, by=cast.account)

    actions.withdraw(member, by=cast.account)

    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED


def test_somebody_approved_may_leave_before_paying(cast):
    application = make_application(cast.applicant, cast.regular_tier, cast.busan, submitted=True)
    order = actions.approve_application(application, basis="이사회", by=cast.reviewer)

    actions.withdraw(Member.objects.get(user=cast.applicant), by=cast.applicant)

    order.refresh_from_db()
    assert order.status == Order.Status.CANCELLED
    assert not RegisterEntry.objects.filter(member__user=cast.applicant).exists()


# Expulsion ------------------------------------------------------------------------------------


def test_expulsion_takes_two_people_and_never_the_member(cast, login):
    member = cast.regular_member
    url = f"/staff/members/{member.pk}/expel/"
    typed = TYPED | {"reason": "명예훼손"}
    assert login("other_officer").post(url, typed).status_code == 404
    assert login("officer").post(url, {"reason": "명예훼손"}).status_code == 422
    assert login("officer").post(url, typed).status_code == 302

    removal = Removal.objects.get()
    assert (removal.basis, removal.proposed_by) == (BASIS, cast.officer)
    assert rights_of(cast.regular)  # until it is confirmed
    factories.appoint(cast.regular, "reviewer", cast.hq)
    factories.appoint(cast.officer, "reviewer", cast.hq)
    for nobody in (cast.regular, cast.officer):
        with pytest.raises(Refused):
            actions.confirm_expulsion(removal, by=User.objects.get(pk=nobody.pk))

    confirm = f"/staff/removals/{removal.pk}/confirm/"
    page = login("reviewer").get(f"/staff/removals/{removal.pk}/").content.decode()
    assert confirm in page
    assert confirm not in login("officer").get(f"/staff/removals/{removal.pk}/").content.decode()
    login("reviewer").post(confirm)

    today = clock.today()
    assert end_of(member) == ("expelled", today, "expelled", today, "expelled")
    assert rights_of(cast.regular) == set()
    entry = member.register_entries.order_by("-pk").first()
    assert (entry.basis, entry.reason, entry.by) == (BASIS, "명예훼손", cast.reviewer)
    removal.refresh_from_db()
    assert (removal.status, removal.decided_by) == ("done", cast.reviewer)
    assert list(Message.objects.order_by("pk").values_list("template", flat=True)) == [
        "expulsion_proposed",
        "membership_ended",
    ]


def test_the_database_refuses_an_expulsion_by_one(cast):
    removal = actions.propose_expulsion(
        cast.regular_member, reason="x", basis=BASIS, by=cast.officer
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Removal.objects.filter(pk=removal.pk).update(
            status="done", decided_by=cast.officer, decided_at=clock.now()
        )


def test_a_representative_decides_nothing_about_the_company(cast):
    factories.appoint(cast.company_rep, "reviewer", cast.hq)
    for deed in (
        lambda by: actions.propose_expulsion(cast.company, reason="x", basis=BASIS, by=by),
        lambda by: actions.void_membership(cast.company, reason="x", by=by),
        lambda by: actions.record_death(cast.company, on=clock.today(), reason="x", by=by),
        lambda by: actions.suspend(
            cast.company, starts_on=clock.today(), reason="x", basis=BASIS, by=by
        ),
    ):
        with pytest.raises(Refused):
            deed(cast.company_rep)
    assert Member.objects.get(pk=cast.company.pk).status == "active"


def test_one_proposal_at_a_time_and_a_dropped_one_leaves_the_member(cast):
    first = actions.propose_expulsion(cast.regular_member, reason="x", basis=BASIS, by=cast.officer)
    with pytest.raises(Refused):
        actions.propose_expulsion(cast.regular_member, reason="y", basis=BASIS, by=cast.reviewer)

    actions.drop_removal(first, note="소명이 받아들여졌습니다.", by=cast.reviewer)

    with pytest.raises(Refused):
        actions.confirm_expulsion(Removal.objects.get(), by=cast.head_office)
    assert rights_of(cast.regular)
    actions.propose_expulsion(cast.regular_member, reason="z", basis=BASIS, by=cast.officer)


def test_who_leaves_takes_the_proposal_along(cast):
    actions.propose_expulsion(cast.regular_member, reason="x", basis=BASIS, by=cast.officer)

    actions.withdraw(cast.regular_member, by=cast.regular)

    assert Removal.objects.get().status == "dropped"
    assert end_of(cast.regular_member)[0] == "withdrawn"


# Forfeiture -----------------------------------------------------------------------------------


def test_forfeitures_are_proposed_as_a_list_and_decided_at_once(cast, login):
    rows = [cast.lapsed_member] + [
        factories.make_member(branch=cast.busan, paid_until=date(2024, 12, 31)) for _n in range(2)
    ]
    in_busan = [row.pk for row in rows[1:]]
    client = login("officer")
    page = client.get("/staff/removals/forfeitures/").context["page"]
    assert {row.pk for row in page} == set(in_busan)
    elsewhere = {"chosen": [cast.lapsed_member.pk], "reason": "2년 연체"}
    assert client.post("/staff/removals/forfeitures/", elsewhere).status_code == 422
    good = {"chosen": [cast.regular_member.pk], "reason": "2년 연체"}
    assert client.post("/staff/removals/forfeitures/", good).status_code == 422
    chosen = {"chosen": in_busan, "reason": "2년 연체"}
    assert client.post("/staff/removals/forfeitures/", chosen).status_code == 302
    assert list(client.get("/staff/removals/forfeitures/").context["page"]) == []
    assert client.get("/staff/removals/forfeitures/decide/").status_code == 403

    proposals = list(Removal.objects.order_by("pk"))
    paid = actions.renew(rows[1], by=rows[1].user)
    record_payment(
        order=paid,
        provider="bank",
        reference="late",
        method="bank",
        amount=paid.total,
        received_at=clock.now(),
    )
    decide = "/staff/removals/forfeitures/decide/"
    ticked = {"chosen": [row.pk for row in proposals]}
    assert login("reviewer").post(decide, ticked).status_code == 422
    assert login("reviewer").post(decide, ticked | TYPED).status_code == 302

    assert [row.status for row in Removal.objects.order_by("pk")] == ["dropped", "done"]
    assert Member.objects.get(pk=rows[1].pk).status == "active"  # paid meanwhile
    assert end_of(rows[2])[0] == "forfeited"
    assert rows[2].register_entries.order_by("-pk").first().basis == BASIS


@pytest.mark.parametrize(
    ("day", "is_listed"),
    [("2028-06-30T23:59:59+09:00", False), ("2028-07-01T00:00:00+09:00", True)],
)
def test_forfeiture_is_proposed_after_the_second_grace(
    cast, settings, tmp_path, login, day, is_listed
):
    member = factories.make_member(branch=cast.busan, paid_until=date(2026, 12, 31))
    (tmp_path / "clock").write_text(day)
    settings.KOSNA_CLOCK = str(tmp_path / "clock")

    page = login("officer").get("/staff/removals/forfeitures/").context["page"]

    assert (member in page) == is_listed


# Death, error ---------------------------------------------------------------------------------


def test_death_is_recorded_on_its_day(cast, login):
    day = clock.today() - timedelta(days=3)
    url = f"/staff/members/{cast.regular_member.pk}/deceased/"
    tomorrow = clock.today() + timedelta(days=1)
    assert login("reviewer").post(url, {"on": tomorrow, "reason": "x"}).status_code == 422

    assert login("reviewer").post(url, {"on": day, "reason": "유족의 연락"}).status_code == 302

    assert end_of(cast.regular_member) == ("deceased", day, "deceased", day, "deceased")
    member = Member.objects.get(pk=cast.regular_member.pk)
    assert standing_of(member, day - timedelta(days=1)).code == "good"
    assert standing_of(member, day).code == "ended"


def test_what_was_entered_in_error_is_void_and_given_back(cast, paid_member):
    actions.void_membership(paid_member, reason="동명이인 착오", by=cast.reviewer)

    assert end_of(paid_member)[0] == "voided"
    assert paid_member.periods.get().voided_at
    assert set(Document.objects.exclude(kind="receipt").values_list("status", flat=True)) == {
        "void"
    }
    assert sum(Refund.objects.values_list("amount", flat=True)) == 200_000
    assert standing_of(Member.objects.get(pk=paid_member.pk), clock.today()).code == "ended"


# Suspension by decision -------------------------------------------------------------------------


def test_rights_rest_from_day_to_day_and_return(cast, login, settings, tmp_path):
    def stand(text: str) -> None:
        (tmp_path / "clock").write_text(text)
        settings.KOSNA_CLOCK = str(tmp_path / "clock")

    stand("2026-11-25T12:00:00+09:00")
    url = f"/staff/members/{cast.regular_member.pk}/suspend/"
    typed = TYPED | {"reason": "윤리 규정 위반", "starts_on": "2026-12-01", "ends_on": "2026-12-20"}
    past, back = typed | {"starts_on": "2026-11-24"}, typed | {"ends_on": "2026-11-30"}
    assert login("officer").post(url, typed).status_code == 403
    assert login("reviewer").post(url, past).status_code == 422
    assert login("reviewer").post(url, back).status_code == 422
    assert login("reviewer").post(url, typed).status_code == 302
    assert login("reviewer").post(url, typed).status_code == 422  # once for these days

    for instant, holds in [
        ("2026-11-30T23:59:59+09:00", False),
        ("2026-12-01T00:00:00+09:00", True),
        ("2026-12-20T23:59:59+09:00", True),
        ("2026-12-21T00:00:00+09:00", False),
    ]:
        stand(instant)
        assert (rights_of(cast.regular) == set()) == holds, instant
    stand("2026-12-10T12:00:00+09:00")
    assert BASIS in login("regular").get("/me/").content.decode()

    restore = f"/staff/members/{cast.regular_member.pk}/restore/"
    assert login("reviewer").post(restore, TYPED | {"reason": "소명"}).status_code == 302
    assert rights_of(cast.regular)
    assert login("reviewer").post(restore, TYPED | {"reason": "소명"}).status_code == 422
    kinds = cast.regular_member.register_entries.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["joined", "suspended", "restored"]
    assert Suspension.objects.get().restored_on == date(2026, 12, 10)


def test_no_card_proves_rights_that_rest(cast, login, settings, tmp_path):
    """Whoever scans it is told so; when the rights are back, there is another card."""

    def stand(text: str) -> None:
        (tmp_path / "clock").write_text(text)
        settings.KOSNA_CLOCK = str(tmp_path / "clock")

    stand("2026-11-25T12:00:00+09:00")
    member, regular = cast.regular_member, login("regular")
    regular.get("/me/card/")
    first = Document.objects.get(subject=cast.regular)
    decided = {"reason": "x", "basis": BASIS, "by": cast.reviewer}
    actions.suspend(member, starts_on=date(2026, 12, 1), **decided)
    assert 'class="qr"' in regular.get("/me/card/").content.decode()

    stand("2026-12-01T00:00:00+09:00")
    page = regular.get("/me/card/").content.decode()
    assert 'class="qr"' not in page and BASIS in page and "/members/renew/" not in page
    assert regular.get("/members/card.pdf").status_code == 404
    assert "/me/card/" not in regular.get("/me/").content.decode()
    assert (actions.rest_cards(), actions.rest_cards()) == (1, 0)
    first.refresh_from_db()
    assert first.status == "void"

    actions.restore(member, **decided)
    assert 'class="qr"' in regular.get("/me/card/").content.decode()
    second = Document.objects.get(subject=cast.regular, status="valid")
    assert second.number != first.number
    actions.suspend(member, starts_on=clock.today(), **decided)
    second.refresh_from_db()
    assert second.status == "void"


def test_dues_do_not_lift_a_suspension_by_decision(cast):
    actions.suspend(
        cast.lapsed_member, starts_on=clock.today(), reason="x", basis=BASIS, by=cast.reviewer
    )
    order = actions.renew(cast.lapsed_member, by=cast.lapsed)
    record_payment(
        order=order,
        provider="bank",
        reference="d",
        method="bank",
        amount=order.total,
        received_at=clock.now(),
    )

    assert rights_of(cast.lapsed) == set()
    member = Member.objects.get(pk=cast.lapsed_member.pk)
    assert standing_of(member, clock.today()).code == "suspended"


# Pages, mails, lists ----------------------------------------------------------------------------


def test_the_members_page_offers_what_this_person_may_do(cast, login):
    url = f"/staff/members/{cast.regular_member.pk}/"

    def offered(who: str) -> set[str]:
        return {deed.name for deed, _url in login(who).get(url).context["deeds"]}

    assert offered("officer") == {"withdraw", "expel"}
    assert offered("reviewer") == {"suspend", "expel", "deceased", "void"}
    assert offered("auditor") == set()
    factories.appoint(cast.regular, "secretariat", cast.hq)
    assert offered("regular") == set()  # nobody changes their own
    actions.suspend(
        cast.regular_member, starts_on=clock.today(), reason="x", basis=BASIS, by=cast.reviewer
    )
    assert "restore" in offered("reviewer")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_mail_about_an_end_renders(cast, language, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    User.objects.update(language=language)
    by = {"reason": "<사유> & 근거", "by": cast.reviewer}
    people = [factories.make_member(factories.make_user(language=language)) for _n in range(6)]
    suspended, withdrawn, dead, void, expelled, kept = people
    actions.suspend(suspended, starts_on=clock.today(), basis=BASIS, **by)
    actions.restore(suspended, basis=BASIS, **by)
    actions.suspend(suspended, starts_on=clock.today(), ends_on=clock.today(), basis=BASIS, **by)
    actions.withdraw(withdrawn, **by)
    actions.record_death(dead, on=clock.today(), **by)
    actions.void_membership(void, **by)
    actions.confirm_expulsion(
        actions.propose_expulsion(expelled, basis=BASIS, **by), by=cast.head_office
    )
    actions.drop_removal(
        actions.propose_expulsion(kept, basis=BASIS, **by), note="소명", by=cast.head_office
    )
    [forfeit] = actions.propose_forfeitures([cast.lapsed_member], **by)
    actions.decide_forfeitures([forfeit], basis=BASIS, by=cast.reviewer)

    post.deliver_due()

    assert set(Message.objects.values_list("status", flat=True)) == {"sent"}
    assert len(mail.outbox) == 11
    hangul = [sent.subject for sent in mail.outbox if any("가" <= c <= "힣" for c in sent.subject)]
    assert len(hangul) == (11 if language == "ko" else 0)
    assert any("<사유> & 근거" in sent.body for sent in mail.outbox)


def queries_of(client, path: str) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    return len(captured)


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/staff/removals/", 7),
        ("/staff/removals/forfeitures/", 8),
        ("/staff/removals/forfeitures/decide/", 5),
    ],
)
def test_lists_take_constant_queries(cast, login, path, count):
    client = login("head_office")

    def one_more() -> None:
        member = factories.make_member(branch=cast.busan, paid_until=date(2023, 12, 31))
        actions.propose_forfeitures([member], reason="x", by=cast.officer)
        factories.make_member(branch=cast.busan, paid_until=date(2023, 12, 31))

    one_more()
    one = queries_of(client, path)
    one_more()
    one_more()

    assert queries_of(client, path) == one == count


def test_the_desk_shows_what_waits(cast, login):
    actions.propose_expulsion(cast.regular_member, reason="x", basis=BASIS, by=cast.officer)

    def waiting(who: str) -> dict[str, int]:
        queues = login(who).get("/staff/").context["queues"]
        return {one["queue"].name: one["count"] for one in queues}

    assert waiting("reviewer")["removals"] == 1
    assert "removals" not in waiting("officer")
    assert waiting("other_officer")["forfeitable"] == 1  # the lapsed member of Daegu
    assert waiting("officer")["forfeitable"] == 0


def test_the_register_tells_each_end(cast):
    actions.withdraw(cast.regular_member, reason="이직", by=cast.regular)

    today = clock.today()
    line = register.as_of(today).get(member=cast.regular_member)
    before = register.as_of(today - timedelta(days=1)).get(member=cast.regular_member)
    assert (line.status, line.ended_on, before.status) == ("withdrawn", today, "active")
