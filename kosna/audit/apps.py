from datetime import timedelta

from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "kosna.audit"

    def ready(self) -> None:
        from kosna.audit import actions, held, kept, operators
        from kosna.core import jobs

        jobs.register("audit.seal", every=timedelta(seconds=10), run=actions.seal)
        operators.tell()
        held.tell()
        kept.tell()
