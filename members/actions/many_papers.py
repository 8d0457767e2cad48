"""Papers by the hundred: this year's cards or certificates for all members of a filter, in one
file. Run again, it issues nothing twice: each paper has its key."""

import io
from collections.abc import Iterator, Sequence
from typing import Any

import pikepdf
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from kosna.accounts.models import User
from kosna.audit import actions as audit
from kosna.core import batches, clock
from kosna.core.batches import Work
from kosna.core.errors import Refused
from kosna.core.models import Batch
from kosna.documents import actions as documents
from kosna.documents.models import Document
from kosna.mail import post
from members import papers
from members.actions.papers import issue_paper
from members.models import Member
from members.papers import Kind

MANY_PAPERS = "members.papers"
MOST = 2_000  # members at once: a file that can still be opened and printed
ROUND = 50


@transaction.atomic
def issue_many(
    members: Any, kind: str, *, language: str, purpose: str, mails: bool, by: User
) -> Batch:
    """Starts the work over the members given (a queryset that ``by`` may see). ``language`` is
    empty for each member's own. Raises Refused when there are none, or too many."""
    chosen = list(
        members.active().order_by("branch", "pk").values_list("pk", flat=True)[: MOST + 1]
    )
    if not chosen:
        raise Refused(_("The filter names no member whose membership runs."))
    if len(chosen) > MOST:
        raise Refused(_("At most %(most)s members at once. Narrow the filter.") % {"most": MOST})
    batch = batches.start(
        MANY_PAPERS,
        by=by,
        title=f"{Kind(kind).label} · {clock.today():%Y-%m-%d}",
        total=len(chosen),
        paper=kind,
        language=language,
        purpose=purpose,
        mails=mails,
        members=chosen,
        year=clock.today().year,
    )
    audit.record("documents.issue_many", batch, by=by, kind=kind, members=len(chosen), mails=mails)
    return batch


def run_many_papers(work: Work) -> None:
    """Issues, draws and collects, member by member; says how many are new and who got none."""
    issued = already = without = done = 0
    by, pages = work.batch.by, pikepdf.new()
    for member in _members(work.params["members"]):
        found = list(_papers(member, work, by))
        without += not found
        for document, is_new in found:
            issued, already = issued + is_new, already + (not is_new)
            with pikepdf.open(io.BytesIO(documents.pdf_of(document))) as pdf:
                pages.pages.extend(pdf.pages)
            if work.params["mails"]:
                _mail(document, member)
        done += 1
        work.progress(done)
    if pages.pages:
        file = io.BytesIO()
        pages.save(file)
        work.deliver(f"{work.params['paper']}-{work.params['year']}.pdf", file.getvalue())
    work.progress(done, total=done)
    work.tell(
        **{
            _("Newly issued"): issued,
            _("Issued before"): already,
            _("Members without this document"): without,
        }
    )


def _members(chosen: Sequence[int]) -> Iterator[Member]:
    for start in range(0, len(chosen), ROUND):
        rows = Member.objects.filter(pk__in=chosen[start : start + ROUND])
        yield from papers.with_grounds(rows).order_by("branch", "pk")


def _papers(member: Member, work: Work, by: User) -> Iterator[tuple[Document, bool]]:
    """A card for each person, a certificate for who speaks for the membership."""
    kind, year = work.params["paper"], work.params["year"]
    known = set(Document.objects.valid().of_membership(member.pk).values_list("pk", flat=True))
    periods = [dues.period.pk for dues in papers.paid_dues(member) if year in _years(dues.period)]
    for holder in _holders(member, kind):
        if kind not in papers.offered(member, holder) or (kind == Kind.DUES and not periods):
            continue
        document = issue_paper(
            member,
            kind,
            holder=holder,
            language=work.params["language"] or holder.language,
            purpose=work.params["purpose"],
            periods=periods,
            occasion=f"batch:{year}",
            by=by,
        )
        yield document, document.pk not in known


def _years(period: Any) -> range:
    last = period.ends_on.year if period.ends_on else period.starts_on.year
    return range(period.starts_on.year, last + 1)


def _holders(member: Member, kind: str) -> list[User]:
    if kind == Kind.MEMBERSHIP_CARD and member.organisation_id:
        return [seat.user for seat in member.seat_rows.all() if seat.valid_to is None]
    holder = papers.holder_of(member)
    return [holder] if holder else []


def _mail(document: Document, member: Member) -> None:
    holder = document.subject
    if holder is None:
        return
    post.send(
        "document_issued",
        [holder.email],
        language=holder.language,
        key=f"document:{document.pk}",
        context={
            "name": member.name_of(holder),
            "kind": document.kind,
            "serial": document.serial_in(holder.language),
            "url": settings.SITE_URL + reverse("documents:pdf", args=[document.code]),
        },
        user=holder,
        branch=member.branch,
    )
