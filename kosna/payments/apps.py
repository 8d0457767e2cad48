from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "kosna.payments"

    def ready(self) -> None:
        from kosna.core import batches, jobs
        from kosna.payments.actions import expire_due, matching, reconcile

        # What was paid is booked before anything is given up.
        jobs.register("payments.reconcile", every=timedelta(minutes=10), run=reconcile)
        jobs.register("payments.expire_due", every=timedelta(minutes=1), run=expire_due)
        batches.register(matching.MATCH, run=matching.run_matching, url=matching.url_of_deposits)
