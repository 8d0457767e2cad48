"""A member moves from Busan to Daegu, as everybody concerned clicks through it."""

from datetime import date, timedelta

from kosna.core import batches, clock, jobs
from kosna.mail.models import Message
from members.models import Member, RegisterEntry, Transfer
from tests import factories

REASON = "직장을 옮겨 대구로 이사하였습니다."


def mails(member: Member) -> list[str]:
    rows = Message.objects.filter(to=member.user.email).order_by("pk")
    return [row.template for row in rows if row.template.startswith("transfer")]


def test_a_member_moves_on_one_date(portal, people, enter):
    member = people.regular_member
    url = f"/staff/members/{member.pk}/"
    person = enter("regular").open("/me/")
    person.open(f"/me/transfer/?member={member.pk}")
    person.press("to_branch", 422, to_branch=people.daegu.pk, reason="")
    person.press("to_branch", to_branch=people.daegu.pk, reason=REASON)
    transfer = Transfer.objects.get()
    assert transfer.status == Transfer.Status.REQUESTED
    assert not person.forms("to_branch")  # one case at a time

    # The old branch has it on its desk; the new one does not know of it yet.
    old, new = enter("officer").open("/staff/"), enter("other_officer").open("/staff/")
    case = f"/staff/transfers/{transfer.pk}/"
    assert member.name in old.text
    new.open(case, 404)
    old.open(case)
    assert not old.forms("/accept/")
    old.press("/clear/")

    # Now the new one decides, and chooses a day to come.
    new.open(url, 404)
    new.open("/staff/transfers/").open(case)
    day = clock.today() + timedelta(days=10)
    yesterday = clock.today() - timedelta(days=1)
    new.press("/accept/", 422, **{"accept-moves_on": yesterday.isoformat()})
    new.press("/accept/", **{"accept-moves_on": day.isoformat()})
    person.open("/me/transfer/")
    assert not person.forms("/withdraw/")
    old.open(url)
    new.open(url, 404)

    # On that day, and once, whoever runs the job and how often.
    with clock.standing_at(clock.start_of(day)):
        jobs.run_due(every_job=True)
        jobs.run_due(every_job=True)
        member.refresh_from_db()
        assert member.branch == people.daegu
        old.open(url, 404)
        old.open(case, 404)
        assert "busan 지부" in new.open(url).text  # history stays readable
        assert "daegu 지부" in person.open("/me/transfer/").text
    entry = RegisterEntry.objects.filter(member=member).latest("pk")
    assert (entry.kind, entry.on, entry.branch) == ("branch", day, people.daegu)
    assert RegisterEntry.objects.filter(member=member).count() == 2
    assert mails(member) == [
        "transfer_requested",
        "transfer_cleared",
        "transfer_accepted",
        "transfer_done",
    ]


def test_open_dues_hold_a_member_until_the_head_office_waives_them(portal, people, enter):
    member = people.lapsed_member
    person = enter("lapsed").open(f"/me/transfer/?member={member.pk}")
    person.press("to_branch", to_branch=people.busan.pk, reason=REASON)
    case = f"/staff/transfers/{Transfer.objects.get().pk}/"
    officer = enter("other_officer").open(case)
    assert "미납 회비가 있습니다" in officer.text
    assert not officer.forms("/clear/") and not officer.forms("/waive/")
    hq = enter("head_office").open(case)
    hq.press("/waive/", **{"waive-waiver": "장기 입원으로 감면"})
    receiving = enter("officer").open(case)
    receiving.press("/accept/")
    member.refresh_from_db()
    assert member.branch == people.busan
    receiving.open(f"/staff/members/{member.pk}/")
    officer.open(f"/staff/members/{member.pk}/", 404)


def test_a_branch_refuses_and_the_member_may_ask_again(portal, people, enter):
    person = enter("regular").open("/me/transfer/")
    person.press("to_branch", to_branch=people.daegu.pk, reason=REASON)
    first = Transfer.objects.get()
    officer = enter("officer").open(f"/staff/transfers/{first.pk}/")
    officer.press("/refuse/", 422, **{"refuse-reason": ""})
    officer.press("/refuse/", **{"refuse-reason": "지부 임원 임기 중입니다."})
    assert "지부 임원 임기 중입니다." in person.open("/me/transfer/").text
    person.press("to_branch", to_branch=people.daegu.pk, reason=REASON)
    person.press("/withdraw/")
    assert sorted(Transfer.objects.values_list("status", flat=True)) == ["refused", "withdrawn"]
    assert mails(people.regular_member) == [
        "transfer_requested",
        "transfer_refused",
        "transfer_requested",
    ]


def test_the_contact_of_a_company_asks_for_it_and_a_seat_does_not(portal, people, enter):
    enter("company_seat").open(f"/me/transfer/?member={people.company.pk}", 404)
    rep = enter("company_rep").open(f"/me/transfer/?member={people.company.pk}")
    rep.press("to_branch", to_branch=people.busan.pk, reason=REASON)
    assert Transfer.objects.get().member == people.company


def test_a_branch_is_opened_filled_and_closed_without_a_release(portal, people, enter):
    """Everything that a new branch needs is typed into forms (§2.4): nothing needs code."""
    hq = enter("head_office").open("/staff/branches/new/")
    region = factories.Region.objects.create(
        code="newland", name_ko="새벌광역시", name_en="Newland", valid_from=date(2026, 1, 1)
    )
    hq.open("/staff/branches/new/").press(
        "name_ko",
        code="newland",
        name_ko="새벌지부",
        name_en="Newland branch",
        status="planned",
        regions=region.pk,
        address_ko="새벌광역시 중앙로 1",
        phone="051-000-0000",
        intro_ko="새벌의 회원과 함께합니다.",
    )
    visitor = enter().open("/branches/")
    assert "새벌광역시" in visitor.text  # its own tile on the map
    page = "/staff/branches/newland/"
    hq.open(page).press("name_ko", status="preparing")
    applicant = enter("account").open("/members/apply/?tier=regular")
    assert "새벌지부" not in applicant.text
    hq.open(page).press("name_ko", status="open")

    # At once: the application offers it and suggests it by address, the lists filter by it.
    applicant.open("/members/apply/?tier=regular")
    assert "새벌지부" in applicant.text
    applicant.press(
        "postcode",
        name="박서준",
        phone="010-1234-5678",
        postcode="12345",
        address="새벌광역시 중앙로 7",
        declaration=True,
        intent="submit",
    )
    application = people.account.applications.get()
    assert application.branch.code == "newland"
    members = enter("head_office").open("/staff/members/")
    assert "새벌지부" in members.text

    # An officer is elected, shown, and renewed.
    hq.open(f"{page}terms/new/").press(
        "name_ko",
        title="branch_president",
        name_ko="최지부",
        valid_from=clock.today().isoformat(),
        valid_to=(clock.today() + timedelta(days=30)).isoformat(),
        basis="제12차 이사회 2026-11-20",
    )
    assert "최지부" in visitor.open("/branches/newland/").text
    assert "최지부" in hq.open("/staff/").text  # 임기 만료 예정
    hq.open("/staff/terms/")
    term = people.hq.terms.model.objects.get()
    hq.open(f"/staff/terms/{term.pk}/renew/").press("basis", basis="제13차 이사회 2026-11-22")
    assert "최지부" not in hq.open("/staff/terms/").text

    # It cannot close while anybody is there: everything that is in the way is said at once.
    member = factories.make_member(branch=application.branch, tier=people.regular_tier)
    hq.open(f"{page}close/")
    assert not hq.forms("close")
    for words in ("옮길 회원: 1명", "입회신청: 1건", "임원: 2명"):
        assert words in hq.text
    basis = {"meeting": "제14차 이사회", "decided_on": "2026-11-23", "number": "2026-14"}
    hq.press("to_branch", to_branch=people.busan.pk, moves_on=clock.today().isoformat(), **basis)
    batches.run_all()
    member.refresh_from_db()
    assert member.branch == people.busan
    applicant.open(f"/members/apply/{application.number}/").press("/withdraw/")
    for one in people.hq.terms.model.objects.order_by("-pk"):
        hq.open(f"/staff/terms/{one.pk}/end/").press(
            "reason", on=(one.valid_from - timedelta(days=1)).isoformat(), reason="지부 폐지"
        )
    hq.open(f"{page}close/").press("meeting", **basis)
    visitor.open("/branches/newland/", 404)
    assert "새벌" not in visitor.open("/branches/").text
