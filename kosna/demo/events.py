"""The events: two of 2011 as an archive, the others always the same number of days from the day on
which the demonstration is loaded. One is today, one is in the members' priority window."""

import json
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from events.actions import (
    QuotaTerms,
    change_quotas,
    draw_plan,
    make_series,
    publish,
    publish_programme,
    set_online,
)
from events.forms.booths import PlanForm
from events.models import BoothPrice, BoothType, Event, Ticket, TicketPrice
from events.series import Rhythm, Rule
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.demo import programme
from kosna.demo.association import CORPORATE_TIERS, REGULAR_TIERS
from kosna.demo.people import account
from kosna.demo.story import Story
from members.models import Clock, Meeting, Opening, Tier

EVENTS: list[dict[str, Any]] = json.loads(
    Path(__file__).with_name("events.json").read_text("utf-8")
)
# Who pays a price: a word of the data, as the tiers that it means.
BUYERS = {
    "regular": REGULAR_TIERS,
    "companies": CORPORATE_TIERS,
    "micro": ("micro",),
    "partner": ("special", "honorary", "associate", "student"),
}
TEXTS = ("title", "summary", "description", "venue", "address", "date_note")


def tell(story: Story) -> None:
    for facts in EVENTS:
        days = facts.get("published", 40)
        story.at(story.ago(days, 9), lambda facts=facts: create(story, facts))


def create(story: Story, facts: dict[str, Any]) -> None:
    """Written and published by the head office; what has no day of publication stays a draft."""
    starts_at, ends_at = span(story, facts)
    year = starts_at.astimezone(clock.KST).year
    closes = facts.get("registration_ends")
    event = Event.objects.create(
        slug=facts["slug"],
        kind=facts["kind"],
        branch=Branch.objects.get(code=facts["branch"]),
        starts_at=starts_at,
        ends_at=ends_at,
        # Today's class takes people until its end.
        registration_ends_at=ends_at
        if facts.get("day") == 0
        else closes and clock.end_of(clock.kst_date(starts_at) - timedelta(days=closes)),
        gives_certificate=facts.get("gives_certificate", "archive" not in facts),
        attendance_percent=facts.get("attendance", 80 if facts["kind"] == "course" else 0),
        clock=_clock(story, facts, facts["title_ko"].replace(" {year}", "")),
        meeting=_meeting(facts, year),
        **{
            f"{field}_{language}": facts.get(f"{field}_{language}", "").replace("{year}", str(year))
            for field in TEXTS
            for language in ("ko", "en")
        },
    )
    programme.draw_up(event, facts)
    _tickets(story, event, facts)
    _quotas(event, facts)
    _booths(event, facts)
    if "series" in facts:
        _series(event, facts)
    if "mode" in facts:
        set_online(
            event,
            mode=facts["mode"],
            url=facts["link"],
            note_ko="시작 10분 전부터 입장할 수 있습니다.",
            note_en="The room opens ten minutes before.",
            by=account("hq"),
        )
    if "published" in facts or "archive" in facts:
        publish(event=event, by=account("hq"))


def _meeting(facts: dict[str, Any], year: int) -> Meeting | None:
    title = facts.get("meeting", "").replace("{year}", str(year))
    return Meeting.objects.get(title_ko=title) if title else None


def span(story: Story, facts: dict[str, Any]) -> tuple[datetime, datetime]:
    if "archive" in facts:
        day = datetime.fromisoformat(facts["archive"]).replace(tzinfo=clock.KST)
        return day.replace(hour=10), day.replace(hour=17)
    if facts["day"] == 0:  # by day, and with hours to go, so that the door is busy
        ends = max(story.ahead(0, 18), story.now + timedelta(hours=3))
        return story.ahead(0, 10), min(ends, story.ahead(0, 23, 59))
    first = story.ahead(facts["day"], 0)
    last = first + timedelta(days=facts.get("days", 1) - 1, weeks=facts.get("weeks", 1) - 1)
    return programme.on(first, facts["start"]), programme.on(last, facts["end"])


def _clock(story: Story, facts: dict[str, Any], name: str) -> Clock | None:
    """Of an event, or of a ticket with one of its own."""
    if "clock" not in facts:
        return None
    row = Clock.objects.create(name=name)
    members, everyone = (story.ahead(facts["clock"][who], 9) for who in ("members", "everyone"))
    Opening.objects.create(clock=row, opens_at=everyone)
    for tier in Tier.objects.filter(code__in=REGULAR_TIERS):
        Opening.objects.create(clock=row, tier=tier, opens_at=members)
    return row


def _tickets(story: Story, event: Event, facts: dict[str, Any]) -> None:
    for sort, row in enumerate(facts.get("tickets", ())):
        prices = row["prices"]
        texts = {name: row[name] for name in row if name not in ("prices", "only_on", "clock")}
        only = row.get("only_on")  # the first day, the second
        day = event.first_day + timedelta(days=only - 1) if only else None
        ticket = Ticket.objects.create(
            event=event, sort=sort, day=day, clock=_clock(story, row, row["name_ko"]), **texts
        )
        for who, amount, *until in prices:
            ends = clock.end_of(clock.kst_date(story.ahead(until[0], 0))) if until else None
            tiers = list(Tier.objects.filter(code__in=BUYERS.get(who, ())))
            TicketPrice.objects.bulk_create(
                TicketPrice(ticket=ticket, tier=tier, amount=amount, until=ends)
                for tier in tiers or [None]
            )


def _quotas(event: Event, facts: dict[str, Any]) -> None:
    """Seats of a day, for its own ticket and for those of all days."""
    if "quotas" in facts:
        keys = list(event.tickets.order_by("sort").values_list("pk", flat=True))
        terms = [
            QuotaTerms(None, name_ko, name_en, capacity, frozenset(keys[n] for n in tickets))
            for name_ko, name_en, capacity, tickets in facts["quotas"]
        ]
        change_quotas(event, terms, by=account("hq"))


def _booths(event: Event, facts: dict[str, Any]) -> None:
    for sort, row in enumerate(facts.get("booths", ())):
        texts = {name: row[name] for name in row if name != "prices"}
        kind = BoothType.objects.create(event=event, sort=sort, **texts)
        for who, amount in row["prices"]:
            tiers = list(Tier.objects.filter(code__in=BUYERS.get(who, ())))
            BoothPrice.objects.bulk_create(
                BoothPrice(booth_type=kind, tier=tier, amount=amount) for tier in tiers or [None]
            )
    if "plan" in facts:
        form = PlanForm({"plan": "\n".join(facts["plan"])}, event=event)
        form.full_clean()
        draw_plan(event, form.cleaned_data["plan"], by=account("hq"))


def _series(event: Event, facts: dict[str, Any]) -> None:
    """A recurring class, published with its event, which is as long as that is."""
    first, row, by = clock.kst_date(event.starts_at), facts["series"], account(facts["branch"])
    rule = Rule(
        frozenset(row["weekdays"]),
        first,
        first + timedelta(days=row["days"]),
        time.fromisoformat(facts["start"]),
        time.fromisoformat(facts["end"]),
        Rhythm(row.get("rhythm", Rhythm.WEEK)),
    )
    make_series(event, rule, title_ko=row["title_ko"], title_en=row["title_en"], by=by)
    publish_programme(event, by=by)
    if row.get("joins_late"):  # one may begin at any session
        last = event.sessions.latest("starts_at")
        Event.objects.filter(pk=event.pk).update(registration_ends_at=last.starts_at)
