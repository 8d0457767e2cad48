"""Programmes: drawn up and published with their events; that of the big conference has changed
since, and its draft would change again."""

import io
from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from events.actions import (
    accept_proposal,
    decline_proposal,
    propose,
    publish_programme,
    review,
    save_speaker,
    sign_up,
)
from events.models import Call, DraftSession, Event, Proposal, Room, Speaker, Track
from kosna.core import clock
from kosna.core.uploads import check_document
from kosna.demo.people import account
from kosna.demo.story import Story

BIG, WORKSHOPS = "g-valley-social-data", "ai-opinion-analysis"
EXPO = "socialtech-expo"
# Ground, clothes, skin and hair of drawn speakers.
LOOKS = (
    ("#dfe8fb", "#2153d6", "#f1c9a5", "#2b2320"), ("#fdeee6", "#b0380a", "#e8b88f", "#1d1a18"),
    ("#e4f4ec", "#0b6b45", "#f3d1b0", "#3a2c24"), ("#f0eafb", "#6a3bb5", "#eec39c", "#241d1b"),
)  # fmt: skip


def draw_up(event: Event, facts: dict[str, Any]) -> None:
    """The programme of an event, as its first version."""
    speakers = [
        Speaker.objects.create(
            event=event, name_ko=name_ko, name_en=name_en, role_ko=role_ko, role_en=role_en,
            email=f"speaker{number}.{event.slug}@example.test",
        )
        for number, (name_ko, name_en, role_ko, role_en) in enumerate(facts.get("speakers", ()), 1)
    ]  # fmt: skip
    sessions = facts.get("sessions", ())
    for session in sessions:
        _draft(event, speakers, *session)
    if sessions:
        publish_programme(event, by=account("hq"))


def _draft(
    event: Event,
    speakers: list[Speaker],
    day: int,
    start: str,
    end: str,
    title_ko: str,
    title_en: str,
    who: list[int],
    room_ko: str,
    room_en: str,
    track_ko: str = "",
    track_en: str = "",
) -> None:
    is_break = room_ko == "break"
    date = event.starts_at.astimezone(clock.KST) + timedelta(days=day)
    draft = DraftSession.objects.create(
        event=event,
        starts_at=on(date, start),
        ends_at=on(date, end),
        title_ko=title_ko,
        title_en=title_en,
        room=None if is_break else _row(event.rooms, room_ko, room_en),
        track=_row(event.tracks, track_ko, track_en),
        is_break=is_break,
    )
    draft.speakers.set([speakers[index] for index in who])


def _row(rows: Any, name_ko: str, name_en: str) -> Any:
    """A room or a track by its name; the next colour is a new track's."""
    if not name_ko:
        return None
    number = rows.count()
    facts = {"name_en": name_en, "sort": number}
    if rows.model is Track:
        facts["colour"] = Track.Colour.values[number % len(Track.Colour.values)]
    elif rows.model is Room:
        facts["capacity"] = 200 if number == 0 else 60
    row, _made = rows.get_or_create(name_ko=name_ko, defaults=facts)
    return row


def on(day: datetime, hour: str) -> datetime:
    return datetime.combine(clock.kst_date(day), time.fromisoformat(hour), clock.KST)


# --- what happened since ---


def tell(story: Story) -> None:
    story.at(story.ago(11, 14), _photos)
    story.at(story.ago(5, 11), _second_version)
    story.at(story.ago(1, 17), _next_draft)
    story.at(story.ago(27, 15), _workshops)
    story.at(story.ago(2, 20), _sign_ups)
    _closed_call(story)
    _open_call(story)


def _photos() -> None:
    speakers = Speaker.objects.filter(event__slug=BIG).order_by("pk")
    for speaker, look in zip(speakers, LOOKS, strict=False):
        upload = SimpleUploadedFile("photo.png", _drawn(*look))
        save_speaker(speaker, photo=check_document(upload, kinds=("png",)), by=account("hq"))


def _drawn(ground: str, clothes: str, skin: str, hair: str) -> bytes:
    """Nobody's face."""
    picture = Image.new("RGB", (600, 760), ground)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((180, 150, 420, 430), fill=hair)
    pen.ellipse((205, 205, 395, 440), fill=skin)
    pen.rectangle((262, 400, 338, 500), fill=skin)
    pen.ellipse((90, 470, 510, 960), fill=clothes)
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return content.getvalue()


def _second_version() -> None:
    event = Event.objects.select_related("branch").get(slug=BIG)
    hub = event.drafts.get(title_ko="지자체 소셜허브 운영 사례")
    hub.room = event.rooms.get(name_ko="대강당")
    hub.save(update_fields=["room"])
    pipeline = event.drafts.get(title_ko="작은 팀의 여론 분석 파이프라인")
    pipeline.title_ko, pipeline.title_en = (
        "작은 팀의 여론 분석, 처음부터 끝까지", "Opinion analysis in small teams, end to end",
    )  # fmt: skip
    pipeline.save(update_fields=["title_ko", "title_en"])
    publish_programme(
        event,
        note_ko="신청하신 분이 많아 사례 발표를 큰 방으로 옮깁니다.",
        note_en="Many want to hear the case, so it moves to the larger room.",
        by=account("hq"),
    )


def _workshops() -> None:
    """Two at the same time, for as many as there are desks."""
    event = Event.objects.select_related("branch").get(slug=WORKSHOPS)
    lab = event.drafts.get(title_ko="실습 워크숍")
    lab.capacity = 12
    lab.save(update_fields=["capacity"])
    DraftSession.objects.create(
        event=event, room=event.rooms.get(name_ko="대회의실"), capacity=4,
        title_ko="표본 점검 소모임", title_en="Checking samples together",
        starts_at=lab.starts_at, ends_at=lab.starts_at + timedelta(hours=1),
    )  # fmt: skip
    publish_programme(
        event,
        note_ko="오후에 소모임을 하나 더 엽니다. 두 자리 모두 미리 신청해 주십시오.",
        note_en="There is a second group in the afternoon. Please sign up for either.",
        by=account("hq"),
    )


def _sign_ups() -> None:
    event = Event.objects.get(slug=WORKSHOPS)
    circle, lab = event.sessions.exclude(capacity=None).order_by("capacity")
    for number, place in enumerate(event.registrations.confirmed().order_by("pk")[:8]):
        sign_up(lab if number % 2 else circle, place, by=place.user)


def _call(slug: str, opens_at: datetime, closes_at: datetime, text_ko: str, text_en: str) -> None:
    call = Call.objects.create(
        event=Event.objects.get(slug=slug), opens_at=opens_at, closes_at=closes_at,
        text_ko=text_ko, text_en=text_en,
    )  # fmt: skip
    call.reviewers.set([account("reviewer"), account("editor")])


def _propose(slug: str, key: str, title_ko: str, title_en: str, abstract_ko: str) -> None:
    propose(
        Call.objects.select_related("event__branch").get(event__slug=slug),
        title_ko=title_ko, title_en=title_en, abstract_ko=abstract_ko, by=account(key),
    )  # fmt: skip


def _review(slug: str, *opinions: tuple[str, str, int, str]) -> None:
    for title_ko, key, score, comment in opinions:
        proposal = Proposal.objects.get(call__event__slug=slug, title_ko=title_ko)
        review(proposal, score=score, comment=comment, by=account(key))


def _closed_call(story: Story) -> None:
    """Of the big conference: one was accepted and waits for its time, one was declined."""
    taken, left = "골목 상권의 말을 듣는 법", "우리 회사 제품 소개"
    opens_at, closes_at = story.ago(11, 15), story.ago(4, 18)
    story.at(opens_at, lambda: _call(
        BIG, opens_at, closes_at,
        "현장에서 소셜 데이터를 써 본 이야기를 40분 안에 들려 주십시오.",
        "Tell us in forty minutes how you have used social data in practice.",
    ))  # fmt: skip
    story.at(story.ago(8, 21), lambda: _propose(
        BIG, "maria", taken, "Listening to a street of shops",
        "상점 마흔 곳의 후기와 게시글을 석 달 동안 모아 무엇이 손님을 부르는지 살폈습니다.",
    ))  # fmt: skip
    story.at(story.ago(7, 10), lambda: _propose(
        BIG, "regular", left, "Our product", "새로 나온 분석 도구를 소개합니다.",
    ))  # fmt: skip
    story.at(story.ago(3, 14), lambda: _review(
        BIG, (taken, "reviewer", 5, "자료가 충실하고 지역에서 바로 쓸 수 있습니다."),
        (taken, "editor", 4, ""), (left, "reviewer", 2, "제품 홍보에 가깝습니다."),
    ))  # fmt: skip
    story.at(story.ago(2, 11), lambda: _decide(taken, left))


def _decide(taken: str, left: str) -> None:
    proposals = Proposal.objects.filter(call__event__slug=BIG)
    accept_proposal(
        proposals.get(title_ko=taken), answer="오후 트랙에 모시겠습니다.", by=account("hq")
    )
    decline_proposal(
        proposals.get(title_ko=left), answer="전시회의 부스를 권해 드립니다.", by=account("hq")
    )


def _open_call(story: Story) -> None:
    """Of the exhibition: still open, and under review."""
    first, second = "소상공인을 위한 라이브 커머스", "공공데이터로 만드는 지역 지도"
    opens_at, closes_at = story.ago(10, 9), story.ahead(20, 18)
    story.at(opens_at, lambda: _call(
        EXPO, opens_at, closes_at,
        "전시장 무대에서 20분에서 40분 동안 시연하거나 발표하실 분을 찾습니다.",
        "We look for talks and demonstrations of twenty to forty minutes on the stage.",
    ))  # fmt: skip
    story.at(story.ago(6, 20), lambda: _propose(
        EXPO, "regular", first, "Live commerce for small shops",
        "휴대전화 한 대로 방송을 시작하는 순서를 무대에서 그대로 보여 드립니다.",
    ))  # fmt: skip
    story.at(story.ago(5, 13), lambda: _propose(
        EXPO, "contact", second, "Maps from public data",
        "공개된 자료만으로 동네의 변화를 그려 온 과정을 나눕니다.",
    ))  # fmt: skip
    story.at(story.ago(1, 16), lambda: _review(EXPO, (first, "editor", 4, "시연이 분명합니다.")))


def _next_draft() -> None:
    """Not published yet: the panel begins later, after a session that readers do not know of."""
    event = Event.objects.get(slug=BIG)
    panel = event.drafts.get(title_ko="종합 토론")
    panel.starts_at += timedelta(minutes=30)
    panel.save(update_fields=["starts_at"])
    DraftSession.objects.create(
        event=event, room=panel.room,
        title_ko="올해의 지역 사례 시상", title_en="Award for the case of the year",
        starts_at=panel.starts_at - timedelta(minutes=30), ends_at=panel.starts_at,
    )  # fmt: skip
