"""Reports are written and changed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked, random_name
from members.models import Clock, Opening, Tier
from research.actions.indexing import place_report
from research.actions.library import keep_authors, keep_labels
from research.actions.reviewing import note_step, take_back_approval
from research.checks import missing
from research.models import Occasion, Report, Step

# Who may read it, and what follows from the rest.
BESIDE = {"is_public", "clock_id", "version", "search_text", "search_initials"}


def save_report(
    report: Report,
    *,
    tiers: Iterable[Tier],
    openings: Iterable[tuple[Tier | None, datetime]] = (),
    branches: Iterable[Branch] = (),
    events: Iterable[int] = (),
    labels: Mapping[str, Sequence[str]] | None = None,
    upload: Checked | None = None,
    by: User,
) -> Report:
    """Writes a new or changed report with who may read it, from when, and its PDF. ``events`` are
    keys of those after which it is open to who came.

    ``report.version`` is the version that the editor saw. Raises Refused when somebody else has
    saved since, when a tier is given two opening times, or the edition is called as another one is;
    of what has been approved also with everything that it would begin to lack. What was approved
    ahead of its time waits for a second person again, unless only its readers changed. Replaced
    originals are kept, so that every copy that was ever taken can still be traced to what it was
    made of; sample pages end with the file that they show.
    """
    openings = list(openings)
    if len({tier.pk if tier else None for tier, _at in openings}) < len(openings):
        raise Refused(_("Give each tier one opening time only."))
    if upload:  # before the transaction: the storage may be on the other side of a network
        report.file = default_storage.save(f"reports/{random_name('pdf')}", upload.file())
        report.sha256 = upload.sha256
        report.pages = upload.pages
    report.fill_search()
    with transaction.atomic():
        is_new = report.pk is None
        if not is_new:
            stored = Report.objects.select_for_update().get(pk=report.pk)
            missed, had = missing(stored), _labels_of(stored)
            if stored.version != report.version:
                raise Refused(
                    _("Somebody else has just changed this. Reload the page and look again.")
                )
            if upload and stored.has_come_out(clock.now()):
                raise Refused(
                    _("This file has come out already. Prepare a new edition instead."), field="pdf"
                )
            if report.editions.filter(label=report.edition).exists():
                raise Refused(_("There is such an edition already."), field="edition")
            report.version += 1
        report.clock = _keep_clock(report, openings)
        report.save()
        report.tiers.set(tiers)
        report.branches.set(branches)
        _keep_occasions(report, set(events))
        keep_authors(report)
        keep_labels(report, labels or {})
        if upload and not is_new:
            report.samples.all().delete()  # pages of the file that was replaced
        place_report(report)
        note_step(report, Step.Kind.WROTE, by)
        if not is_new and stored.status == Report.Status.PUBLISHED:
            if reasons := [reason for reason in missing(report) if reason not in missed]:
                raise Refused(*reasons)
            is_written_on = _is_written_on(stored, report) or had != _labels_of(report)
            if stored.is_scheduled(clock.now()) and is_written_on:
                take_back_approval(report, by)
        audit.record(
            "research.create_report" if is_new else "research.change_report",
            report,
            by=by,
            version=report.version,
            sha256=report.sha256,
            is_public=report.is_public,
            tiers=sorted(tier.code for tier in report.tiers.all()),
            branches=sorted(branch.code for branch in report.branches.all()),
            events=sorted(report.occasions.values_list("event", flat=True)),
            price=report.price,
            openings=sorted(
                [tier.code if tier else "", opens_at.isoformat()] for tier, opens_at in openings
            ),
        )
    return report


def _is_written_on(stored: Report, report: Report) -> bool:
    """Whether more has changed than who may read it."""
    own = {field.attname for field in Report._meta.concrete_fields} - BESIDE
    return any(getattr(stored, name) != getattr(report, name) for name in own)


def _labels_of(report: Report) -> set[tuple[str, str]]:
    return set(report.labels.values_list("kind", "value"))


def _keep_occasions(report: Report, events: set[int]) -> None:
    report.occasions.exclude(event__in=events).delete()
    Occasion.objects.bulk_create(
        [Occasion(report=report, event=event) for event in sorted(events)], ignore_conflicts=True
    )


def _keep_clock(report: Report, openings: list[tuple[Tier | None, datetime]]) -> Clock | None:
    """The report's own clock with exactly these openings; none when it is open from the start."""
    if not openings:
        return None
    own = report.clock or Clock.objects.create(name=report.title_ko[:120])
    own.openings.all().delete()
    Opening.objects.bulk_create(
        Opening(clock=own, tier=tier, opens_at=opens_at) for tier, opens_at in openings
    )
    return own
