"""A programme in Chromium: every page of it in both languages, and a grid where it is wide."""

import io
from datetime import timedelta

import pytest
from PIL import Image

from events import actions
from events.models import Event, Registration, Session, Speaker
from kosna.core import clock
from tests import factories

DESK = "/staff/events/forum"


@pytest.fixture
def event(people) -> Event:
    """Two days, two rooms, two tracks, a published version and a draft that differs."""
    start = clock.start_of(clock.today() + timedelta(days=30)) + timedelta(hours=10)
    event = factories.make_event(
        "forum", branch=people.busan, starts_at=start, ends_at=start + timedelta(hours=32)
    )
    rooms = [event.rooms.create(name_ko=f"{n}실", name_en=f"Room {n}", sort=n) for n in (1, 2)]
    tracks = [
        event.tracks.create(name_ko=ko, name_en=en, colour=colour)
        for ko, en, colour in (("기술", "Technology", "olive"), ("정책", "Policy", "rose"))
    ]
    speaker = Speaker.objects.create(
        event=event, name_ko="여하준", name_en="Yeo", email="a@example.test"
    )
    for number in range(4):
        factories.make_draft(
            event, hours=24 * (number // 2) + 1, title_ko=f"세션 {number}",
            title_en=f"Session {number}", room=rooms[number % 2], track=tracks[number % 2],
            speakers=[speaker] if number % 2 else [], capacity=5,
        )  # fmt: skip
    actions.publish_programme(event, by=people.officer)
    moved = event.drafts.get(title_ko="세션 0")
    moved.room, moved.ends_at = rooms[0], moved.ends_at + timedelta(minutes=10)
    moved.save()
    actions.publish_programme(event, note_ko="알림", note_en="A note", by=people.officer)
    event.drafts.filter(title_ko="세션 3").update(title_ko="새 제목", title_en="New title")
    return event


@pytest.fixture
def place(people, event) -> Registration:
    place = factories.make_place(factories.make_ticket(event), people.regular)
    actions.sign_up(Session.objects.get(title_ko="세션 0"), place, by=people.regular)
    return place


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_page_of_a_programme_reads_well(enter, people, event, place, language):
    call = factories.make_call(event, reviewers=[people.associate], text_en="Please propose.")
    proposal = actions.propose(
        call, title_ko="제안", title_en="Proposal", abstract_ko="요약", by=people.account
    )
    actions.review(proposal, score=4, comment="좋음", by=people.associate)
    session, draft = event.sessions.first(), event.drafts.first()
    public, ticket = "/events/forum/programme/", f"{place.get_absolute_url()}sessions/"
    pages = {
        "": [public, f"{public}?day=all", f"{public}changes/", session.get_absolute_url(), ticket],
        "regular": [public, session.get_absolute_url()],
        "account": [
            "/events/forum/proposals/", "/events/forum/proposals/new/",
            proposal.get_absolute_url(),
        ],
        "associate": ["/events/forum/reviews/", f"/events/forum/reviews/{proposal.pk}/"],
        "officer": [
            f"{DESK}/programme/", f"{DESK}/programme/rooms/",
            f"{DESK}/programme/sessions/{draft.pk}/", f"{DESK}/speakers/",
            f"{DESK}/speakers/{event.speakers.get().pk}/", f"{DESK}/call/", f"{DESK}/proposals/",
            f"{DESK}/proposals/{proposal.pk}/", f"{DESK}/sessions/{session.pk}/people/",
        ],
    }  # fmt: skip
    typed = ("요약", "좋음", "발표를", "제안해", "주십시오", "지부", "일반", "회원", "컨퍼런스")
    typed = (*typed, "실", "기술", "정책", "여하준", "세션", "제목", "제안", "알림", "새")
    for who, addresses in pages.items():
        tab = enter(who, language=language, typed=typed)
        for address in addresses:
            tab.open(address).look()


def test_rooms_stand_beside_each_other_and_paper_is_a_list(enter, people, event):
    tab = enter()
    tab.open("/events/forum/programme/")
    cells = tab.page.locator(".cell")

    def boxes() -> list[dict]:
        return [cell.bounding_box() for cell in cells.all()]

    one, other = boxes()
    assert one["y"] == other["y"] and one["x"] + one["width"] < other["x"]
    tab.page.set_viewport_size({"width": 360, "height": 800})
    one, other = boxes()
    assert one["x"] == other["x"] and one["y"] + one["height"] < other["y"]
    tab.page.emulate_media(media="print")
    assert not tab.page.locator(".choice").first.is_visible()
    assert tab.page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_programme_is_drawn_up_proposed_for_and_signed_up_for(enter, people, event, place):
    at = "/events/forum"
    desk = enter("officer").open(f"{DESK}/speakers/new/")
    photo = io.BytesIO()
    Image.new("RGB", (300, 400), "navy").save(photo, format="PNG")
    upload = {"name": "photo.png", "mimeType": "image/png", "buffer": photo.getvalue()}
    desk.press("name_ko", name_ko="길도현", upload=upload)
    assert event.speakers.get(name_ko="길도현").photo
    start = event.starts_at.astimezone(clock.KST) + timedelta(hours=5)
    times = {"starts_at": f"{start:%Y-%m-%dT%H:%M}", "ends_at": f"{start:%Y-%m-%dT18:00}"}
    desk.open(f"{DESK}/programme/sessions/new/")
    desk.press("title_ko", title_ko="지도 그리기", capacity=3, **times).look()
    desk.press("note_ko", note_ko="공개합니다.")
    session = event.sessions.get(title_ko="지도 그리기")

    member = enter("regular").open(session.get_absolute_url())
    member.press("session", session=session.pk).look()
    member.open(f"{place.get_absolute_url()}sessions/")
    assert session.sign_ups.get().registration == place
    member.press("leave", session=session.pk)
    assert not session.sign_ups.exists()

    today = clock.today()
    terms = {"opens_at": f"{today - timedelta(days=1)}T09:00", "text_ko": "제안해 주십시오."}
    desk.open(f"{DESK}/call/").press(
        "opens_at", closes_at=f"{today + timedelta(days=9)}T18:00",
        reviewers=people.associate.email, **terms,
    )  # fmt: skip
    proposer = enter("account").open(f"{at}/proposals/new/")
    proposer.press("abstract_ko", title_ko="골목의 말", abstract_ko="석 달의 자료", minutes=30)
    proposal = event.call.proposals.get()
    reviewer = enter("associate").open(f"{at}/reviews/{proposal.pk}/")
    reviewer.press("score", score=4, comment="좋음").look()
    desk.open(f"{DESK}/proposals/{proposal.pk}/").press("answer", answer="모시겠습니다.").look()
    proposal.refresh_from_db()
    assert proposal.status == "accepted"
