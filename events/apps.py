from django.apps import AppConfig


class EventsConfig(AppConfig):
    name = "events"

    def ready(self) -> None:
        from events import actions
        from kosna.core import batches
        from kosna.payments import payables
        from members import standing

        payables.register(
            actions.PAYABLE,
            on_paid=actions.on_paid,
            on_refunded=actions.on_refunded,
            on_expired=actions.on_expired,
            on_unpaid=actions.on_unpaid,
            terms=standing.terms,
            giving_up=payables.GivingUp(quote=actions.quote, page="tickets:order-cancel"),
        )
        batches.register(actions.CERTIFICATES, run=actions.run_certificates)
