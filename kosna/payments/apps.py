from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "kosna.payments"

    def ready(self) -> None:
        from kosna.core import batches, jobs
        from kosna.documents import actions as documents
        from kosna.documents.models import Document
        from kosna.payments import statement_papers
        from kosna.payments.actions import expire_due, reconcile, statement_files

        # What was paid is booked before anything is given up.
        jobs.register("payments.reconcile", every=timedelta(minutes=10), run=reconcile)
        jobs.register("payments.expire_due", every=timedelta(minutes=1), run=expire_due)
        documents.drawn_by(Document.Kind.SETTLEMENT, statement_papers.draw)
        batches.register(statement_files.PAPER, run=statement_files.write_paper)
        batches.register(statement_files.SHEET, run=statement_files.write_sheet)
