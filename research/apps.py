from datetime import timedelta

from django.apps import AppConfig


class ResearchConfig(AppConfig):
    name = "research"

    def ready(self) -> None:
        from kosna.core import batches, jobs
        from kosna.mail import post
        from kosna.payments import payables
        from members import keys, news, standing
        from research import actions, held, kept, new, permits, sending
        from research.actions import series_imports
        from research.models import OWN

        for kind, run in (
            (series_imports.CHECK, series_imports.check_series_file),
            (series_imports.APPLY, series_imports.write_series_file),
        ):
            batches.register(kind, run=run, url=series_imports.series_import_of)
        jobs.register("research.purge_copies", every=timedelta(hours=1), run=sending.purge_copies)
        minute = timedelta(minutes=1)
        jobs.register("research.read_texts", every=minute, run=actions.read_texts)
        jobs.register("research.announce", every=minute, run=actions.announce)
        post.register_secret(actions.STOP_LINK, actions.stop_link)
        keys.register(OWN, held=permits.held)
        news.register(new.reports)
        payables.register(
            actions.PAYABLE,
            on_paid=actions.on_paid,
            on_refunded=actions.on_refunded,
            on_expired=actions.on_expired,
            on_unpaid=actions.on_unpaid,
            terms=standing.terms,
            opens=permits.opens,
        )
        held.tell()
        kept.tell()
