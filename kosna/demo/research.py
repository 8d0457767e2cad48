"""The library: twelve reports, one of which opens to some members before others, and its readers."""

from datetime import date, timedelta
from random import Random

from kosna.core import clock
from kosna.demo.association import CORPORATE_TIERS, REGULAR_TIERS
from kosna.demo.people import account
from kosna.demo.story import Story
from kosna.management.demo_reports import REPORTS, load_reports
from members.models import Tier
from research.actions import save_report, take_copy
from research.models import Report

CLOCKED = "privacy-law-social-data-2026"
READERS = (
    "regular",
    "jeju",
    "maria",
    "contact",
    "seat",
    "associate",
    "student",
    "corp",
    "lifetime",
)
HONOURED = ("special", "honorary")


def tell(story: Story) -> None:
    newest = max(date.fromisoformat(facts["published_on"]) for facts in REPORTS)
    imported = min(clock.start_of(newest) + timedelta(days=1, hours=9), story.ago(14))
    story.at(imported, import_library)
    story.at(story.ago(5), lambda: set_clock(story))
    rng = Random(7)
    for index in range(36):
        key = READERS[index % len(READERS)]
        at = story.ago(rng.randrange(1, 13), rng.randrange(8, 22), rng.randrange(60))
        turn = index // len(READERS)
        story.at(at, lambda key=key, turn=turn: read(key, turn))


def import_library() -> None:
    regular = Tier.objects.filter(code__in=(*REGULAR_TIERS, *HONOURED))
    load_reports(
        by=account("editor"),
        approver=account("hq"),
        tiers={
            "associate": list(Tier.objects.all()),
            "regular": list(regular),
            "corporate": list(Tier.objects.filter(code__in=CORPORATE_TIERS)),
        },
    )


def set_clock(story: Story) -> None:
    """Regular members read the newest report now; associates and students in ten days."""
    report = Report.objects.get(slug=CLOCKED)
    tiers = Tier.objects.all()
    opened, later = story.ago(2, 9), story.ahead(10, 9)
    openings = [(tier, opened if tier.code in REGULAR_TIERS else later) for tier in tiers]
    save_report(report, tiers=tiers, openings=openings, by=account("editor"))


def read(key: str, turn: int) -> None:
    """Takes a stamped copy of one of the reports that this reader may have."""
    user = account(key)
    reports = Report.objects.readable_by(user, clock.now()).newest()
    report = reports[turn % reports.count()]
    take_copy(report, by=user, ip="192.0.2.10")
