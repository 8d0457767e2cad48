"""Reports, and what the branch of a member does about them: hide with a reason, or say why not."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from kosna.audit.models import Entry
from kosna.core.errors import Refused
from kosna.mail import post
from kosna.mail.models import Message
from members.directory import actions
from members.directory.models import AbuseReport, Profile
from tests import factories
from tests.conftest import Cast
from tests.members.directory.entries import make_entry, make_report, make_request
from tests.members.test_desk import queries_of
from tests.test_desk import queue, rows

pytestmark = pytest.mark.django_db

Login = Callable[[str], Client]
DESK, OWN = "/staff/directory/", "/me/directory/"


@pytest.fixture
def entry(cast: Cast) -> Profile:
    return make_entry(cast.regular_member)


def text_to(address: str) -> str:
    return "".join(post.render(Message.objects.filter(to=address).latest("pk"))[:2])


def test_reported_hidden_mended_and_shown_again(cast: Cast, login: Login, entry: Profile) -> None:
    reader, officer = login("company_seat"), login("officer")
    answer = reader.post(f"{entry.get_absolute_url()}report/", {"reason": "광고입니다"})
    report = AbuseReport.objects.get()
    assert answer.status_code == 302 and rows(officer, "abuse_reports") == [report.pk]
    assert rows(login("other_officer"), "abuse_reports") == []
    assert queue(login("auditor"), "abuse_reports") is None
    again = reader.post(f"{entry.get_absolute_url()}report/", {"reason": "또"})
    assert again.status_code == 422 and "이미 신고" in again.content.decode()
    page = officer.get(f"{DESK}{entry.pk}/").content.decode()
    assert "광고입니다" in page and "company_seat" in page

    assert officer.post(f"{DESK}{entry.pk}/hide/", {"reason": ""}).status_code == 422
    assert officer.post(f"{DESK}{entry.pk}/hide/", {"reason": "상품 광고"}).status_code == 302
    report.refresh_from_db()
    assert (report.status, report.decided_by) == (AbuseReport.Status.UPHELD, cast.officer)
    assert "상품 광고" in text_to("regular@example.test")
    assert "상품 광고" not in text_to("company_seat@example.test")
    assert reader.get(entry.get_absolute_url()).status_code == 404
    assert officer.post(f"{DESK}{entry.pk}/hide/", {"reason": "x"}).status_code == 422

    member = login("regular")
    assert "상품 광고" in member.get(OWN).content.decode()
    assert member.post(f"{OWN}plead/", {"plea": "고쳤습니다"}).status_code == 302
    assert member.post(f"{OWN}plead/", {"plea": "또"}).status_code == 422
    assert rows(officer, "pleas") == [entry.pk] and rows(login("other_officer"), "pleas") == []
    assert officer.post(f"{DESK}{entry.pk}/keep-hidden/", {"reason": "아직"}).status_code == 302
    assert "아직" in text_to("regular@example.test") and rows(officer, "pleas") == []
    assert member.post(f"{OWN}plead/", {"plea": "다시 고쳤습니다"}).status_code == 302
    assert officer.post(f"{DESK}{entry.pk}/show/").status_code == 302
    assert "다시 공개" in text_to("regular@example.test")
    assert reader.get(entry.get_absolute_url()).status_code == 200
    entry.refresh_from_db()
    assert (entry.plea, entry.hidden_reason, entry.pleaded_at) == ("", "", None)
    hidden = Entry.objects.get(verb="directory.hide_entry")
    assert (hidden.reason, hidden.branch, hidden.subjects) == (
        "상품 광고",
        cast.busan,
        [cast.regular.pk],
    )


def test_no_reason_to_act_is_told_to_who_reported(cast: Cast, login: Login, entry: Profile) -> None:
    report = make_report(entry, by=cast.company_seat)
    address = f"{DESK}reports/{report.pk}/dismiss/"
    assert login("other_officer").post(address, {"decision": "x"}).status_code == 404
    assert login("auditor").post(address, {"decision": "x"}).status_code == 403
    empty = login("officer").post(address, {"decision": ""})
    assert empty.status_code == 422 and "form-errors" in empty.content.decode()
    assert login("officer").post(address, {"decision": "소개일 뿐입니다"}).status_code == 302
    assert "소개일 뿐입니다" in text_to("company_seat@example.test")
    assert not Message.objects.filter(to="regular@example.test").exists()
    assert login("officer").post(address, {"decision": "x"}).status_code == 422  # decided already


def test_a_report_about_an_entry_that_is_hidden_is_closed_as_dealt_with(
    cast: Cast, login: Login
) -> None:
    asker, asked = make_entry(cast.company), make_entry(cast.regular_member)
    request = make_request(asker, asked, by=cast.company_rep)
    actions.hide_entry(asker, reason="판매 목적", by=cast.head_office)
    login("regular").post(f"/me/introductions/{request.pk}/report/", {"reason": "판매"})
    report, desk = AbuseReport.objects.get(), login("head_office")
    address, page = f"{DESK}reports/{report.pk}/settle/", f"{DESK}{asker.pk}/"
    assert address in desk.get(page).content.decode()
    assert login("auditor").post(address).status_code == 403
    assert login("other_officer").post(address).status_code == 404
    assert desk.get(address).status_code == 405

    assert desk.post(address).status_code == 302

    report.refresh_from_db()
    assert (report.status, report.decision) == (AbuseReport.Status.SETTLED, "판매 목적")
    assert rows(desk, "abuse_reports") == [] and address not in desk.get(page).content.decode()
    text = text_to("regular@example.test")
    assert "숨겼습니다" in text and "판매 목적" not in text
    told = Message.objects.count()
    assert desk.post(address).status_code == 303  # closed already
    assert Message.objects.count() == told
    record = Entry.objects.get(verb="directory.settle_report")
    assert (record.reason, record.actor_id) == ("판매 목적", cast.head_office.pk)


def test_while_an_entry_is_shown_its_reports_are_decided(
    cast: Cast, login: Login, entry: Profile
) -> None:
    report = make_report(entry, by=cast.company_seat)
    address = f"{DESK}reports/{report.pk}/settle/"
    assert address not in login("officer").get(f"{DESK}{entry.pk}/").content.decode()
    assert login("officer").post(address).status_code == 303
    report.refresh_from_db()
    assert report.status == AbuseReport.Status.OPEN
    actions.hide_entry(entry, reason="x", by=cast.head_office)
    own = make_report(entry, by=cast.officer)
    with pytest.raises(Refused):
        actions.settle_report(own, by=cast.officer)


def test_a_request_is_reported_with_its_message(cast: Cast, login: Login, entry: Profile) -> None:
    asker = make_entry(cast.company)
    row = make_request(asker, entry, by=cast.company_rep, message="보험 있습니다")
    assert login("regular").post(f"/me/introductions/{row.pk}/report/", {"reason": "판매"})
    report = AbuseReport.objects.get()
    assert (report.about, report.introduction) == (asker, row)
    page = login("head_office").get(f"{DESK}{asker.pk}/").content.decode()
    assert "보험 있습니다" in page and "판매" in page
    actions.hide_entry(asker, reason="판매 목적", by=cast.head_office)
    row.refresh_from_db()
    assert row.status == "withdrawn"
    asker.refresh_from_db()
    assert actions.why_not_ask(asker, entry)


def test_nobody_decides_about_their_own(cast: Cast, entry: Profile) -> None:
    own = make_entry(factories.make_member(cast.officer, branch=cast.busan))
    with pytest.raises(Refused):
        actions.hide_entry(own, reason="x", by=cast.officer)
    with pytest.raises(Refused):
        actions.report_abuse(own, reason="x", by=cast.officer)
    report = make_report(entry, by=cast.officer)
    with pytest.raises(Refused):
        actions.dismiss_report(report, decision="x", by=cast.officer)
    with pytest.raises(Refused):
        actions.hide_entry(entry, reason="x", by=cast.officer)
    entry.refresh_from_db()
    assert entry.hidden_at is None


def test_a_look_leaves_a_trace_and_what_is_for_nobody_stays_so(
    cast: Cast, login: Login, entry: Profile
) -> None:
    Profile.objects.update(phone="+821012345678", phone_for="nobody", email="me@x.test")
    page = login("officer").get(f"{DESK}{entry.pk}/").content.decode()
    assert "010-1234-5678" not in page and "me@x.test" in page
    look = Entry.objects.get(verb="privacy.view")
    assert (look.subjects, look.branch) == ([cast.regular.pk], cast.busan)
    assert login("auditor").get(f"{DESK}{entry.pk}/").status_code == 200
    assert "/hide/" not in login("auditor").get(f"{DESK}{entry.pk}/").content.decode()


def test_hidden_ones_have_a_reason(cast: Cast, entry: Profile) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.update(hidden_at=entry.written_at, hidden_by=cast.officer)
    with pytest.raises(IntegrityError), transaction.atomic():
        Profile.objects.update(pleaded_at=entry.written_at)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", {"open", "closed", "hidden", "pleading"}),
        ("?state=open", {"open"}),
        ("?state=closed", {"closed"}),
        ("?state=hidden", {"hidden", "pleading"}),
        ("?state=pleading", {"pleading"}),
        ("?state=x&branch=99999999999999999999", {"open", "closed", "hidden", "pleading"}),
    ],
)
def test_desk_filters(cast: Cast, login: Login, query: str, shown: set[str]) -> None:
    for name in ("open", "closed", "hidden", "pleading"):
        member = factories.make_member(factories.make_user(name), branch=cast.busan)
        profile = make_entry(member, is_open=name != "closed")
        if name in ("hidden", "pleading"):
            actions.hide_entry(profile, reason="x", by=cast.officer)
        if name == "pleading":
            actions.plead(profile, plea="x", by=member.user)
    page = login("officer").get(f"{DESK}{query}").context["page"]
    assert {profile.name for profile in page} == shown
    assert list(login("other_officer").get(f"{DESK}{query}").context["page"]) == []


def test_lists_have_a_constant_query_count(cast: Cast, login: Login) -> None:
    client, counts = login("officer"), []
    for number in range(3):
        member = factories.make_member(factories.make_user(f"회원{number}"), branch=cast.busan)
        entry = make_entry(member)
        make_report(entry, by=cast.company_seat)
        counts.append([queries_of(client, DESK), queries_of(client, f"{DESK}reports/")])
    assert counts[0] == counts[2] and max(counts[0]) <= 15, counts
