"""A general meeting from its preparation to its minutes, as its people click through it; and the
register before and after."""

import io
from datetime import datetime, timedelta

from openpyxl import load_workbook

from kosna.core import batches, clock
from kosna.documents.models import Document
from members import quorum
from members.models import Inspection, Meeting, RegisterEntry, Tier
from tests import factories
from tests.flows.person import Person, text_of

TODAY = datetime(2026, 3, 2, 10, tzinfo=clock.KST)
MEETING_DAY = datetime(2026, 3, 20, 13, 30, tzinfo=clock.KST)


def prepare(secretary: Person) -> Meeting:
    secretary.open("/staff/meetings/new/")
    secretary.press(
        "record_on",
        kind="regular",
        title_ko="2026년 정기총회",
        title_en="Regular general meeting 2026",
        starts_at="2026-03-20T14:00",
        place_ko="가산동 대강당",
        record_on="2026-03-01",
    )
    secretary.press(
        "form-0-title_ko",
        **{
            "form-0-title_ko": "2025년 결산 승인",
            "form-0-rule": "majority",
            "form-1-title_ko": "정관 변경",
            "form-1-rule": "two_thirds",
        },
    )
    return Meeting.objects.get()


def call(secretary: Person, meeting: Meeting) -> None:
    secretary.open(f"/staff/meetings/{meeting.number}/")
    assert not secretary.forms("/call/")  # first the roll
    secretary.press("/freeze/")
    secretary.press("/call/")
    assert batches.run_all() == 1


def test_a_general_meeting(portal, people, enter, stand_at):
    stand_at(TODAY)
    Tier.objects.update(is_sawon=True)
    third = factories.make_member(factories.make_user("이바다", email="third@example.test"))
    secretary = enter("head_office")
    meeting = prepare(secretary)
    call(secretary, meeting)
    meeting.refresh_from_db()
    assert (meeting.status, meeting.roll_size) == ("called", 3)
    secretary.open(f"/staff/meetings/{meeting.number}/notices/")
    assert third.number in secretary.text
    [notice] = portal.mails("third@example.test")
    assert "2026. 3. 20.(금) 14:00" in notice.body
    assert "2. 정관 변경" in notice.body

    # Who has not paid is told why there is no vote; who has, hands it to another voter.
    lapsed = enter("lapsed").open("/me/meetings/")
    lapsed.open(f"/me/meetings/{meeting.number}/")
    assert "회비가 납부되지 않았습니다" in lapsed.text
    assert not lapsed.forms("/proxy/")
    regular = enter("regular").open(f"/me/meetings/{meeting.number}/")
    mine = meeting.voters.get(member=people.regular_member)
    company = meeting.voters.get(member=people.company)
    typed = {
        f"proxy{mine.pk}-to": "voter",
        f"proxy{mine.pk}-delegate_number": company.number,
        f"proxy{mine.pk}-delegate_name": "아무개",
    }
    regular.press("/proxy/", 422, **typed)
    regular.press("/proxy/", **{**typed, f"proxy{mine.pk}-delegate_name": company.name})
    assert company.name in regular.text
    assert not regular.forms("/vote/")

    # The third votes in writing.
    writer = Person(portal, third.user).open(f"/me/meetings/{meeting.number}/")
    vote = meeting.voters.get(member=third)
    writer.press(
        "/vote/", **{f"written{vote.pk}-item{item.pk}": "for" for item in meeting.items.all()}
    )
    assert "서면으로 의결했습니다" in writer.text

    # On the day the company's representative comes, and brings the proxy along.
    stand_at(MEETING_DAY)
    door = enter("doorkeeper").open(f"/staff/meetings/{meeting.number}/door/?q={company.number}")
    door.press("voter", voter=company.pk)
    door.open(f"/staff/meetings/{meeting.number}/live/")
    assert "의사정족수를 충족했습니다" in door.text
    counted = quorum.attendance(meeting)
    assert (counted.in_person, counted.by_proxy, counted.in_writing) == (1, 1, 1)

    secretary.open(f"/staff/meetings/{meeting.number}/")
    secretary.press("/open/", **{"open-chair": "강학주"})
    regular.open(f"/me/meetings/{meeting.number}/")
    assert not regular.forms("/revoke/")
    first, second = meeting.items.all()
    for item, votes in ((first, (4, 0, 0)), (second, (1, 2, 0))):
        secretary.open(f"/staff/meetings/{meeting.number}/items/{item.pk}/")
        names = ("count-votes_for", "count-votes_against", "count-votes_abstain")
        if sum(votes) > 3:
            secretary.press(names[0], 422, **dict(zip(names, votes, strict=True)))
            votes = (3, 0, 0)
        secretary.press(names[0], **dict(zip(names, votes, strict=True)))
    secretary.open(f"/staff/meetings/{meeting.number}/close/")
    secretary.press("course", course="결산을 승인하고 정관 변경은 부결함.", signatories="강학주")

    # The minutes are there for who was called, and for nobody else; the door finds nobody any more.
    meeting.refresh_from_db()
    assert meeting.status == "closed"
    door.open(f"/staff/meetings/{meeting.number}/door/?q={company.number}")
    assert company.name not in door.text
    minutes = text_of(regular.download(f"/me/meetings/{meeting.number}/minutes.pdf"))
    assert "가결" in minutes
    assert "부결" in minutes
    assert Document.objects.get(kind=Document.Kind.MINUTES).serial in minutes
    enter("account").open(f"/me/meetings/{meeting.number}/minutes.pdf", 404)


def test_the_register_and_who_may_inspect_it(portal, people, enter, stand_at):
    stand_at(TODAY)
    member = enter("regular").open("/me/")
    member.open(f"/me/address/{people.regular_member.pk}/")
    member.press(
        "postcode", postcode="08592", address="서울특별시 금천구 시연로 1", address_detail="101호"
    )
    member.open("/me/register/")
    member.press("purpose", purpose="임시총회 소집 청구를 위한 사원 확인")
    request = Inspection.objects.get()

    secretary = enter("head_office").open("/staff/")
    assert request.number in secretary.text
    secretary.open(f"/staff/register/requests/{request.number}/")
    until = (TODAY + timedelta(days=3)).date().isoformat()
    secretary.press("/grant/", **{"grant-reason": "목적이 소명됨", "grant-expires_on": until})
    member.open("/me/register/")
    request.refresh_from_db()
    member.open(request.get_absolute_url())
    assert people.regular_member.number in member.text
    assert "시연로" not in member.text  # addresses were not granted
    secretary.open(f"/staff/register/requests/{request.number}/")
    assert "127.0.0.1" in secretary.text

    # The register of yesterday still says what it said, that of today the new address.
    line = RegisterEntry.objects.latest("pk")
    assert line.address.endswith("시연로 1, 101호")
    secretary.open("/staff/register/?on=2026-03-01")
    assert "시연로" not in secretary.text
    secretary.open("/staff/register/")
    assert "시연로 1, 101호" in secretary.text
    secretary.press("reason", form="sheet", reason="총회 준비")
    assert batches.run_all() == 1
    secretary.open(secretary.url)
    [link] = secretary.page.xpath("//a[contains(@href, '/file/')]/@href")
    sheet = load_workbook(io.BytesIO(secretary.download(link)), read_only=True).active
    assert any("시연로 1" in str(cell) for row in sheet.values for cell in row)
    stand_at(TODAY + timedelta(days=4))
    member.open(request.get_absolute_url(), 410)
