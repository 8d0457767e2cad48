"""Programmes: drawn up and published with their events; that of the big conference has changed
since, and its draft would change again."""

import io
from datetime import datetime, time, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw

from events.actions import publish_programme, save_speaker, sign_up
from events.models import DraftSession, Event, Room, Speaker, Track
from kosna.core import clock
from kosna.core.uploads import check_document
from kosna.demo.people import account
from kosna.demo.story import Story

BIG, WORKSHOPS = "g-valley-social-data", "ai-opinion-analysis"
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
