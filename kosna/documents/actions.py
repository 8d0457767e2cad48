"""Issuing papers, drawing them once, and declaring them void."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.branches.models import Branch
from kosna.core import clock
from kosna.core.errors import Refused
from kosna.core.numbering import next_number
from kosna.core.qr import qr_svg
from kosna.documents.models import Document, DocumentQuerySet
from kosna.documents.rendering import render_pdf

ERASED = "—"


def issue(
    kind: str,
    *,
    key: str,
    subject: User | None,
    facts: Mapping[str, Any],
    language: str = "ko",
    branch: Branch | None = None,
    valid_until: date | None = None,
    about: str = "",
) -> Document:
    """The paper for a key: the one that is valid, or a new one with the next number of its year.

    Call it inside the transaction that decides; the number is gapless because it rolls back too.
    ``facts`` are frozen: later changes of a name do not reach a paper that was issued.
    """
    existing = Document.objects.valid().filter(key=key)
    if document := existing.first():
        return document
    year = clock.today().year
    try:
        with transaction.atomic():  # whoever comes second gives the number back
            return Document.objects.create(
                kind=kind,
                year=year,
                number=next_number(f"document.{kind}", year),
                key=key,
                about=about,
                name=(facts.get("name") or facts.get("organisation") or "")[:120],
                subject=subject,
                branch=branch,
                language=language,
                facts=dict(facts),
                valid_until=valid_until,
            )
    except IntegrityError:
        return existing.get()


def verify_url(document: Document) -> str:
    return settings.SITE_URL + reverse("documents:verified", args=[document.code])


def association_facts(language: str) -> dict[str, str]:
    facts = settings.ASSOCIATION
    return {
        **facts,
        "name": facts[f"name_{language}"],
        "president": facts[f"president_{language}"],
        "address": facts[f"address_{language}"],
    }


_drawers: dict[str, Callable[[Document], bytes]] = {}


def drawn_by(kind: str, draw: Callable[[Document], bytes]) -> None:
    """Says once, in ``AppConfig.ready()``, who draws the papers of a kind that are more than a
    template and its facts."""
    _drawers[kind] = draw


def pdf_of(document: Document) -> bytes:
    """The bytes of a paper. Drawn at the first request and kept, so that a copy never differs;
    a void paper is drawn anew with its mark. Raises Refused for one that was destroyed."""
    if document.is_destroyed:
        raise Refused(_("This paper was destroyed when its retention period had run out."))
    if document.file and document.status == Document.Status.VALID:
        with document.file.open("rb") as stored:
            return stored.read()
    draw = _drawers.get(document.kind, _drawn)
    return keep(document, draw(document))


def _drawn(document: Document) -> bytes:
    context = paper_context(document)
    return render_pdf(f"documents/{document.kind}.html", context, language=document.language)


def paper_context(document: Document) -> dict[str, Any]:
    """What every paper's template gets: its frozen facts, and how it is checked."""
    url = verify_url(document)
    return {
        "facts": {
            **document.facts,
            "number": document.serial_in(document.language),
            "issued_on": clock.kst_date(document.issued_at).isoformat(),
            "code": document.code,
            "reissued": document.reissues,
            "reissued_on": document.reissued_at
            and clock.kst_date(document.reissued_at).isoformat(),
            "void": document.status == Document.Status.VOID,
        },
        "association": association_facts(document.language),
        "verify_url": url,
        "qr": qr_svg(url),
        "is_demo": settings.IS_DEMO,
    }


def keep(document: Document, content: bytes) -> bytes:
    """Keeps what was drawn of a valid paper, unless somebody was faster."""
    if document.status == Document.Status.VALID:
        name = document.file.storage.save(
            f"documents/{document.year}/{document.code}.pdf", ContentFile(content)
        )
        asked = Document.objects.filter(pk=document.pk, file="", reissues=document.reissues)
        asked.update(file=name, sha256=hashlib.sha256(content).hexdigest())
    return content


@transaction.atomic
def void(document: Document, *, reason: str) -> None:
    """Declares a paper void; its verification page says so from the next request."""
    if document.status == Document.Status.VOID:
        return
    document.move_to(Document.Status.VOID, voided_at=clock.now(), void_reason=reason[:200])


@transaction.atomic
def erase(papers: DocumentQuerySet, *, facts: Collection[str]) -> None:
    """Takes the name, what these facts say and the drawn copy out of papers that nobody has to keep
    any more. Number, sums and what became of each stay: its verification page still answers."""
    for paper in papers.select_for_update(of=("self",)):
        said = {name: ERASED for name in facts if paper.facts.get(name)}
        if paper.file:
            transaction.on_commit(partial(paper.file.storage.delete, paper.file.name))
        Document.objects.filter(pk=paper.pk).update(
            name="", facts=paper.facts | said, file="", sha256=""
        )


@transaction.atomic
def reissue(document: Document) -> Document:
    """재발급: the number stays, and the paper says from now on how often it was issued again, and
    when. Raises Refused for a void one."""
    row = Document.objects.select_for_update(of=("self",)).get(pk=document.pk)
    if row.status == Document.Status.VOID:
        raise Refused(_("A void document is not issued again."))
    row.reissues, row.reissued_at = row.reissues + 1, clock.now()
    row.file, row.sha256 = "", ""  # drawn anew; the copy that was handed out stays in the store
    row.save(update_fields=["reissues", "reissued_at", "file", "sha256"])
    return row
