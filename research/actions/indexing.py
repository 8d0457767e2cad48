"""The index of the library is kept: with each change of a report in the transaction of that change,
with the text of its file by the worker."""

import logging
import time
import uuid
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists, F, OuterRef

from research.finding.bits import BLOCK, offsets_of, pack, with_place
from research.finding.cards import Card, card_in, card_of, since_of, text_tokens
from research.finding.pdf_text import NoText, text_of
from research.finding.words import tokens_of_pages
from research.models import Catalogue, Placed, Posting, Report, ReportQuerySet, TextPage

logger = logging.getLogger(__name__)
AT_ONCE = 500  # tokens of a statement
FOR_SECONDS = 40.0  # reads the worker files at a time
Token = tuple[str, str]  # field, token
Row = TypeVar("Row")


def _batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some


def _locked() -> Catalogue:
    Catalogue.objects.get_or_create(pk=1)
    return Catalogue.objects.select_for_update().get(pk=1)


def _stamp(catalogue: Catalogue) -> None:
    """Processes that hold the shelf read it anew."""
    catalogue.stamp = uuid.uuid4().hex
    catalogue.save()


@transaction.atomic
def place_report(report: Report) -> None:
    """The library finds the report as it is now, or no more."""
    report = Report.objects.get(pk=report.pk)
    is_listed = report.status == Report.Status.PUBLISHED
    placed = Placed.objects.filter(report=report).first()
    if placed is None and not is_listed:
        return
    catalogue = _locked()
    if placed is None:
        placed = Placed(report=report, place=catalogue.places)
        catalogue.places += 1
    if is_listed:
        before, card = card_in(placed).tokens(), card_of(report)
        _write(placed.place, before, card.tokens())
        _copy(card, placed)
        placed.since = since_of(report)
    placed.is_listed = is_listed
    placed.save()
    _stamp(catalogue)


def _copy(card: Card, placed: Placed) -> None:
    placed.title, placed.known, placed.told = card.title, card.known, card.told
    placed.facets = card.facets


def _write(place: int, before: set[Token], after: set[Token]) -> None:
    """Sets and clears the bits of a place."""
    block, offset = divmod(place, BLOCK)
    for part in _batches(sorted(before ^ after), AT_ONCE):
        there = _postings(block, part)
        changed, emptied = [], []
        for field, token in part:
            packed = there.get((field, token), b"")
            bits = with_place(packed, offset, is_in=(field, token) in after)
            if bits:
                changed.append(Posting(field=field, token=token, block=block, bits=bits))
            else:
                emptied.append((field, token))
        Posting.objects.bulk_create(
            changed,
            update_conflicts=True,
            unique_fields=["token", "field", "block"],
            update_fields=["bits"],
        )
        for field, rows in groupby(emptied, key=itemgetter(0)):
            gone = [token for _field, token in rows]
            Posting.objects.filter(block=block, field=field, token__in=gone).delete()


def _postings(block: int, tokens: Iterable[Token]) -> dict[Token, bytes]:
    rows = Posting.objects.filter(block=block, token__in={token for _field, token in tokens})
    return {(row.field, row.token): bytes(row.bits) for row in rows}


# The text of files --------------------------------------------------------------------------------


def read_texts() -> str:
    """What the worker does every minute: published reports that are not in the index get there, and
    files whose text is not. Where there is no index yet, after an upgrade, it is written whole, as
    nothing is listed until then. Safe twice and in parallel."""
    placed = 0 if Catalogue.objects.exclude(stamp="").exists() else rebuild_index()
    for report in Report.objects.filter(status=Report.Status.PUBLISHED, placed=None)[:AT_ONCE]:
        place_report(report)
        placed += 1
    read, end = 0, time.monotonic() + FOR_SECONDS
    for report in _unread().iterator(chunk_size=20):
        if time.monotonic() > end:
            break
        read_text(report)
        read += 1
    return f"{placed} placed, {read} read" if placed or read else ""


def _unread() -> ReportQuerySet:
    listed = Report.objects.filter(status=Report.Status.PUBLISHED, placed__isnull=False)
    return listed.exclude(placed__text_sha256=F("sha256")).order_by("pk")


def read_text(report: Report) -> None:
    """Takes the text out of the file that readers get. One that cannot be read has none, and is
    not tried again."""
    pages: list[str] = []
    try:
        with report.file.storage.open(str(report.file.name), "rb") as stored:
            pages = text_of(stored.read())
    except (NoText, OSError) as error:
        logger.warning("no text of report %s: %s", report.pk, error)
    keep_text(report, pages)


def keep_text(report: Report, pages: list[str]) -> None:
    """``pages`` are those of ``report.sha256``; of a file that was replaced meanwhile, nothing is
    kept."""
    after = text_tokens(pages)  # takes long: before others have to wait for it
    with transaction.atomic():
        _locked()
        placed = Placed.objects.filter(report=report, report__sha256=report.sha256).first()
        if placed is None:
            return
        before = text_tokens(report.text_pages.values_list("text", flat=True))
        _write(placed.place, before, after)
        report.text_pages.all().delete()
        TextPage.objects.bulk_create(
            TextPage(report=report, number=number, text=text)
            for number, text in enumerate(pages, 1)
            if text
        )
        Placed.objects.filter(pk=placed.pk).update(text_sha256=report.sha256)


# All of it ----------------------------------------------------------------------------------------


@transaction.atomic
def rebuild_index() -> int:
    """Writes the index anew, places in the order of publication; texts of files are not read again,
    but for those of reports that are not published: once these are, the worker reads them. Returns
    how many reports it holds. Readers find what they did until it is done."""
    catalogue = _locked()
    TextPage.objects.exclude(report__status=Report.Status.PUBLISHED).delete()
    before = {row.pk: row for row in Placed.objects.only("announced_at", "text_sha256")}
    Posting.objects.all().delete()
    Placed.objects.all().delete()
    listed = Report.objects.filter(status=Report.Status.PUBLISHED).prefetch_related("labels")
    rows = listed.order_by("published_at", "pk").iterator(chunk_size=1000)
    catalogue.places = 0
    for part in _batches(rows, BLOCK):
        placed = [
            _placed(report, place, before.get(report.pk))
            for place, report in enumerate(part, catalogue.places)
        ]
        Placed.objects.bulk_create(placed, batch_size=1000)
        block = catalogue.places // BLOCK
        made = (
            Posting(field=field, token=token, block=block, bits=pack(offsets))
            for (field, token), offsets in block_postings(placed).items()
        )
        for some in _batches(made, 5000):
            Posting.objects.bulk_create(some)
        catalogue.places += len(placed)
    _stamp(catalogue)
    return catalogue.places


def _placed(report: Report, place: int, before: Placed | None) -> Placed:
    placed = Placed(report=report, place=place, is_listed=True, since=since_of(report))
    _copy(card_of(report), placed)
    if before:
        placed.announced_at, placed.text_sha256 = before.announced_at, before.text_sha256
    return placed


def block_postings(placed: list[Placed]) -> dict[Token, array]:
    """The offsets of every token of the reports of one block, as they should be."""
    found: dict[Token, array] = defaultdict(lambda: array("H"))
    offset_of = {row.pk: row.place % BLOCK for row in placed}
    for row in placed:
        for token in card_in(row).tokens():
            found[token].append(offset_of[row.pk])
    texts: dict[str, array] = defaultdict(lambda: array("H"))
    for report, pages in _texts(list(offset_of)):
        offset = offset_of[report]
        for gram in tokens_of_pages(pages):
            texts[gram].append(offset)
    return found | {(Posting.Field.TEXT.value, gram): rows for gram, rows in texts.items()}


def _texts(reports: list[int]) -> Iterator[tuple[int, list[str]]]:
    rows = TextPage.objects.order_by("report", "number").values_list("report", "text")
    for some in _batches(reports, AT_ONCE):
        for report, pages in groupby(rows.filter(report__in=some), key=itemgetter(0)):
            yield report, [text for _report, text in pages]


def index_faults() -> list[str]:
    """What in the index is not as the reports say, in words; nothing where all is well."""
    faults = []
    listed = Report.objects.filter(status=Report.Status.PUBLISHED)
    rows = Placed.objects.select_related("report").prefetch_related("report__labels")
    for _block, part in groupby(
        rows.order_by("place").iterator(1000), lambda row: row.place // BLOCK
    ):
        placed = list(part)
        faults += [fault for row in placed for fault in _faults_of(row)]
        faults += _faults_of_block(placed)
    there = Exists(Placed.objects.filter(report=OuterRef("pk")))
    lost = listed.exclude(there).count()
    return faults + ([f"{lost} published reports are not in the index"] if lost else [])


def _faults_of(row: Placed) -> Iterator[str]:
    is_published = row.report.status == Report.Status.PUBLISHED
    if row.is_listed != is_published:
        yield f"report {row.pk} is {row.report.status}, the index says otherwise"
    elif row.is_listed and (card_in(row), row.since) != (card_of(row.report), since_of(row.report)):
        yield f"report {row.pk} is indexed as it was before"


def _faults_of_block(placed: list[Placed]) -> list[str]:
    block = placed[0].place // BLOCK
    should = {key: set(offsets) for key, offsets in block_postings(placed).items()}
    for row in Posting.objects.filter(block=block).iterator(1000):
        if should.get((row.field, row.token)) == offsets_of(bytes(row.bits)):
            del should[row.field, row.token]
        else:
            should.setdefault((row.field, row.token), set())
    return [f"postings of {field}:{token!r} in block {block} are wrong" for field, token in should]
