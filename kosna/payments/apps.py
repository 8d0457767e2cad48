from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "kosna.payments"

    def ready(self) -> None:
        from kosna.core import batches, jobs
        from kosna.payments import actions

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
        batches.register(
            actions.RECONCILE, run=actions.reconcile_by_hand, url=actions.url_of_reconciliation
        )
