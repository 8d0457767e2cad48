"""Consulting: who may ask, who is given what, and who reads it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.mail.models import Message
from members.models import Member, Seat, Suspension
from members.programmes import actions, figures
from members.programmes.entitled import members_asking, why_not
from members.programmes.models import Consultant, ConsultingRequest, Partner
from tests import factories
from tests.conftest import Cast
from tests.members.programmes.consulting import make_consultant, make_request, make_round
from tests.members.programmes.partners import make_partner
from tests.members.test_desk import queries_of

pytestmark = pytest.mark.django_db
Status = ConsultingRequest.Status
NEW = "/me/consulting/new/"


def typed(member: Member, **changes: Any) -> dict[str, Any]:
    return {
        "member": member.pk,
        "field": "data",
        "topic": "리뷰 분석",
        "question": "<b>무엇부터</b> 시작합니까?",
        "first_on": str(clock.today() + timedelta(days=3)),
        "hours": "morning",
        **changes,
    }


def mails(to: Any = None) -> list[str]:
    rows = Message.objects.filter(template__startswith="consulting").order_by("pk")
    return [row.template for row in (rows.filter(user=to) if to else rows)]


def test_a_member_asks(cast: Cast, login: Any) -> None:
    answer = login("regular").post(NEW, typed(cast.regular_member))
    row = ConsultingRequest.objects.get()
    assert answer["Location"] == f"/me/consulting/{row.number}/"
    year = clock.today().year
    assert (row.number, row.branch, row.asked_by) == (f"{year}-0001", cast.busan, cast.regular)
    page = login("regular").get(answer["Location"]).content.decode()
    assert "&lt;b&gt;무엇부터" in page
    assert mails() == ["consulting_received"]
    entry = Entry.objects.get(verb="programmes.ask_consulting")
    assert (entry.branch, entry.subjects) == (cast.busan, [cast.regular.pk])


@pytest.mark.parametrize("missing", ["field", "topic", "question", "first_on", "hours"])
def test_what_is_missing_is_said_at_its_field(cast: Cast, login: Any, missing: str) -> None:
    answer = login("regular").post(NEW, typed(cast.regular_member, **{missing: ""}))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {missing})
    assert not ConsultingRequest.objects.exists()


def test_days_lie_ahead(cast: Cast, login: Any) -> None:
    today = str(clock.today())
    answer = login("regular").post(NEW, typed(cast.regular_member, first_on=today, second_on=today))
    assert set(answer.context["form"].errors) == {"first_on", "second_on"}


def test_two_clicks_ask_once(cast: Cast, login: Any) -> None:
    client = login("regular")
    assert client.post(NEW, typed(cast.regular_member)).status_code == 302
    again = client.post(NEW, typed(cast.regular_member))
    assert (again.status_code, set(again.context["form"].errors)) == (422, {"field"})
    assert client.post(NEW, typed(cast.regular_member, field="crisis")).status_code == 302
    with pytest.raises(IntegrityError), transaction.atomic():
        make_request(cast.regular_member, by=cast.regular)


# Who may ask: by the right of the tier, in the standing of the day (domain.md §2.6).


@pytest.mark.parametrize("who", ["account", "associate", "lapsed"])
def test_who_may_not_ask_learns_why(cast: Cast, login: Any, who: str) -> None:
    client = login(who)
    assert client.get(NEW)["Location"] == "/me/consulting/"
    assert client.post(NEW, typed(cast.regular_member)).status_code == 302
    assert not ConsultingRequest.objects.exists()
    reason = why_not(getattr(cast, who), clock.now())
    assert reason and reason in client.get("/programmes/consulting/").content.decode()


def test_a_company_asks_through_who_runs_it(cast: Cast, login: Any) -> None:
    assert members_asking(cast.company_rep, clock.now()) == [cast.company]
    assert members_asking(cast.company_seat, clock.now()) == []
    assert "대표자나 담당자" in why_not(cast.company_seat, clock.now())
    login("company_rep").post(NEW, typed(cast.company))
    row = ConsultingRequest.objects.get()
    assert row.member == cast.company
    assert login("company_seat").get(f"/me/consulting/{row.number}/").status_code == 404
    assert login("company_rep").get(f"/me/consulting/{row.number}/").status_code == 200


def test_nobody_asks_for_another_member(cast: Cast, login: Any) -> None:
    answer = login("regular").post(NEW, typed(cast.company))
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"member"})
    with pytest.raises(Refused):
        actions.ask_consulting(
            cast.company, field="data", topic="x", question="x", first_on=clock.today(),
            by=cast.regular,
        )  # fmt: skip


def in_grace(cast: Cast) -> Member:
    """Paid until yesterday."""
    yesterday = clock.today() - timedelta(days=1)
    user = factories.make_user("유예")
    return factories.make_member(
        user, tier=cast.regular_tier, branch=cast.busan, paid_until=yesterday
    )


def test_in_grace_one_asks_and_is_taken_on_once_paid(cast: Cast) -> None:
    member = in_grace(cast)
    row = actions.ask_consulting(
        member, field="data", topic="x", question="x", first_on=clock.today(), by=member.user
    )
    consultant = make_consultant(cast.busan, by=cast.officer)
    with pytest.raises(Refused, match="회비"):
        actions.assign_consulting(row, consultant=consultant, by=cast.officer)
    member.periods.update(ends_on=clock.today() + timedelta(days=99))
    row = ConsultingRequest.objects.get()
    actions.assign_consulting(row, consultant=consultant, by=cast.officer)
    assert row.status == Status.ASSIGNED


def test_suspended_members_do_not_ask(cast: Cast) -> None:
    Suspension.objects.create(
        member=cast.regular_member, starts_on=clock.today(), basis="이사회", reason="x",
        decided_by=cast.head_office,
    )  # fmt: skip
    assert members_asking(cast.regular, clock.now()) == []


@pytest.mark.parametrize(("last", "may"), [(None, True), (0, True), (-1, False)])
def test_an_mou_in_force_opens_consulting_to_a_member(
    cast: Cast, last: int | None, may: bool
) -> None:
    special = factories.make_tier("special", holder="organisation", rights=("read_reports",))
    member = factories.make_member(
        organisation=factories.make_organisation(), tier=special, branch=cast.busan
    )
    factories.make_seat(member, cast.account, Seat.Role.CONTACT)
    assert members_asking(cast.account, clock.now()) == []
    ended_on = None if last is None else clock.today() + timedelta(days=last)
    make_partner(cast.busan, by=cast.officer, member=member, ended_on=ended_on)
    asking = members_asking(type(cast.account).objects.get(pk=cast.account.pk), clock.now())
    assert asking == ([member] if may else [])


def test_an_mou_names_a_member_of_its_branch(cast: Cast, login: Any) -> None:
    mine, other = (
        factories.make_member(
            organisation=factories.make_organisation(), tier=cast.company_tier, branch=branch
        )
        for branch in (cast.busan, cast.daegu)
    )
    facts = {"branch": cast.busan.pk, "kind": "public", "name_ko": "누리", "about_ko": "교육",
             "signed_on": "2024-03-04"}  # fmt: skip
    officer = login("officer")
    refused = officer.post("/staff/partners/new/", facts | {"member": other.pk})
    assert set(refused.context["form"].errors) == {"member"}
    assert officer.post("/staff/partners/new/", facts | {"member": mine.pk}).status_code == 302
    assert Partner.objects.get().member == mine


# The office and the consultant.


def test_the_branch_assigns_and_both_are_told(cast: Cast, login: Any) -> None:
    row = make_request(cast.regular_member, by=cast.regular)
    consultant = make_consultant(cast.daegu, by=cast.other_officer)
    page = f"/staff/consulting/{row.number}/"
    assert login("other_officer").get(page).status_code == 404
    assert login("officer").get(page).status_code == 200
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.regular.pk]
    refused = login("officer").post(f"{page}assign/", {"consultant": ""})
    assert (refused.status_code, set(refused.context["forms"]["assign"].errors)) == (
        422,
        {"consultant"},
    )
    assert login("officer").post(f"{page}assign/", {"consultant": consultant.pk}).url == page
    assert mails(cast.regular) == ["consulting_assigned"]
    assert mails(consultant.user) == ["consulting_given"]
    again = login("officer").post(f"{page}assign/", {"consultant": consultant.pk})
    assert again.status_code == 422


def test_nobody_advises_their_own(cast: Cast, login: Any) -> None:
    row = make_request(cast.company, by=cast.company_rep)
    company = cast.company.organisation.name
    own = [
        make_consultant(cast.hq, by=cast.officer, user=cast.company_seat),
        make_consultant(cast.hq, by=cast.officer, affiliation=company),
        make_consultant(cast.hq, by=cast.officer, user=cast.company_rep),
    ]
    other = make_consultant(cast.busan, by=cast.officer, affiliation="다른 회사")
    form = login("head_office").get(f"/staff/consulting/{row.number}/").context["forms"]["assign"]
    assert list(form.fields["consultant"].queryset) == [other]
    for consultant in own:
        with pytest.raises(Refused):
            actions.assign_consulting(row, consultant=consultant, by=cast.head_office)


def test_nobody_decides_about_their_own_request(cast: Cast, login: Any) -> None:
    member = factories.make_member(cast.officer, tier=cast.regular_tier, branch=cast.busan)
    row = make_request(member, by=cast.officer)
    assert login("officer").get(f"/staff/consulting/{row.number}/").context["forms"] == {}
    with pytest.raises(Refused):
        actions.decline_consulting(row, reason="x", by=cast.officer)


def test_a_consultant_sees_what_is_theirs_and_leaves_a_trace(cast: Cast, login: Any) -> None:
    mine = make_consultant(cast.busan, by=cast.officer, user=cast.account)
    other = make_consultant(cast.busan, by=cast.officer)
    given = make_request(cast.regular_member, by=cast.regular, status="assigned", consultant=mine)
    not_mine = make_request(cast.company, by=cast.regular, status="assigned", consultant=other)
    client = login("account")
    assert list(client.get("/me/consulting/assigned/").context["page"]) == [given]
    page = f"/me/consulting/assigned/{given.number}/"
    assert "regular@example.test" in client.get(page).content.decode()
    assert Entry.objects.get(verb="privacy.view").subjects == [cast.regular.pk]
    assert client.get(f"/me/consulting/assigned/{not_mine.number}/").status_code == 404
    assert client.get(f"/me/consulting/{given.number}/").status_code == 404
    actions.return_consulting(given, reason="출장", by=cast.officer)
    assert client.get(page).status_code == 404  # no longer theirs
    assert mails(cast.account) == ["consulting_returned"]


def test_a_time_is_agreed_and_agreed_anew(cast: Cast, login: Any) -> None:
    mine = make_consultant(cast.busan, by=cast.officer, user=cast.account)
    row = make_request(cast.regular_member, by=cast.regular, status="assigned", consultant=mine)
    client, page = login("account"), f"/me/consulting/assigned/{row.number}/"
    past = {"meets_at": "2024-01-01T10:00", "place": "본부"}
    refused = client.post(f"{page}schedule/", past)
    assert set(refused.context["meeting_form"].errors) == {"meets_at"}
    soon = clock.today() + timedelta(days=3)
    for hour in (10, 11):
        told = {"meets_at": f"{soon}T{hour}:00", "place": "본부"}
        assert client.post(f"{page}schedule/", told).url == page
    assert client.post(f"{page}schedule/", told).status_code == 422  # nothing new
    row.refresh_from_db()
    assert (row.status, row.meets_at.astimezone(clock.KST).hour) == (Status.SCHEDULED, 11)
    assert mails(cast.regular) == ["consulting_scheduled"] * 2
    assert mails(cast.account) == ["consulting_agreed"] * 2
    early = client.post(f"{page}report/", {"report": "미리"})
    assert set(early.context["report_form"].errors) == {"report"}


def test_the_report_is_read_and_answered_once(cast: Cast, login: Any) -> None:
    mine = make_consultant(cast.busan, by=cast.officer, user=cast.account)
    row = make_request(cast.regular_member, by=cast.regular, status="scheduled", consultant=mine)
    page, own = f"/me/consulting/assigned/{row.number}/", f"/me/consulting/{row.number}/"
    answer = login("account").post(f"{page}report/", {"report": "이렇게 하십시오."})
    assert answer.url == page
    assert login("account").post(f"{page}report/", {"report": "다시"}).status_code == 302
    assert mails(cast.regular) == ["consulting_reported"]
    reader = login("regular")
    assert "이렇게 하십시오." in reader.get(own).content.decode()
    assert reader.post(f"{own}answer/", {"rating": "6"}).status_code == 422
    assert reader.post(f"{own}answer/", {"rating": "4", "words": "좋았습니다."}).url == own
    assert reader.post(f"{own}answer/", {"rating": "1"}).status_code == 422
    row.refresh_from_db()
    assert (row.status, row.rating, row.report) == (Status.CLOSED, 4, "이렇게 하십시오.")
    office = login("officer").get(f"/staff/consulting/{row.number}/").content.decode()
    assert "좋았습니다." in office
    assert "좋았습니다." not in login("account").get(page).content.decode()


def test_withdrawn_and_declined(cast: Cast, login: Any) -> None:
    consultant = make_consultant(cast.busan, by=cast.officer)
    row = make_request(
        cast.regular_member, by=cast.regular, status="scheduled", consultant=consultant
    )
    client = login("regular")
    assert client.post(f"/me/consulting/{row.number}/withdraw/").status_code == 302
    assert mails(consultant.user) == ["consulting_withdrawn"]
    other = make_request(cast.regular_member, by=cast.regular)
    address = f"/staff/consulting/{other.number}/decline/"
    assert login("officer").post(address, {"decline-reason": ""}).status_code == 422
    assert login("officer").post(address, {"decline-reason": "분야 밖"}).status_code == 302
    assert "분야 밖" in client.get(f"/me/consulting/{other.number}/").content.decode()
    with pytest.raises(Refused):
        actions.withdraw_consulting(ConsultingRequest.objects.get(pk=other.pk), by=cast.regular)


def test_the_office_closes_what_nobody_answered(cast: Cast, login: Any) -> None:
    consultant = make_consultant(cast.busan, by=cast.officer)
    row = make_request(
        cast.regular_member, by=cast.regular, status="reported", consultant=consultant
    )
    address = f"/staff/consulting/{row.number}/close/"
    assert login("officer").post(address, {"close-reason": "응답 없음"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.rating, row.reason) == (Status.CLOSED, None, "응답 없음")


# The pool.


def test_the_pool_takes_in_accounts(cast: Cast, login: Any) -> None:
    officer, address = login("officer"), "/staff/consulting/consultants/new/"
    told = {"email": "nobody@example.test", "branch": cast.busan.pk, "expertise": ["data"]}
    assert set(officer.post(address, told).context["form"].errors) == {"email"}
    told["email"] = "Account@example.test"
    assert set(officer.post(address, told | {"branch": cast.daegu.pk}).context["form"].errors) == {
        "branch"
    }
    done = officer.post(address, told)
    consultant = Consultant.objects.get()
    page = f"/staff/consulting/consultants/{consultant.pk}/"
    assert (done.url, consultant.user, consultant.fields) == (page, cast.account, ["data"])
    assert set(officer.post(address, told).context["form"].errors) == {"email"}
    assert officer.post(page, {"expertise": ["crisis", "data"], "about": "10년"}).url == page
    assert set(Consultant.objects.get().fields) == {"crisis", "data"}
    assert login("other_officer").get(page).status_code == 404


def test_who_has_something_in_hand_stays_in_the_pool(cast: Cast, login: Any) -> None:
    consultant = make_consultant(cast.busan, by=cast.officer)
    row = make_request(
        cast.regular_member, by=cast.regular, status="assigned", consultant=consultant
    )
    page, officer = f"/staff/consulting/consultants/{consultant.pk}/", login("officer")
    assert row.number in officer.post(f"{page}retire/", {"reason": "휴직"}).content.decode()
    actions.return_consulting(row, reason="x", by=cast.officer)
    assert officer.post(f"{page}retire/", {"reason": "휴직"}).url == page
    with pytest.raises(Refused):
        actions.assign_consulting(row, consultant=consultant, by=cast.officer)
    assert officer.post(f"{page}return/").url == page
    assert Consultant.objects.get().retired_at is None


# Rounds.


def test_a_round_of_g_valley_takes_tenants(cast: Cast, login: Any, client: Client) -> None:
    entry = make_round(cast.hq, by=cast.head_office, is_for_g_valley=True)
    shown = client.get("/programmes/consulting/").content.decode()
    assert entry.name_ko in shown and "G밸리 입주기업 전용" in shown
    told = typed(cast.regular_member, round=entry.pk)
    refused = login("regular").post(NEW, told)
    assert set(refused.context["form"].errors) == {"round"}
    assert login("regular").post(NEW, told | {"is_in_g_valley": "on"}).status_code == 302
    row = ConsultingRequest.objects.get()
    assert (row.round, row.branch) == (entry, cast.hq)  # whose round it is decides


@pytest.mark.parametrize(("opens", "closes", "may"), [(0, 0, 302), (1, 5, 422), (-5, -1, 422)])
def test_a_round_is_open_between_its_days(
    cast: Cast, login: Any, opens: int, closes: int, may: int
) -> None:
    today = clock.today()
    entry = make_round(
        cast.busan, by=cast.officer, opens_on=today + timedelta(days=opens),
        closes_on=today + timedelta(days=closes),
    )  # fmt: skip
    make_round(cast.busan, by=cast.officer)  # so that the field is there
    answer = login("regular").post(NEW, typed(cast.regular_member, round=entry.pk))
    assert answer.status_code == may
    assert entry.state_on(today) == ("open" if may == 302 else "coming" if opens > 0 else "over")


def test_a_round_takes_on_as_many_as_it_has_places(cast: Cast, login: Any) -> None:
    entry = make_round(cast.busan, by=cast.officer, places=1)
    consultant = make_consultant(cast.busan, by=cast.officer)
    first = make_request(cast.regular_member, by=cast.regular, round=entry)
    second = make_request(cast.company, by=cast.company_rep, round=entry)
    actions.assign_consulting(first, consultant=consultant, by=cast.officer)
    with pytest.raises(Refused):
        actions.assign_consulting(second, consultant=consultant, by=cast.officer)
    address = f"/staff/consulting/rounds/{entry.pk}/"
    told = {
        "name_ko": entry.name_ko, "about_ko": "x", "opens_on": str(entry.opens_on),
        "closes_on": str(entry.closes_on), "places": "0",
    }  # fmt: skip
    assert set(login("officer").post(address, told).context["form"].errors) == {"places"}
    assert login("officer").post(address, told | {"places": "2"}).url == address
    actions.assign_consulting(second, consultant=consultant, by=cast.officer)
    assert set(login("officer").post(address, told | {"places": "1"}).context["form"].errors) == {
        "places"
    }


def test_a_branch_announces_its_own(cast: Cast, login: Any) -> None:
    today = clock.today()
    told = {
        "branch": cast.busan.pk, "name_ko": "1기", "about_ko": "x", "opens_on": str(today),
        "closes_on": str(today - timedelta(days=1)), "places": "3",
    }  # fmt: skip
    officer, address = login("officer"), "/staff/consulting/rounds/new/"
    assert set(officer.post(address, told).context["form"].errors) == {"closes_on"}
    told["closes_on"] = str(today)
    assert officer.post(address, told | {"branch": cast.daegu.pk}).status_code == 422
    assert officer.post(address, told).status_code == 302
    assert set(officer.post(address, told).context["form"].errors) == {"__all__"}


# Numbers.


def rated(cast: Cast, branch: Any, ratings: list[int], **fields: Any) -> None:
    consultant = Consultant.objects.first() or make_consultant(cast.busan, by=cast.officer)
    for rating in ratings:
        make_request(
            cast.regular_member, by=cast.regular, status="closed", consultant=consultant,
            branch=branch, rating=rating, **fields,
        )  # fmt: skip


def test_means_rest_on_five_answers(cast: Cast, login: Any) -> None:
    rated(cast, cast.busan, [5, 5, 4, 4, 4])
    rated(cast, cast.daegu, [1, 1, 1, 1])
    rows = ConsultingRequest.objects.all()
    lines = figures.by_branch(rows)
    assert [(line.label, line.mean) for line in lines] == [
        (cast.busan.name, 4.4),
        (cast.daegu.name, None),
    ]
    # The four of Daegu could be reckoned from the mean of all.
    assert figures.total(rows, lines).mean is None
    rated(cast, cast.daegu, [1])
    lines = figures.by_branch(rows)
    assert figures.total(rows, lines).mean == pytest.approx(2.7)
    page = login("other_officer").get("/staff/consulting/figures/")
    assert [line.label for line in page.context["tables"][0][1]] == [cast.daegu.name]


@pytest.mark.parametrize(
    ("query", "shown"),
    [("", {0, 1}), ("?status=declined", {1}), ("?field=crisis", {1}), ("?branch={hq}", {1}),
     ("?round=x&status=nothing", {0, 1})],
)  # fmt: skip
def test_desk_filters(cast: Cast, login: Any, query: str, shown: set[int]) -> None:
    rows = [
        make_request(cast.regular_member, by=cast.regular),
        make_request(cast.company, by=cast.company_rep, status="declined", field="crisis"),
    ]
    page = login("head_office").get(f"/staff/consulting/{query.format(hq=cast.hq.pk)}")
    assert set(page.context["page"]) == {rows[number] for number in shown}


def test_lists_have_a_constant_query_count(cast: Cast, login: Callable[[str], Client]) -> None:
    def one_more() -> None:
        consultant = make_consultant(cast.busan, by=cast.officer)
        entry = make_round(cast.busan, by=cast.officer)
        make_request(
            cast.regular_member, by=cast.regular, status="reported", consultant=consultant,
            round=entry,
        )  # fmt: skip
        make_request(
            cast.company, by=cast.company_rep, status="reported", consultant=mine, round=entry
        )

    mine = make_consultant(cast.busan, by=cast.officer, user=cast.account)
    pages = {
        "/programmes/consulting/": "regular", "/me/consulting/": "regular",
        "/me/consulting/assigned/": "account", "/staff/consulting/": "head_office",
        "/staff/consulting/consultants/": "officer", "/staff/consulting/rounds/": "officer",
        "/staff/consulting/figures/": "head_office", NEW: "regular",
        f"/staff/consulting/consultants/{mine.pk}/": "head_office",
    }  # fmt: skip
    clients = {who: login(who) for who in set(pages.values())}
    one_more()
    one = {page: queries_of(clients[who], page) for page, who in pages.items()}
    one_more()
    one_more()
    assert {page: queries_of(clients[who], page) for page, who in pages.items()} == one
    assert max(one.values()) <= 20
