from datetime import timedelta

from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"

    def ready(self) -> None:
        from kosna.core import jobs
        from kosna.payments import payables
        from members import keys, standing
        from research import actions, permits, sending
        from research.models import OWN

        jobs.register("research.purge_copies", every=timedelta(hours=1), run=sending.purge_copies)
        keys.register(OWN, held=permits.held)
        payables.register(
            actions.PAYABLE,
            on_paid=actions.on_paid,
            on_refunded=actions.on_refunded,
            on_expired=actions.on_expired,
            on_unpaid=actions.on_unpaid,
            terms=standing.terms,
        )
