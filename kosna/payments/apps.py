from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "kosna.payments"

    def ready(self) -> None:
        from kosna.core import batches, jobs
        from kosna.documents import actions as documents
        from kosna.documents.models import Document
        from kosna.mail import post
        from kosna.payments import actions, held, kept, statement_papers
        from kosna.payments.actions import ledger_files, matching, settlement, statement_files

        # What was paid is booked before anything is given up.
        jobs.register(
            "payments.reconcile", every=timedelta(minutes=10), run=actions.reconcile_recent
        )
        jobs.register(
            "payments.reconcile_nightly",
            every=timedelta(days=1),
            at=timedelta(hours=18),  # three at night in Seoul
            run=actions.reconcile,
        )
        jobs.register("payments.expire_due", every=timedelta(minutes=1), run=actions.expire_due)
        jobs.register(
            "payments.remind_to_transfer",
            every=timedelta(days=1),
            at=timedelta(hours=23),  # eight in the morning in Seoul
            run=actions.remind_to_transfer,
        )
        batches.register(
            actions.RECONCILE, run=actions.reconcile_by_hand, url=actions.url_of_reconciliation
        )
        post.register_secret(settlement.GUEST_LINK, settlement.guest_link)
        documents.drawn_by(Document.Kind.SETTLEMENT, statement_papers.draw)
        batches.register(statement_files.PAPER, run=statement_files.write_paper)
        batches.register(statement_files.SHEET, run=statement_files.write_sheet)
        batches.register(ledger_files.LEDGER, run=ledger_files.write_ledger_file)
        batches.register(matching.MATCH, run=matching.run_matching, url=matching.url_of_deposits)
        held.tell()
        kept.tell()
