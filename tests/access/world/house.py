"""Branches, research, papers, mail, long work and the record."""

from datetime import date, timedelta
from typing import Any

from events.actions import BADGES, CERTIFICATES
from kosna.audit import actions as audit
from kosna.branches.models import Appointment, BranchNotice, Proposal, Term
from kosna.core import batches, clock
from kosna.core.models import Holiday
from kosna.documents.models import Document
from kosna.mail.models import Message
from kosna.payments.models import Order
from research.actions import choose_samples, let_in
from research.actions.library import keep_authors
from research.models import Author
from tests import factories
from tests.conftest import Cast


def house(cast: Cast, paid: Order) -> dict[str, Any]:
    receipt = Document.objects.create(
        kind=Document.Kind.RECEIPT,
        year=clock.now().year,
        number=1,
        key=f"receipt:{paid.pk}:0",
        subject=cast.regular,
        branch=cast.busan,
        language="ko",
        facts={"name": "김하늘", "total": 55_000, "lines": [], "method": "bank"},
    )
    report = factories.make_report("market-report")
    keep_authors(report)
    choose_samples(report, pages="1", by=cast.editor)
    edition = report.editions.create(
        label="2", file=report.file.name, sha256=report.sha256, pages=1, prepared_by=cast.account
    )
    permit = let_in(
        report,
        cast.account,
        until=clock.now() + timedelta(days=1),
        reason="취재",
        by=cast.editor,
    )
    message = Message.objects.create(
        template="payment_received",
        to="regular@example.test",
        branch=cast.busan,
        language="ko",
        message_id="<matrix@kosna>",
    )
    batch = batches.start(BADGES, title="x", by=cast.officer)
    work = batches.start(CERTIFICATES, title="x", by=cast.regular)
    term = Term.objects.create(
        branch=cast.busan,
        title=Term.Title.DIRECTOR,
        name_ko="이사",
        valid_from=clock.today(),
        valid_to=clock.today() + timedelta(days=30),
        basis="이사회",
    )
    branch_notice = BranchNotice.objects.create(
        branch=cast.busan,
        title_ko="공지",
        body_ko="알립니다.",
        valid_from=clock.today(),
        written_by=cast.officer,
    )
    entry = audit.record("branches.change_branch", cast.busan, branch=cast.busan)
    proposal = Proposal.objects.create(
        user=cast.account,
        branch=cast.busan,
        role=Appointment.Role.DOORKEEPER,
        valid_from=clock.today(),
        proposed_by=cast.regular,
    )
    return {
        "page": "greeting",
        "branch": "busan",
        "report": report.slug,
        "permit": permit.pk,
        "edition": edition.pk,
        "author": Author.objects.get().slug,
        "author_pk": Author.objects.get().pk,
        "page_number": 1,
        "bib": "bib",
        "ko": "ko",
        "report_pk": report.pk,
        "document": receipt.code,
        "message": message.pk,
        "batch": batch.uuid,
        "work": work.uuid,
        "term": term.pk,
        "branch_notice": branch_notice.pk,
        "entry": entry.pk,
        "proposal": proposal.pk,
        "holiday": Holiday.objects.create(day=date(2030, 2, 4), name_ko="설날").pk,
        "appointment": Appointment.objects.get(user=cast.officer).pk,
    }
