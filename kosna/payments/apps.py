from datetime import timedelta

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "kosna.payments"

    def ready(self) -> None:
        from kosna.core import jobs
        from kosna.payments.actions import expire_due, reconcile

        # What was paid is booked before anything is given up.
        jobs.register("payments.reconcile", every=timedelta(minutes=10), run=reconcile)
        jobs.register("payments.expire_due", every=timedelta(minutes=1), run=expire_due)
