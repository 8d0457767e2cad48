from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"

    def ready(self) -> None:
        from kosna.core import batches
        from kosna.payments import payables
        from members import keys, standing
        from research import actions, permits
        from research.actions import series_imports
        from research.models import OWN

        for kind, run in (
            (series_imports.CHECK, series_imports.check_series_file),
            (series_imports.APPLY, series_imports.write_series_file),
        ):
            batches.register(kind, run=run, url=series_imports.series_import_of)
        keys.register(OWN, held=permits.held)
        payables.register(
            actions.PAYABLE,
            on_paid=actions.on_paid,
            on_refunded=actions.on_refunded,
            on_expired=actions.on_expired,
            on_unpaid=actions.on_unpaid,
            terms=standing.terms,
        )
