"""What was read, and what was done."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from kosna.accounts.models import User
from kosna.audit.models import Entry, Look
from kosna.demo.large.filling import BATCH, Filling, store
from kosna.demo.people import account
from research.models import Download, Report

SERIAL_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
VERBS = (
    "members.review_application",
    "events.check_in",
    "research.download_report",
    "payments.settle",
    "members.renew",
    "events.register",
    "mail.send",
    "payments.place_order",
    "members.open_period",
    "privacy.view",
)


def add_downloads(filling: Filling) -> None:
    reports = list(Report.objects.filter(slug__startswith="sample-").values_list("pk", "sha256"))

    def made() -> Iterator[Download]:
        for _copy in range(filling.scale.downloads):
            report, sha256 = filling.rng.choice(reports)
            member = filling.rng.choice(filling.members)
            yield Download(
                report_id=report,
                user_id=member.user_id,
                serial=filling.token(SERIAL_ALPHABET, 16),
                at=filling.past(1_500),
                name=member.name,
                member_number=member.number,
                tier="regular",
                original_sha256=sha256,
            )

    store(made())


def add_entries(filling: Filling) -> None:
    """Deeds of the last three years, in order; every tenth is a look at somebody's data."""
    staff = [account(key) for key in ("hq", "busan", "daegu", "treasurer", "editor")]
    step = timedelta(days=3 * 365) / max(filling.scale.entries, 1)
    start = filling.now - timedelta(days=3 * 365)
    for first in range(0, filling.scale.entries, BATCH):
        last = min(first + BATCH, filling.scale.entries)
        with transaction.atomic():
            rows = Entry.objects.bulk_create(
                _entry(filling, start + step * index, VERBS[index % len(VERBS)], staff)
                for index in range(first, last)
            )
            Look.objects.bulk_create(
                Look(entry=row, user_id=row.subjects[0])
                for row in rows
                if row.verb == "privacy.view"
            )


def _entry(filling: Filling, at: datetime, verb: str, staff: list[User]) -> Entry:
    actor, member = filling.rng.choice(staff), filling.rng.choice(filling.members)
    return Entry(
        at=at,
        actor_id=actor.pk,
        actor=actor.name,
        verb=verb,
        target_type="members.member",
        target_id=str(member.pk),
        target=f"{member.name} ({member.number})",
        branch_id=member.branch_id,
        subjects=[member.user_id],
        facts={"seed": str(UUID(int=filling.rng.getrandbits(128)))},
        ip="192.0.2.20",
    )
