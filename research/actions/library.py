"""What a report carries: authors, labels, further editions, errata, sample pages."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.uploads import Checked, random_name
from research import samples
from research.actions.reviewing import note_step, take_back_approval
from research.models import Author, Edition, Erratum, Label, Report, SamplePage, Step


def keep_authors(report: Report) -> None:
    """The names on the cover as rows, in their order; a name that is new becomes an author."""
    english = [name.strip() for name in report.authors_en.split(",")]
    names = [name.strip() for name in report.authors_ko.split(",") if name.strip()]
    report.authorships.all().delete()
    for place, name in enumerate(dict.fromkeys(names)):
        in_english = english[place] if len(english) == len(names) else ""
        author, _created = Author.objects.get_or_create(
            name_ko=name[:120], defaults={"name_en": in_english[:120]}
        )
        report.authorships.create(author=author, place=place)


@transaction.atomic
def keep_author(author: Author, *, by: User) -> None:
    """What pages say of an author, and how the name is written; names on covers stay as they are.
    Kept pages of the author's reports show it from the next request on."""
    author.save()
    reports = Report.objects.filter(authorships__author=author)
    Report.objects.filter(pk__in=reports.values("pk")).update(version=F("version") + 1)
    audit.record("research.change_author", author, by=by)


def keep_labels(report: Report, labels: Mapping[str, Sequence[str]]) -> None:
    report.labels.all().delete()
    Label.objects.bulk_create(
        Label(report=report, kind=kind, value=value)
        for kind, values in labels.items()
        for value in values
    )


def prepare_edition(
    report: Report, *, label: str, upload: Checked, note_ko: str = "", note_en: str = "", by: User
) -> Edition:
    """A new file for a report that has come out, until a second person releases it. Raises Refused
    where one waits already, or the label was used."""
    if not report.has_come_out(clock.now()):
        raise Refused(_("This report has not come out yet: change its file itself."))
    name = default_storage.save(f"reports/{random_name('pdf')}", upload.file())
    with transaction.atomic():
        report = Report.objects.select_for_update().get(pk=report.pk)
        if report.editions.filter(followed_at=None).exists():
            raise Refused(_("Another edition waits already. Release it, or drop it, first."))
        if label == report.edition or report.editions.filter(label=label).exists():
            raise Refused(_("There is such an edition already."), field="label")
        edition = Edition.objects.create(
            report=report, label=label, note_ko=note_ko, note_en=note_en, file=name,
            sha256=upload.sha256, pages=upload.pages, prepared_by=by,
        )  # fmt: skip
        note_step(report, Step.Kind.PREPARED, by, label)
        audit.record(
            "research.prepare_edition", report, by=by, edition=label, sha256=edition.sha256
        )
    return edition


@transaction.atomic
def drop_edition(edition: Edition, *, by: User) -> None:
    """Gives up an edition that waits. Its file stays where it is, for the record names its hash."""
    dropped, _rows = Edition.objects.filter(pk=edition.pk, published_at=None).delete()
    if not dropped:
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    audit.record("research.drop_edition", edition.report, by=by, edition=edition.label)


@transaction.atomic
def release_edition(edition: Edition, *, by: User) -> None:
    """Readers get the prepared file from now on; the one before is kept and can still be had, with
    what was new in the one that followed. Raises Refused to who prepared it."""
    report = Report.objects.select_for_update().get(pk=edition.report_id)
    edition = Edition.objects.select_for_update().get(pk=edition.pk)
    if edition.followed_at:
        raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
    if edition.prepared_by_id == by.pk:
        raise Refused(_("You have prepared this edition yourself: another person releases it."))
    new: dict[str, Any] = {
        "edition": edition.label,
        "file": edition.file.name,
        "sha256": edition.sha256,
        "pages": edition.pages,
    }
    now, former = clock.now(), edition.report.editions.exclude(followed_at=None).first()
    edition.delete()
    Edition.objects.create(
        report=report, label=report.edition, file=report.file.name, sha256=report.sha256,
        pages=report.pages, published_at=former.followed_at if former else report.published_at,
        followed_at=now, note_ko=edition.note_ko, note_en=edition.note_en,
    )  # fmt: skip
    Report.objects.filter(pk=report.pk).update(version=F("version") + 1, **new)
    note_step(report, Step.Kind.RELEASED, by, new["edition"])
    audit.record("research.release_edition", report, by=by, edition=new["edition"])


@transaction.atomic
def add_erratum(report: Report, *, place: str, text_ko: str, text_en: str, by: User) -> Erratum:
    """A correction of the edition that readers get now; public at once, with its day."""
    erratum = Erratum.objects.create(
        report=report, edition=report.edition, place=place, text_ko=text_ko, text_en=text_en, by=by
    )
    _touch(report)
    note_step(report, Step.Kind.CORRECTED, by, place)
    audit.record("research.add_erratum", report, by=by, place=place)
    return erratum


def choose_samples(report: Report, *, pages: str, by: User) -> None:
    """Draws the pages that everybody may see ("1-3, 7"; empty: none). Raises Refused where it names
    no pages of the report, one cannot be drawn, or the file was replaced meanwhile. Before it is
    out this is writing like any other: what was approved ahead of its time waits for a second
    person again."""
    numbers = samples.page_numbers(pages, report.pages)
    if numbers and not report.file:
        raise Refused(_("Upload the PDF first."))
    content = read_file(report) if numbers else b""
    drawn = [(number, *samples.draw(content, number)) for number in numbers]
    rows = [
        SamplePage(
            report=report,
            number=number,
            picture=default_storage.save(
                f"samples/{random_name('png')}", samples.picture_file(picture)
            ),
            width=width,
            height=height,
        )
        for number, picture, width, height in drawn
    ]
    with transaction.atomic():
        stored, now = Report.objects.select_for_update().get(pk=report.pk), clock.now()
        if stored.sha256 != report.sha256:
            raise Refused(_("Somebody else has just changed this. Reload the page and look again."))
        report.samples.all().delete()
        SamplePage.objects.bulk_create(rows)
        _touch(report)
        if not stored.is_out(now):
            note_step(report, Step.Kind.WROTE, by)
        if stored.is_scheduled(now):
            take_back_approval(report, by)
        audit.record("research.choose_samples", report, by=by, pages=numbers)


def read_file(kept: Report | Edition) -> bytes:
    with kept.file.storage.open(str(kept.file.name), "rb") as stored:
        return stored.read()


def _touch(report: Report) -> None:
    """Kept pages show it from the next request on."""
    Report.objects.filter(pk=report.pk).update(version=F("version") + 1)
