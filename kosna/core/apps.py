from datetime import timedelta

from django.apps import AppConfig

from kosna.core import bounds

bounds.bound_fields()  # not in ready(): by then other apps have declared forms


class CoreConfig(AppConfig):
    name = "kosna.core"

    def ready(self) -> None:
        from kosna.core import jobs, unpacking

        unpacking.limit_qpdf()
        jobs.register("core.forget_old_runs", every=timedelta(days=1), run=jobs.forget_old_runs)
