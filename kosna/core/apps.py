from datetime import timedelta

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "kosna.core"

    def ready(self) -> None:
        from kosna.core import jobs, unpacking

        unpacking.limit_qpdf()
        jobs.register("core.forget_old_runs", every=timedelta(days=1), run=jobs.forget_old_runs)
