from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "members"

    def ready(self) -> None:
        from kosna.core import batches
        from kosna.payments import payables
        from members import actions, standing

        payables.register(
            actions.PAYABLE,
            on_paid=actions.dues_paid,
            on_refunded=actions.dues_refunded,
            on_expired=actions.dues_expired,
            terms=standing.terms,
        )
        batches.register(actions.MANY_PAPERS, run=actions.run_many_papers)
